// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/** The walk over frames in plain Java: offsets and flags are those of {@code io.kaelix.message.FrameDescriptor}. */
final class JavaWalk {

    private static final VarHandle WORD = JAVA_LONG.varHandle();

    private static final int HEADER_LENGTH = 16;
    private static final int STREAM_ID_OFFSET = 8;
    private static final int SEQUENCE_OFFSET = 12;
    private static final int TIMESTAMP_OFFSET = 16;
    private static final int TIMESTAMP_LENGTH = 8;
    private static final int FLAG_TIMESTAMP = 0x01;
    private static final int UNKNOWN_FLAGS = 0xFC;
    private static final int HEADERS_LENGTH_SHIFT = 16;
    private static final int FRAMES_PER_RING = 4;

    private JavaWalk() {
    }

    static void walk(final MemorySegment ring, final long position, final int bytes, final int frames, final FrameTerms terms,
            final MemorySegment offsets, final MemorySegment columns, final int rows, final int row, final MemorySegment result) {
        final long capacity = ring.byteSize();
        final int longest = (int) (capacity / FRAMES_PER_RING);
        long at = position;
        int walked = 0;
        int next = row;
        while (walked < frames && next < rows) {
            final long index = at & capacity - 1;
            // SYNC: pairs with the releases in LaneWriter.commit and publishHeld.
            final long word = (long) WORD.getAcquire(ring, index);
            final int length = (int) word;
            final int flags = (int) (word >>> Integer.SIZE);
            final int start = HEADER_LENGTH + (flags & FLAG_TIMESTAMP) * TIMESTAMP_LENGTH + (flags >>> HEADERS_LENGTH_SHIFT);
            if (Integer.compareUnsigned(length - HEADER_LENGTH, longest - HEADER_LENGTH) > 0 || length > capacity - index
                    || (flags & UNKNOWN_FLAGS) != 0 || start > length) {
                break;
            }
            final int step = (length + 7) & -8;
            if (step > bytes - (at - position)) {
                break;
            }
            at += step;
            walked++;
            if (terms == null || terms.hold(ring, index + start, length - start)) {
                offsets.set(JAVA_INT, (long) next * Integer.BYTES, (int) index);
                if (columns != null) {
                    writeRow(ring, index, flags, start, length, columns, rows, next);
                }
                next++;
            }
        }
        result.set(JAVA_LONG, 0, at);
        result.set(JAVA_LONG, 8, walked);
        result.set(JAVA_LONG, 16, next);
    }

    private static void writeRow(final MemorySegment ring, final long index, final int flags, final int start, final int length,
            final MemorySegment columns, final long rows, final int row) {
        final long at = rows * Long.BYTES + (long) row * Integer.BYTES;
        final long column = rows * Integer.BYTES;
        columns.set(JAVA_LONG, (long) row * Long.BYTES,
                (flags & FLAG_TIMESTAMP) != 0 ? ring.get(JAVA_LONG, index + TIMESTAMP_OFFSET) : Long.MIN_VALUE);
        columns.set(JAVA_INT, at, (int) index + start);
        columns.set(JAVA_INT, at + column, length - start);
        columns.set(JAVA_INT, at + 2 * column, ring.get(JAVA_INT, index + STREAM_ID_OFFSET));
        columns.set(JAVA_INT, at + 3 * column, ring.get(JAVA_INT, index + SEQUENCE_OFFSET));
    }
}
