// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Start;
import io.kaelix.SubscriberConfig;
import io.kaelix.TopicPattern;
import java.util.List;
import java.util.Objects;

/**
 * What a flow is to carry.
 *
 * @param pattern of the topics
 * @param config policy, limits, start and partitions
 * @param window most bytes that are sent and not acknowledged; more are never asked for
 * @param maxFrameLength longest frame that the receiver takes: what is longer is sent in parts
 * @param resume where the receiver stood in lanes that it knows; empty for none. Lanes of other epochs, or that are no more, count for
 *     nothing
 * @param shard of the streams that match: others are passed over like those that do not match
 * @param maxHops lanes whose messages came here by so many {@linkplain FlowLane#hops hops} or more are none of it: it neither reads them
 *     nor holds up who writes them. {@link #ANY_HOPS} for all
 */
public record FlowRequest(TopicPattern pattern, SubscriberConfig config, int window, int maxFrameLength, List<LanePosition> resume,
        Shard shard, int maxHops) {

    /** Shortest frame that a receiver must take. */
    public static final int MIN_FRAME_LENGTH = 64;

    /** Messages are wanted by however many hosts they were passed on. */
    public static final int ANY_HOPS = Integer.MAX_VALUE;

    /** All streams that match, however they came here. */
    public FlowRequest(final TopicPattern pattern, final SubscriberConfig config, final int window, final int maxFrameLength,
            final List<LanePosition> resume) {
        this(pattern, config, window, maxFrameLength, resume, Shard.ALL, ANY_HOPS);
    }

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public FlowRequest {
        Objects.requireNonNull(pattern, "pattern");
        Objects.requireNonNull(config, "config");
        Objects.requireNonNull(shard, "shard");
        resume = List.copyOf(resume);
        if (maxHops < 1) {
            throw new IllegalArgumentException("at least 1 hop, which is what was published here, not " + maxHops);
        }
        if (window < MIN_FRAME_LENGTH || maxFrameLength < MIN_FRAME_LENGTH) {
            throw new IllegalArgumentException("a window of " + window + " bytes for frames of " + maxFrameLength + ": both must be at"
                    + " least " + MIN_FRAME_LENGTH);
        }
    }

    /** The same, for a shard of the streams. */
    public FlowRequest withShard(final Shard shard) {
        return new FlowRequest(pattern, config, window, maxFrameLength, resume, shard, maxHops);
    }

    /** The same, without what came here by so many hops or more. */
    public FlowRequest withMaxHops(final int maxHops) {
        return new FlowRequest(pattern, config, window, maxFrameLength, resume, shard, maxHops);
    }

    /** All that a client publishes, from its first message on. */
    static FlowRequest everything(final int window, final int maxFrameLength) {
        return new FlowRequest(TopicPattern.of(">"), SubscriberConfig.defaults().withStart(Start.oldest())
                .withPolicy(SlowSubscriberPolicy.BLOCK), Math.max(window, 2 * maxFrameLength), maxFrameLength, List.of());
    }
}
