// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Waits for the workers of a pool that was stopped to end.
 *
 * <p>A worker that took its next task just before the pool was stopped begins it just behind: so tasks are interrupted not at once alone, but as
 * long as any run, each once.
 *
 * <p><b>Threads</b>: one, which may be a worker itself, and does not wait for that.
 */
final class WorkersEnd {

    private static final System.Logger LOGGER = System.getLogger(TaskScheduler.class.getName());
    private static final long LOOK_AGAIN_MILLIS = 10;

    private final Worker[] workers;
    private final boolean interrupt;
    /** Beats of the workers at what was interrupted. */
    private final long[] interrupted;

    WorkersEnd(final Worker[] workers, final boolean interrupt) {
        this.workers = workers;
        this.interrupt = interrupt;
        this.interrupted = new long[workers.length];
    }

    /** For so long at most. Those that are in a task still are named in the log. */
    void await(final long nanos) {
        final long from = System.nanoTime();
        boolean wasInterrupted = false;
        long left = nanos;
        for (Thread alive = firstAlive(); alive != null && left > 0; alive = firstAlive()) {
            Arrays.stream(workers).forEach(this::interrupt);
            try {
                alive.join(Math.clamp(TimeUnit.NANOSECONDS.toMillis(left), 1, LOOK_AGAIN_MILLIS));
            } catch (final InterruptedException e) {
                wasInterrupted = true;
            }
            left = nanos - (System.nanoTime() - from);
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
        Arrays.stream(workers).filter(WorkersEnd::lives).forEach(worker -> LOGGER.log(System.Logger.Level.WARNING, "thread "
                + worker.thread().getName() + " is still in a task, and ends behind it: it is at "
                + Arrays.stream(worker.thread().getStackTrace()).limit(3).toList()));
    }

    private static boolean lives(final Worker worker) {
        return worker.thread() != Thread.currentThread() && worker.thread().isAlive();
    }

    /** The first worker that has not ended; null if all have. */
    private Thread firstAlive() {
        for (final Worker worker : workers) {
            if (lives(worker)) {
                return worker.thread();
            }
        }
        return null;
    }

    private void interrupt(final Worker worker) {
        final long beat = worker.counters.beatOpaque();
        if (interrupt && lives(worker) && beat != interrupted[worker.index()] && worker.counters.isUnderWay()
                && worker.counters.beatOpaque() == beat) {
            interrupted[worker.index()] = beat;
            worker.thread().interrupt();
        }
    }
}
