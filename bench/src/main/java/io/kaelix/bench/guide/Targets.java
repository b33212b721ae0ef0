// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.guide;

import static io.kaelix.bench.guide.Unit.BYTES_PER_MESSAGE;
import static io.kaelix.bench.guide.Unit.FRACTION;
import static io.kaelix.bench.guide.Unit.MESSAGES_PER_SECOND;
import static io.kaelix.bench.guide.Unit.NANOS;
import static io.kaelix.bench.guide.Unit.PER_SECOND;
import static io.kaelix.bench.remote.Figures.MESSAGE_RATE;
import static io.kaelix.bench.remote.Figures.P50;
import static io.kaelix.bench.remote.Figures.P99;
import static io.kaelix.bench.scheduler.Figures.CALL_P50;
import static io.kaelix.bench.scheduler.Figures.CALL_P99;
import static io.kaelix.bench.scheduler.Figures.QUIET_P99;
import static io.kaelix.bench.scheduler.Figures.SWITCH_NANOS;

import io.kaelix.bench.guide.Parts.Part;
import io.kaelix.bench.guide.Parts.Pool;
import io.kaelix.bench.remote.Exchange;
import io.kaelix.bench.scheduler.Mode;
import java.util.ArrayList;
import java.util.List;

/** All targets, in the order of the table, and what has to be measured for them. */
final class Targets {

    /** Systems whose throughput is measured: the library, and who may be the best peer in any of the modes. */
    static final List<String> THROUGHPUT_SYSTEMS =
            List.of(Measured.KAELIX, "aeron-ipc", "disruptor", "jctools-spsc", "jctools-mpsc", "agrona-many-to-one");

    /** Systems whose latency is measured. */
    static final List<String> LATENCY_SYSTEMS = List.of(Measured.KAELIX, "aeron-ipc", "disruptor", "jctools-spsc");

    /** What a guide to the whole of a messaging system has beside, and what has nothing to be measured so far. */
    static final String LEFT_OUT = "left out, for bench config measures it: reload of the configuration";

    private static final String ONE_BY_ONE = "one-by-one";
    private static final String BATCH_10 = "batch-10";
    private static final String BATCH_64 = "batch-64";
    private static final String BATCH_100 = "batch-100";
    private static final String BATCH_1000 = "batch-1000";
    private static final String PUBLISHERS_4 = "publishers-4";
    private static final String PUBLISHERS_8 = "publishers-8";
    private static final String PUBLISHERS_16 = "publishers-16";

    /** Modes whose throughput is measured; a system is measured in those that it has. */
    static final List<String> THROUGHPUT_MODES =
            List.of(ONE_BY_ONE, BATCH_10, BATCH_64, BATCH_100, BATCH_1000, PUBLISHERS_4, PUBLISHERS_8, PUBLISHERS_16);

    /** Modes between processes that are measured. */
    static final List<String> NETWORK_MODES =
            List.of(Exchange.PING_PONG.label(), Exchange.STREAM.label());

    /** Modes of the scheduler that are measured. */
    static final List<String> SCHEDULER_MODES = List.of(Mode.PACED.label(), Mode.SWITCH.label());

    private static final double MILLION = 1e6;
    private static final double MICROSECOND = 1e3;
    private static final String POLLED = "mean; the poll is in it, the messages lie in this core's cache";
    private static final List<Target> ALL = all();

    private Targets() {
    }

    /** In the order of the table. */
    static List<Target> list() {
        return ALL;
    }

    private static List<Target> all() {
        final List<Target> targets = new ArrayList<>();
        addEndToEnd(targets);
        addNetwork(targets);
        addScheduler(targets);
        addParts(targets);
        return List.copyOf(targets);
    }

    private static void addEndToEnd(final List<Target> targets) {
        targets.add(Target.below("latency P99 at 1 M/s, quiet messages", 10 * MICROSECOND, NANOS, Measured::pacedP99OfQuiet));
        targets.add(Target.shown("latency P99 at 1 M/s, all messages", NANOS, Measured::pacedP99OfAll));

        targets.add(throughput("throughput, one by one", 10, ONE_BY_ONE));
        targets.add(throughput("throughput, batches of 64", 10, BATCH_64));

        targets.add(throughput("publishers 1", 10, ONE_BY_ONE));
        targets.add(throughput("publishers 4", 10, PUBLISHERS_4));
        targets.add(throughput("publishers 8", 10, PUBLISHERS_8));
        targets.add(throughput("publishers 16", 10, PUBLISHERS_16));

        targets.add(throughput("batch size 1", 1, ONE_BY_ONE));
        targets.add(throughput("batch size 10", 8, BATCH_10));
        targets.add(throughput("batch size 100", 25, BATCH_100));
        targets.add(throughput("batch size 1000", 50, BATCH_1000));

        targets.add(Target.below("allocation on the path", 0.01, BYTES_PER_MESSAGE,
                measured -> measured.allocation(List.of(ONE_BY_ONE, BATCH_64))));
    }

    private static void addNetwork(final List<Target> targets) {
        targets.add(Target.shown("network: to another process by TCP, P50", NANOS,
                measured -> measured.network(Exchange.PING_PONG, P50, true,
                        "64 B on loopback, half of a round trip, handler to handler; judged by bench network")));
        targets.add(Target.shown("network: P99", NANOS,
                measured -> measured.network(Exchange.PING_PONG, P99, true, "the same")));
        targets.add(Target.shown("network: throughput, 64 B", MESSAGES_PER_SECOND,
                measured -> measured.network(Exchange.STREAM, MESSAGE_RATE, false,
                        "one subscriber in another process; the floor fills writes of 64 KiB")));
    }

    private static void addScheduler(final List<Target> targets) {
        targets.add(Target.below("scheduling P99, one task every 20 us", 10 * MICROSECOND, NANOS,
                measured -> measured.scheduling(Mode.PACED, "kaelix-watched", QUIET_P99,
                        "judged: tasks that overlap no gap, nor its shadow; of the JDK's, gaps of the worker's CPU are in it")));
        targets.add(Target.shown("scheduling P99, all tasks", NANOS,
                measured -> measured.scheduling(Mode.PACED, Measured.KAELIX, CALL_P99,
                        "not judged: the gaps of the machine are in it")));
        targets.add(Target.shown("scheduling P50", NANOS,
                measured -> measured.scheduling(Mode.PACED, Measured.KAELIX, CALL_P50,
                        "from the call on one core to the start on another")));
        targets.add(Target.below("task switch", 100, NANOS,
                measured -> measured.scheduling(Mode.SWITCH, Measured.KAELIX, SWITCH_NANOS,
                        "mean; an empty task that schedules itself again")));
    }

    private static void addParts(final List<Target> targets) {
        targets.add(Target.below("part: message creation, 64 B", MICROSECOND, NANOS,
                measured -> measured.part(Part.BUILDING, 64, "mean; builder: timestamp, 4 headers, an array, offered")));
        targets.add(Target.below("part: message creation in place, 64 B", MICROSECOND, NANOS,
                measured -> measured.part(Part.CREATION, 64, "mean; claim, every word, commit")));
        targets.add(Target.below("part: serialisation, 1 KiB", 5 * MICROSECOND, NANOS,
                measured -> measured.part(Part.SERIALISATION, 1024, "mean; claim, fields of an order, commit")));
        targets.add(Target.shown("part: serialisation of plain words, 1 KiB", NANOS,
                measured -> measured.part(Part.CREATION, 1024, "mean; claim, every word, commit")));
        targets.add(Target.shown("part: queue, 64 B", NANOS, Measured::pingPongP50));
        targets.add(Target.shown("part: deserialisation, 64 B", NANOS, measured -> measured.part(Part.READING, 64, POLLED)));
        targets.add(Target.shown("part: deserialisation, 1 KiB", NANOS, measured -> measured.part(Part.READING, 1024, POLLED)));
        targets.add(Target.shown("part: delivery, 64 B", NANOS,
                measured -> measured.part(Part.DELIVERY, 64, "mean; the handler reads 8 bytes")));
        targets.add(Target.above("pool of retained messages, hits", 0.95, FRACTION, measured -> measured.pool(Pool::hitRate)));
        targets.add(Target.below("pool of retained messages, allocations", 1000, PER_SECOND,
                measured -> measured.pool(Pool::allocationsPerSecond)));
    }

    private static Target throughput(final String name, final double millions, final String mode) {
        return Target.above(name, millions * MILLION, MESSAGES_PER_SECOND, measured -> measured.throughput(mode));
    }
}
