// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.numa;

import io.kaelix.platform.Platform;
import io.kaelix.platform.Scheduling;

/**
 * A thread that {@link Affinity} gave real-time priority, or could not give any, until it is closed.
 *
 * <p><b>Threads</b>: it is closed by the thread that has the priority; what only reads may be called from anywhere.
 */
public final class RealTime implements AutoCloseable {

    private final Platform platform;
    private final Thread thread = Thread.currentThread();
    private final int priority;
    private final Scheduling before;
    private final Scheduling.Outcome outcome;
    private boolean closed;

    RealTime(final Platform platform, final int priority, final Scheduling before, final Scheduling.Outcome outcome) {
        this.platform = platform;
        this.priority = priority;
        this.before = before;
        this.outcome = outcome;
    }

    /** Whether the thread has the priority. */
    public boolean isGranted() {
        return outcome.isGranted();
    }

    /** One line: what it has, and if that is not what was asked, why, with the remedy. */
    public String reason() {
        return isGranted() ? "SCHED_FIFO with priority " + priority : outcome.refusal();
    }

    /**
     * The thread is scheduled as it was before. Again is without effect.
     *
     * @throws IllegalStateException on another thread than the one it is about
     */
    @Override
    public void close() {
        OwnThread.check(thread, "given its priority");
        if (!closed) {
            closed = true;
            // A thread under a policy that cannot be asked for (a deadline) cannot be put back to it: it keeps the priority.
            if (isGranted() && before.policy() != Scheduling.Policy.OTHER) {
                platform.schedule(before);
            }
        }
    }

    @Override
    public String toString() {
        return "RealTime[" + reason() + "]";
    }
}
