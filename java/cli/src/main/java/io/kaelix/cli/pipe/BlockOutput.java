// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.pipe;

import io.kaelix.Message;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * Writes to a channel in big blocks.
 *
 * <p><b>Threads</b>: one.
 */
final class BlockOutput {

    private static final int BUFFER_BYTES = 256 * 1024;

    private final WritableByteChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final MemorySegment memory = MemorySegment.ofBuffer(buffer);

    BlockOutput(final WritableByteChannel channel) {
        this.channel = channel;
    }

    /** The payload of a message. */
    void write(final Message message) throws IOException {
        final int length = message.length();
        int written = 0;
        while (written < length) {
            makeRoom();
            final int part = Math.min(length - written, buffer.remaining());
            message.copyTo(written, memory, buffer.position(), part);
            buffer.position(buffer.position() + part);
            written += part;
        }
    }

    void write(final byte single) throws IOException {
        makeRoom();
        buffer.put(single);
    }

    void write(final byte[] bytes, final int length) throws IOException {
        int written = 0;
        while (written < length) {
            makeRoom();
            final int part = Math.min(length - written, buffer.remaining());
            buffer.put(bytes, written, part);
            written += part;
        }
    }

    private void makeRoom() throws IOException {
        if (!buffer.hasRemaining()) {
            flush();
        }
    }

    /** Hands over all that was written. After an exception, nothing of it is kept. */
    void flush() throws IOException {
        buffer.flip();
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } finally {
            buffer.clear();
        }
    }
}
