// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.telemetry.LatencyHistogram;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What users are told of a scheduler, made of what its workers count and its watch has seen.
 *
 * <p><b>Threads</b>: any. Allocates some tens of kilobytes for each level.
 */
final class Gauges {

    private static final LatencyHistogram[] NO_DELAYS = {};

    private final WorkerPool pool;
    private final Watch watch;
    private final ProcessMemory memory = ProcessMemory.ofThisProcess();

    Gauges(final WorkerPool pool, final Watch watch) {
        this.pool = pool;
        this.watch = watch;
    }

    PerformanceMetrics metrics() {
        synchronized (watch.window()) {
            return lockedMetrics();
        }
    }

    private PerformanceMetrics lockedMetrics() {
        final Totals now = now();
        final Totals before = watch.window().start();
        final List<WorkerMetrics> workers = new ArrayList<>();
        long stolen = 0;
        for (final Worker worker : pool.workers()) {
            final WorkerMetrics of = of(worker, now.utilization(worker.index(), before));
            workers.add(of);
            stolen += of.stolen();
        }
        final List<PriorityMetrics> priorities = new ArrayList<>();
        long depth = 0;
        for (int level = 0; level < now.delays().length; level++) {
            final PriorityMetrics of = of(level, now.delays()[level]);
            priorities.add(of);
            depth += of.queueDepth();
        }
        return new PerformanceMetrics(now.utilization(before), Duration.ofNanos(Math.max(0, now.at() - before.at())), memory.mebibytes(),
                depth, pool.timers().size(), now.executed(), now.failed(), stolen, now.refused(), watch.blocked(), priorities, workers);
    }

    SchedulerCounts counts() {
        synchronized (watch.window()) {
            watch.window().move(pool.now(), pool);
            return lockedCounts();
        }
    }

    private SchedulerCounts lockedCounts() {
        // Without distributions, which are all that takes time.
        final Totals now = Totals.of(pool.now(), pool, NO_DELAYS);
        final Totals before = watch.window().start();
        final List<SchedulerCounts.OfWorker> workers = new ArrayList<>(pool.workers().length);
        long stolen = 0;
        for (final Worker worker : pool.workers()) {
            final WorkerCounters counters = worker.counters;
            workers.add(new SchedulerCounts.OfWorker(worker.index(), worker.isPinned() ? worker.place().cpu() : -1,
                    counters.executedOpaque(), counters.stolenOpaque(), counters.parksOpaque(),
                    now.utilization(worker.index(), before), watch.runningNanos(worker.index())));
            stolen += counters.stolenOpaque();
        }
        final List<Long> levels = new ArrayList<>(pool.config().priorities());
        for (int level = 0; level < pool.config().priorities(); level++) {
            levels.add(waiting(level));
        }
        return new SchedulerCounts(now.executed(), now.failed(), stolen, now.refused(), watch.blocked(), pool.timers().size(), levels,
                workers);
    }

    private Totals now() {
        // The watch has ended when the scheduler is closed.
        watch.window().move(pool.now(), pool);
        return Totals.of(pool.now(), pool);
    }

    private WorkerMetrics of(final Worker worker, final double utilization) {
        final WorkerCounters counters = worker.counters;
        final boolean pinned = worker.isPinned();
        return new WorkerMetrics(worker.index(), pinned ? worker.place().cpu() : -1, worker.place().node(), worker.placement(),
                counters.executedOpaque(), counters.failedOpaque(), counters.stolenOpaque(), counters.parksOpaque(), utilization,
                Duration.ofNanos(watch.runningNanos(worker.index())), worker.systemThread(),
                worker.startTimes().wakes().snapshot());
    }

    private PriorityMetrics of(final int level, final LatencyHistogram delays) {
        return new PriorityMetrics(TaskPriority.ofLevel(level, pool.config().priorities()), waiting(level), delays);
    }

    private long waiting(final int level) {
        long depth = 0;
        for (final Worker worker : pool.workers()) {
            depth += worker.queues().waiting(level);
        }
        return depth;
    }

    Health health() {
        synchronized (watch.window()) {
            return lockedHealth();
        }
    }

    private Health lockedHealth() {
        final Totals now = now();
        final Totals before = watch.window().start();
        final boolean closed = !pool.isRunning();
        String ended = null;
        String held = null;
        long heldNanos = 0;
        for (final Worker worker : pool.workers()) {
            final Thread thread = worker.thread();
            final long nanos = watch.runningNanos(worker.index());
            ended = thread.isAlive() || ended != null ? ended : thread.getName();
            held = nanos > heldNanos ? thread.getName() : held;
            heldNanos = Math.max(nanos, heldNanos);
        }
        return new Vitals(closed, ended, held, heldNanos, pool.config().blockingLimit().toNanos(), before, now).judge();
    }
}
