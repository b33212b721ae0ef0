// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

/**
 * Is told of tasks that throw, and of those that hold a worker for too long. What it throws itself is logged, and otherwise ignored.
 *
 * <p><b>Threads</b>: that of the worker, right behind the task; for those that take long, a thread that watches, while the task runs on.
 * It should return soon.
 */
@FunctionalInterface
public interface TaskErrorHandler {

    /**
     * A task failed. The worker goes on with the next.
     *
     * @param task as it was given
     * @param error that it threw; {@link Error}s as well
     */
    void onError(Runnable task, Throwable error);

    /**
     * A task has run for longer than {@link SchedulerConfig#blockingLimit()}, and runs on. Said once for each. Without effect unless
     * overridden; the scheduler logs it in any case.
     *
     * @param worker thread that it holds
     * @param nanos that it has run for so far, at least
     * @param stack where it is
     */
    default void onBlocking(final Thread worker, final long nanos, final StackTraceElement[] stack) {
    }
}
