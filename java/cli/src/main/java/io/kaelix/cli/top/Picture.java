// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.top;

import io.kaelix.telemetry.HistogramReading;
import io.kaelix.telemetry.LatencyHistogram;
import io.kaelix.telemetry.Metric;
import io.kaelix.telemetry.Readings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What a process did in an interval, as it is shown: rates are NaN and figures null where the process does not tell them.
 *
 * @param seconds length of the interval, 0 if there was one reading alone
 */
record Picture(Process process, double seconds, Tasks tasks, List<Lane> lanes, List<Subscriber> subscribers, List<Latency> latencies,
        List<Worker> workers, List<Node> nodes, Pool pool, List<Directory> directories, List<Bridge> bridges, List<Failures> errors,
        Reloads reloads, List<Own> own) {

    /** Parts per million. */
    private static final double WHOLE = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    /** The histograms of the library, in the order in which a message or a task meets them. */
    private static final List<String> TIMED = List.of("scheduler.start_delay", "worker.wake_up", "subscriber.delivery", "handler.time");

    /** What {@code scheduler.health} counts. */
    private static final List<String> HEALTH = List.of("healthy", "degraded", "unhealthy");

    /**
     * The process as a whole.
     *
     * @param cpu CPUs' worth of time
     * @param health a word, null if the process does not tell it
     * @param silent whether it has shown nothing new for some seconds
     */
    record Process(long pid, String name, Instant started, Duration uptime, boolean alive, Double cpu, Long memoryBytes,
            double readPerSecond, double writtenPerSecond, String health, boolean silent) {
    }

    /** What the scheduler did, null if the process has none; {@code queues} by priority. */
    record Tasks(double executedPerSecond, double stolenPerSecond, Long failed, Long refused, Long blocked, Long delayed,
            List<Queue> queues) {
    }

    /** Tasks that wait. */
    record Queue(String priority, long depth) {
    }

    /** A lane of a publisher. */
    record Lane(String name, double messagesPerSecond, double bytesPerSecond, double refusalsPerSecond, Long readers, Long capacity,
            Long messages, Long bytes) {
    }

    /** A subscriber, and how far it is behind. */
    record Subscriber(String name, double messagesPerSecond, Long lagBytes, Long lagMessages, Long lagNanos, Long lost,
            double lostPerSecond, Long blockingNanos, Long received) {
    }

    /** How long something took of late, nanoseconds; percentiles are null if nothing was timed. */
    record Latency(String metric, String owner, long count, double countPerSecond, Long p50, Long p90, Long p99, Long p999, Long max) {
    }

    /**
     * A worker of the scheduler.
     *
     * @param utilization part of its time in which it had work, from 0 to 1
     * @param cpuShare CPU time per second
     * @param runningNanos for how long it has run the task that it runs
     */
    record Worker(String name, Long cpu, Double utilization, double cpuShare, double executedPerSecond, double stolenPerSecond,
            double parksPerSecond, Long runningNanos) {
    }

    /** Memory of a node, in bytes. */
    record Node(String name, Long reserved, Long used, Long live, Long processMemory) {
    }

    /** The pool of messages; null if the process tells nothing of it. */
    record Pool(double hitsPerSecond, double missesPerSecond, Long outstanding, Long reservedBytes, Long leaked) {
    }

    /** A directory by which processes share streams; reclaimed is what those had that died, resumed what was taken over of them. */
    record Directory(String name, Long processes, Long lanes, Long bytes, Long reclaimedLanes, Long reclaimedSlots, Long resumedLanes) {
    }

    /** A link of a bridge, and what did not pass it. */
    record Bridge(String name, Long peers, double messagesPerSecond, double bytesPerSecond, Long lag, Long lost, double lostPerSecond,
            double refusalsPerSecond, Long messages, Long duplicates, Long looped, Long retransmits, Long position) {
    }

    /** Errors of a kind; the last of them, and how long ago it was: null if the process does not tell that. */
    record Failures(String kind, long count, double perSecond, String last, Long lastAgoNanos) {
    }

    /** Of the configuration; null if the process tells nothing of it. */
    record Reloads(Long reloads, Long refused, Long lastNanos) {
    }

    /** A counter of the users' own; {@code perSecond} is NaN for one that goes up and down. */
    record Own(String key, String owner, String unit, long value, double perSecond) {
    }

    /** What there is to show of an interval. */
    static Picture of(final Interval interval) {
        return new Picture(process(interval), interval.seconds(), tasks(interval), lanes(interval), subscribers(interval),
                latencies(interval), workers(interval), nodes(interval), pool(interval), directories(interval), bridges(interval),
                errors(interval), reloads(interval), own(interval));
    }

    /** The same when the process has ended. */
    Picture ended() {
        final Process ended = new Process(process.pid, process.name, process.started, process.uptime, false, process.cpu,
                process.memoryBytes, process.readPerSecond, process.writtenPerSecond, process.health, process.silent);
        return new Picture(ended, seconds, tasks, lanes, subscribers, latencies, workers, nodes, pool, directories, bridges,
                errors, reloads, own);
    }

    private static Process process(final Interval interval) {
        final Readings readings = interval.after();
        final Long health = interval.value("scheduler.health");
        return new Process(readings.pid(), readings.name(), readings.started(), Duration.between(readings.started(), readings.takenAt()),
                readings.alive(), part(interval.value("process.cpu")), interval.value("process.memory"),
                interval.totalRate("process.read"), interval.totalRate("process.written"),
                health == null ? null : HEALTH.get(Math.clamp(health, 0, HEALTH.size() - 1)), interval.isSilent());
    }

    private static Double part(final Long ppm) {
        return ppm == null ? null : Double.valueOf(ppm / WHOLE);
    }

    private static Tasks tasks(final Interval interval) {
        if (interval.owners("scheduler").isEmpty()) {
            return null;
        }
        final List<Queue> queues = new ArrayList<>();
        for (final String owner : interval.owners("scheduler")) {
            final Long depth = interval.value("scheduler.queue_depth", owner);
            if (depth != null) {
                queues.add(new Queue(owner, depth));
            }
        }
        return new Tasks(interval.totalRate("scheduler.executed"), interval.totalRate("scheduler.stolen"),
                interval.total("scheduler.failed"), interval.total("scheduler.refused"), interval.total("scheduler.blocked"),
                interval.total("scheduler.delayed"), queues);
    }

    private static List<Lane> lanes(final Interval interval) {
        return interval.owners("lane").stream().map(owner -> new Lane(owner, interval.rate("lane.messages", owner),
                interval.rate("lane.bytes", owner), interval.rate("lane.refusals", owner), interval.value("lane.readers", owner),
                interval.value("lane.capacity", owner), interval.value("lane.messages", owner),
                interval.value("lane.bytes", owner))).toList();
    }

    private static List<Subscriber> subscribers(final Interval interval) {
        return interval.owners("subscriber").stream().map(owner -> new Subscriber(owner, interval.rate("subscriber.received", owner),
                interval.value("subscriber.lag_bytes", owner), interval.value("subscriber.lag_messages", owner),
                interval.value("subscriber.lag_time", owner), interval.value("subscriber.lost", owner),
                interval.rate("subscriber.lost", owner), interval.value("subscriber.blocking_time", owner),
                interval.value("subscriber.received", owner))).toList();
    }

    private static List<Latency> latencies(final Interval interval) {
        // The sort is stable: within a metric the order of the file is kept, and users' own come last.
        return interval.latencies().stream().sorted(Comparator.comparingInt(reading -> place(reading.key())))
                .map(reading -> latency(reading, interval.latencySeconds())).toList();
    }

    private static int place(final String key) {
        final int place = TIMED.indexOf(key);
        return place < 0 ? TIMED.size() : place;
    }

    private static Latency latency(final HistogramReading reading, final double seconds) {
        final LatencyHistogram timed = reading.histogram();
        final long count = timed.count();
        final double perSecond = seconds == 0 ? Double.NaN : count / seconds;
        return count == 0
                ? new Latency(reading.key(), reading.owner(), 0, perSecond, null, null, null, null, null)
                : new Latency(reading.key(), reading.owner(), count, perSecond, timed.percentile(50), timed.percentile(90),
                        timed.percentile(99), timed.percentile(99.9), timed.max());
    }

    private static List<Worker> workers(final Interval interval) {
        return interval.owners("worker").stream().map(owner -> new Worker(owner, interval.value("worker.cpu", owner),
                part(interval.value("worker.utilization", owner)), interval.rate("worker.cpu_time", owner) / NANOS_PER_SECOND,
                interval.rate("worker.executed", owner), interval.rate("worker.stolen", owner), interval.rate("worker.parks", owner),
                interval.value("worker.running_time", owner))).toList();
    }

    private static List<Node> nodes(final Interval interval) {
        return interval.owners("node").stream().map(owner -> new Node(owner, interval.value("node.reserved", owner),
                interval.value("node.used", owner), interval.value("node.live", owner),
                interval.value("node.process_memory", owner))).toList();
    }

    private static Pool pool(final Interval interval) {
        return interval.owners("pool").isEmpty() ? null : new Pool(interval.totalRate("pool.hits"), interval.totalRate("pool.misses"),
                interval.total("pool.outstanding"), interval.total("pool.reserved"), interval.total("pool.leaked"));
    }

    private static List<Directory> directories(final Interval interval) {
        return interval.owners("directory").stream().map(owner -> new Directory(owner, interval.value("directory.processes", owner),
                interval.value("directory.lanes", owner), interval.value("directory.bytes", owner),
                interval.value("directory.reclaimed_lanes", owner), interval.value("directory.reclaimed_slots", owner),
                interval.value("directory.resumed_lanes", owner))).toList();
    }

    private static List<Bridge> bridges(final Interval interval) {
        return interval.owners("bridge").stream().map(owner -> new Bridge(owner, interval.value("bridge.peers", owner),
                interval.rate("bridge.messages", owner), interval.rate("bridge.bytes", owner), interval.value("bridge.lag", owner),
                interval.value("bridge.lost", owner), interval.rate("bridge.lost", owner), interval.rate("bridge.refusals", owner),
                interval.value("bridge.messages", owner), interval.value("bridge.duplicates", owner),
                interval.value("bridge.looped", owner), interval.value("bridge.retransmits", owner),
                interval.value("bridge.position", owner))).toList();
    }

    private static List<Failures> errors(final Interval interval) {
        final List<Failures> found = new ArrayList<>();
        final List<String> owners = interval.owners("errors");
        for (final String kind : owners) {
            if (interval.value("errors", kind) != null) {
                final String begin = kind + ": ";
                final String last = owners.stream().filter(owner -> owner.startsWith(begin) && interval.value("errors.last", owner) != null)
                        .findFirst().orElse(null);
                found.add(new Failures(kind, interval.value("errors", kind), interval.rate("errors", kind),
                        last == null ? null : last.substring(begin.length()), last == null ? null
                                : Duration.between(Instant.ofEpochMilli(interval.value("errors.last", last)), interval.after().takenAt())
                                        .toNanos()));
            }
        }
        return found;
    }

    private static Reloads reloads(final Interval interval) {
        return interval.owners("config").isEmpty() ? null : new Reloads(interval.value("config.reloads"),
                interval.value("config.refused"), interval.value("config.reload_time"));
    }

    private static List<Own> own(final Interval interval) {
        return interval.own().stream().map(reading -> new Own(reading.key(), reading.owner(), reading.unit(), reading.value(),
                reading.kind() == Metric.Kind.COUNTER ? interval.rate(reading.key(), reading.owner()) : Double.NaN)).toList();
    }
}
