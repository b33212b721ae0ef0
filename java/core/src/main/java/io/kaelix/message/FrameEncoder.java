// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import static io.kaelix.message.FrameDescriptor.FLAGS_OFFSET;
import static io.kaelix.message.FrameDescriptor.FLAG_TIMESTAMP;
import static io.kaelix.message.FrameDescriptor.HEADER_LENGTH;
import static io.kaelix.message.FrameDescriptor.SEQUENCE_OFFSET;
import static io.kaelix.message.FrameDescriptor.STREAM_ID_OFFSET;
import static io.kaelix.message.FrameDescriptor.TIMESTAMP_LENGTH;
import static io.kaelix.message.FrameDescriptor.TIMESTAMP_OFFSET;
import static io.kaelix.message.FrameDescriptor.VERSION_BITS;

import io.kaelix.Message;
import io.kaelix.memory.NativeMemory;
import java.lang.foreign.MemorySegment;

/** Writes a frame's parts in place, all but the length, which is the lane's to store. Checks no bounds: a claim did. */
public final class FrameEncoder {

    private FrameEncoder() {
    }

    /** Bytes in front of the payload. */
    public static int headerLength(final long timestamp) {
        return timestamp == Message.NO_TIMESTAMP ? HEADER_LENGTH : HEADER_LENGTH + TIMESTAMP_LENGTH;
    }

    /** Writes what is known before the payload is. */
    public static void putHeader(final long frame, final int streamId, final long timestamp) {
        NativeMemory.putInt(frame + STREAM_ID_OFFSET, streamId);
        if (timestamp == Message.NO_TIMESTAMP) {
            NativeMemory.putInt(frame + FLAGS_OFFSET, VERSION_BITS);
        } else {
            NativeMemory.putInt(frame + FLAGS_OFFSET, VERSION_BITS | FLAG_TIMESTAMP);
            NativeMemory.putLong(frame + TIMESTAMP_OFFSET, timestamp);
        }
    }

    /** Writes the sequence: at commit, so that claims which are given up leave no gap. */
    public static void putSequence(final long frame, final int sequence) {
        NativeMemory.putInt(frame + SEQUENCE_OFFSET, sequence);
    }

    /** Writes a payload, whose source is checked. */
    public static void putPayload(final long payload, final MemorySegment source, final long offset, final int length) {
        NativeMemory.copy(source, offset, payload, length);
    }

    /** Writes a payload, whose source is checked. */
    public static void putPayload(final long payload, final byte[] source, final int offset, final int length) {
        NativeMemory.copy(source, offset, payload, length);
    }
}
