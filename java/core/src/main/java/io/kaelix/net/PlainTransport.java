// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A connection as it is: each call is one of the socket. */
final class PlainTransport implements Transport {

    private final SocketChannel channel;

    /** @param channel connected, and does not block */
    PlainTransport(final SocketChannel channel) {
        this.channel = channel;
    }

    @Override
    public int read(final ByteBuffer into) throws IOException {
        return channel.read(into);
    }

    @Override
    public long read(final ByteBuffer[] into, final int offset, final int length) throws IOException {
        return length == 1 ? channel.read(into[offset]) : channel.read(into, offset, length);
    }

    @Override
    public long write(final ByteBuffer[] from, final int offset, final int length) throws IOException {
        return length == 1 ? channel.write(from[offset]) : channel.write(from, offset, length);
    }

    @Override
    public boolean flush() {
        return true;
    }

    @Override
    public boolean wantsWrite() {
        return false;
    }

    @Override
    public boolean hasReadable() {
        return false;
    }

    @Override
    public boolean isHandshaken() {
        return true;
    }

    @Override
    public String identity() {
        return null;
    }

    @Override
    public long copiedBytes() {
        return 0;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (final IOException e) {
            System.getLogger(PlainTransport.class.getName()).log(System.Logger.Level.DEBUG, "closing a socket: " + e);
        }
    }
}
