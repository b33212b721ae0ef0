// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scheduler;

import io.kaelix.bench.trial.EncodedHistogram;
import io.kaelix.bench.trial.TrialException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** How late a task starts that was scheduled for in 1 ms by the one before: one waits at a time, and the worker has nothing else to do. */
final class Delays implements Runnable {

    private static final long DELAY_NANOS = 1_000_000;
    private static final long PATIENCE_SECONDS = 30;

    private final TaskSystem system;
    private final int warmups;
    private final int tasks;
    private final Histogram late = EncodedHistogram.empty();
    private final CountDownLatch done = new CountDownLatch(1);
    private int count;
    private long due;

    private Delays(final TaskSystem system, final SchedulerRequest request) {
        this.system = system;
        this.warmups = (int) (request.warmup() * 1e9 / DELAY_NANOS);
        this.tasks = warmups + Math.max(1, (int) (request.seconds() * 1e9 / DELAY_NANOS));
    }

    static Map<String, Double> run(final TaskSystem system, final SchedulerRequest request) throws TrialException, InterruptedException {
        final Delays chain = new Delays(system, request);
        system.schedule(chain::scheduleNext);
        if (!chain.done.await((long) (request.warmup() + request.seconds()) * 2 + PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new TrialException("not all of " + chain.tasks + " delayed tasks were run");
        }
        return Map.of(Figures.LATE_P50.name(), (double) chain.late.getValueAtPercentile(50), Figures.LATE_P99.name(),
                (double) chain.late.getValueAtPercentile(99));
    }

    @Override
    public void run() {
        final long started = System.nanoTime();
        if (count >= warmups) {
            EncodedHistogram.record(late, started - due);
        }
        if (++count == tasks) {
            done.countDown();
        } else {
            scheduleNext();
        }
    }

    private void scheduleNext() {
        due = System.nanoTime() + DELAY_NANOS;
        system.scheduleAfter(this, DELAY_NANOS);
    }
}
