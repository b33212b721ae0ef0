// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kaelix.memory.NativeMemory;
import io.kaelix.memory.Padded;
import io.kaelix.platform.Kernels;
import io.kaelix.platform.Platforms;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Where the frames are that a filter holds for, a stretch of the ring ahead of its reader. Walked in one go, and kept when a poll ends
 * before all are handed over, so that a poll for one message costs no walk of its own.
 *
 * <p><b>Threads</b>: its reader's.
 */
public final class FrameMatches extends Padded {

    /** Frames that are asked for one by one before a walk is worth it. */
    public static final int FEW = 16;

    /** After so many, it is looked at again whether nearly all are wanted. */
    private static final int WINDOW = 256;

    /** Frames of a walk: enough that a call into C does not matter, and little enough that they are still in the cache afterwards. */
    private static final int FRAMES = 2048;

    private final FrameFilter filter;
    private final Kernels kernels = Platforms.current().kernels();
    private final MemorySegment offsets = Arena.ofAuto().allocate(FRAMES * Integer.BYTES, Integer.BYTES);
    private final long offsetsAddress = offsets.address();
    private final MemorySegment result = Arena.ofAuto().allocate(Kernels.WALK_RESULT_BYTES, Long.BYTES);

    /** Of the next match, and behind the last one, in the offsets. */
    private int next;
    private int count;
    /** Where the walk began, and where it ended; and over how many frames it went. */
    private long start;
    private long end;
    private int walked;
    /** Frames before this are counted as passed over already, if the filter does not hold for them. */
    private long counted;
    /** Frames that the last poll asked for one by one; and since the last look, those and the ones that the filter did not hold for. */
    private int tested;
    private int testedInWindow;
    private int passedInWindow;
    /** Whether three quarters or more are wanted. */
    private boolean dense;

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
        return start + (NativeMemory.getInt(offsetsAddress + (long) next * Integer.BYTES) - start & mask);
    }

    /** The next one is handed over. */
    public void advance() {
        next++;
    }

    /** Up to where the ring was walked. */
    public long end() {
        return end;
    }

    /** Whether nearly all are wanted, so that a walk which tells them apart does not pay. */
    public boolean isDense() {
        return dense;
    }

    /** After frames were asked for one by one. */
    public void tested(final int frames, final int passed) {
        tested = frames;
        testedInWindow += frames;
        passedInWindow += passed;
        if (testedInWindow >= WINDOW) {
            dense = passedInWindow * 4 <= testedInWindow;
            testedInWindow = 0;
            passedInWindow = 0;
        }
    }

    /** Frames that were asked for one by one last. */
    public int tested() {
        return tested;
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
        final int most = position < counted ? (int) Math.min(bytes, counted - position) : bytes;
        kernels.walk(ring, position, most, FRAMES, filter.terms(), offsets, null, FRAMES, 0, result);
        start = position;
        next = 0;
        count = (int) result.get(JAVA_LONG, 16);
        end = result.get(JAVA_LONG, 0);
        walked = (int) result.get(JAVA_LONG, 8);
        if (walked >= FEW) {
            dense = (walked - count) * 4 <= walked;
        }
        return walked;
    }

    /** Counts what the last walk passed over, unless it was counted before: once it is known that what it walked over were frames. */
    public void countPassed() {
        if (start >= counted) {
            filter.passOver(walked - count);
            counted = end;
        }
    }
}
