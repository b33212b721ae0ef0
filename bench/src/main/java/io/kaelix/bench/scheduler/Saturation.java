// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scheduler;

import io.kaelix.bench.trial.GapLog;
import io.kaelix.bench.trial.Tally;
import io.kaelix.bench.trial.TrialException;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;

/**
 * What part of the workers' time is spent in tasks, when there are always more tasks than workers: {@value #TASKS} tasks each look at the
 * clock for 10 us and schedule themselves again.
 *
 * <p>A gap in the looking is the machine's: its time counts neither as spent in the task nor as the workers'. Gaps between tasks are not
 * seen, and count against the system. What lies across the begin or the end of the measured time counts as far as it is inside.
 */
final class Saturation {

    private static final int TASKS = 64;
    private static final long TASK_NANOS = 10_000;
    private static final long LOOK_MILLIS = 1;
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    private final TaskSystem system;
    private final Spin[] spins = new Spin[TASKS];
    private volatile boolean stopping;
    /** What is measured: nothing until both are set. */
    private volatile long from = Long.MAX_VALUE;
    private volatile long until = Long.MAX_VALUE;

    /** One of the tasks: it is run by one thread at a time. */
    private final class Spin implements Runnable {

        /** Odd while it runs. */
        private final Tally turns = new Tally();
        private final Tally spentNanos = new Tally();
        private final Tally lostNanos = new Tally();
        private long turn;
        private long spent;
        private long lost;

        @Override
        public void run() {
            // SYNC: pairs with awaitEnd: who finds it even knows that the next run begins later.
            turns.publish(++turn);
            final long start = System.nanoTime();
            long before = start;
            while (before - start < TASK_NANOS) {
                final long now = System.nanoTime();
                count(before, now);
                before = now;
            }
            spentNanos.publish(spent);
            lostNanos.publish(lost);
            turns.publish(++turn);
            if (!stopping) {
                system.schedule(this);
            }
        }

        private void count(final long before, final long now) {
            final long inside = Math.min(now, until) - Math.max(before, from);
            if (inside > 0) {
                if (now - before > GapLog.GAP_NANOS) {
                    lost += inside;
                } else {
                    spent += inside;
                }
            }
        }
    }

    private Saturation(final TaskSystem system) {
        this.system = system;
        for (int i = 0; i < TASKS; i++) {
            spins[i] = new Spin();
        }
    }

    static Map<String, Double> run(final TaskSystem system, final SchedulerRequest request) throws TrialException, InterruptedException {
        final Saturation trial = new Saturation(system);
        for (final Spin spin : trial.spins) {
            system.schedule(spin);
        }
        Thread.sleep(Math.round(request.warmup() * 1e3));
        final long giveUp = System.nanoTime() + PATIENCE_NANOS;
        Map<String, Double> found = null;
        while (found == null && System.nanoTime() - giveUp < 0) {
            found = trial.measure(request);
        }
        trial.stopping = true;
        if (found == null) {
            throw new TrialException("nothing was run in " + PATIENCE_NANOS / 1_000_000_000 + " s");
        }
        return found;
    }

    /** Null if the machine gave the tasks no time at all. */
    private Map<String, Double> measure(final SchedulerRequest request) throws TrialException, InterruptedException {
        final long spentBefore = sum(spin -> spin.spentNanos);
        final long lostBefore = sum(spin -> spin.lostNanos);
        final long bytesBefore = Usage.allocatedBytes();
        final long begin = System.nanoTime();
        final long nanos = Math.max(1, Math.round(request.seconds() * 1e9));
        until = begin + nanos;
        from = begin;
        Thread.sleep(nanos / 1_000_000 + 1);
        final double bytes = Math.max(0, Usage.allocatedBytes() - bytesBefore);
        awaitEnd();
        from = Long.MAX_VALUE;
        final long spent = sum(spin -> spin.spentNanos) - spentBefore;
        final double lost = sum(spin -> spin.lostNanos) - lostBefore;
        if (spent == 0) {
            return null;
        }
        final double time = (double) nanos * request.workers();
        return Map.of(Figures.UTILISATION.name(), spent / (time - lost), Figures.GAPS.name(), lost / time,
                Figures.BYTES.name(), bytes * TASK_NANOS / spent);
    }

    /** Until every run has ended, and told what it has, that began before now. */
    private void awaitEnd() throws TrialException, InterruptedException {
        final long giveUp = System.nanoTime() + PATIENCE_NANOS;
        for (final Spin spin : spins) {
            final long turn = spin.turns.read();
            while (turn % 2 == 1 && spin.turns.read() == turn) {
                if (System.nanoTime() - giveUp > 0) {
                    throw new TrialException("a task of 10 us had not ended after " + PATIENCE_NANOS / 1_000_000_000 + " s");
                }
                Thread.sleep(LOOK_MILLIS);
            }
        }
    }

    private long sum(final Function<Spin, Tally> of) {
        return Arrays.stream(spins).mapToLong(spin -> of.apply(spin).read()).sum();
    }
}
