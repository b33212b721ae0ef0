// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import io.kaelix.runtime.PerformanceMetrics;
import io.kaelix.runtime.PriorityMetrics;
import io.kaelix.runtime.SchedulerCounts;
import io.kaelix.runtime.TaskScheduler;
import io.kaelix.runtime.WorkerMetrics;
import io.kaelix.telemetry.CounterFile;
import io.kaelix.telemetry.Metric;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * What a scheduler tells: of all, of each level of priority, of each worker. Counts each time; health and distributions, which take ten
 * times as long, each {@value #SELDOM_MILLIS} ms at most.
 */
final class SchedulerSource implements Source {

    static final long SELDOM_MILLIS = 1_000;

    private static final double MILLION = 1e6;

    private final TaskScheduler scheduler;
    private final CounterTable counts;
    private final CounterTable distributions;
    private final Seldom seldom;
    private List<String> levels;
    private long shownAt;
    private int health;

    SchedulerSource(final TaskScheduler scheduler, final CounterFile file, final LongSupplier clock) {
        this.scheduler = scheduler;
        this.counts = new CounterTable(file);
        this.distributions = new CounterTable(file);
        this.seldom = new Seldom(clock, SELDOM_MILLIS);
    }

    @Override
    public String name() {
        return "scheduler";
    }

    @Override
    public void collect() {
        final SchedulerCounts now = scheduler.counts();
        if (seldom.isDue()) {
            health = scheduler.health().state().ordinal();
            // What tasks and wake-ups took does not change without any.
            final long happened = now.executed() + now.workers().stream().mapToLong(SchedulerCounts.OfWorker::parks).sum();
            if (levels == null || happened != shownAt) {
                showDistributions();
                shownAt = happened;
            }
        }
        final CounterTable.Row all = counts.row(scheduler.config().name());
        all.set(Metric.SCHEDULER_EXECUTED, now.executed());
        all.set(Metric.SCHEDULER_FAILED, now.failed());
        all.set(Metric.SCHEDULER_STOLEN, now.stolen());
        all.set(Metric.SCHEDULER_REFUSED, now.refused());
        all.set(Metric.SCHEDULER_BLOCKED, now.blocked());
        all.set(Metric.SCHEDULER_DELAYED, now.delayed());
        all.set(Metric.SCHEDULER_HEALTH, health);
        for (int level = 0; level < levels.size(); level++) {
            counts.row(levels.get(level)).set(Metric.SCHEDULER_QUEUE_DEPTH, now.levels().get(level));
        }
        for (final SchedulerCounts.OfWorker worker : now.workers()) {
            final CounterTable.Row row = counts.row(workerName(worker.number()));
            row.set(Metric.WORKER_EXECUTED, worker.executed());
            row.set(Metric.WORKER_STOLEN, worker.stolen());
            row.set(Metric.WORKER_PARKS, worker.parks());
            row.set(Metric.WORKER_UTILIZATION, Math.round(worker.utilization() * MILLION));
            row.set(Metric.WORKER_RUNNING_TIME, worker.runningNanos());
            row.set(Metric.WORKER_CPU, worker.cpu());
        }
        counts.endRound();
    }

    private void showDistributions() {
        final PerformanceMetrics metrics = scheduler.performanceMetrics();
        levels = metrics.priorities().stream().map(SchedulerSource::name).toList();
        for (final PriorityMetrics level : metrics.priorities()) {
            distributions.row(name(level)).publish(Metric.SCHEDULER_START_DELAY, level.startDelay());
        }
        for (final WorkerMetrics worker : metrics.workers()) {
            distributions.row(workerName(worker.number())).publish(Metric.WORKER_WAKE_UP, worker.wakeUp());
        }
        distributions.endRound();
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
        counts.close();
        distributions.close();
    }
}
