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
 */
public record FlowRequest(TopicPattern pattern, SubscriberConfig config, int window, int maxFrameLength, List<LanePosition> resume) {

    /** Shortest frame that a receiver must take. */
    public static final int MIN_FRAME_LENGTH = 64;

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public FlowRequest {
        Objects.requireNonNull(pattern, "pattern");
        Objects.requireNonNull(config, "config");
        resume = List.copyOf(resume);
        if (window < MIN_FRAME_LENGTH || maxFrameLength < MIN_FRAME_LENGTH) {
            throw new IllegalArgumentException("a window of " + window + " bytes for frames of " + maxFrameLength + ": both must be at"
                    + " least " + MIN_FRAME_LENGTH);
        }
    }

    /** All that a client publishes, from its first message on. */
    static FlowRequest everything(final int window, final int maxFrameLength) {
        return new FlowRequest(TopicPattern.of(">"), SubscriberConfig.defaults().withStart(Start.oldest())
                .withPolicy(SlowSubscriberPolicy.BLOCK), Math.max(window, 2 * maxFrameLength), maxFrameLength, List.of());
    }
}
