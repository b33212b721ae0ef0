// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

import java.util.Arrays;

/**
 * Times in which a thread that did nothing but look at the clock did not get to look: somebody else had the CPU. Each has a
 * <em>shadow</em>, as long again as itself, in which what came due meanwhile is worked off ahead of what comes due then.
 *
 * <p>One thread records, into memory that was taken before; others read after it ended.
 */
public final class GapLog {

    /** Two looks at the clock this far apart are a gap. */
    public static final long GAP_NANOS = 10_000;

    private final long[] from;
    /** Ends of the shadows, so that none ends before an earlier one. */
    private final long[] until;
    private int size;

    /**
     * @param seconds that it has to last for. Should there be more gaps than that has room for, the last one goes on to the end
     */
    public GapLog(final double seconds) {
        final int capacity = (int) Math.min(1 << 24, Math.ceil(seconds * 1e9 / GAP_NANOS) + 1);
        from = new long[capacity];
        until = new long[capacity];
    }

    /** Two looks at the clock with nothing between them. */
    public void look(final long before, final long now) {
        if (now - before > GAP_NANOS) {
            record(before, now);
        }
    }

    private void record(final long before, final long now) {
        final long end = now + (now - before);
        if (size == from.length) {
            until[size - 1] = Math.max(until[size - 1], end);
            return;
        }
        from[size] = before;
        until[size] = size == 0 ? end : Math.max(until[size - 1], end);
        size++;
    }

    /** Gaps recorded. */
    public int size() {
        return size;
    }

    /** Whether a gap or its shadow and this time have a moment in common. */
    public boolean overlaps(final long start, final long end) {
        // Gaps of one thread follow each other: the first whose shadow ends at or after the start is the one that may overlap.
        int first = Arrays.binarySearch(until, 0, size, start);
        if (first < 0) {
            first = -first - 1;
        }
        return first < size && from[first] <= end;
    }
}
