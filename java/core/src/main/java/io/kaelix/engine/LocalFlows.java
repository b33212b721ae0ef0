// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.Duty;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Topic;
import io.kaelix.Workers;
import io.kaelix.net.FlowRequest;
import io.kaelix.net.FlowSink;
import io.kaelix.net.FlowSource;
import io.kaelix.net.Flows;
import java.security.SecureRandom;
import java.util.function.LongConsumer;

/** The lanes of a registry, for sessions. From any thread. */
final class LocalFlows implements Flows {

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Registry registry;
    private final Crew crew;
    /** No clock: two streamers may be launched in one tick of it. And not 0. */
    private final long epoch = RANDOM.nextLong() | 1;

    LocalFlows(final Registry registry, final Crew crew) {
        this.registry = registry;
        this.crew = crew;
    }

    @Override
    public long epoch() {
        return epoch;
    }

    @Override
    public long instance() {
        return registry.neighbours == null ? epoch : registry.neighbours.instance();
    }

    @Override
    public FlowSource source(final FlowRequest request) {
        registry.checkOpen();
        return LaneFlow.create(registry, epoch, request);
    }

    @Override
    public FlowSink sink(final String name, final int mostStreams) {
        return sink(name, mostStreams, 0, 0);
    }

    @Override
    public FlowSink sink(final String name, final int mostStreams, final long origin, final int hops) {
        registry.checkOpen();
        return new LaneSink(registry, name, mostStreams, new Provenance(origin, hops), lost -> { });
    }

    /** One that tells how many messages were lost on the way to it. */
    FlowSink sink(final String name, final LongConsumer losses) {
        registry.checkOpen();
        return new LaneSink(registry, name, SinkStreams.MOST_STREAMS, Provenance.HERE, losses);
    }

    @Override
    public long endOf(final long laneNumber) {
        registry.checkOpen();
        return registry.neighbours == null ? UNKNOWN : registry.neighbours.endOf(laneNumber);
    }

    @Override
    public boolean isRead(final long laneNumber) {
        registry.checkOpen();
        if (registry.neighbours != null) {
            return registry.neighbours.isRead(laneNumber);
        }
        synchronized (registry) {
            for (final Subscription subscription : registry.subscriptions()) {
                for (final LaneFeed feed : subscription.feeds) {
                    if (feed.channel.lane().publisherId() == laneNumber && subscription.policy != SlowSubscriberPolicy.LOSSY
                            && !feed.reader.isDrained()) {
                        return false;
                    }
                }
            }
            return true;
        }
    }

    @Override
    public void declare(final Topic topic, final int partitions) {
        registry.numbers().declare(topic, partitions);
    }

    @Override
    public int partitions(final Topic topic) {
        return registry.numbers().partitions(topic);
    }

    @Override
    public int subscribers(final Topic topic) {
        synchronized (registry) {
            return (int) registry.subscriptions().stream()
                    .filter(one -> one.interests.stream().anyMatch(interest -> interest.pattern.matches(topic))).count();
        }
    }

    @Override
    public Workers.Work recur(final Duty duty) {
        crew.checkRunning();
        return crew.recur(new Duty() {

            @Override
            public int turn() {
                return duty.turn();
            }

            @Override
            public void ended() {
                try {
                    duty.ended();
                } finally {
                    crew.left();
                }
            }
        });
    }

    @Override
    public Workers givenWorkers() {
        return crew.given();
    }

    @Override
    public boolean isClosed() {
        return registry.isClosed();
    }

    @Override
    public void close() {
        registry.close();
    }
}
