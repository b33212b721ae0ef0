// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import io.kaelix.Latencies;
import io.kaelix.LaneStatus;
import io.kaelix.MemoryStreamer;
import io.kaelix.MemoryUsage;
import io.kaelix.PoolStatistics;
import io.kaelix.StreamStatistics;
import io.kaelix.SubscriberStatus;
import io.kaelix.telemetry.CounterFile;
import io.kaelix.telemetry.LatencyHistogram;
import io.kaelix.telemetry.Metric;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * What a streamer tells: of its lanes, subscribers, streams, pool and memory; the last two, and distributions, each
 * {@value SchedulerSource#SELDOM_MILLIS} ms at most. Tells the flight recorder of slow subscribers, too.
 */
final class StreamerSource implements Source {

    private static final String STREAMS = "streams";
    private static final String POOL = "pool";

    private final MemoryStreamer streamer;
    private final CounterTable table;
    private final CounterTable seldomShown;
    private final Seldom seldom;
    private final SlowSubscribers slow;

    StreamerSource(final MemoryStreamer streamer, final CounterFile file, final SlowSubscribers slow, final LongSupplier clock) {
        this.streamer = streamer;
        this.table = new CounterTable(file);
        this.seldomShown = new CounterTable(file);
        this.seldom = new Seldom(clock, SchedulerSource.SELDOM_MILLIS);
        this.slow = slow;
    }

    @Override
    public String name() {
        return "streamer";
    }

    @Override
    public void collect() {
        for (final LaneStatus lane : streamer.lanes()) {
            final CounterTable.Row row = table.row(lane.owner());
            row.set(Metric.LANE_BYTES, lane.bytes());
            row.set(Metric.LANE_MESSAGES, lane.messages());
            row.set(Metric.LANE_CAPACITY, lane.capacity());
            row.set(Metric.LANE_READERS, lane.readers());
            row.set(Metric.LANE_REFUSALS, lane.refusals());
        }
        final Instant now = Instant.now();
        final List<SubscriberStatus> subscribers = streamer.subscribers();
        for (final SubscriberStatus subscriber : subscribers) {
            show(subscriber, now);
        }
        slow.endRound();
        if (seldom.isDue()) {
            showMemory();
            showDistributions(subscribers);
        }
        final StreamStatistics streams = streamer.streams();
        final CounterTable.Row ofStreams = table.row(STREAMS);
        ofStreams.set(Metric.STREAMS_OPEN, streams.open());
        ofStreams.set(Metric.STREAMS_EXPIRED, streams.expired());
        table.row(ProcessSource.PROCESS).set(Metric.PROCESS_SAMPLED, System.nanoTime());
        table.endRound();
    }

    private void show(final SubscriberStatus subscriber, final Instant now) {
        final CounterTable.Row row = table.row(subscriber.owner());
        final long blocking = subscriber.blockingSince().map(since -> Math.max(0, Duration.between(since, now).toNanos())).orElse(0L);
        row.set(Metric.SUBSCRIBER_LAG_BYTES, subscriber.lagBytes());
        row.set(Metric.SUBSCRIBER_LAG_MESSAGES, subscriber.lagMessages());
        row.set(Metric.SUBSCRIBER_LAG_TIME, subscriber.lagAtLeast().toNanos());
        row.set(Metric.SUBSCRIBER_RECEIVED, subscriber.received());
        row.set(Metric.SUBSCRIBER_LOST, subscriber.lost());
        row.set(Metric.SUBSCRIBER_BLOCKING_TIME, blocking);
        slow.look(subscriber, blocking);
    }

    private void showDistributions(final List<SubscriberStatus> subscribers) {
        for (final SubscriberStatus subscriber : subscribers) {
            final String owner = subscriber.owner();
            publish(owner, Metric.SUBSCRIBER_DELIVERY, subscriber.deliveryLatency());
            publish(owner, Metric.HANDLER_TIME, subscriber.handlerTime());
        }
        seldomShown.endRound();
    }

    /** What nothing was counted in is not shown: room for histograms is limited, and most subscribers have no handlers. */
    private void publish(final String owner, final Metric metric, final Latencies latencies) {
        if (latencies instanceof final LatencyHistogram histogram && histogram.max() > 0) {
            seldomShown.row(owner).publish(metric, histogram);
        }
    }

    private void showMemory() {
        final PoolStatistics pool = streamer.pool();
        final CounterTable.Row ofPool = seldomShown.row(POOL);
        ofPool.set(Metric.POOL_HITS, pool.hits());
        ofPool.set(Metric.POOL_MISSES, pool.misses());
        ofPool.set(Metric.POOL_OUTSTANDING, pool.outstanding());
        ofPool.set(Metric.POOL_RESERVED, pool.reservedBytes());
        ofPool.set(Metric.POOL_LEAKED, pool.leaks());
        for (final MemoryUsage usage : streamer.memory()) {
            final CounterTable.Row row = seldomShown.row(nodeName(usage.node()));
            row.set(Metric.NODE_RESERVED, usage.reserved());
            row.set(Metric.NODE_USED, usage.used());
            row.set(Metric.NODE_LIVE, usage.live());
        }
    }

    /** As counters name it. */
    static String nodeName(final int node) {
        return "node " + node;
    }

    @Override
    public void close() {
        table.close();
        seldomShown.close();
    }
}
