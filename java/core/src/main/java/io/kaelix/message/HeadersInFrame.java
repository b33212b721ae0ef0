// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import static io.kaelix.message.FrameDescriptor.FLAGS_OFFSET;
import static io.kaelix.message.FrameDescriptor.FLAG_HEADERS;
import static io.kaelix.message.FrameDescriptor.FLAG_TIMESTAMP;
import static io.kaelix.message.FrameDescriptor.HEADER_LENGTH;
import static io.kaelix.message.FrameDescriptor.TIMESTAMP_LENGTH;

import io.kaelix.memory.NativeMemory;
import java.lang.foreign.MemorySegment;

/**
 * The headers of what a message points at. They end where the payload begins, or the reference to it, which
 * was found to lie inside the frame.
 *
 * <p><b>Threads</b>: the message's.
 */
final class HeadersInFrame implements FrameHeaders.Source {

    private final FrameMessage message;

    HeadersInFrame(final FrameMessage message) {
        this.message = message;
    }

    @Override
    public void checkReadable() {
        message.check();
    }

    @Override
    public MemorySegment memory() {
        return message.memory();
    }

    /** Bytes from the frame on. */
    private int start() {
        return HEADER_LENGTH + (NativeMemory.getInt(message.frame() + FLAGS_OFFSET) & FLAG_TIMESTAMP) * TIMESTAMP_LENGTH;
    }

    @Override
    public long headersOffset() {
        return message.frame() + start() - memory().address();
    }

    @Override
    public int headersLength() {
        return message.headerLength() - start();
    }

    @Override
    public boolean isFlagged() {
        return (NativeMemory.getInt(message.frame() + FLAGS_OFFSET) & FLAG_HEADERS) != 0;
    }
}
