// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What the library counts and measures: the names that counter files, the command line, JMX and Prometheus show.
 *
 * <p>A metric has a value for each owner: a lane, a subscriber, a worker, a node. Values are whole numbers; times are nanoseconds and
 * shares are parts per million. {@link #id()} and {@link #key()} never change their meaning from one version to the next.
 *
 * <p><b>Threads</b>: constants, for all.
 *
 * {@snippet :
 * for (Metric metric : Metric.values()) {
 *     System.out.println(metric.key() + " [" + metric.unit() + "]: " + metric.help());
 * }
 * }
 */
public enum Metric {

    /** CPU time that the process used, as a share of one CPU. */
    PROCESS_CPU(1, "process.cpu", Kind.GAUGE, "ppm", "CPU time that the process used in the last interval, a million for each CPU"),
    /** Resident memory of the process. */
    PROCESS_MEMORY(2, "process.memory", Kind.GAUGE, "bytes", "memory of the process that is resident"),
    /** Bytes that it read. */
    PROCESS_READ(3, "process.read", Kind.COUNTER, "bytes", "bytes that the process read from storage"),
    /** Bytes that it wrote. */
    PROCESS_WRITTEN(4, "process.written", Kind.COUNTER, "bytes", "bytes that the process wrote to storage"),
    /** When it started. */
    PROCESS_STARTED(5, "process.started", Kind.GAUGE, "ms", "when the process started, milliseconds since 1970"),
    /** When its figures were taken. */
    PROCESS_SAMPLED(6, "process.sampled", Kind.GAUGE, "ns", "when the other figures were taken, by the monotonic clock of the process"),

    /** Memory of a node that is reserved. */
    NODE_RESERVED(20, "node.reserved", Kind.GAUGE, "bytes", "memory that the library has reserved on the node"),
    /** Memory of a node in use. */
    NODE_USED(21, "node.used", Kind.GAUGE, "bytes", "reserved memory of the node that is in use"),
    /** Memory of a node that holds what lives. */
    NODE_LIVE(22, "node.live", Kind.GAUGE, "bytes", "used memory of the node that belongs to what still lives"),
    /** Memory of the whole process on a node. */
    NODE_PROCESS_MEMORY(23, "node.process_memory", Kind.GAUGE, "bytes", "memory of the whole process that lies on the node"),

    /** Requests that a pool served. */
    POOL_HITS(30, "pool.hits", Kind.COUNTER, "requests", "requests that the pool served from what it had"),
    /** Requests that it could not serve. */
    POOL_MISSES(31, "pool.misses", Kind.COUNTER, "requests", "requests for which the pool had nothing left"),
    /** Buffers that are out. */
    POOL_OUTSTANDING(32, "pool.outstanding", Kind.GAUGE, "buffers", "buffers of the pool that are lent"),
    /** Memory of a pool. */
    POOL_RESERVED(33, "pool.reserved", Kind.GAUGE, "bytes", "memory that the pool holds"),
    /** Buffers that nobody gave back. */
    POOL_LEAKED(34, "pool.leaked", Kind.COUNTER, "buffers", "buffers whose borrower forgot them"),

    /** Bytes published on a lane. */
    LANE_BYTES(40, "lane.bytes", Kind.COUNTER, "bytes", "bytes of frames published on the lane"),
    /** Messages published on a lane. */
    LANE_MESSAGES(41, "lane.messages", Kind.COUNTER, "messages", "messages published on the lane"),
    /** Size of a lane. */
    LANE_CAPACITY(42, "lane.capacity", Kind.GAUGE, "bytes", "size of the lane's ring"),
    /** Readers of a lane. */
    LANE_READERS(43, "lane.readers", Kind.GAUGE, "readers", "readers that the lane has"),
    /** Refused for lack of space. */
    LANE_REFUSALS(44, "lane.refusals", Kind.COUNTER, "refusals", "claims refused because a reader was too far behind"),

    /** Streams that are open. */
    STREAMS_OPEN(60, "streams.open", Kind.GAUGE, "streams", "streams that are open"),
    /** Streams that expired. */
    STREAMS_EXPIRED(61, "streams.expired", Kind.COUNTER, "streams", "streams that were given up because nobody used them"),

    /** Bytes behind. */
    SUBSCRIBER_LAG_BYTES(70, "subscriber.lag_bytes", Kind.GAUGE, "bytes", "bytes that the subscriber has not yet read"),
    /** Messages behind. */
    SUBSCRIBER_LAG_MESSAGES(71, "subscriber.lag_messages", Kind.GAUGE, "messages", "messages that the subscriber has not yet read"),
    /** Time behind. */
    SUBSCRIBER_LAG_TIME(72, "subscriber.lag_time", Kind.GAUGE, "ns", "age of the oldest message that the subscriber has not yet read"),
    /** Messages received. */
    SUBSCRIBER_RECEIVED(73, "subscriber.received", Kind.COUNTER, "messages", "messages delivered to the subscriber"),
    /** Messages lost. */
    SUBSCRIBER_LOST(74, "subscriber.lost", Kind.COUNTER, "messages", "messages that were overwritten before the subscriber read them"),
    /** How long it holds a writer up. */
    SUBSCRIBER_BLOCKING_TIME(75, "subscriber.blocking_time", Kind.GAUGE, "ns", "how long the subscriber has been holding a publisher up"),

    /** Tasks that were run. */
    SCHEDULER_EXECUTED(90, "scheduler.executed", Kind.COUNTER, "tasks", "tasks that were run"),
    /** Tasks that failed. */
    SCHEDULER_FAILED(91, "scheduler.failed", Kind.COUNTER, "tasks", "tasks that ended with an exception"),
    /** Tasks that were stolen. */
    SCHEDULER_STOLEN(92, "scheduler.stolen", Kind.COUNTER, "tasks", "tasks that another worker took over"),
    /** Tasks that were refused. */
    SCHEDULER_REFUSED(93, "scheduler.refused", Kind.COUNTER, "tasks", "tasks refused because the queues were full"),
    /** Tasks that blocked a worker. */
    SCHEDULER_BLOCKED(94, "scheduler.blocked", Kind.COUNTER, "tasks", "tasks that held a worker longer than the limit"),
    /** Tasks that wait for their time. */
    SCHEDULER_DELAYED(95, "scheduler.delayed", Kind.GAUGE, "tasks", "tasks that wait for their time"),
    /** Tasks that wait for a worker. */
    SCHEDULER_QUEUE_DEPTH(96, "scheduler.queue_depth", Kind.GAUGE, "tasks", "tasks of the level that wait for a worker"),
    /** How it feels. */
    SCHEDULER_HEALTH(97, "scheduler.health", Kind.GAUGE, "state", "0 healthy, 1 degraded, 2 unhealthy"),

    /** Tasks that a worker ran. */
    WORKER_EXECUTED(110, "worker.executed", Kind.COUNTER, "tasks", "tasks that the worker ran"),
    /** Tasks that it stole. */
    WORKER_STOLEN(111, "worker.stolen", Kind.COUNTER, "tasks", "tasks that the worker took from others"),
    /** How often it went to sleep. */
    WORKER_PARKS(112, "worker.parks", Kind.COUNTER, "times", "how often the worker went to sleep"),
    /** How busy it is. */
    WORKER_UTILIZATION(113, "worker.utilization", Kind.GAUGE, "ppm", "share of the last interval that the worker spent in tasks"),
    /** CPU time of its thread. */
    WORKER_CPU_TIME(114, "worker.cpu_time", Kind.COUNTER, "ns", "CPU time of the worker's thread"),
    /** How long its task has been running. */
    WORKER_RUNNING_TIME(115, "worker.running_time", Kind.GAUGE, "ns", "how long the worker's present task has been running"),
    /** Where it runs. */
    WORKER_CPU(116, "worker.cpu", Kind.GAUGE, "cpu", "CPU that the worker is pinned to, -1 if it is not"),

    /** Processes of a directory. */
    DIRECTORY_PROCESSES(160, "directory.processes", Kind.GAUGE, "processes", "processes that share the directory"),
    /** Lanes of a directory. */
    DIRECTORY_LANES(161, "directory.lanes", Kind.GAUGE, "lanes", "lanes in the directory, of all its processes"),
    /** Bytes of a directory's lanes. */
    DIRECTORY_BYTES(162, "directory.bytes", Kind.GAUGE, "bytes", "bytes that the lanes of the directory take"),
    /** Lanes of dead processes. */
    DIRECTORY_RECLAIMED_LANES(163, "directory.reclaimed_lanes", Kind.COUNTER, "lanes", "lanes of the directory whose process died"),
    /** Places of dead processes' subscribers. */
    DIRECTORY_RECLAIMED_SLOTS(164, "directory.reclaimed_slots", Kind.COUNTER, "readers",
            "readers in lanes of the directory whose process died, and for which publishers wait no more"),
    /** Lanes that were taken over. */
    DIRECTORY_RESUMED_LANES(165, "directory.resumed_lanes", Kind.COUNTER, "lanes",
            "lanes that were taken over from processes of the directory that had all died"),

    /** Configurations taken over. */
    CONFIG_RELOADS(130, "config.reloads", Kind.COUNTER, "times", "changed configurations that were taken over"),
    /** Configurations refused. */
    CONFIG_REFUSED(131, "config.refused", Kind.COUNTER, "times", "changed configurations that were refused"),
    /** How long the last one took. */
    CONFIG_RELOAD_TIME(132, "config.reload_time", Kind.GAUGE, "ns", "how long the last reload took, from the change to being in force"),

    /** Other ends of a link of a bridge. */
    BRIDGE_PEERS(140, "bridge.peers", Kind.GAUGE, "peers", "other ends of the link that are there"),
    /** Messages of a link. */
    BRIDGE_MESSAGES(141, "bridge.messages", Kind.COUNTER, "messages", "messages that the link sent or took in"),
    /** Bytes of a link. */
    BRIDGE_BYTES(142, "bridge.bytes", Kind.COUNTER, "bytes", "bytes of frames that the link sent or took in"),
    /** Losses of a link. */
    BRIDGE_LOST(143, "bridge.lost", Kind.COUNTER, "messages", "messages that did not pass the link"),
    /** Repetitions that were dropped. */
    BRIDGE_DUPLICATES(144, "bridge.duplicates", Kind.COUNTER, "messages", "messages that came again and were dropped"),
    /** Circles that were cut. */
    BRIDGE_LOOPED(145, "bridge.looped", Kind.COUNTER, "messages", "messages that came back to where they were published and were dropped"),
    /** Back pressure of a link. */
    BRIDGE_REFUSALS(146, "bridge.refusals", Kind.COUNTER, "times", "times that Aeron, or the lane behind the link, took nothing"),
    /** What waits for a link. */
    BRIDGE_LAG(147, "bridge.lag", Kind.GAUGE, "bytes", "bytes that wait for the link, at the most in one lane"),
    /** How far a link is. */
    BRIDGE_POSITION(148, "bridge.position", Kind.GAUGE, "bytes", "position of the link in Aeron's streams"),
    /** Repairs of a link's driver. */
    BRIDGE_RETRANSMITS(149, "bridge.retransmits", Kind.COUNTER, "packets",
            "packets that the link's driver sent again, or asked for again, for all its links"),

    /** What went wrong. */
    ERRORS(150, "errors", Kind.COUNTER, "errors", "errors of the kind that the owner names"),
    /** What went wrong last. Its owner is the kind, a colon, a space and what is to be read: another owner for each text. */
    ERRORS_LAST(151, "errors.last", Kind.GAUGE, "ms", "when what the owner says behind its kind went wrong, since 1970"),

    /** From being scheduled to being started. */
    SCHEDULER_START_DELAY(200, "scheduler.start_delay", Kind.HISTOGRAM, "ns", "from being scheduled to being started"),
    /** From being woken to running. */
    WORKER_WAKE_UP(201, "worker.wake_up", Kind.HISTOGRAM, "ns", "from being woken to running"),
    /** From being published to being delivered. */
    SUBSCRIBER_DELIVERY(202, "subscriber.delivery", Kind.HISTOGRAM, "ns", "from being published to being delivered, of sampled messages"),
    /** What a handler takes. */
    HANDLER_TIME(203, "handler.time", Kind.HISTOGRAM, "ns", "what the handler took for a message, of sampled messages");

    /** What the values of a metric mean. */
    public enum Kind {
        /** It only grows while its owner lives: rates are differences. */
        COUNTER,
        /** It goes up and down. */
        GAUGE,
        /** Durations in buckets, a {@link LatencyHistogram}. */
        HISTOGRAM;

        private static final Kind[] ALL = values();

        /** The code in a counter file: 0 stands for no kind. */
        int code() {
            return ordinal() + 1;
        }

        /** The kind with a code, or null if no kind has it. */
        static Kind ofCode(final int code) {
            return code >= 1 && code <= ALL.length ? ALL[code - 1] : null;
        }
    }

    private static final Map<String, Metric> BY_KEY = byKey();

    private final int id;
    private final String key;
    private final Kind kind;
    private final String unit;
    private final String help;

    Metric(final int id, final String key, final Kind kind, final String unit, final String help) {
        this.id = id;
        this.key = key;
        this.kind = kind;
        this.unit = unit;
        this.help = help;
    }

    private static Map<String, Metric> byKey() {
        final Map<String, Metric> metrics = new HashMap<>();
        for (final Metric metric : values()) {
            metrics.put(metric.key, metric);
        }
        return metrics;
    }

    /** The metric with a key, such as {@code lane.bytes}; empty for a key of users' own. */
    public static Optional<Metric> ofKey(final String key) {
        return Optional.ofNullable(BY_KEY.get(Objects.requireNonNull(key, "key")));
    }

    /** Its number, from 1 on, the same in every version. */
    public int id() {
        return id;
    }

    /** Its name, such as {@code lane.bytes}. */
    public String key() {
        return key;
    }

    /** What its values mean. */
    public Kind kind() {
        return kind;
    }

    /** What its values count: {@code bytes}, {@code ns} (nanoseconds), {@code ppm} (parts per million), {@code messages} … */
    public String unit() {
        return unit;
    }

    /** What it is, in a few words. */
    public String help() {
        return help;
    }
}
