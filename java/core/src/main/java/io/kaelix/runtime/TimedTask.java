// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;

/**
 * A user's task that runs at a time, or again and again, and its handle.
 *
 * <pre>
 *              Timers.expire         a worker: run()           once: the run has ended
 *   WAITING ─────────────────► DUE ─────────────────► RUNNING ─────────────────────────► DONE
 *    │  ▲  ▲ ◄─────────────────┤                       │   │
 *    │  │       queue is full  │                       │   │
 *    │  └──────────────────────┼──── next turn ────────┘   │
 *    └─────────────────────────┴─────── cancel ────────────┴──► CANCELLED
 * </pre>
 *
 * <p>Every step is a compare-and-set, so that of two threads that want different things one gets its own and the other knows. A run begins
 * by the step from DUE alone, and DUE comes but from WAITING: whatever copies of a task lie in queues, each turn is run once at most, and
 * runs do not overlap. The steps order the memory too: what a run wrote is seen by the next one.
 *
 * <p>A turn allocates nothing: the task is its own handle, its own entry of the heap and its own entry of the queues.
 */
final class TimedTask implements ScheduledTask, Runnable {

    /** Index of who is in no heap. */
    static final int NOWHERE = -1;

    private static final long NEVER = -1;
    private static final int WAITING = 0;
    private static final int DUE = 1;
    private static final int RUNNING = 2;
    private static final int DONE = 3;
    private static final int CANCELLED = 4;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(TimedTask.class, "state", int.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** What tasks need of their scheduler. */
    interface Host {

        /** Nanoseconds since its launch. */
        long now();

        /** A task that had a turn waits for its next one, and is the earliest now: who waits for the next deadline must be told. */
        void sooner();
    }

    private final Host host;
    private final Timers timers;
    private final TaskPriority priority;
    /** Above 0: from turn to turn; below: the delay between them; 0: there is one turn. */
    private final long period;
    /** Null when no run begins any more, so that a handle that is kept does not keep what the task refers to. */
    private Runnable action;
    /** Of this turn. Written by its owner and by runs, before {@link Timers#add}; constant while it is in a heap. */
    private long deadline;

    /** Place in the heap. Under the lock of the timers, as the next. */
    int index = NOWHERE;
    /** Which addition this was: the order of those of one deadline. */
    long sequence = NEVER;

    private volatile int state = WAITING;
    /** Written by the run that is under way. */
    private volatile long runs;
    private volatile long skipped;

    /**
     * A task that is not added yet.
     *
     * @param host its scheduler
     * @param timers of the scheduler
     * @param priority of all its runs
     * @param action what to do
     * @param deadline when to run first, 0 to {@link Timers#LATEST}: see {@link Timers#after}
     * @param period nanoseconds from turn to turn (fixed rate); or, below 0, the delay from the end of one to the next; 0 for one run
     */
    TimedTask(final Host host, final Timers timers, final TaskPriority priority, final Runnable action, final long deadline,
            final long period) {
        if (deadline < 0 || deadline > Timers.LATEST) {
            throw new IllegalArgumentException("a deadline is 0 to " + Timers.LATEST + " ns after the launch, not " + deadline);
        }
        this.host = Objects.requireNonNull(host, "host");
        this.timers = Objects.requireNonNull(timers, "timers");
        this.priority = Objects.requireNonNull(priority, "priority");
        this.action = Objects.requireNonNull(action, "action");
        this.deadline = deadline;
        this.period = Math.max(-Long.MAX_VALUE, period);
    }

    /**
     * Has one turn, if it is due and was not cancelled; does nothing otherwise. What the action throws comes out here, after
     * the next turn was arranged for.
     */
    @Override
    public void run() {
        if (!STATE.compareAndSet(this, DUE, RUNNING)) {
            return;
        }
        final Runnable turn = action;
        try {
            turn.run();
        } finally {
            ended();
        }
    }

    private void ended() {
        runs++;
        if (period == 0) {
            if (STATE.compareAndSet(this, RUNNING, DONE)) {
                action = null;
                return;
            }
        } else if (state == RUNNING) {
            deadline = nextDeadline(host.now());
            if (STATE.compareAndSet(this, RUNNING, WAITING)) {
                waitAgain();
                return;
            }
        }
        // Cancelled while it ran: the run needed its action up to here.
        action = null;
    }

    private long nextDeadline(final long now) {
        if (period < 0) {
            return Timers.after(now, -period);
        }
        final long late = now - deadline;
        if (late < period) {
            return Timers.after(deadline, period);
        }
        skipped += late / period;
        return Timers.after(now - late % period, period);
    }

    private void waitAgain() {
        final boolean first;
        boolean added = false;
        try {
            first = timers.add(this);
            added = true;
        } finally {
            // No memory for a larger heap: better cancelled, which can be seen, than waiting for ever.
            if (!added && leave()) {
                forget();
            }
        }
        if (first) {
            host.sooner();
        }
    }

    @Override
    public boolean cancel() {
        // Before anything has happened, rather than under the lock.
        StackRoom.require();
        while (true) {
            final int seen = state;
            if (seen == DONE || seen == CANCELLED) {
                return false;
            }
            if (STATE.compareAndSet(this, seen, CANCELLED)) {
                if (seen == WAITING) {
                    timers.remove(this);
                }
                if (seen != RUNNING) {
                    action = null;
                }
                return true;
            }
        }
    }

    /** Waits no longer, and is in no heap: it is cancelled, but knows its action until {@link #forget}. False: it was not waiting. */
    boolean leave() {
        return STATE.compareAndSet(this, WAITING, CANCELLED);
    }

    /** It was cancelled, and what it was to do was given back. */
    void forget() {
        action = null;
    }

    /** What it was to do, for whoever gives it back or reports it; null when it has ended. */
    Runnable action() {
        return action;
    }

    /** Its time has come. False: it was cancelled. */
    boolean becomeDue() {
        return STATE.compareAndSet(this, WAITING, DUE);
    }

    /** There is no room in its queue. False: it was cancelled, or the queue has it nevertheless and it runs. */
    boolean becomeWaiting() {
        return STATE.compareAndSet(this, DUE, WAITING);
    }

    /** Whether it ever was, for the thread that had it added: cancelled may mean that it was, and that the timers were closed behind it. */
    boolean wasAdded() {
        return sequence != NEVER;
    }

    boolean isWaiting() {
        return state == WAITING;
    }

    @Override
    public boolean isCancelled() {
        return state == CANCELLED;
    }

    @Override
    public boolean isDone() {
        return state >= DONE;
    }

    @Override
    public long runs() {
        return runs;
    }

    @Override
    public long skipped() {
        return skipped;
    }

    TaskPriority priority() {
        return priority;
    }

    /** When this turn is or was due; for who runs it and for the heap. */
    long deadline() {
        return deadline;
    }
}
