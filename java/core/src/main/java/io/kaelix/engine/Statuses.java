// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.LaneStatus;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberStatus;
import io.kaelix.lane.Lane;
import io.kaelix.lane.LaneEviction;
import io.kaelix.lane.LaneLag;
import io.kaelix.lane.LaneReader;
import io.kaelix.lane.PollableLane;
import io.kaelix.message.ThreadNames;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How subscriptions keep up, for reports.
 *
 * <p><b>Threads</b>: under the registry's lock, because it reads memory of lanes that must not be left meanwhile: what is given the
 * registry takes it.
 */
final class Statuses {

    private Statuses() {
    }

    /** Of all subscriptions. */
    static List<SubscriberStatus> ofAll(final Registry registry) {
        synchronized (registry) {
            return registry.subscriptions().stream().map(subscription -> of(subscription, registry.lost(subscription))).toList();
        }
    }

    /** Of one, in each of its lanes. */
    static List<Subscriber.LaneStatus> ofLanes(final Registry registry, final Subscription subscription) {
        synchronized (registry) {
            return ofLanes(subscription);
        }
    }

    /** Of the lanes of all publishers that are open, by their numbers. */
    static List<LaneStatus> lanes(final Registry registry) {
        synchronized (registry) {
            return registry.channels().stream().sorted(Comparator.comparingInt(channel -> channel.lane().publisherId()))
                    .map(Statuses::lane).toList();
        }
    }

    private static LaneStatus lane(final Channel channel) {
        final Lane lane = channel.lane();
        // Messages first: they are never more than the bytes can hold.
        final long messages = lane.frames();
        return new LaneStatus(lane.name(), lane.tail(), messages, lane.capacity(), channel.feeds().size() + readersElsewhere(channel), lane.refusals());
    }

    /** Of other processes, those that gate: who may lose takes no slot. */
    private static int readersElsewhere(final Channel channel) {
        if (!channel.lane().isShared()) {
            return 0;
        }
        final long here = channel.feeds().values().stream().filter(feed -> feed.reader instanceof LaneReader).count();
        return (int) Math.max(0, channel.lane().usedSlots() - here);
    }

    /** In each lane. */
    static List<Subscriber.LaneStatus> ofLanes(final Subscription subscription) {
        return subscription.lastStatus != null ? subscription.lastStatus
                : Arrays.stream(subscription.feeds).map(Statuses::ofLane).toList();
    }

    private static Subscriber.LaneStatus ofLane(final LaneFeed feed) {
        final PollableLane reader = feed.reader;
        final long position = reader.position();
        return new Subscriber.LaneStatus(feed.channel.lane().publisherId(), feed.channel.topic(), reader.start(), reader.framesBefore(),
                position, Math.max(0, feed.channel.lane().tail() - position), reader.lost(), disconnection(reader));
    }

    private static Optional<Subscriber.Disconnection> disconnection(final PollableLane reader) {
        final LaneEviction eviction = reader instanceof final LaneReader gating ? gating.eviction() : null;
        return eviction == null ? Optional.empty() : Optional.of(new Subscriber.Disconnection(Instant.ofEpochMilli(eviction.timeMillis()),
                eviction.lagBytes(), Duration.ofNanos(eviction.stallNanos())));
    }

    /** In all its lanes together. */
    static SubscriberStatus of(final Subscription subscription, final long lost) {
        final Instant now = Instant.now();
        final long nanos = System.nanoTime();
        long bytes = 0;
        long messages = 0;
        long least = 0;
        long most = 0;
        long stall = -1;
        for (final LaneFeed feed : subscription.feeds) {
            final LaneLag lag = LaneLag.of(feed.reader, now.toEpochMilli());
            bytes += lag.bytes();
            messages += lag.frames();
            least = Math.max(least, lag.leastMillis());
            most = Math.max(most, lag.mostMillis());
            final long since = feed.reader instanceof final LaneReader reader ? reader.stalledSince() : 0;
            stall = since == 0 ? stall : Math.max(stall, nanos - since);
        }
        final Thread owner = subscription.owner;
        return new SubscriberStatus(subscription.interests.stream().map(interest -> interest.pattern).distinct().toList(),
                subscription.policy, Optional.ofNullable(owner).map(ThreadNames::of), bytes, messages, Duration.ofMillis(least),
                Duration.ofMillis(most), stall < 0 ? Optional.empty() : Optional.of(now.minusNanos(stall)), lost,
                ofLanes(subscription).stream().flatMap(lane -> lane.disconnection().stream()).findFirst(), subscription.number,
                subscription.receivedBefore + Arrays.stream(subscription.feeds).mapToLong(LaneFeed::received).sum(),
                subscription.delivery, subscription.handlerTime);
    }
}
