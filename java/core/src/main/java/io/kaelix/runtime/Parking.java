// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.memory.Padded;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Which workers sleep, and which of them wakes for the next deadline.
 *
 * <p><b>No wake-up is lost.</b> Who goes to sleep sets its bit, puts a full fence behind it, and then looks for work once more. Who has
 * work for others makes it visible, puts a full fence behind it, and then looks for bits. Of two that each store, fence, then load what the
 * other stored, one sees the other (store buffering, the pattern of Dekker's algorithm). Whoever clears a bit owes that worker one unpark,
 * and sees to it that the stack has room for that before it does; even so nobody sleeps for longer than half a minute.
 *
 * <p>A task that schedules another one puts no fence behind it, which would cost more than all else. So it may miss a bit that is being
 * set while the sleeper misses the task. The store is delayed by some hundred nanoseconds at most; the sleeper, its bit still set, looks
 * again much later than that before it sleeps for long. It must not take the bit away in between: then the same could happen again.
 *
 * <p><b>The timekeeper</b> is the first that goes to sleep while nobody has the role: it sleeps until the next deadline at most. It takes
 * the role, fence, and then reads the deadline; who adds an earlier one stores it, fence, and then looks for the timekeeper. Who gives the
 * role up does so with a fence, too, before it looks for sleepers: either it sees the bit of one that has found the role taken, or that one
 * finds it free. Whoever goes to work while nobody has the role, and deadlines are there, wakes another one for it.
 *
 * <p>All these fences are written out, though on most CPUs an atomic update is one: on ARM without atomic instructions, a load behind such
 * an update may come before its store, and the Java memory model promises nothing of loads that are not volatile.
 *
 * <p><b>Threads</b>: any. Hot paths read one word, which changes only when a worker falls asleep or is woken.
 */
final class Parking extends Padded {

    private static final VarHandle PARKED;
    private static final VarHandle KEEPER;
    private static final int NOBODY = -1;

    static {
        try {
            final MethodHandles.Lookup lookup = MethodHandles.lookup();
            PARKED = lookup.findVarHandle(Parking.class, "parked", long.class);
            KEEPER = lookup.findVarHandle(Parking.class, "keeper", int.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** A bit for each worker that sleeps, or is about to. */
    private long parked;
    private int keeper = NOBODY;

    /** Whether anybody sleeps. A caller that has work puts a full fence before. */
    boolean isAnyParked() {
        return (long) PARKED.getOpaque(this) != 0;
    }

    /** Bits of those that sleep. */
    long parked() {
        // SYNC: pairs with enter and leave.
        return (long) PARKED.getAcquire(this);
    }

    /** Whether this one sleeps, and nobody has woken it yet. */
    boolean isParked(final int worker) {
        return (parked() >>> worker & 1) != 0;
    }

    /** Said by a worker that goes to sleep, before it looks for work a last time. */
    void enter(final int worker) {
        PARKED.getAndBitwiseOr(this, 1L << worker);
        // SYNC: pairs with the fence of whoever has work (WorkerPool.wakeFor, wakeForRest) or a duty (Worker.wakeForDuties).
        VarHandle.fullFence();
    }

    /**
     * Takes the bit of a worker away: by itself when it goes on, or by who wakes it, and then unparks it.
     *
     * @return whether it was set
     */
    boolean leave(final int worker) {
        final long bit = 1L << worker;
        // Others only ever take it away.
        return (parked() & bit) != 0 && ((long) PARKED.getAndBitwiseAnd(this, ~bit) & bit) != 0;
    }

    /** Makes the worker the one that wakes for the next deadline; whether it is. */
    boolean keepTime(final int worker) {
        final boolean keeps = (int) KEEPER.compareAndExchange(this, NOBODY, worker) == NOBODY;
        // SYNC: pairs with the one of WorkerPool.sooner.
        VarHandle.fullFence();
        return keeps;
    }

    /** Gives the role up. */
    void leaveTime() {
        KEEPER.setRelease(this, NOBODY);
        // SYNC: pairs with the one in enter, behind which a sleeper has asked for the role.
        VarHandle.fullFence();
    }

    /** Who wakes for the next deadline, or a negative number. */
    int timekeeper() {
        return (int) KEEPER.getAcquire(this);
    }
}
