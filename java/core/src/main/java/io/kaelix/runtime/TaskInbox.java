// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.memory.Padded;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;

/** What all read and nobody writes. */
abstract class InboxSlots extends Padded {

    /** How many slots there are. It also fills a gap of four bytes, which would have {@code slots} lie ahead of the padding. */
    final int capacity;

    /** The task of position p is in slot {@code p & (slots.length - 1)}. */
    final TaskInbox.Slot[] slots;

    InboxSlots(final int capacity) {
        this.capacity = capacity;
        slots = new TaskInbox.Slot[capacity];
    }
}

/** Two lines between what is only read and what producers write. */
abstract class InboxTailPadding extends InboxSlots {

    long q00, q01, q02, q03, q04, q05, q06, q07, q08, q09, q10, q11, q12, q13, q14, q15;

    InboxTailPadding(final int capacity) {
        super(capacity);
    }
}

/** The end at which tasks are offered. */
abstract class InboxTail extends InboxTailPadding {

    /** The position of the next task; its sign bit is set when the inbox is closed. */
    long tail;

    InboxTail(final int capacity) {
        super(capacity);
    }
}

/** Two lines between what producers write and what consumers write. */
abstract class InboxHeadPadding extends InboxTail {

    long r00, r01, r02, r03, r04, r05, r06, r07, r08, r09, r10, r11, r12, r13, r14, r15;

    InboxHeadPadding(final int capacity) {
        super(capacity);
    }
}

/** The end at which tasks are taken. */
abstract class InboxHead extends InboxHeadPadding {

    /** The position of the oldest task. */
    long head;

    InboxHead(final int capacity) {
        super(capacity);
    }
}

/**
 * Tasks for a worker from other threads: bounded, first in, first out; the worker takes them, and others may as well.
 *
 * <p>After the bounded queue of many producers and many consumers by Dmitry Vyukov (1024cores): each slot has a sequence that says whose
 * turn it is, so that producers and consumers meet at the slot and nowhere else.
 *
 * <pre>
 *   sequence of the slot of position p:    p  free for the task p  ──offer──►  p + 1  holds it  ──poll──►  p + capacity  free again
 * </pre>
 *
 * <p>A slot is an object of its own, with two lines for it: sequence, time and task lie side by side, and a hand-off moves one line.
 *
 * <p><b>Threads</b>: any, for all methods. {@link #offer} and {@link #poll} neither block nor wait. They are lock-free but for this: who
 * stops between claiming a slot and giving it on holds up what comes behind. A producer that loses its core just there keeps later tasks
 * from being seen for as long as it is away; a consumer makes the inbox full for those who come round to that slot.
 *
 * <p><b>Order</b>: that of the claims. What one thread offers is taken in that order.
 *
 * <p><b>Closing</b> is exact: whatever {@link #offer} has answered {@link #OFFERED} for is in, and is found by {@link #pollClosed}; nothing
 * comes in afterwards.
 *
 * <pre>{@code
 * TaskInbox inbox = new TaskInbox(1024);
 * switch (inbox.offer(task, System.nanoTime())) {
 *     case TaskInbox.FULL -> ...      // come back later
 *     case TaskInbox.CLOSED -> ...    // it will never be run
 *     default -> ...
 * }
 * }</pre>
 */
final class TaskInbox extends InboxHead {

    /** {@link #offer}: the task is in. */
    static final int OFFERED = 0;

    /** {@link #offer}: there is no room; come back when some have been taken. */
    static final int FULL = -1;

    /** {@link #offer}: the inbox is closed for ever. */
    static final int CLOSED = -2;

    /** What a hand-off moves. */
    abstract static class Handed {

        /** Whose turn it is. Volatile where it is stored without a call, when the stack has no room for one. */
        volatile long sequence;
        long scheduledAt;
        Runnable task;

        Handed(final long sequence) {
            this.sequence = sequence;
        }
    }

    /**
     * 136 bytes in all: wherever the heap puts it, no line holds the fields of two, and two lines fetched as a pair seldom do. Not 128,
     * which would lay all of them alike: the heap aligns to 8 bytes, and where a line ends between these fields, each hand-off would move
     * two. As it is, that is so for one slot in four, wherever the first one lies (measured: 240 ns to the start of a task, and 325 if it
     * is so for all).
     */
    static final class Slot extends Handed {

        long s04, s05, s06, s07, s08, s09, s10, s11, s12, s13, s14, s15, s16;

        Slot(final long sequence) {
            super(sequence);
        }
    }

    private static final long CLOSED_BIT = Long.MIN_VALUE;

    private static final int TIMED_SHIFT = 3;
    /** One task in so many has its time taken. */
    static final int TIMED_OF = 1 << TIMED_SHIFT;
    /** Of 2^64. */
    private static final long GOLDEN_RATIO = 0x9E37_79B9_7F4A_7C15L;

    /** So often a look costs less than the thread's time slice. */
    private static final int SPINS = 100;

    private static final VarHandle SEQUENCE;
    private static final VarHandle TAIL;
    private static final VarHandle HEAD;

    static {
        try {
            final var lookup = MethodHandles.lookup();
            SEQUENCE = lookup.findVarHandle(Handed.class, "sequence", long.class);
            TAIL = lookup.findVarHandle(InboxTail.class, "tail", long.class);
            HEAD = lookup.findVarHandle(InboxHead.class, "head", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** No object that is made after this one shares a line with head. */
    long t00, t01, t02, t03, t04, t05, t06, t07, t08, t09, t10, t11, t12, t13, t14, t15;

    /**
     * An inbox without tasks.
     *
     * @param capacity how many tasks it holds: a power of two, 2 or more
     * @throws IllegalArgumentException where it is none
     */
    TaskInbox(final int capacity) {
        super(checked(capacity));
        for (int i = 0; i < capacity; i++) {
            slots[i] = new Slot(i);
        }
    }

    private static int checked(final int capacity) {
        // With one slot alone, 'holds the task p' and 'free for p + 1' would be the same number.
        if (Integer.bitCount(capacity) != 1 || capacity < 2) {
            throw new IllegalArgumentException("An inbox cannot hold " + capacity + " tasks: take a power of two, 2 to 2^30");
        }
        return capacity;
    }

    /**
     * Puts a task behind all others.
     *
     * <p>{@link #FULL} may be said although fewer tasks than the capacity are in: when a consumer has claimed the one a turn back and not
     * yet given its slot free.
     *
     * @param task what {@link #poll} answers when its turn comes
     * @param scheduledAt what {@link Taken#scheduledAt} will say
     * @return {@link #OFFERED}, {@link #FULL} or {@link #CLOSED}
     * @throws NullPointerException where there is no task
     */
    int offer(final Runnable task, final long scheduledAt) {
        Objects.requireNonNull(task, "task");
        final Slot[] all = slots;
        while (true) {
            final long position = (long) TAIL.getOpaque(this);
            if (position < 0) {
                return CLOSED;
            }
            final Slot slot = all[(int) position & all.length - 1];
            // SYNC: pairs with the release in poll: who finds the slot free writes it after that consumer has read it.
            final long ahead = (long) SEQUENCE.getAcquire(slot) - position;
            if (ahead < 0) {
                return FULL;
            }
            // Otherwise another one has claimed it, whose tail was not seen yet.
            if (ahead == 0 && TAIL.compareAndSet(this, position, position + 1)) {
                slot.task = task;
                slot.scheduledAt = scheduledAt;
                try {
                    // SYNC: pairs with the acquire in poll: who sees the sequence sees the task.
                    SEQUENCE.setRelease(slot, position + 1);
                } catch (final StackOverflowError e) {
                    // Behind a claim nothing may fail, or all would wait for this slot for ever. This store calls nothing.
                    slot.sequence = position + 1;
                }
                // The next slot's line is still where it was emptied: fetched now, while nobody waits, it does not have to be when the next
                // task comes. Measured with tasks 20 us apart: the producer then finds that line shared instead of missing it before it
                // can publish. The answer depends on what is read, else the compiler drops the load: no sequence is negative.
                return all[(int) (position + 1) & all.length - 1].sequence < 0 ? CLOSED : OFFERED;
            }
        }
    }

    /**
     * Takes the oldest task.
     *
     * @param into says when it was scheduled
     * @return null: there is none, or the oldest is still being put in
     */
    Runnable poll(final Taken into) {
        final Slot[] all = slots;
        while (true) {
            final long position = (long) HEAD.getOpaque(this);
            final Slot slot = all[(int) position & all.length - 1];
            // SYNC: pairs with the release in offer.
            final long ahead = (long) SEQUENCE.getAcquire(slot) - (position + 1);
            if (ahead < 0) {
                return null;
            }
            // Otherwise another one has claimed it, whose head was not seen yet.
            if (ahead == 0 && HEAD.compareAndSet(this, position, position + 1)) {
                final Runnable task = slot.task;
                into.scheduledAt = slot.scheduledAt;
                slot.task = null;
                try {
                    // SYNC: pairs with the acquire in offer.
                    SEQUENCE.setRelease(slot, position + all.length);
                } catch (final StackOverflowError e) {
                    // As in offer.
                    slot.sequence = position + all.length;
                }
                return task;
            }
        }
    }

    /**
     * Whether the next task is one of those whose time is taken: one in {@value #TIMED_OF}, which reading the clock before each offer and
     * again before each start would be a sixth of the way for. Positions are picked by the golden ratio, so that no rhythm of the tasks
     * is that of the picks (Knuth, The Art of Computer Programming, vol. 3, 6.4).
     */
    boolean isNextTimed() {
        return (long) TAIL.getOpaque(this) * GOLDEN_RATIO >>> Long.SIZE - TIMED_SHIFT == 0;
    }

    /** The position of the oldest task, or of the next one if there is none. A moment's view. */
    long headOpaque() {
        return (long) HEAD.getOpaque(this);
    }

    /** The slot of a position. */
    Slot slot(final long position) {
        return slots[(int) position & slots.length - 1];
    }

    /**
     * Whether anything has happened at a position that was {@link #headOpaque head}: a task has arrived there, and may have been taken by
     * another one. For a consumer that looks again and again, and keeps slot and position until they tell it to ask anew: a third of what
     * {@link #isEmpty} costs.
     */
    static boolean hasChanged(final Slot slot, final long position) {
        // SYNC: pairs with the release in offer.
        return (long) SEQUENCE.getAcquire(slot) != position;
    }

    /**
     * Whether {@link #poll} would have found nothing. One look at the line that the next task arrives on: what an idle worker spins on.
     * No ordering with anything else.
     */
    boolean isEmpty() {
        final long position = (long) HEAD.getOpaque(this);
        return (long) SEQUENCE.getOpaque(slots[(int) position & slots.length - 1]) <= position;
    }

    /** Lets nothing in any more: an {@link #offer} has come before this, or answers {@link #CLOSED}. Idempotent; waits for nobody. */
    void close() {
        // SYNC: in one order with the compare-and-sets of tail in offer: after this one, none of them finds what it expects.
        TAIL.getAndBitwiseOr(this, CLOSED_BIT);
    }

    /**
     * Like {@link #poll}, but waits for tasks that are just being put in: spins, then yields. Null once means null for ever.
     *
     * @param into says when the task was scheduled
     * @return null: all tasks are taken
     * @throws IllegalStateException where the inbox is not closed
     */
    Runnable pollClosed(final Taken into) {
        final long end = (long) TAIL.getVolatile(this) ^ CLOSED_BIT;
        if (end < 0) {
            throw new IllegalStateException("The inbox is open, so that it may never be empty for good: close it first");
        }
        for (int looks = 0;; looks++) {
            final Runnable task = poll(into);
            if (task != null || (long) HEAD.getVolatile(this) >= end) {
                return task;
            }
            if (looks < SPINS) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }

    /** How many tasks there were, a moment ago, those that were just being put in among them. */
    int size() {
        // Head first: had it grown since tail was read, there would seem to be fewer than there ever were.
        final long position = (long) HEAD.getAcquire(this);
        return Math.clamp(((long) TAIL.getOpaque(this) & ~CLOSED_BIT) - position, 0, capacity);
    }
}
