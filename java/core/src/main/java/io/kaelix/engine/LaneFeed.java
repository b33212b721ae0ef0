// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.Topic;
import io.kaelix.lane.LaneReader;
import io.kaelix.lane.LossyLaneReader;
import io.kaelix.lane.PollableLane;
import io.kaelix.memory.Padded;
import io.kaelix.message.FrameMessage;
import io.kaelix.message.MessagePool;
import java.util.function.IntFunction;

/** One lane as one subscriber reads it: the reader and the flyweight that shows its frames. */
final class LaneFeed extends Padded {

    final Channel channel;
    final PollableLane reader;
    final FrameMessage message;
    final Linger linger;
    /** Whether the last visit found nothing, and the turn it was in; by the polling thread alone. */
    boolean idle;
    int visited;

    LaneFeed(final Channel channel, final PollableLane reader, final IntFunction<Topic> topics, final MessagePool pool,
            final Linger linger) {
        this.linger = linger;
        this.channel = channel;
        this.reader = reader;
        this.message = new FrameMessage(switch (reader) {
            case LaneReader gating -> gating.lane().ringSegment();
            case LossyLaneReader lossy -> lossy.copySegment();
        }, channel.lane().publisherId(), topics, pool);
    }
}
