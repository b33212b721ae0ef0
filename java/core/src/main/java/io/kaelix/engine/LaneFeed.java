// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.Topic;
import io.kaelix.lane.LaneReader;
import io.kaelix.lane.LossyLaneReader;
import io.kaelix.lane.PollableLane;
import io.kaelix.lane.StreamSet;
import io.kaelix.memory.Padded;
import io.kaelix.message.FrameFilter;
import io.kaelix.message.FrameMatches;
import io.kaelix.message.FrameMessage;
import io.kaelix.message.MessagePool;
import java.util.function.IntFunction;

/** One lane as one subscriber reads it: the reader and the flyweight that shows its frames. */
final class LaneFeed extends Padded {

    final Channel channel;
    final PollableLane reader;
    final FrameMessage message;
    final Linger linger;
    /** Streams that are handed over; null for all that the lane carries. */
    final StreamSet streams;
    /** Whether the last visit found nothing, and the turn it was in; by the polling thread alone. */
    boolean idle;
    int visited;
    /** Where the last visit that handed over nothing ended. */
    private long position;
    /** Of a subscriber with a filter, from its first poll on. */
    private FrameMatches matches;

    LaneFeed(final Channel channel, final PollableLane reader, final StreamSet streams, final IntFunction<Topic> topics,
            final MessagePool pool, final int maxMessageLength, final Linger linger) {
        this.streams = streams;
        this.linger = linger;
        this.channel = channel;
        this.reader = reader;
        this.message = new FrameMessage(switch (reader) {
            case LaneReader gating -> gating.lane().ringSegment();
            case LossyLaneReader lossy -> lossy.copySegment();
        }, channel.lane().publisherId(), topics, pool, maxMessageLength);
    }

    /** What its reader hands over of what a filter holds for. */
    FrameMatches matches(final FrameFilter filter) {
        if (matches == null) {
            matches = new FrameMatches(filter);
        }
        return matches;
    }

    /** Whether the last visit, which handed over nothing, passed over what is not wanted, or took parts of a message: there may be more. */
    boolean passedOver() {
        if (streams == null && matches == null) {
            return message.hasParts();
        }
        final long before = position;
        position = reader.position();
        return position != before || message.hasParts();
    }
}
