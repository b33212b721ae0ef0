// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Tasks that wait for their time. It has no thread and no clock: workers ask for {@link #nextDeadline} before they sleep, and call
 * {@link #expire} when that has come.
 *
 * <pre>
 *   schedule ── add ──► heap of CRITICAL   ──┐
 *                       heap of HIGH       ──┼── expire: the earliest of the four first ──► sink: the scheduler's queues
 *                       heap of NORMAL     ──┤                                                          │
 *                       heap of BACKGROUND ──┘ ◄── add, by the task itself when a turn has ended ── TimedTask.run
 * </pre>
 *
 * <p>One heap for each priority, so that a queue that is full holds up the tasks of its own priority alone.
 *
 * <p><b>Time</b> is nanoseconds since the scheduler's launch, 0 and more, as the caller says; so sums do not wrap for 292 years, and those
 * that would, since a delay may be as long as one likes, end at {@link #LATEST}.
 *
 * <p><b>Threads</b>: any, for all methods. One lock guards the heaps; who has it does O(log n) work, or, in expire, as much as the sink
 * takes. Nothing of the user's runs under it. Adding allocates when the heap grows, or the lock is contended, and not otherwise.
 */
final class Timers {

    /** There is nothing to wait for. */
    static final long NONE = Long.MAX_VALUE;
    /** The last time that a task can wait for. */
    static final long LATEST = NONE - 1;

    private static final int PRIORITIES = TaskPriority.values().length;

    /** Where tasks go whose time has come. */
    interface Sink {

        /**
         * Takes a task to be run. Called under the lock of the timers: it does not block, and calls no method of them.
         *
         * @param task to be run, by any thread, already before this returns
         * @return false: there is no room for tasks of this priority; the task goes on waiting with the deadline that it has
         */
        boolean due(TimedTask task);
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final TimerHeap[] heaps = new TimerHeap[PRIORITIES];
    private long additions;
    private boolean closed;
    /**
     * Deadline of the earliest. Written under the lock, and volatile for who is going to sleep: one thread states that it sleeps and reads
     * this, another writes this and looks for sleepers, and at least one of them must see the other.
     */
    private volatile long next = NONE;

    Timers() {
        for (int i = 0; i < PRIORITIES; i++) {
            heaps[i] = new TimerHeap();
        }
    }

    /** Now and a delay, of which one below 0 counts as 0; {@link #LATEST} where the sum lies beyond. */
    static long after(final long now, final long delay) {
        final long from = Math.max(0, now);
        final long wait = Math.max(0, delay);
        return wait >= LATEST - from ? LATEST : from + wait;
    }

    /**
     * Lets a task wait for its deadline. One that was cancelled is not added; one that comes after {@link #close} is cancelled.
     *
     * @param task in no heap, as it is made or when its turn has ended
     * @return true: it is the earliest now, and who waits for the next deadline must be told
     * @throws IllegalStateException it waits here already
     */
    boolean add(final TimedTask task) {
        lock.lock();
        try {
            if (task.index != TimedTask.NOWHERE) {
                throw new IllegalStateException("the task waits already, for " + task.deadline());
            }
            if (closed && task.leave()) {
                task.forget();
            }
            // SYNC: pairs with TimedTask.cancel, which changes the state before it asks for the lock: it is seen here, or finds the index.
            if (!task.isWaiting()) {
                return false;
            }
            task.sequence = additions++;
            heapOf(task).insert(task);
            if (task.deadline() >= next) {
                return false;
            }
            next = task.deadline();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * When {@link #expire} has something to do. It may be early, when the one that it stands for has just been taken out or its queue is
     * full, and is never late: what was added is seen by who asks after that.
     *
     * @return a time, or {@link #NONE}
     */
    long nextDeadline() {
        return next;
    }

    /**
     * Hands over all tasks whose deadline has come, the earliest first, and those of one deadline as they were added. When the sink has no
     * room for one, the others of its priority stay too.
     *
     * <p>It never waits. Another thread may be at this work, or may be adding a task: then it does nothing, and {@link #nextDeadline}
     * goes on saying that there is work for as long as there is.
     *
     * <p>Under the lock, since each task leaves the heap and arrives in its queue in one step for all who add, cancel or close, and the
     * order holds whoever calls. So others wait for as long as the sink goes on taking.
     *
     * @param now the time
     * @param sink takes the tasks; what it throws comes out here, and its task goes on waiting
     * @return tasks that it took
     */
    int expire(final long now, final Sink sink) {
        if (next > now || lock.isHeldByCurrentThread() || !lock.tryLock()) {
            return 0;
        }
        try {
            return handOver(now, sink);
        } finally {
            next = earliest();
            lock.unlock();
        }
    }

    private int handOver(final long now, final Sink sink) {
        int count = 0;
        int full = 0;
        for (TimedTask task = first(full); task != null && task.deadline() <= now; task = first(full)) {
            heapOf(task).remove(task);
            if (task.becomeDue()) {
                boolean taken = false;
                try {
                    taken = sink.due(task);
                } finally {
                    if (!taken) {
                        full |= 1 << task.priority().ordinal();
                        putBack(task);
                    }
                }
                count += taken ? 1 : 0;
            }
        }
        return count;
    }

    /** There is room: it has just left. */
    private void putBack(final TimedTask task) {
        if (task.becomeWaiting()) {
            heapOf(task).insert(task);
        }
    }

    /** The earliest of those priorities whose bit is not set, or null. */
    private TimedTask first(final int except) {
        TimedTask first = null;
        for (int i = 0; i < PRIORITIES; i++) {
            final TimedTask task = heaps[i].first();
            if (task != null && (except & 1 << i) == 0 && (first == null || TimerHeap.isBefore(task, first))) {
                first = task;
            }
        }
        return first;
    }

    private long earliest() {
        final TimedTask first = first(0);
        return first == null ? NONE : first.deadline();
    }

    private TimerHeap heapOf(final TimedTask task) {
        return heaps[task.priority().ordinal()];
    }

    /** Takes out a task that was cancelled. False: it does not wait here. */
    boolean remove(final TimedTask task) {
        lock.lock();
        try {
            final boolean removed = heapOf(task).remove(task);
            if (removed && task.deadline() == next) {
                next = earliest();
            }
            return removed;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Cancels all that wait, and from now on all that would. What has been handed over is not touched, but ends with the run that it has;
     * a scheduler that wants the waiting ones to run before calls {@link #expire} with {@link #LATEST} first.
     *
     * @return those that were cancelled by this call, in no particular order
     */
    List<TimedTask> close() {
        final List<TimedTask> left = new ArrayList<>();
        lock.lock();
        try {
            closed = true;
            for (final TimerHeap heap : heaps) {
                heap.drainTo(left);
            }
            next = NONE;
        } finally {
            lock.unlock();
        }
        left.removeIf(task -> !task.leave());
        return left;
    }

    /** Tasks that wait. */
    int size() {
        lock.lock();
        try {
            int size = 0;
            for (final TimerHeap heap : heaps) {
                size += heap.size();
            }
            return size;
        } finally {
            lock.unlock();
        }
    }
}
