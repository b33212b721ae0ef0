// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.top;

import io.kaelix.telemetry.HistogramReading;
import io.kaelix.telemetry.LatencyHistogram;
import io.kaelix.telemetry.Metric;
import io.kaelix.telemetry.Reading;
import io.kaelix.telemetry.Readings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Readings made by hand. */
final class MadeUp {

    static final Instant STARTED = Instant.parse("2026-03-01T10:00:00Z");

    private final List<Reading> values = new ArrayList<>();
    private final List<HistogramReading> histograms = new ArrayList<>();
    private boolean alive = true;
    private String name = "orders";
    private long id;

    MadeUp with(final Metric metric, final String owner, final long value) {
        values.add(new Reading(++id, metric.key(), metric.kind(), metric.unit(), owner, value));
        return this;
    }

    MadeUp timed(final Metric metric, final String owner, final long... nanos) {
        final LatencyHistogram histogram = new LatencyHistogram();
        for (final long one : nanos) {
            histogram.record(one);
        }
        histograms.add(new HistogramReading(++id, metric.key(), owner, histogram));
        return this;
    }

    MadeUp named(final String text) {
        name = text;
        return this;
    }

    MadeUp ended() {
        alive = false;
        return this;
    }

    /** So many seconds after the process started. */
    Readings at(final long seconds) {
        return new Readings(4711, name, STARTED, alive, STARTED.plusSeconds(seconds), seconds * 1_000_000_000L, values, histograms);
    }

    /** The orders of a shop, so many turns after the start: 1000 messages of 100 bytes each. */
    static Readings shop(final long turns) {
        return new MadeUp().with(Metric.PROCESS_CPU, "process", 1_350_000).with(Metric.PROCESS_MEMORY, "process", 256L << 20)
                .with(Metric.PROCESS_READ, "process", turns * 4096).with(Metric.PROCESS_WRITTEN, "process", 0)
                .with(Metric.LANE_MESSAGES, "orders.eu#1", turns * 1000).with(Metric.LANE_BYTES, "orders.eu#1", turns * 100_000)
                .with(Metric.LANE_CAPACITY, "orders.eu#1", 1 << 20).with(Metric.LANE_READERS, "orders.eu#1", 2)
                .with(Metric.LANE_REFUSALS, "orders.eu#1", turns)
                .with(Metric.LANE_MESSAGES, "orders.us#2", turns * 3000).with(Metric.LANE_BYTES, "orders.us#2", turns * 48_000)
                .with(Metric.LANE_CAPACITY, "orders.us#2", 1 << 16).with(Metric.LANE_READERS, "orders.us#2", 1)
                .with(Metric.LANE_REFUSALS, "orders.us#2", 0)
                .with(Metric.SUBSCRIBER_RECEIVED, "orders.**#1", turns * 4000).with(Metric.SUBSCRIBER_LAG_BYTES, "orders.**#1", 512)
                .with(Metric.SUBSCRIBER_LAG_MESSAGES, "orders.**#1", 8).with(Metric.SUBSCRIBER_LAG_TIME, "orders.**#1", 12_000)
                .with(Metric.SUBSCRIBER_LOST, "orders.**#1", 0).with(Metric.SUBSCRIBER_BLOCKING_TIME, "orders.**#1", 0)
                .with(Metric.SUBSCRIBER_RECEIVED, "orders.eu#2", turns * 900).with(Metric.SUBSCRIBER_LAG_BYTES, "orders.eu#2", 786_432)
                .with(Metric.SUBSCRIBER_LAG_MESSAGES, "orders.eu#2", 7864)
                .with(Metric.SUBSCRIBER_LAG_TIME, "orders.eu#2", 7_860_000_000L).with(Metric.SUBSCRIBER_LOST, "orders.eu#2", turns * 100)
                .with(Metric.SUBSCRIBER_BLOCKING_TIME, "orders.eu#2", 0)
                .with(Metric.SCHEDULER_EXECUTED, "shop", turns * 500).with(Metric.SCHEDULER_FAILED, "shop", 1)
                .with(Metric.SCHEDULER_STOLEN, "shop", turns * 5).with(Metric.SCHEDULER_REFUSED, "shop", 0)
                .with(Metric.SCHEDULER_BLOCKED, "shop", 2).with(Metric.SCHEDULER_DELAYED, "shop", 12)
                .with(Metric.SCHEDULER_HEALTH, "shop", 1)
                .with(Metric.SCHEDULER_QUEUE_DEPTH, "critical", 0).with(Metric.SCHEDULER_QUEUE_DEPTH, "normal", 40)
                .with(Metric.WORKER_EXECUTED, "worker 0", turns * 400).with(Metric.WORKER_STOLEN, "worker 0", 0)
                .with(Metric.WORKER_PARKS, "worker 0", turns * 20).with(Metric.WORKER_UTILIZATION, "worker 0", 420_000)
                .with(Metric.WORKER_CPU_TIME, "worker 0", turns * 700_000_000).with(Metric.WORKER_RUNNING_TIME, "worker 0", 0)
                .with(Metric.WORKER_CPU, "worker 0", 0)
                .with(Metric.WORKER_EXECUTED, "worker 1", turns * 100).with(Metric.WORKER_STOLEN, "worker 1", turns * 5)
                .with(Metric.WORKER_PARKS, "worker 1", turns * 30).with(Metric.WORKER_UTILIZATION, "worker 1", 110_000)
                .with(Metric.WORKER_CPU_TIME, "worker 1", turns * 150_000_000)
                .with(Metric.WORKER_RUNNING_TIME, "worker 1", 2_500_000).with(Metric.WORKER_CPU, "worker 1", 1)
                .with(Metric.NODE_RESERVED, "node 0", 64L << 20).with(Metric.NODE_USED, "node 0", 10L << 20)
                .with(Metric.NODE_LIVE, "node 0", 2L << 20).with(Metric.NODE_PROCESS_MEMORY, "node 0", 256L << 20)
                .with(Metric.POOL_HITS, "pool", turns * 10).with(Metric.POOL_MISSES, "pool", 0).with(Metric.POOL_OUTSTANDING, "pool", 3)
                .with(Metric.POOL_RESERVED, "pool", 1 << 20).with(Metric.POOL_LEAKED, "pool", 0)
                .with(Metric.ERRORS, "handler", turns).with(Metric.CONFIG_RELOADS, "config", 4).with(Metric.CONFIG_REFUSED, "config", 1)
                .with(Metric.CONFIG_RELOAD_TIME, "config", 340_000)
                .timed(Metric.SCHEDULER_START_DELAY, "critical", delays(turns, 900)).timed(Metric.SUBSCRIBER_DELIVERY, "orders.**#1",
                        delays(turns, 30_000)).timed(Metric.HANDLER_TIME, "orders.**#1", delays(turns, 250)).at(turns);
    }

    /** One more with each turn, the later the longer. */
    private static long[] delays(final long turns, final long nanos) {
        final long[] delays = new long[(int) turns];
        for (int i = 0; i < delays.length; i++) {
            delays[i] = nanos * (1 + i / 60);
        }
        return delays;
    }
}
