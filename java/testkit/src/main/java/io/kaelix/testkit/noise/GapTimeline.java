// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit.noise;

import java.util.Arrays;
import java.util.List;

/**
 * The times in which a message may be late through no fault of the system under test: the gaps of the threads that it depends on, each
 * with its shadow.
 *
 * <p>The <b>shadow</b> is as long again as the gap and follows it: what came due during a gap is worked off behind it, ahead of what comes
 * due then. A system that needs half of its time for the load is done with that by the end of the shadow. One that needs more gets no
 * more: it is near its limit, and that is its own fault.
 *
 * <pre>
 *      ────────┤  gap  ├╌╌shadow╌╌┤──────┤gap├╌╌shad┤ gap ├╌shadow╌┤────
 *                                            └ gaps and shadows that meet are one
 * </pre>
 *
 * <p><b>Threads</b>: immutable.
 */
public final class GapTimeline {

    private static final GapTimeline EMPTY = new GapTimeline(new long[0], new long[0], new long[1]);

    private final long[] starts;
    private final long[] ends;
    /** Length of all intervals before the one of an index. */
    private final long[] lengthBefore;

    private GapTimeline(final long[] starts, final long[] ends, final long[] lengthBefore) {
        this.starts = starts;
        this.ends = ends;
        this.lengthBefore = lengthBefore;
    }

    /** The union of several threads' gaps, with their shadows. */
    public static GapTimeline of(final List<Intervals> gapsOfThreads) {
        final int count = gapsOfThreads.stream().mapToInt(Intervals::size).sum();
        if (count == 0) {
            return EMPTY;
        }
        // Relative to one of them, so that they sort even where the clock runs over.
        final long base = gapsOfThreads.stream().filter(gaps -> gaps.size() > 0).findFirst().orElseThrow().start(0);
        final long[][] shadowed = new long[count][];
        int next = 0;
        for (final Intervals gaps : gapsOfThreads) {
            for (int i = 0; i < gaps.size(); i++) {
                shadowed[next++] = new long[] {gaps.start(i) - base, gaps.end(i) - base + gaps.length(i)};
            }
        }
        Arrays.sort(shadowed, (a, b) -> Long.compare(a[0], b[0]));
        return merge(shadowed, base);
    }

    private static GapTimeline merge(final long[][] sorted, final long base) {
        final long[] starts = new long[sorted.length];
        final long[] ends = new long[sorted.length];
        int size = 0;
        for (final long[] interval : sorted) {
            if (size > 0 && interval[0] + base - ends[size - 1] <= 0) {
                ends[size - 1] += Math.max(0, interval[1] + base - ends[size - 1]);
            } else {
                starts[size] = interval[0] + base;
                ends[size] = interval[1] + base;
                size++;
            }
        }
        final long[] lengthBefore = new long[size + 1];
        for (int i = 0; i < size; i++) {
            lengthBefore[i + 1] = lengthBefore[i] + ends[i] - starts[i];
        }
        return new GapTimeline(Arrays.copyOf(starts, size), Arrays.copyOf(ends, size), lengthBefore);
    }

    /** How much of the time between two points fell into gaps and their shadows. */
    public long overlap(final long from, final long to) {
        return starts.length == 0 ? 0 : lengthUpTo(to) - lengthUpTo(from);
    }

    private long lengthUpTo(final long time) {
        int low = 0;
        int high = starts.length;
        while (low < high) {
            final int middle = (low + high) >>> 1;
            if (starts[middle] - time < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        // 'low' intervals start before that time; the last of them may not have ended.
        return low == 0 ? 0 : lengthBefore[low] - Math.max(0, ends[low - 1] - time);
    }
}
