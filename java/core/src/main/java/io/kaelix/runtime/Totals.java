// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.telemetry.LatencyHistogram;

/**
 * What all workers had done at one moment.
 *
 * @param at the moment, on the scheduler's clock
 * @param begun tasks and turns of duties
 * @param executed tasks
 * @param failed tasks and duties that threw
 * @param refused tasks that no queue had room for
 * @param idleNanos of each worker
 * @param delays until tasks were started, by level
 */
record Totals(long at, long begun, long executed, long failed, long refused, long[] idleNanos, LatencyHistogram[] delays) {

    /** Of nothing, at launch. */
    static Totals none(final int workers, final int levels) {
        return new Totals(0, 0, 0, 0, 0, new long[workers], emptyDelays(levels));
    }

    /** At this moment. */
    static Totals of(final long now, final WorkerPool pool) {
        return of(now, pool, emptyDelays(pool.config().priorities()));
    }

    /**
     * At this moment, without memory for it.
     *
     * @param delays that nobody needs any more, to be filled
     */
    static Totals of(final long now, final WorkerPool pool, final LatencyHistogram[] delays) {
        final Worker[] workers = pool.workers();
        final long[] idleNanos = new long[workers.length];
        long begun = 0;
        long executed = 0;
        long failed = 0;
        for (int level = 0; level < delays.length; level++) {
            delays[level].clear();
        }
        for (final Worker worker : workers) {
            final WorkerCounters counters = worker.counters;
            idleNanos[worker.index()] = counters.idleNanosOpaque(now);
            begun += counters.beatOpaque();
            executed += counters.executedOpaque();
            failed += counters.failedOpaque();
            final StartTimes times = worker.startTimes();
            // Of one that never ran there are none.
            for (int level = 0; times != null && level < delays.length; level++) {
                times.delays(level).addTo(delays[level]);
            }
        }
        return new Totals(now, begun, executed, failed, pool.refused(), idleNanos, delays);
    }

    static LatencyHistogram[] emptyDelays(final int levels) {
        final LatencyHistogram[] delays = new LatencyHistogram[levels];
        for (int level = 0; level < levels; level++) {
            delays[level] = new LatencyHistogram();
        }
        return delays;
    }

    /** Share of the time since then that a worker was at work in, from 0 to 1. */
    double utilization(final int worker, final Totals before) {
        final long nanos = at - before.at;
        return nanos <= 0 ? 0 : Math.clamp(1 - (double) (idleNanos[worker] - before.idleNanos[worker]) / nanos, 0.0, 1.0);
    }

    /** Of all workers, on the mean. */
    double utilization(final Totals before) {
        double sum = 0;
        for (int worker = 0; worker < idleNanos.length; worker++) {
            sum += utilization(worker, before);
        }
        return sum / idleNanos.length;
    }
}
