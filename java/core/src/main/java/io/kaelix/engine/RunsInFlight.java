// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import java.util.Arrays;

/**
 * The runs of a flow that are not acknowledged, in order. Runs of a lane that follow one another in the ring are one.
 *
 * <p><b>Threads</b>: the session's.
 */
final class RunsInFlight {

    /** In place of the offset of a copy: the run lies in the ring. */
    static final int IN_RING = -1;

    private static final int FEW = 64;

    private FlowFeed[] feeds = new FlowFeed[FEW];
    private long[] flowEnds = new long[FEW];
    private long[] laneEnds = new long[FEW];
    private long[] messagesEnds = new long[FEW];
    private int[] lengths = new int[FEW];
    private int[] copies = new int[FEW];
    private int oldest;
    private int count;

    int count() {
        return count;
    }

    private int index(final int which) {
        return oldest + which & feeds.length - 1;
    }

    /** Notes a run. */
    void add(final FlowFeed feed, final long flowEnd, final long laneEnd, final long messagesEnd, final int length, final int copy) {
        if (count > 0 && copy == IN_RING) {
            final int last = index(count - 1);
            // Where they lie apart in the ring, as its end is between them, there is padding between their positions, or its first byte.
            if (feeds[last] == feed && copies[last] == IN_RING && laneEnds[last] == laneEnd - length
                    && (laneEnds[last] & feed.feed.channel.lane().capacity() - 1L) != 0) {
                flowEnds[last] = flowEnd;
                laneEnds[last] = laneEnd;
                messagesEnds[last] = messagesEnd;
                lengths[last] += length;
                return;
            }
        }
        if (count == feeds.length) {
            grow();
        }
        final int at = index(count++);
        feeds[at] = feed;
        flowEnds[at] = flowEnd;
        laneEnds[at] = laneEnd;
        messagesEnds[at] = messagesEnd;
        lengths[at] = length;
        copies[at] = copy;
        feed.inFlight++;
    }

    private void grow() {
        final int before = count;
        feeds = grown(feeds, Arrays.copyOf(feeds, 2 * before));
        flowEnds = grown(flowEnds, Arrays.copyOf(flowEnds, 2 * before));
        laneEnds = grown(laneEnds, Arrays.copyOf(laneEnds, 2 * before));
        messagesEnds = grown(messagesEnds, Arrays.copyOf(messagesEnds, 2 * before));
        lengths = grown(lengths, Arrays.copyOf(lengths, 2 * before));
        copies = grown(copies, Arrays.copyOf(copies, 2 * before));
    }

    /** What lies before the oldest comes behind the newest. */
    private <T> T grown(final T shorter, final T longer) {
        System.arraycopy(shorter, 0, longer, count, oldest);
        return longer;
    }

    /** Forgets the oldest. */
    void removeOldest() {
        feeds[oldest].inFlight--;
        feeds[oldest] = null;
        oldest = index(1);
        count--;
    }

    FlowFeed feed(final int which) {
        return feeds[index(which)];
    }

    /** Bytes of the flow up to its end. */
    long flowEnd(final int which) {
        return flowEnds[index(which)];
    }

    /** Position of the lane behind it. */
    long laneEnd(final int which) {
        return laneEnds[index(which)];
    }

    /** Messages of the lane that end before that. */
    long messagesEnd(final int which) {
        return messagesEnds[index(which)];
    }

    int length(final int which) {
        return lengths[index(which)];
    }

    /** Offset of its copy, or {@link #IN_RING}. */
    int copy(final int which) {
        return copies[index(which)];
    }
}
