// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scheduler;

import io.kaelix.bench.trial.TrialException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * From the call of schedule to the start of the task, when nothing was scheduled for a second; and what the workers use of the CPU
 * meanwhile.
 */
final class Waking {

    private static final long SILENCE_MILLIS = 1000;
    private static final long PATIENCE_SECONDS = 10;

    /** Writes down when it starts. */
    private static final class Task implements Runnable {

        private final CountDownLatch done = new CountDownLatch(1);
        private long started;

        @Override
        public void run() {
            started = System.nanoTime();
            done.countDown();
        }
    }

    private Waking() {
    }

    static Map<String, Double> run(final TaskSystem system, final SchedulerRequest request) throws TrialException, InterruptedException {
        // Loads and compiles nothing, but has the classes there.
        wake(system);
        Usage.cpuNanos();
        Thread.sleep(SILENCE_MILLIS);
        final long before = System.nanoTime();
        final long cpuBefore = Usage.cpuNanos();
        Thread.sleep(SILENCE_MILLIS);
        final double cpu = (Usage.cpuNanos() - cpuBefore) / (double) (System.nanoTime() - before);
        final long[] nanos = new long[request.silences()];
        for (int i = 0; i < nanos.length; i++) {
            Thread.sleep(SILENCE_MILLIS);
            nanos[i] = wake(system);
        }
        Arrays.sort(nanos);
        return Map.of(Figures.WAKE_P50.name(), (double) nanos[(nanos.length - 1) / 2], Figures.WAKE_MAX.name(),
                (double) nanos[nanos.length - 1], Figures.IDLE_CPU.name(), cpu);
    }

    private static long wake(final TaskSystem system) throws TrialException, InterruptedException {
        final Task task = new Task();
        final long called = System.nanoTime();
        system.schedule(task);
        if (!task.done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new TrialException("a task was not run after " + PATIENCE_SECONDS + " s");
        }
        return task.started - called;
    }
}
