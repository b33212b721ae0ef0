// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import static io.kaelix.message.FrameDescriptor.FLAG_TIMESTAMP;
import static io.kaelix.message.FrameDescriptor.HEADER_LENGTH;
import static io.kaelix.message.FrameDescriptor.TIMESTAMP_LENGTH;
import static io.kaelix.message.FrameDescriptor.TIMESTAMP_OFFSET;
import static io.kaelix.message.FrameDescriptor.VERSION_BITS;

import io.kaelix.Message;
import io.kaelix.memory.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Writes a frame's parts in place, all but the first sixteen bytes, which are the lane's to store. Checks no bounds: a claim did. */
public final class FrameEncoder {

    private FrameEncoder() {
    }

    /** Bytes in front of the payload. */
    public static int headerLength(final long timestamp) {
        return timestamp == Message.NO_TIMESTAMP ? HEADER_LENGTH : HEADER_LENGTH + TIMESTAMP_LENGTH;
    }

    /** Flags and version of a frame with so many bytes in front of its payload. */
    public static int flags(final int headerLength) {
        return headerLength == HEADER_LENGTH ? VERSION_BITS : VERSION_BITS | FLAG_TIMESTAMP;
    }

    /** Writes the timestamp, if there is one. */
    public static void putTimestamp(final long frame, final long timestamp) {
        if (timestamp != Message.NO_TIMESTAMP) {
            NativeMemory.putLong(frame + TIMESTAMP_OFFSET, timestamp);
        }
    }

    /** Writes a payload, whose source is checked. */
    public static void putPayload(final long payload, final MemorySegment source, final long offset, final int length) {
        NativeMemory.copy(source, offset, payload, length);
    }

    /**
     * Writes a part of a payload. Its source, an array, a segment, a buffer or shared bytes, was checked, but
     * may have ended since: then it throws.
     */
    public static void putPart(final long payload, final Object source, final long offset, final int length) {
        switch (source) {
            case final byte[] bytes -> putPayload(payload, bytes, (int) offset, length);
            case final MemorySegment segment -> putPayload(payload, segment, offset, length);
            case final PayloadHandle shared -> shared.copyTo(payload, offset, length);
            default -> FrameBuilder.putBuffer(payload, (ByteBuffer) source, (int) offset, length);
        }
    }

    /** Writes a payload, whose source is checked. */
    public static void putPayload(final long payload, final byte[] source, final int offset, final int length) {
        NativeMemory.copy(source, offset, payload, length);
    }
}
