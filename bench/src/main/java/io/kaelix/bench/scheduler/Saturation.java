// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scheduler;

import io.kaelix.bench.trial.GapLog;
import io.kaelix.bench.trial.Tally;
import io.kaelix.bench.trial.TrialException;
import java.util.Map;

/**
 * What part of the workers' time is spent in tasks, when there are always more tasks than workers: {@value #TASKS} tasks each look at the
 * clock for 10 us and schedule themselves again.
 *
 * <p>A gap in the looking is the machine's: its time counts neither as spent in the task nor as the workers'. Gaps between tasks are not
 * seen, and count against the system.
 */
final class Saturation {

    private static final int TASKS = 64;
    private static final long TASK_NANOS = 10_000;
    private static final long LOOK_MILLIS = 10;
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    private final TaskSystem system;
    private final Spin[] spins = new Spin[TASKS];
    private volatile boolean stopping;

    /** One of the tasks: it is run by one thread at a time. */
    private final class Spin implements Runnable {

        private final Tally spentNanos = new Tally();
        private final Tally lostNanos = new Tally();
        private long spent;
        private long lost;

        @Override
        public void run() {
            final long start = System.nanoTime();
            long before = start;
            long gaps = 0;
            while (before - start < TASK_NANOS) {
                final long now = System.nanoTime();
                if (now - before > GapLog.GAP_NANOS) {
                    gaps += now - before;
                }
                before = now;
            }
            spent += before - start - gaps;
            lost += gaps;
            spentNanos.publish(spent);
            lostNanos.publish(lost);
            if (!stopping) {
                system.schedule(this);
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
        final Map<String, Double> found = trial.watch(request);
        trial.stopping = true;
        return found;
    }

    private Map<String, Double> watch(final SchedulerRequest request) throws TrialException, InterruptedException {
        Thread.sleep(Math.round(request.warmup() * 1e3));
        final long bytesBefore = Usage.allocatedBytes();
        final long before = System.nanoTime();
        long spent = -spentNanos();
        long lost = -lostNanos();
        Thread.sleep(Math.max(1, Math.round(request.seconds() * 1e3)));
        while (spent + spentNanos() == 0 && System.nanoTime() - before < PATIENCE_NANOS) {
            Thread.sleep(LOOK_MILLIS);
        }
        final long time = (System.nanoTime() - before) * request.workers();
        spent += spentNanos();
        lost += lostNanos();
        final double bytes = Math.max(0, Usage.allocatedBytes() - bytesBefore);
        if (spent <= 0) {
            throw new TrialException("nothing was run in " + request.seconds() + " s");
        }
        return Map.of(Figures.UTILISATION.name(), spent / (double) (time - lost), Figures.GAPS.name(), lost / (double) time,
                Figures.BYTES.name(), bytes * TASK_NANOS / spent);
    }

    private long spentNanos() {
        long sum = 0;
        for (final Spin spin : spins) {
            sum += spin.spentNanos.read();
        }
        return sum;
    }

    private long lostNanos() {
        long sum = 0;
        for (final Spin spin : spins) {
            sum += spin.lostNanos.read();
        }
        return sum;
    }
}
