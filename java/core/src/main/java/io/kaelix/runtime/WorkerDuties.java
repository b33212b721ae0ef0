// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.Duty;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * The duties of a worker.
 *
 * <p><b>Threads</b>: {@link #add} and {@link #remove} under the pool's lock; turns and pauses are the worker's.
 */
final class WorkerDuties {

    private static final long SHORTEST_PAUSE_NANOS = 50_000;
    private static final long LONGEST_PAUSE_NANOS = 4_000_000;
    /** Of the time in which nothing was found, a pause is so much: a 256th. */
    private static final int PAUSE_SHIFT = 8;
    private static final VarHandle ALL;

    static {
        try {
            ALL = MethodHandles.lookup().findVarHandle(WorkerDuties.class, "all", RunningDuty[].class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final WorkerPool pool;
    private final WorkerCounters counters;
    private RunningDuty[] all = {};

    WorkerDuties(final WorkerPool pool, final WorkerCounters counters) {
        this.pool = pool;
        this.counters = counters;
    }

    private RunningDuty[] all() {
        // SYNC: pairs with add and remove.
        return (RunningDuty[]) ALL.getAcquire(this);
    }

    int count() {
        return all().length;
    }

    void add(final RunningDuty duty) {
        final RunningDuty[] before = all();
        final RunningDuty[] after = Arrays.copyOf(before, before.length + 1);
        after[before.length] = duty;
        ALL.setRelease(this, after);
    }

    void remove(final RunningDuty duty) {
        ALL.setRelease(this, Arrays.stream(all()).filter(other -> other != duty).toArray(RunningDuty[]::new));
    }

    /** A turn of each; how much they did. */
    int turn() {
        final RunningDuty[] duties = all();
        if (duties.length == 0) {
            return 0;
        }
        if (!pool.isRunning()) {
            end();
            return 0;
        }
        return turn(duties);
    }

    private int turn(final RunningDuty[] duties) {
        int done = 0;
        for (final RunningDuty duty : duties) {
            final int count = duty.isClosed() ? Duty.DONE : turn(duty);
            if (count < 0) {
                pool.end(duty);
            } else {
                done += count;
            }
        }
        return done;
    }

    private int turn(final RunningDuty duty) {
        counters.beginTurn();
        int done;
        try {
            done = duty.duty.turn();
        } catch (final Throwable e) {
            counters.failed();
            pool.report(duty.duty, e);
            done = Duty.DONE;
        }
        counters.endTurn();
        // A turn may have left it so, and the next task is not to blame.
        Thread.interrupted();
        return done;
    }

    /** How long the worker may sleep before the next turn, having found nothing for so long; for ever if there are no duties. */
    long pause(final long quietNanos) {
        return count() == 0 ? Long.MAX_VALUE : Math.clamp(quietNanos >> PAUSE_SHIFT, SHORTEST_PAUSE_NANOS, LONGEST_PAUSE_NANOS);
    }

    /** The worker ends, or the scheduler takes no more tasks. */
    void end() {
        for (final RunningDuty duty : all()) {
            pool.end(duty);
        }
    }
}
