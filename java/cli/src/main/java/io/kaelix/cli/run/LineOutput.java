// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.run;

import io.kaelix.Message;
import io.kaelix.cli.console.ClosedPipeException;
import io.kaelix.cli.console.Endpoint;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * Writes messages as lines, through a buffer. The newline of a line is owed until the next line comes, or until it is known that the
 * line had one: the last of the input may have none.
 *
 * <p><b>Threads</b>: one.
 */
final class LineOutput implements AutoCloseable {

    private static final int BUFFER_BYTES = 256 * 1024;
    private static final byte NEWLINE = '\n';

    private final Endpoint endpoint;
    private final WritableByteChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final MemorySegment memory = MemorySegment.ofBuffer(buffer);
    private boolean owesNewline;

    /**
     * @param endpoint as errors name it
     * @param channel to write; closed with this, unless it is a standard stream
     */
    LineOutput(final Endpoint endpoint, final WritableByteChannel channel) {
        this.endpoint = endpoint;
        this.channel = channel;
    }

    /** Writes a message as the next line. */
    void write(final Message message) throws IOException {
        payNewline();
        owesNewline = true;
        final int length = message.length();
        int written = 0;
        while (written < length) {
            if (!buffer.hasRemaining()) {
                drain();
            }
            final int part = Math.min(length - written, buffer.remaining());
            message.copyTo(written, memory, buffer.position(), part);
            buffer.position(buffer.position() + part);
            written += part;
        }
    }

    private void payNewline() throws IOException {
        if (owesNewline) {
            if (!buffer.hasRemaining()) {
                drain();
            }
            buffer.put(NEWLINE);
            owesNewline = false;
        }
    }

    /**
     * Hands over all that was written.
     *
     * @param newlineEnded whether the last line is known to end with a newline
     */
    void flush(final boolean newlineEnded) throws IOException {
        if (newlineEnded) {
            payNewline();
        }
        drain();
    }

    private void drain() throws IOException {
        buffer.flip();
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (final ClosedPipeException e) {
            throw e;
        } catch (final IOException e) {
            throw endpoint.unwritable(e);
        } finally {
            buffer.clear();
        }
    }

    @Override
    public void close() {
        if (!endpoint.isStandard()) {
            try {
                channel.close();
            } catch (final IOException e) {
                throw endpoint.unwritable(e);
            }
        }
    }
}
