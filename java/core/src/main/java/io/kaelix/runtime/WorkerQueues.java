// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import java.util.Collection;

/** Two lines between what thieves read and what the worker writes with each task: a look of a thief would take it from under its hands. */
abstract class SharedQueuesPadding extends SharedQueues {

    long q00, q01, q02, q03, q04, q05, q06, q07, q08, q09, q10, q11, q12, q13, q14, q15;

    SharedQueuesPadding(final int levels, final int queueCapacity, final int forkCapacity) {
        super(levels, queueCapacity, forkCapacity);
    }
}

/** What the worker writes with each task. In a class of its own, or the padding of the next one would lie ahead of it. */
abstract class QueuesState extends SharedQueuesPadding {

    /** Two cache lines of ints or references: the garbage collector lays objects side by side as it likes. */
    static final int GAP = 32;

    final int levels;
    final Taken taken = new Taken();
    /** By level, behind {@value #GAP} unused: starts from it. */
    final int[] takes;
    int takenLevel;
    int starts;
    int lower = 1;
    /** Levels whose deques may have a task. */
    int forked;
    /** By level, behind {@value #GAP} unused: where the next task from outside is expected, as of the last time that one was asked for. */
    final TaskInbox.Slot[] headSlots;
    /** By level, behind {@value #GAP} unused: the position of that. */
    final long[] headPositions;

    QueuesState(final int levels, final int queueCapacity, final int forkCapacity) {
        super(levels, queueCapacity, forkCapacity);
        this.levels = levels;
        takes = new int[GAP + levels + GAP];
        headSlots = new TaskInbox.Slot[GAP + levels + GAP];
        headPositions = new long[GAP + levels + GAP];
    }
}

/**
 * The tasks that wait with a worker, and which of them it starts next.
 *
 * <pre>
 *                            most urgent level    …    least urgent level
 *   from outside ──────────► inbox                …    inbox              oldest first ──┐
 *                                                                                        ├──► the worker, or a thief
 *   from its own tasks ────► deque                …    deque              newest first ──┘    (which takes the oldest of either)
 * </pre>
 *
 * <p><b>Order</b>: the most urgent level that has a task, of it the newest that its own tasks scheduled, whose memory is still at hand,
 * then the oldest from outside. So that nothing starves, each {@value #FAIR}th start is fair: each fourth of these begins its look at a
 * less urgent level, each of them in turn; and of the fair starts from a level each {@value #OUTSIDE_TURNS}nd begins with the oldest from
 * outside, and each {@value #OLDEST_TURNS}th with the oldest that its own tasks scheduled.
 *
 * <p><b>Threads</b>: {@link #push}, {@link #next}, {@link #fromOutside}, {@link #stealFrom} and what they tell of the task taken are the
 * worker's alone; the rest is for all.
 */
final class WorkerQueues extends QueuesState {

    /** Starts of which one is fair; the others take the newest of the most urgent level, and ask little. */
    static final int FAIR = 8;
    /** Starts of which one, a fair one, begins with a less urgent level. */
    static final int AGEING = 32;
    /** Fair starts from a level of which one takes the oldest from outside first. */
    static final int OUTSIDE_TURNS = 2;
    /**
     * Fair starts from a level of which one takes the oldest that its own tasks scheduled. Seldom: each such start opens another branch of
     * what taking the newest goes through in depth, and what waits grows with it (a binary tree of 8 million tasks: 2,100 wait at
     * most where it is one start in 1024, 106,000 with one in 16).
     */
    static final int OLDEST_TURNS = 128;

    /** What is made after this one, its arrays to begin with, is read by thieves. */
    long r00, r01, r02, r03, r04, r05, r06, r07, r08, r09, r10, r11, r12, r13, r14, r15;

    /** By the worker's own thread, so that they lie on its node. */
    WorkerQueues(final int levels, final int queueCapacity, final int forkCapacity) {
        super(levels, queueCapacity, forkCapacity);
        for (int level = 0; level < levels; level++) {
            expect(level);
        }
    }

    private void expect(final int level) {
        final long position = inboxes[level].headOpaque();
        headPositions[GAP + level] = position;
        headSlots[GAP + level] = inboxes[level].slot(position);
    }

    private boolean hasArrived(final int level) {
        return TaskInbox.hasChanged(headSlots[GAP + level], headPositions[GAP + level]);
    }

    private Runnable poll(final int level) {
        if (!hasArrived(level)) {
            return null;
        }
        final Runnable task = inboxes[level].poll(taken);
        expect(level);
        return task;
    }

    /** Adds a task of its own; whether there is room. */
    boolean push(final Runnable task, final int level, final long now) {
        forked |= 1 << level;
        return deques[level].push(task, now);
    }

    /** The task to be started now, or null. */
    Runnable next() {
        if ((++starts & FAIR - 1) != 0) {
            final Runnable newest = newest();
            if (newest != null) {
                return newest;
            }
        }
        return fair();
    }

    /** Whether the last start was one of those that are fair. */
    boolean isFair() {
        return (starts & FAIR - 1) == 0;
    }

    /** The newest of its own of the most urgent level that has one, or null: what is as urgent, or more, may have come from outside. */
    private Runnable newest() {
        final int waiting = forked;
        if (waiting == 0) {
            return null;
        }
        final int level = Integer.numberOfTrailingZeros(waiting);
        for (int urgent = 0; urgent < level; urgent++) {
            if (hasArrived(urgent)) {
                return null;
            }
        }
        takenLevel = level;
        return deques[level].pop(taken);
    }

    private Runnable fair() {
        if ((starts & AGEING - 1) == 0) {
            lower = lower + 1 < levels ? lower + 1 : 1;
            final Runnable task = take(lower);
            if (task != null) {
                return task;
            }
        }
        for (int level = 0; level < levels; level++) {
            if ((forked & 1 << level) != 0 || hasArrived(level)) {
                final Runnable task = take(level);
                if (task != null) {
                    return task;
                }
            }
        }
        return null;
    }

    private Runnable take(final int level) {
        final int turn = takes[GAP + level];
        Runnable task = null;
        if (turn % OUTSIDE_TURNS == 0) {
            task = poll(level);
        } else if (turn % OLDEST_TURNS == 1) {
            task = deques[level].steal(taken);
        }
        if (task == null && (forked & 1 << level) != 0 && (task = deques[level].pop(taken)) == null) {
            forked &= ~(1 << level);
        }
        if (task == null) {
            task = poll(level);
        }
        if (task != null) {
            takes[GAP + level] = turn + 1 & Integer.MAX_VALUE;
            takenLevel = level;
        }
        return task;
    }

    /** A task from outside, the most urgent, or null: what an idle worker asks again and again. */
    Runnable fromOutside() {
        for (int level = 0; level < levels; level++) {
            final Runnable task = poll(level);
            if (task != null) {
                takenLevel = level;
                return task;
            }
        }
        return null;
    }

    /** The oldest task of this level that another worker has, for this one; or null. */
    Runnable stealFrom(final SharedQueues other, final int level) {
        Runnable task = other.deques[level].steal(taken);
        if (task == null) {
            task = other.inboxes[level].poll(taken);
        }
        if (task != null) {
            takenLevel = level;
        }
        return task;
    }

    /** When the task that was taken last was scheduled; 0 if that is not known. */
    long scheduledAt() {
        return taken.scheduledAt;
    }

    /** The level that it was taken from. */
    int takenLevel() {
        return takenLevel;
    }

    /** Whether any task can be taken. */
    boolean hasWork() {
        for (int level = 0; level < levels; level++) {
            if (!inboxes[level].isEmpty() || !deques[level].isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** Tasks that it has, those that are just being offered among them. */
    int waiting() {
        int count = 0;
        for (int level = 0; level < levels; level++) {
            count += waiting(level);
        }
        return count;
    }

    int waiting(final int level) {
        return inboxes[level].size() + deques[level].size();
    }

    /** Takes no more tasks from outside. */
    void close() {
        for (final TaskInbox inbox : inboxes) {
            inbox.close();
        }
    }

    /** Takes all tasks, for who shuts down. */
    void takeAll(final Collection<Runnable> into) {
        final Taken ignored = new Taken();
        for (int level = 0; level < levels; level++) {
            for (Runnable task = inboxes[level].pollClosed(ignored); task != null; task = inboxes[level].pollClosed(ignored)) {
                into.add(task);
            }
            for (Runnable task = deques[level].steal(ignored); task != null; task = deques[level].steal(ignored)) {
                into.add(task);
            }
        }
    }
}
