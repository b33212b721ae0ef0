// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.lane.LaneRuns;
import io.kaelix.net.FlowLane;
import io.kaelix.net.OutRun;
import java.nio.ByteBuffer;

/** One lane as a flow carries it. By the session's thread. */
final class FlowFeed {

    final LaneFeed feed;
    final LaneRuns runs;
    final FlowLane lane;
    /** Runs that are not acknowledged. */
    int inFlight;
    /** Whether the receiver knows the lane. */
    boolean announced;
    /** Whether the last look found nothing, and the turn it was in. */
    boolean idle;
    int visited;

    private final ByteBuffer ring;
    private final ByteBuffer[] views = new ByteBuffer[OutRun.SLOTS];

    FlowFeed(final LaneFeed feed, final LaneRuns runs, final FlowLane lane) {
        this.feed = feed;
        this.runs = runs;
        this.lane = lane;
        this.ring = feed.channel.lane().ringSegment().asByteBuffer();
    }

    /** The ring's bytes from a position on, for a run of that slot. */
    ByteBuffer view(final int slot, final long position, final int length) {
        if (views[slot] == null) {
            views[slot] = ring.duplicate();
        }
        final int index = (int) (position & ring.capacity() - 1L);
        return views[slot].limit(index + length).position(index);
    }

    /** All before its oldest run that is not acknowledged, or before the next one, may be written over. */
    void acknowledgeRead() {
        if (inFlight == 0) {
            runs.acknowledge(runs.position());
        }
    }
}
