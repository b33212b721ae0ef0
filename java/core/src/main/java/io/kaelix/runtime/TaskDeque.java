// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.memory.Padded;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;

/** The end at which the owner works: all of these fields are the owner's to write. Thieves read {@code bottom} and {@code ring}. */
abstract class DequeBottom extends Padded {

    /** Of the ring, at most. It also fills a gap of four bytes, which would have {@code ring} lie ahead of the padding. */
    final int maxCapacity;

    /** Where the next task is pushed: one more than the index of the newest. Only the owner writes it. */
    long bottom;

    /** All tasks below are taken, and their cells are empty. Never more than top: what the owner knows of it without looking. */
    long passed;

    /** The task of index i is in cell {@code i & (ring.length - 1)}. */
    TaskDeque.Cell[] ring;

    DequeBottom(final int maxCapacity) {
        this.maxCapacity = maxCapacity;
    }
}

/** Two lines between what the owner writes with every task and what thieves write. */
abstract class DequePadding extends DequeBottom {

    long q00, q01, q02, q03, q04, q05, q06, q07, q08, q09, q10, q11, q12, q13, q14, q15;

    DequePadding(final int maxCapacity) {
        super(maxCapacity);
    }
}

/** The end at which tasks are stolen. */
abstract class DequeTop extends DequePadding {

    /** The index of the oldest task. Only ever grows, by compare-and-set. */
    long top;

    DequeTop(final int maxCapacity) {
        super(maxCapacity);
    }
}

/**
 * The tasks of one worker: it takes the newest, others steal the oldest.
 *
 * <p>A work-stealing deque after Chase and Lev, 'Dynamic circular work-stealing deque' (2005), in the order of accesses that Lê, Pop, Cohen
 * and Zappa Nardelli, 'Correct and efficient work-stealing for weak memory models' (2013), have proven for CPUs such as those of ARM.
 *
 * <pre>
 *        passed       top                          bottom
 *          │           │                             │
 *   empty  ▼  stolen   ▼  tasks, from old to new     ▼   empty
 *   ───────┬───────────┬───────┬───────┬─────┬───────┬─────────
 *          │ to be     │ task  │ task  │ ... │ task  │
 *          │ emptied   │ steal │       │     │  pop  │ push
 *   ───────┴───────────┴───────┴───────┴─────┴───────┴─────────
 * </pre>
 *
 * <p>Indexes count tasks and never wrap; the cell is {@code index & (ring.length - 1)}. The ring begins small, and the owner doubles it
 * when it is full. It takes the cells over, so that whoever still holds the old ring finds the same task at the same index.
 *
 * <p>Pushing costs a release store and no look at what thieves write. Taking the newest costs a full fence, which finding that there is
 * nothing does not: top only grows, so a deque that is empty by an old top is empty. A worker may ask as often as it likes.
 *
 * <p><b>Threads</b>: {@link #push} and {@link #pop} belong to the owner (not checked), all else to any thread. Nothing blocks; push and pop
 * take a bounded number of steps (but for growth), a steal repeats only where another one has succeeded.
 *
 * <p><b>Memory</b>: nothing is allocated but by growth, and nothing given back. A task is forgotten when it is popped; one that was stolen,
 * not later than at the owner's next pop, whatever that finds. Until then, and as long as that owner only pushes, at most as many as the
 * ring has cells stay reachable.
 *
 * <pre>{@code
 * TaskDeque deque = new TaskDeque(1 << 16);
 * if (!deque.push(task, System.nanoTime())) {
 *     task.run();
 * }
 * Runnable newest = deque.pop(taken);                     // the owner
 * Runnable oldest = deque.steal(takenByAnotherThread);    // others
 * }</pre>
 */
final class TaskDeque extends DequeTop {

    /** A task and its time, side by side: thieves fetch both with one line, and neither store nor load needs a check of its type. */
    static final class Cell {

        Runnable task;
        long scheduledAt;
    }

    private static final int FIRST_CAPACITY = 256;

    private static final VarHandle BOTTOM;
    private static final VarHandle TOP;
    private static final VarHandle RING;

    static {
        try {
            final var lookup = MethodHandles.lookup();
            BOTTOM = lookup.findVarHandle(DequeBottom.class, "bottom", long.class);
            TOP = lookup.findVarHandle(DequeTop.class, "top", long.class);
            RING = lookup.findVarHandle(DequeBottom.class, "ring", Cell[].class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** No object that is made after this one shares a line with top: the first would be the ring, whose length all read. */
    long r00, r01, r02, r03, r04, r05, r06, r07, r08, r09, r10, r11, r12, r13, r14, r15;

    /**
     * A deque without tasks, with room for 256 before it grows.
     *
     * @param maxCapacity how many tasks it holds at most: a power of two
     * @throws IllegalArgumentException where it is none
     */
    TaskDeque(final int maxCapacity) {
        this(FIRST_CAPACITY, maxCapacity);
    }

    /** A deque that begins with room for so many tasks, a power of two, or for all of them. */
    TaskDeque(final int firstCapacity, final int maxCapacity) {
        super(maxCapacity);
        if (Integer.bitCount(maxCapacity) != 1 || maxCapacity < 0) {
            throw new IllegalArgumentException("A deque cannot hold up to " + maxCapacity + " tasks: take a power of two, 1 to 2^30");
        }
        ring = withCells(new Cell[Math.min(firstCapacity, maxCapacity)]);
    }

    private static Cell[] withCells(final Cell[] ring) {
        for (int i = 0; i < ring.length; i++) {
            if (ring[i] == null) {
                ring[i] = new Cell();
            }
        }
        return ring;
    }

    /**
     * Puts a task on the owner's end.
     *
     * @param task what {@link #pop} answers next
     * @param scheduledAt what {@link Taken#scheduledAt} will say
     * @return false: the deque is full, and unchanged
     * @throws NullPointerException where there is no task
     * @throws OutOfMemoryError if there is none to grow by; the deque is unchanged
     */
    boolean push(final Runnable task, final long scheduledAt) {
        Objects.requireNonNull(task, "task");
        final long b = bottom;
        if (b - passed >= ring.length && !makeRoom(b)) {
            return false;
        }
        final Cell[] cells = ring;
        final Cell cell = cells[(int) b & cells.length - 1];
        cell.task = task;
        cell.scheduledAt = scheduledAt;
        // SYNC: pairs with the load of bottom in steal: who sees the task counted sees the task, and the ring that it lies in.
        BOTTOM.setRelease(this, b + 1);
        return true;
    }

    /** The cell for the next task may be in use: looks at top, and lets the ring grow if it is. */
    private boolean makeRoom(final long b) {
        // SYNC: pairs with the compare-and-set in steal, which follows that thief's look into its cell: the cell may be written.
        pass((long) TOP.getAcquire(this));
        final Cell[] old = ring;
        if (b - passed < old.length) {
            return true;
        }
        if (old.length == maxCapacity) {
            return false;
        }
        final Cell[] grown = new Cell[old.length << 1];
        for (long i = passed; i < b; i++) {
            grown[(int) i & grown.length - 1] = old[(int) i & old.length - 1];
        }
        // SYNC: pairs with the load of ring in steal: its cells are seen with it.
        RING.setRelease(this, withCells(grown));
        return true;
    }

    /** Empties the cells of all tasks below t, which is not above top: no thief succeeds any more in taking what it sees there. */
    private void pass(final long t) {
        final Cell[] cells = ring;
        for (long i = passed; i < t; i++) {
            cells[(int) i & cells.length - 1].task = null;
        }
        passed = t;
    }

    /**
     * Takes the newest task.
     *
     * @param into says when it was scheduled
     * @return null: there is none
     */
    Runnable pop(final Taken into) {
        final long b = bottom - 1;
        if ((long) TOP.getOpaque(this) > b) {
            return none();
        }
        // SYNC: this store and the next load are in one order with steal's loads of top and bottom, which come the other way round:
        // either this sees that the thief came as far as b, or the thief sees that b is no longer there.
        BOTTOM.setVolatile(this, b);
        final long t = (long) TOP.getVolatile(this);
        if (t >= b) {
            return last(into, b, t);
        }
        if (t != passed) {
            pass(t);
        }
        return take(into, b);
    }

    /** The task of index b is the owner's alone. */
    private Runnable take(final Taken into, final long b) {
        final Cell[] cells = ring;
        final Cell cell = cells[(int) b & cells.length - 1];
        final Runnable task = cell.task;
        into.scheduledAt = cell.scheduledAt;
        cell.task = null;
        return task;
    }

    /** The task of index b is the last one, which thieves may take as well, or have taken. */
    private Runnable last(final Taken into, final long b, final long t) {
        // The one of two that moves top has the task; until then its cell stays as it is.
        final boolean taken = t == b && TOP.compareAndSet(this, b, b + 1);
        // SYNC: as in push; thieves find all that was pushed before, and nothing between top and here.
        BOTTOM.setRelease(this, b + 1);
        if (!taken) {
            return none();
        }
        final Runnable task = take(into, b);
        pass(b + 1);
        return task;
    }

    /** There is no task: forgets those that were stolen. */
    private Runnable none() {
        if (bottom != passed) {
            // SYNC: as in makeRoom. Where top has been seen at bottom, it stays there.
            pass((long) TOP.getAcquire(this));
        }
        return null;
    }

    /**
     * Takes the oldest task.
     *
     * @param into says when it was scheduled
     * @return null: there is none, or the owner is just taking the last one
     */
    Runnable steal(final Taken into) {
        while (true) {
            // SYNC: these two loads are in one order with the store and the load in pop.
            final long t = (long) TOP.getVolatile(this);
            if (t >= (long) BOTTOM.getVolatile(this)) {
                return null;
            }
            // SYNC: pairs with the store in makeRoom. At least the ring that held task t when bottom was counted; later ones hold the same.
            final Cell[] cells = (Cell[]) RING.getAcquire(this);
            final Cell cell = cells[(int) t & cells.length - 1];
            // These belong together, and to index t, if top is still t below: the owner writes the cell anew only when top has passed it.
            final Runnable task = cell.task;
            final long scheduledAt = cell.scheduledAt;
            // SYNC: pairs with the loads of top in pop and makeRoom: the cell is read before it is given up.
            if (TOP.compareAndSet(this, t, t + 1)) {
                into.scheduledAt = scheduledAt;
                return task;
            }
        }
    }

    /** Whether there was no task, or only a last one that its owner was just taking. No ordering with anything else. */
    boolean isEmpty() {
        return size() == 0;
    }

    /** How many tasks there were, a moment ago; up to one too few while the owner takes one. */
    int size() {
        // Top first: had it grown since bottom was read, tasks that were always there would not be counted.
        final long t = (long) TOP.getAcquire(this);
        return (int) Math.max(0, (long) BOTTOM.getOpaque(this) - t);
    }
}
