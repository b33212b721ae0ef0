// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;

/**
 * How a subscriber starts, and what happens when it is slow. Immutable: each {@code with} makes a changed copy.
 *
 * {@snippet :
 * Subscriber subscriber = streamer.subscriber("orders.*", SubscriberConfig.defaults()
 *         .withPolicy(SlowSubscriberPolicy.DISCONNECT)
 *         .withMaxStall(Duration.ofMillis(100))
 *         .withStart(Start.oldest()));
 * }
 *
 * @param policy what happens when it is slow; {@link SlowSubscriberPolicy#BLOCK} by default
 * @param maxLag under {@link SlowSubscriberPolicy#DISCONNECT}, bytes that it may be behind in a lane, counted with headers. The publisher
 *     looks each sixteenth of its lane. No limit by default; one of a whole lane or more is never reached, as the publisher
 *     waits first. Who starts with {@link Start#oldest} starts with a lag
 * @param maxStall under {@link SlowSubscriberPolicy#DISCONNECT}, how long a publisher may be refused space for its sake: from the first
 *     offer that was, to one that is still, without it having made that room in between. One second by default
 * @param start where it starts in lanes that are there already; {@link Start#latest} by default
 * @param partitions of the topics that it receives, in order; none for all, which is the default. A topic
 *     without partitions is its partition 0
 */
public record SubscriberConfig(SlowSubscriberPolicy policy, long maxLag, Duration maxStall, Start start,
        List<Integer> partitions) {

    private static final Duration LONGEST_STALL = Duration.ofDays(36_500);
    private static final SubscriberConfig DEFAULTS = new SubscriberConfig(SlowSubscriberPolicy.BLOCK, Long.MAX_VALUE, Duration.ofSeconds(1),
            Start.latest(), List.of());
    private static final int MAX_PARTITION = 0xFFFE;

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public SubscriberConfig {
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(start, "start");
        if (maxLag < 1) {
            throw new IllegalArgumentException("maxLag must be at least 1 byte, not " + maxLag);
        }
        if (maxStall.isNegative() || maxStall.compareTo(LONGEST_STALL) > 0) {
            throw new IllegalArgumentException("maxStall must be from 0 to 100 years, not " + maxStall);
        }
        partitions = List.copyOf(new TreeSet<>(partitions));
        if (!partitions.isEmpty() && (partitions.getFirst() < 0 || partitions.getLast() > MAX_PARTITION)) {
            throw new IllegalArgumentException("partitions are numbered from 0 to " + MAX_PARTITION + ", not "
                    + (partitions.getFirst() < 0 ? partitions.getFirst() : partitions.getLast()));
        }
    }

    /** Blocks publishers while it is behind, and starts with what is sent from now on. */
    public static SubscriberConfig defaults() {
        return DEFAULTS;
    }

    /** Another policy. */
    public SubscriberConfig withPolicy(final SlowSubscriberPolicy policy) {
        return new SubscriberConfig(policy, maxLag, maxStall, start, partitions);
    }

    /** Another limit of bytes, for {@link SlowSubscriberPolicy#DISCONNECT}. */
    public SubscriberConfig withMaxLag(final long bytes) {
        return new SubscriberConfig(policy, bytes, maxStall, start, partitions);
    }

    /** Another limit of time, for {@link SlowSubscriberPolicy#DISCONNECT}. */
    public SubscriberConfig withMaxStall(final Duration maxStall) {
        return new SubscriberConfig(policy, maxLag, maxStall, start, partitions);
    }

    /**
     * Some partitions of each topic alone: a consumer for each has them share the work, and keep the order of each key.
     *
     * @param numbers from 0, at least one
     */
    public SubscriberConfig withPartitions(final int... numbers) {
        if (numbers.length == 0) {
            throw new IllegalArgumentException("name at least one partition: who leaves this out receives all");
        }
        return new SubscriberConfig(policy, maxLag, maxStall, start, Arrays.stream(numbers).boxed().toList());
    }

    /** Another start. */
    public SubscriberConfig withStart(final Start start) {
        return new SubscriberConfig(policy, maxLag, maxStall, start, partitions);
    }
}
