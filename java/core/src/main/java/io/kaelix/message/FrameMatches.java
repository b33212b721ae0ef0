// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kaelix.memory.Padded;
import io.kaelix.platform.Kernels;
import io.kaelix.platform.Platforms;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Where the frames are that a filter holds for, a stretch of the ring ahead of its reader. Walked in one go, and kept when a poll ends before all are
 * handed over, so that a poll for one message costs no walk of its own.
 *
 * <p><b>Threads</b>: its reader's.
 */
public final class FrameMatches extends Padded {

    /** Frames of a walk: enough that a call into C does not matter, and little enough that they are still in the cache afterwards. */
    private static final int FRAMES = 1024;

    private final FrameFilter filter;
    private final Kernels kernels = Platforms.current().kernels();
    private final MemorySegment offsets = Arena.ofAuto().allocate(FRAMES * Integer.BYTES, Integer.BYTES);
    private final MemorySegment result = Arena.ofAuto().allocate(Kernels.WALK_RESULT_BYTES, Long.BYTES);

    /** Of the next match, and behind the last one, in the offsets. */
    private int next;
    private int count;
    /** Where the walk began, and where it ended. */
    private long start;
    private long end;
    /** Frames before this are counted as passed over already, if the filter does not hold for them. */
    private long counted;

    /** Of one reader. */
    public FrameMatches(final FrameFilter filter) {
        this.filter = filter;
    }

    /** What holds for the matches. */
    public FrameFilter filter() {
        return filter;
    }

    /** Whether all were handed over. */
    public boolean isEmpty() {
        return next == count;
    }

    /** Position of the next one; there is one. */
    public long position(final long mask) {
        return start + (offsets.get(JAVA_INT, (long) next * Integer.BYTES) - start & mask);
    }

    /** The next one is handed over. */
    public void advance() {
        next++;
    }

    /** Up to where the ring was walked. */
    public long end() {
        return end;
    }

    /** Where frames begin to count as passed over that were not counted before. */
    public long counted() {
        return counted;
    }

    /** Forgets what was not handed over: it has to be walked again. */
    public void clear() {
        next = count;
        end = start;
    }

    /**
     * Walks on. All before is handed over.
     *
     * @param ring of the lane
     * @param position a boundary
     * @param bytes most to walk over
     * @return how many frames it walked over; 0 if something else is there
     */
    public int walk(final MemorySegment ring, final long position, final int bytes) {
        final boolean again = position < counted;
        final int most = again ? (int) Math.min(bytes, counted - position) : bytes;
        kernels.walk(ring, position, most, FRAMES, filter.terms(), offsets, null, FRAMES, 0, result);
        start = position;
        next = 0;
        count = (int) result.get(JAVA_LONG, 16);
        end = result.get(JAVA_LONG, 0);
        final int walked = (int) result.get(JAVA_LONG, 8);
        if (!again) {
            filter.passOver(walked - count);
            counted = end;
        }
        return walked;
    }
}
