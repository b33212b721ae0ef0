// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Topic;
import java.util.Objects;
import java.util.Optional;

/**
 * {@code [[streams.topic]]}: a topic that is declared at the start.
 *
 * @param name of the topic
 * @param partitions 1 to 65535
 * @param slowSubscriber policy of its subscribers that name none; empty for that of {@link StreamsConfig}
 */
public record TopicConfig(Topic name, int partitions, Optional<SlowSubscriberPolicy> slowSubscriber) {

    /**
     * @throws IllegalArgumentException if there cannot be so many partitions, or the policy is
     *     {@link SlowSubscriberPolicy#DISCONNECT}, which each subscriber must choose for itself
     */
    public TopicConfig {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(slowSubscriber, "slowSubscriber");
        if (ConfigKey.STREAMS_TOPIC_PARTITIONS.rule().value((long) partitions) instanceof ValueRule.Refusal refusal) {
            throw new IllegalArgumentException("partitions must be " + refusal.text());
        }
        if (slowSubscriber.filter(SlowSubscriberPolicy.DISCONNECT::equals).isPresent()) {
            throw new IllegalArgumentException("slowSubscriber must be BLOCK or LOSSY, not DISCONNECT: a subscriber that wants it says so "
                    + "in its SubscriberConfig, with its limits");
        }
    }

    /** A topic of this name with one partition and no policy of its own. */
    public static TopicConfig of(final String name) {
        return new TopicConfig(Topic.of(name), 1, Optional.empty());
    }

    /** With so many partitions. */
    public TopicConfig withPartitions(final int count) {
        return new TopicConfig(name, count, slowSubscriber);
    }

    /** With this policy for its subscribers that name none. */
    public TopicConfig withSlowSubscriber(final SlowSubscriberPolicy policy) {
        return new TopicConfig(name, partitions, Optional.of(policy));
    }
}
