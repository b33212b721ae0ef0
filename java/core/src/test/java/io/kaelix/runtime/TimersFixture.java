// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;

/** A scheduler of one thread, whose clock is set by hand. */
final class TimersFixture implements TimedTask.Host, Timers.Sink {

    final Timers timers = new Timers();
    /** What was due, and did not run yet. */
    final Queue<TimedTask> due = new ArrayDeque<>();
    /** By priority: how many more the queue takes. */
    final int[] room = new int[TaskPriority.values().length];
    long now;
    /** Calls of {@link #sooner}. */
    int told;

    TimersFixture() {
        Arrays.fill(room, Integer.MAX_VALUE);
    }

    @Override
    public long now() {
        return now;
    }

    @Override
    public void sooner() {
        told++;
    }

    @Override
    public boolean due(final TimedTask task) {
        if (room[task.priority().ordinal()] == 0) {
            return false;
        }
        room[task.priority().ordinal()]--;
        due.add(task);
        return true;
    }

    /** A task that was not added. */
    TimedTask task(final TaskPriority priority, final Runnable action, final long deadline, final long period) {
        return new TimedTask(this, timers, priority, action, deadline, period);
    }

    /** A task that waits. */
    TimedTask schedule(final Runnable action, final long deadline, final long period) {
        final TimedTask task = task(TaskPriority.NORMAL, action, deadline, period);
        timers.add(task);
        return task;
    }

    int expire() {
        return timers.expire(now, this);
    }

    /** Expires what is due at a time, and runs it. */
    void runAt(final long time) {
        now = time;
        expire();
        while (!due.isEmpty()) {
            due.remove().run();
        }
    }
}
