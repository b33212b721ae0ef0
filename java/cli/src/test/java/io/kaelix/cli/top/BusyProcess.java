// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.top;

import io.kaelix.telemetry.Counter;
import io.kaelix.telemetry.CounterFile;
import io.kaelix.telemetry.LatencyRecorder;
import io.kaelix.telemetry.Metric;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A process that does nothing but count, to look at: {@code BusyProcess DIRECTORY NAME [LANES [SUBSCRIBERS]]}. It ends when it is killed.
 */
final class BusyProcess {

    private static final long TURN_MILLIS = 100;

    private final Random random = new Random(1);
    private final CounterFile file;
    private final List<Runnable> turns = new ArrayList<>();

    private BusyProcess(final CounterFile file) {
        this.file = file;
    }

    /** What {@code java} starts. */
    public static void main(final String[] arguments) throws InterruptedException {
        try (CounterFile file = CounterFile.create(Path.of(arguments[0]), arguments[1])) {
            final BusyProcess process = new BusyProcess(file);
            process.machine();
            for (int lane = 0; lane < number(arguments, 2, 3); lane++) {
                process.lane("orders." + (lane % 2 == 0 ? "eu" : "us") + ".desk" + lane + "#" + lane, 1000 * (1 + lane * 7 % 5));
            }
            for (int subscriber = 0; subscriber < number(arguments, 3, 3); subscriber++) {
                process.subscriber("orders.*.desk" + subscriber + "#" + subscriber, 900 + 100L * subscriber, subscriber == 1);
            }
            process.scheduler();
            final Counter sampled = file.counter(Metric.PROCESS_SAMPLED, "process");
            System.out.println(file.path());
            while (true) {
                process.turns.forEach(Runnable::run);
                sampled.set(System.nanoTime());
                Thread.sleep(TURN_MILLIS);
            }
        }
    }

    private static int number(final String[] arguments, final int at, final int otherwise) {
        return arguments.length > at ? Integer.parseInt(arguments[at]) : otherwise;
    }

    private void grows(final Metric metric, final String owner, final long most) {
        final Counter counter = file.counter(metric, owner);
        turns.add(() -> counter.add(most / 2 + random.nextLong(most / 2 + 1)));
    }

    private void wavers(final Metric metric, final String owner, final long least, final long most) {
        final Counter counter = file.counter(metric, owner);
        turns.add(() -> counter.set(random.nextLong(least, most + 1)));
    }

    private void times(final Metric metric, final String owner, final double typical) {
        final LatencyRecorder recorder = file.recorder(metric, owner);
        turns.add(() -> {
            for (int i = 0; i < 1000; i++) {
                recorder.record((long) (typical * Math.exp(random.nextGaussian())));
            }
        });
    }

    private void machine() {
        wavers(Metric.PROCESS_CPU, "process", 1_100_000, 1_900_000);
        wavers(Metric.PROCESS_MEMORY, "process", 300L << 20, 310L << 20);
        grows(Metric.PROCESS_READ, "process", 100_000);
        grows(Metric.PROCESS_WRITTEN, "process", 1_000_000);
        for (int node = 0; node < 2; node++) {
            wavers(Metric.NODE_RESERVED, "node " + node, 128L << 20, 128L << 20);
            wavers(Metric.NODE_USED, "node " + node, 40L << 20, 60L << 20);
            wavers(Metric.NODE_LIVE, "node " + node, 10L << 20, 40L << 20);
            wavers(Metric.NODE_PROCESS_MEMORY, "node " + node, 150L << 20, 155L << 20);
        }
        grows(Metric.POOL_HITS, "pool", 5000);
        grows(Metric.POOL_MISSES, "pool", 2);
        wavers(Metric.POOL_OUTSTANDING, "pool", 0, 64);
        wavers(Metric.POOL_LEAKED, "pool", 0, 0);
        grows(Metric.ERRORS, "handler", 2);
        wavers(Metric.CONFIG_RELOADS, "config", 3, 3);
        wavers(Metric.CONFIG_REFUSED, "config", 1, 1);
        wavers(Metric.CONFIG_RELOAD_TIME, "config", 350_000, 350_000);
    }

    private void lane(final String owner, final long messages) {
        grows(Metric.LANE_MESSAGES, owner, messages * 100);
        grows(Metric.LANE_BYTES, owner, messages * 6400);
        wavers(Metric.LANE_CAPACITY, owner, 1 << 20, 1 << 20);
        wavers(Metric.LANE_READERS, owner, 2, 2);
        grows(Metric.LANE_REFUSALS, owner, 4);
    }

    private void subscriber(final String owner, final long messages, final boolean loses) {
        grows(Metric.SUBSCRIBER_RECEIVED, owner, messages * 100);
        wavers(Metric.SUBSCRIBER_LAG_BYTES, owner, 0, messages * 640);
        wavers(Metric.SUBSCRIBER_LAG_MESSAGES, owner, 0, messages * 10);
        wavers(Metric.SUBSCRIBER_LAG_TIME, owner, 0, messages * 20_000);
        grows(Metric.SUBSCRIBER_LOST, owner, loses ? 100 : 0);
        wavers(Metric.SUBSCRIBER_BLOCKING_TIME, owner, 0, 0);
        times(Metric.SUBSCRIBER_DELIVERY, owner, 4_000);
        times(Metric.HANDLER_TIME, owner, 250);
    }

    private void scheduler() {
        grows(Metric.SCHEDULER_EXECUTED, "scheduler", 40_000);
        grows(Metric.SCHEDULER_STOLEN, "scheduler", 900);
        wavers(Metric.SCHEDULER_FAILED, "scheduler", 1, 1);
        wavers(Metric.SCHEDULER_REFUSED, "scheduler", 0, 0);
        wavers(Metric.SCHEDULER_BLOCKED, "scheduler", 2, 2);
        wavers(Metric.SCHEDULER_DELAYED, "scheduler", 5, 20);
        wavers(Metric.SCHEDULER_HEALTH, "scheduler", 0, 0);
        for (final String priority : List.of("critical", "high", "normal", "low")) {
            wavers(Metric.SCHEDULER_QUEUE_DEPTH, priority, 0, 30);
            times(Metric.SCHEDULER_START_DELAY, priority, 1_500);
        }
        times(Metric.WORKER_WAKE_UP, "worker 0", 45_000);
        for (int worker = 0; worker < 4; worker++) {
            final String owner = "worker " + worker;
            grows(Metric.WORKER_EXECUTED, owner, 10_000);
            grows(Metric.WORKER_STOLEN, owner, 200);
            grows(Metric.WORKER_PARKS, owner, 300);
            wavers(Metric.WORKER_UTILIZATION, owner, 200_000, 900_000);
            grows(Metric.WORKER_CPU_TIME, owner, 90_000_000);
            wavers(Metric.WORKER_RUNNING_TIME, owner, 0, 4_000);
            wavers(Metric.WORKER_CPU, owner, worker, worker);
        }
    }
}
