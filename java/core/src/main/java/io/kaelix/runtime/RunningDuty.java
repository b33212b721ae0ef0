// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.Duty;
import io.kaelix.Workers;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A {@link Duty} that a worker does, until this is closed, the duty ends itself, or the scheduler is shut down.
 *
 * <p><b>Threads</b>: any.
 */
public final class RunningDuty implements Workers.Work {

    final Duty duty;
    private final Worker worker;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean closed;

    RunningDuty(final Duty duty, final Worker worker) {
        this.duty = duty;
        this.worker = worker;
    }

    /** Thread that does it. */
    public Thread thread() {
        return worker.thread();
    }

    /** Number of the worker that does it. */
    public int worker() {
        return worker.index();
    }

    boolean isClosed() {
        return closed;
    }

    /** Whether no turn is under way and none comes any more. */
    public boolean hasEnded() {
        return ended.getCount() == 0;
    }

    /** Said by the worker: no turn begins any more. */
    void leave() {
        closed = true;
    }

    /** Said by the worker, behind that: all is done that comes behind the last turn. */
    void end() {
        ended.countDown();
    }

    /**
     * No turn begins any more, but for one that begins at this moment; does not wait for it: {@link #awaitEnd} does.
     */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            worker.wakeForDuties();
        }
    }

    /**
     * Waits until it has ended.
     *
     * @return whether it has within the time
     * @throws InterruptedException if the thread is interrupted
     */
    public boolean awaitEnd(final long timeout, final TimeUnit unit) throws InterruptedException {
        return ended.await(timeout, unit);
    }
}
