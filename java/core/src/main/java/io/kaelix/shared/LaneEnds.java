// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.shared;

import static io.kaelix.shared.DirectoryDescriptor.ENDS;
import static io.kaelix.shared.DirectoryDescriptor.ENDS_OFFSET;
import static io.kaelix.shared.DirectoryDescriptor.END_LANE_OFFSET;
import static io.kaelix.shared.DirectoryDescriptor.END_LENGTH;
import static io.kaelix.shared.DirectoryDescriptor.END_POSITION_OFFSET;
import static io.kaelix.shared.DirectoryDescriptor.NOTED_ENDS_OFFSET;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Where lanes of other hosts ended, of a directory: remembered when their files and entries are gone, as long as no {@value
 * DirectoryDescriptor#ENDS} others have ended since.
 *
 * <p><b>Dying in the middle of it</b>: a place is taken first, then it says that it is of no lane, then it gets its position, and its lane
 * at last. So who dies here leaves a place that is of no lane, or of the one that it was of before, and never a position of another lane.
 * An end is noted before the lane's entry says that the lane has no writer: whoever clears up after the dead notes it again.
 *
 * <p><b>Threads</b>: any, under the directory's lock.
 */
public final class LaneEnds {

    /** In place of a position: it is not known. */
    public static final long UNKNOWN = -1;

    private static final VarHandle LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

    private final MemorySegment control;

    LaneEnds(final MemorySegment control) {
        this.control = control;
    }

    private static long place(final long number) {
        return ENDS_OFFSET + number % ENDS * END_LENGTH;
    }

    /**
     * Remembers where a lane ended, unless it is remembered already.
     *
     * @param lane its number
     * @param position behind its last frame
     */
    public void note(final long lane, final long position) {
        if (of(lane) == UNKNOWN) {
            final long noted = (long) LONG.getAcquire(control, (long) NOTED_ENDS_OFFSET);
            LONG.setRelease(control, (long) NOTED_ENDS_OFFSET, noted + 1);
            final long at = place(noted);
            LONG.setRelease(control, at + END_LANE_OFFSET, 0L);
            LONG.setRelease(control, at + END_POSITION_OFFSET, position);
            LONG.setRelease(control, at + END_LANE_OFFSET, lane);
        }
    }

    /** Position behind the last frame of a lane; {@link #UNKNOWN} if it was not noted, or too long ago. */
    public long of(final long lane) {
        for (int entry = 0; entry < ENDS && lane > 0; entry++) {
            final long at = place(entry);
            if ((long) LONG.getAcquire(control, at + END_LANE_OFFSET) == lane) {
                return (long) LONG.getAcquire(control, at + END_POSITION_OFFSET);
            }
        }
        return UNKNOWN;
    }
}
