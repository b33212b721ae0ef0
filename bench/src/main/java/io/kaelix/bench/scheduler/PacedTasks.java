// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scheduler;

import io.kaelix.bench.trial.EncodedHistogram;
import io.kaelix.bench.trial.GapLog;
import io.kaelix.bench.trial.TrialException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * A task at each intended time, from the call of schedule, and from that time, to the first instruction of the task.
 *
 * <pre>
 *   pacer ── spin to the intended time, called = now, schedule ──► system ──► worker: started = now
 *     └── GapLog
 * </pre>
 *
 * <p>The pacer never skips a task: when it is late it schedules at once. The tasks are {@value #KINDS} objects that take turns, so that
 * they lie in the worker's cache as handlers do that are used again and again; each knows which of its runs comes next, and nobody else
 * writes to it. Which thread has its CPU taken away is seen where it looks at the clock: at the pacer, and at the worker as far as a
 * system lets something look while it has nothing to do.
 */
final class PacedTasks {

    private static final long PERIOD_NANOS = 20_000;
    /** Of the first half of the warm-up: at the pace that is measured, a compiler would still be at work a second later, on their CPUs. */
    private static final long RUSH_NANOS = PERIOD_NANOS / 8;
    private static final long LEAD_NANOS = 1_000_000;
    private static final int KINDS = 64;
    /** Ten milliseconds of what is measured. */
    private static final int SLICE = 500;
    private static final double GRACE_SECONDS = 10;
    private static final int TURNS_AT_THE_END = 1000;

    private final TaskSystem system;
    private final long periodNanos;
    private final long[] called;
    private final long[] started;
    private final int warmups;
    private final GapLog pacerGaps;
    private final Task[] kinds = new Task[KINDS];
    private long start;
    private long allocated;

    /** Writes down when it starts. */
    private final class Task implements Runnable {

        private int next;

        private Task(final int first) {
            next = first;
        }

        @Override
        public void run() {
            started[next] = System.nanoTime();
            next += KINDS;
        }
    }

    private PacedTasks(final TaskSystem system, final long periodNanos, final double warmup, final double seconds) {
        this.system = system;
        this.periodNanos = periodNanos;
        this.warmups = (int) (warmup * 1e9 / periodNanos);
        final int tasks = warmups + Math.max(1, (int) (seconds * 1e9 / periodNanos));
        this.called = new long[tasks];
        this.started = new long[tasks];
        this.pacerGaps = new GapLog(warmup + seconds + GRACE_SECONDS);
        for (int i = 0; i < KINDS; i++) {
            kinds[i] = new Task(i);
        }
    }

    static Map<String, Double> run(final TaskSystem system, final SchedulerRequest request, final int cpu)
            throws TrialException, InterruptedException {
        final double halfWarmup = request.warmup() / 2;
        new PacedTasks(system, RUSH_NANOS, 0, halfWarmup).run(cpu);
        final PacedTasks trial = new PacedTasks(system, PERIOD_NANOS, halfWarmup, request.seconds());
        trial.run(cpu);
        system.endWatch();
        final Map<String, Double> found = judge(trial.start, trial.called, trial.started, trial.warmups,
                (from, to) -> trial.pacerGaps.overlaps(from, to) || system.hadGap(from, to));
        found.put(Figures.BYTES.name(), Math.max(0, trial.allocated) / (double) (trial.called.length - 1 - trial.warmups));
        return found;
    }

    private void run(final int cpu) throws TrialException, InterruptedException {
        Workers.runPinned(cpu, () -> {
            pace();
            return null;
        });
        awaitLast();
    }

    private void pace() {
        start = System.nanoTime() + LEAD_NANOS;
        // Also for nothing, so that what the JVM does once for the question is not counted as something that tasks need.
        pace(0, warmups / 2);
        Usage.allocatedBytes();
        pace(warmups / 2, warmups);
        final long before = Usage.allocatedBytes();
        pace(warmups, called.length);
        allocated = Usage.allocatedBytes() - before;
    }

    /** By slices: compiled code that ends for the first time is thrown away, and compiling it anew takes the CPU from those under test. */
    private void pace(final int from, final int to) {
        for (int n = from; n < to; n += SLICE) {
            paceSlice(n, Math.min(to, n + SLICE));
        }
    }

    private void paceSlice(final int from, final int to) {
        for (int n = from; n < to; n++) {
            awaitTime(start + n * periodNanos);
            called[n] = System.nanoTime();
            system.schedule(kinds[n % KINDS]);
        }
    }

    private void awaitTime(final long intended) {
        long before = System.nanoTime();
        while (before - intended < 0) {
            final long now = System.nanoTime();
            pacerGaps.look(before, now);
            before = now;
        }
    }

    /** Whatever was scheduled before has run when a later task has, on one worker; systems that have another order get some turns more. */
    private void awaitLast() throws TrialException, InterruptedException {
        for (int i = 0; i < TURNS_AT_THE_END; i++) {
            final CountDownLatch done = new CountDownLatch(1);
            system.schedule(done::countDown);
            if (!done.await((long) GRACE_SECONDS, TimeUnit.SECONDS)) {
                throw new TrialException("the last tasks were not done after " + GRACE_SECONDS + " s");
            }
            if (isComplete()) {
                return;
            }
        }
        throw new TrialException("some tasks never ran");
    }

    private boolean isComplete() {
        for (int n = called.length - 1; n >= 0; n--) {
            if (started[n] == 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether a gap or its shadow and this time have a moment in common. */
    @FunctionalInterface
    interface Gaps {

        boolean overlap(long from, long to);
    }

    /**
     * Percentiles.
     *
     * @param start when the first task was due
     * @param called when each was scheduled
     * @param started when each began to run
     * @param warmups that do not count
     */
    static Map<String, Double> judge(final long start, final long[] called, final long[] started, final int warmups, final Gaps gaps) {
        final Histogram fromCall = EncodedHistogram.empty();
        final Histogram fromIntended = EncodedHistogram.empty();
        final Histogram quietFromCall = EncodedHistogram.empty();
        final Histogram quietFromIntended = EncodedHistogram.empty();
        for (int n = warmups; n < called.length; n++) {
            final long intended = start + n * PERIOD_NANOS;
            EncodedHistogram.record(fromCall, started[n] - called[n]);
            EncodedHistogram.record(fromIntended, started[n] - intended);
            if (!gaps.overlap(intended, started[n])) {
                EncodedHistogram.record(quietFromCall, started[n] - called[n]);
                EncodedHistogram.record(quietFromIntended, started[n] - intended);
            }
        }
        final Map<String, Double> found = new LinkedHashMap<>();
        put(found, Figures.CALL_P50, fromCall, 50);
        put(found, Figures.CALL_P99, fromCall, 99);
        put(found, Figures.CALL_P999, fromCall, 99.9);
        put(found, Figures.CALL_MAX, fromCall, 100);
        put(found, Figures.INTENDED_P50, fromIntended, 50);
        put(found, Figures.INTENDED_P99, fromIntended, 99);
        if (quietFromCall.getTotalCount() > 0) {
            put(found, Figures.QUIET_P50, quietFromCall, 50);
            put(found, Figures.QUIET_P99, quietFromCall, 99);
            put(found, Figures.QUIET_INTENDED_P99, quietFromIntended, 99);
        }
        found.put(Figures.QUIET_FRACTION.name(), quietFromCall.getTotalCount() / (double) fromCall.getTotalCount());
        return found;
    }

    private static void put(final Map<String, Double> found, final Figure figure, final Histogram of, final double percentile) {
        found.put(figure.name(), (double) of.getValueAtPercentile(percentile));
    }
}
