// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Bytes to and from a peer, plain or encrypted. Of one thread, and never blocks: what cannot be done now is done by a later call, when the
 * socket is ready. After an exception only {@link #close} may be called.
 *
 * <p>A loop that waits for the socket asks {@link #hasReadable} first, since bytes can wait above the socket, and {@link #wantsWrite} for
 * whether to wait until it can be written.
 */
interface Transport extends AutoCloseable {

    /**
     * Reads as much as there is now and fits. Does the handshake as far as it goes, if it is not done.
     *
     * @param into of at least one byte of room
     * @return bytes read; 0 if there are none now; -1 if the peer has said that no more come
     * @throws IOException if the connection is broken, or the peer breaks the rules; the message says who and what, in one line
     */
    int read(ByteBuffer into) throws IOException;

    /**
     * Reads into several buffers, in their order, as {@link #read(ByteBuffer)} does into one.
     *
     * @return bytes read in all; 0 if there are none now; -1 if the peer has said that no more come
     */
    long read(ByteBuffer[] into, int offset, int length) throws IOException;

    /**
     * Takes bytes to be sent, from the buffers in their order: their positions tell how far. What is taken may still have to be
     * {@linkplain #flush flushed}. Does the handshake as far as it goes, if it is not done, and takes nothing before.
     *
     * @return bytes taken; 0 if none can be now
     * @throws IOException as for read
     */
    long write(ByteBuffer[] from, int offset, int length) throws IOException;

    /**
     * Hands to the socket what was taken and is still here.
     *
     * @return whether nothing is left
     * @throws IOException as for read
     */
    boolean flush() throws IOException;

    /** Whether something that was taken, or belongs to the handshake, waits for the socket. */
    boolean wantsWrite();

    /** Whether a read may give bytes although the socket has none. */
    boolean hasReadable();

    /** Whether bytes of users can pass. Once true, it stays so. */
    boolean isHandshaken();

    /** Who the peer is by the certificate that it showed; null if it showed none or is not handshaken. */
    String identity();

    /** Bytes of users that were copied by encryption, in both directions. */
    long copiedBytes();

    /** Says that no more comes, which may still have to be {@linkplain #flush flushed}; nothing can be written from now on. */
    default void end() {
    }

    /** Says that no more comes, as far as the socket takes it now, and closes the socket. May be called again. */
    @Override
    void close();
}
