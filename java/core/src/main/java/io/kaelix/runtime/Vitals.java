// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.telemetry.LatencyHistogram;
import java.time.Duration;
import java.util.Locale;

/**
 * What the {@link Health} of a scheduler follows from.
 *
 * @param closed whether it is shut down
 * @param ended name of a worker's thread that has ended, or null
 * @param held name of the worker's thread that is held for longest, or null
 * @param heldNanos for so long
 * @param limitNanos for which a task may hold a worker; 0 for any time
 * @param before where the window begins
 * @param now where it ends
 */
record Vitals(boolean closed, String ended, String held, long heldNanos, long limitNanos, Totals before, Totals now) {

    /** Blocking limits that a task holds its worker for until nobody believes any more that it will end. */
    static final int STUCK_LIMITS = 10;
    /** One task in so many may fail. */
    static final int MOST_FAILED = 10;
    /** Start delay that is too long, if there is no blocking limit. */
    static final long LATE_NANOS = 100_000_000;

    private static final double LATE_PERCENTILE = 99;
    private static final double NANOS_PER_MILLI = 1_000_000;

    /** The worst that applies. */
    Health judge() {
        if (closed) {
            return unhealthy("the scheduler was shut down");
        }
        if (ended != null) {
            return unhealthy("the thread " + ended + " has ended, its tasks are left to the others");
        }
        final boolean over = limitNanos > 0 && heldNanos > limitNanos;
        if (over && heldNanos / STUCK_LIMITS > limitNanos) {
            return unhealthy(holding() + ", more than " + STUCK_LIMITS + " times the limit of " + millis(limitNanos));
        }
        final long refused = now.refused() - before.refused();
        if (refused > 0) {
            return unhealthy("a queue was full: " + refused + " tasks were refused in the last " + window());
        }
        final long executed = now.executed() - before.executed();
        final long failed = now.failed() - before.failed();
        if (failed * MOST_FAILED > executed) {
            return degraded(failed + " failures, of " + executed + " tasks that ended in the last " + window());
        }
        if (over) {
            return degraded(holding() + ", the limit is " + millis(limitNanos));
        }
        final long late = limitNanos > 0 ? limitNanos : LATE_NANOS;
        final int levels = now.delays().length;
        for (int level = 0; level < levels - 1; level++) {
            final LatencyHistogram delays = now.delays()[level].since(before.delays()[level]);
            final long delay = delays.percentile(LATE_PERCENTILE);
            if (delay > late) {
                return degraded(TaskPriority.ofLevel(level, levels).getFirst() + " tasks start late: 1% of " + delays.count()
                        + " more than " + millis(delay) + " after they were due in the last " + window());
            }
        }
        return new Health(Health.State.HEALTHY, executed + " tasks in the last " + window());
    }

    private String holding() {
        return "a task has held " + held + " for " + millis(heldNanos);
    }

    private String window() {
        return millis(now.at() - before.at());
    }

    /** For people. */
    static String millis(final long nanos) {
        return nanos < Duration.ofMillis(10).toNanos() ? String.format(Locale.ROOT, "%.1f ms", nanos / NANOS_PER_MILLI)
                : Math.round(nanos / NANOS_PER_MILLI) + " ms";
    }

    private static Health unhealthy(final String reason) {
        return new Health(Health.State.UNHEALTHY, reason);
    }

    private static Health degraded(final String reason) {
        return new Health(Health.State.DEGRADED, reason);
    }
}
