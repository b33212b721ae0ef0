// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.Duty;

/**
 * Tells of what tasks and duties throw. It throws nothing itself: the worker goes on, whatever happened.
 *
 * <p><b>Threads</b>: any.
 */
final class Failures {

    private static final System.Logger LOGGER = System.getLogger(TaskScheduler.class.getName());

    private final TaskErrorHandler handler;

    Failures(final TaskErrorHandler handler) {
        this.handler = handler;
    }

    /** A task, or a duty, threw. */
    void report(final Object task, final Throwable error) {
        try {
            tell(task instanceof Runnable given ? given : new FailedDuty((Duty) task), error);
        } catch (final Throwable ignored) {
            // For want of memory, even to say what failed: the worker goes on.
            Thread.onSpinWait();
        }
    }

    private void tell(final Runnable task, final Throwable error) {
        try {
            handler.onError(task, error);
        } catch (final Throwable e) {
            log("the error handler failed, when told of ", error, e);
        }
    }

    /** Even that may fail, for want of memory: then nothing can be told. */
    static void log(final String what, final Object about, final Throwable error) {
        try {
            LOGGER.log(System.Logger.Level.ERROR, what + about + ": " + error, error);
        } catch (final Throwable ignored) {
            Thread.onSpinWait();
        }
    }

    /** The calling thread's task failed, in a way that the worker does not see. */
    static void count() {
        if (Thread.currentThread() instanceof WorkerThread thread) {
            thread.worker.counters.failed();
        }
    }

    /** What an error handler is given for a duty. */
    private record FailedDuty(Duty duty) implements Runnable {

        @Override
        public void run() {
            duty.turn();
        }
    }
}
