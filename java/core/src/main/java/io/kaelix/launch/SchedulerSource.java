// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import io.kaelix.runtime.PerformanceMetrics;
import io.kaelix.runtime.PriorityMetrics;
import io.kaelix.runtime.TaskScheduler;
import io.kaelix.runtime.WorkerMetrics;
import io.kaelix.telemetry.CounterFile;
import io.kaelix.telemetry.Metric;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a scheduler tells: of all, of each level of priority, of each worker. */
final class SchedulerSource implements Source {

    private static final double MILLION = 1e6;

    private final TaskScheduler scheduler;
    private final CounterTable table;

    SchedulerSource(final TaskScheduler scheduler, final CounterFile file) {
        this.scheduler = scheduler;
        this.table = new CounterTable(file);
    }

    @Override
    public String name() {
        return "scheduler";
    }

    @Override
    public void collect() {
        final PerformanceMetrics metrics = scheduler.performanceMetrics();
        final CounterTable.Row all = table.row(scheduler.config().name());
        all.set(Metric.SCHEDULER_EXECUTED, metrics.executed());
        all.set(Metric.SCHEDULER_FAILED, metrics.failed());
        all.set(Metric.SCHEDULER_STOLEN, metrics.stolen());
        all.set(Metric.SCHEDULER_REFUSED, metrics.refused());
        all.set(Metric.SCHEDULER_BLOCKED, metrics.blocked());
        all.set(Metric.SCHEDULER_DELAYED, metrics.delayed());
        all.set(Metric.SCHEDULER_HEALTH, scheduler.health().state().ordinal());
        for (final PriorityMetrics level : metrics.priorities()) {
            final CounterTable.Row row = table.row(name(level));
            row.set(Metric.SCHEDULER_QUEUE_DEPTH, level.queueDepth());
            row.publish(Metric.SCHEDULER_START_DELAY, level.startDelay());
        }
        for (final WorkerMetrics worker : metrics.workers()) {
            final CounterTable.Row row = table.row(workerName(worker.number()));
            row.set(Metric.WORKER_EXECUTED, worker.executed());
            row.set(Metric.WORKER_STOLEN, worker.stolen());
            row.set(Metric.WORKER_PARKS, worker.parks());
            row.set(Metric.WORKER_UTILIZATION, Math.round(worker.utilization() * MILLION));
            row.set(Metric.WORKER_RUNNING_TIME, worker.runningFor().toNanos());
            row.set(Metric.WORKER_CPU, worker.cpu());
            row.publish(Metric.WORKER_WAKE_UP, worker.wakeUp());
        }
        table.endRound();
    }

    /** Such as {@code critical}, or {@code normal+background} where there are fewer levels. */
    private static String name(final PriorityMetrics level) {
        return level.priorities().stream().map(priority -> priority.name().toLowerCase(Locale.ROOT)).collect(Collectors.joining("+"));
    }

    /** As counters name it. */
    static String workerName(final int number) {
        return "worker " + number;
    }

    /** Numbers of the workers' threads, as the operating system has them. */
    static long[] threads(final TaskScheduler scheduler) {
        return scheduler.performanceMetrics().workers().stream().mapToLong(WorkerMetrics::systemThread).toArray();
    }

    @Override
    public void close() {
        table.close();
    }
}
