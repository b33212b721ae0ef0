// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static io.kaelix.lane.LaneDescriptor.MARKS;
import static io.kaelix.lane.LaneDescriptor.MARKS_OFFSET;
import static io.kaelix.lane.LaneDescriptor.MARK_COUNT_OFFSET;
import static io.kaelix.lane.LaneDescriptor.MARK_FRAMES_OFFSET;
import static io.kaelix.lane.LaneDescriptor.MARK_LENGTH;
import static io.kaelix.lane.LaneDescriptor.MARK_POSITION_OFFSET;
import static io.kaelix.lane.LaneDescriptor.MARK_SEQUENCE_OFFSET;
import static io.kaelix.lane.LaneDescriptor.MARK_TIME_OFFSET;
import static io.kaelix.lane.LaneDescriptor.RESUMED_FRAMES_OFFSET;
import static io.kaelix.lane.LaneDescriptor.RESUMED_POSITION_OFFSET;

import io.kaelix.Start;
import io.kaelix.memory.NativeMemory;
import java.lang.invoke.VarHandle;

/**
 * The last 32 marks of a lane: boundaries between frames that a reader may start from, two turns of the ring back at least.
 *
 * <p>Each is a seqlock of one writer: its sequence is odd while it is written, and {@code 2 * number + 2} when mark {@code number} is
 * whole.
 *
 * <p>Of a lane that was {@linkplain LaneResumption resumed}, the oldest is what was stored then, and has the number {@value #RESUMED}.
 */
final class LaneMarks {

    private static final long RESUMED = -1;

    private LaneMarks() {
    }

    /** Records a mark. By the writer alone. */
    static void record(final long control, final long position, final long frames, final long timeMillis) {
        final long number = NativeMemory.getLong(control + MARK_COUNT_OFFSET);
        final long mark = address(control, number);
        NativeMemory.putLongRelease(mark + MARK_SEQUENCE_OFFSET, 2 * number + 1);
        // SYNC: pairs with the acquire fence in Mark.load: whoever reads a field written below sees the odd sequence.
        VarHandle.storeStoreFence();
        NativeMemory.putLong(mark + MARK_POSITION_OFFSET, position);
        NativeMemory.putLong(mark + MARK_FRAMES_OFFSET, frames);
        NativeMemory.putLong(mark + MARK_TIME_OFFSET, timeMillis);
        // SYNC: pairs with the first acquire in Mark.load.
        NativeMemory.putLongRelease(mark + MARK_SEQUENCE_OFFSET, 2 * number + 2);
        // SYNC: pairs with count().
        NativeMemory.putLongRelease(control + MARK_COUNT_OFFSET, number + 1);
    }

    /** Marks recorded so far; the last {@link LaneDescriptor#MARKS} of them can be loaded. */
    static long count(final long control) {
        return NativeMemory.getLongAcquire(control + MARK_COUNT_OFFSET);
    }

    /** Number of the oldest mark that may still be there. */
    static long oldest(final long count) {
        return Math.max(0, count - MARKS);
    }

    private static long address(final long control, final long number) {
        return control + MARKS_OFFSET + (number & (MARKS - 1)) * MARK_LENGTH;
    }

    /** One mark as it was loaded: reused, because a reader that is overrun often should not allocate each time. */
    static final class Mark {

        long position;
        long frames;
        long timeMillis;

        /**
         * Number of the mark to start from, if its frames are there still; else a newer one is next best.
         *
         * @param count of marks
         */
        long find(final Start start, final long control, final long count) {
            return switch (start) {
                case Start.Latest latest -> count - 1;
                case Start.Oldest oldest -> LaneResumption.isStored(control) ? RESUMED : LaneMarks.oldest(count);
                case Start.At at -> {
                    // Of the same millisecond is not enough: there may be frames before the mark that are no older than that.
                    long number = count - 1;
                    while (number > LaneMarks.oldest(count) && !(load(control, number) && timeMillis < at.time().toEpochMilli())) {
                        number--;
                    }
                    yield number;
                }
            };
        }

        /** Loads mark {@code number}; false, and unchanged, if that was overwritten. */
        boolean load(final long control, final long number) {
            if (number == RESUMED) {
                position = NativeMemory.getLongAcquire(control + RESUMED_POSITION_OFFSET);
                frames = NativeMemory.getLongAcquire(control + RESUMED_FRAMES_OFFSET);
                return true;
            }
            final long mark = address(control, number);
            final long whole = 2 * number + 2;
            if (NativeMemory.getLongAcquire(mark + MARK_SEQUENCE_OFFSET) != whole) {
                return false;
            }
            final long position = NativeMemory.getLong(mark + MARK_POSITION_OFFSET);
            final long frames = NativeMemory.getLong(mark + MARK_FRAMES_OFFSET);
            final long timeMillis = NativeMemory.getLong(mark + MARK_TIME_OFFSET);
            // SYNC: pairs with the store fence in record.
            VarHandle.acquireFence();
            if (NativeMemory.getLongAcquire(mark + MARK_SEQUENCE_OFFSET) != whole) {
                return false;
            }
            this.position = position;
            this.frames = frames;
            this.timeMillis = timeMillis;
            return true;
        }
    }
}
