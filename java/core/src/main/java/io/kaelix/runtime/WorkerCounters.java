// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.memory.Padded;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What a worker has done so far.
 *
 * <p><b>Threads</b>: its worker's alone counts; any thread reads. Each number is one that it had, not all of them at the same moment.
 */
final class WorkerCounters extends Padded {

    private static final VarHandle BEGUN = of("begun");
    private static final VarHandle EXECUTED = of("executed");
    private static final VarHandle TURNS_BEGUN = of("turnsBegun");
    private static final VarHandle TURNS = of("turns");
    private static final VarHandle FAILED = of("failed");
    private static final VarHandle STOLEN = of("stolen");
    private static final VarHandle PARKS = of("parks");
    private static final VarHandle IDLE = of("idle");

    private long begun;
    private long executed;
    private long turnsBegun;
    private long turns;
    private long failed;
    private long stolen;
    private long parks;
    /**
     * While it is busy, the time that it had nothing to do in, 0 or more; while it is idle, that less the time at which it became so,
     * below 0. One word: with two, who reads one of them before and the other one after a change counts a pause twice, or not at all.
     */
    private long idle;

    private static VarHandle of(final String field) {
        try {
            return MethodHandles.lookup().findVarHandle(WorkerCounters.class, field, long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** A task begins. */
    void begin() {
        BEGUN.setOpaque(this, begun + 1);
    }

    /** It has ended, or thrown. */
    void end() {
        EXECUTED.setOpaque(this, executed + 1);
    }

    /** A turn of a duty begins. */
    void beginTurn() {
        TURNS_BEGUN.setOpaque(this, turnsBegun + 1);
    }

    /** It has ended, or thrown. */
    void endTurn() {
        TURNS.setOpaque(this, turns + 1);
    }

    void failed() {
        FAILED.setOpaque(this, failed + 1);
    }

    void stolen() {
        STOLEN.setOpaque(this, stolen + 1);
    }

    void park() {
        PARKS.setOpaque(this, parks + 1);
    }

    /** It has found nothing to do; {@code now} is 1 or more. Without effect if it has said so already, and something failed since. */
    void idleFrom(final long now) {
        if (idle >= 0) {
            IDLE.setOpaque(this, idle - now);
        }
    }

    /** It has found something again. */
    void busyFrom(final long now) {
        if (idle < 0) {
            IDLE.setOpaque(this, idle + now);
        }
    }

    /** Tasks that were run to their end, or threw. */
    long executedOpaque() {
        return (long) EXECUTED.getOpaque(this);
    }

    /** Changes with each task, and each turn of a duty, that begins. */
    long beatOpaque() {
        return (long) BEGUN.getOpaque(this) + (long) TURNS_BEGUN.getOpaque(this);
    }

    /** Whether a task, or a turn of a duty, is under way: of use only while the {@linkplain #beatOpaque beat} stays the same. */
    boolean isUnderWay() {
        // Less, not other: if the ends are seen before the beginnings, which weak memory allows, nothing is under way.
        return (long) EXECUTED.getOpaque(this) + (long) TURNS.getOpaque(this) < beatOpaque();
    }

    long failedOpaque() {
        return (long) FAILED.getOpaque(this);
    }

    /** Tasks that it took from others. */
    long stolenOpaque() {
        return (long) STOLEN.getOpaque(this);
    }

    long parksOpaque() {
        return (long) PARKS.getOpaque(this);
    }

    /** Time that it had nothing to do in, as of {@code now}. */
    long idleNanosOpaque(final long now) {
        final long seen = (long) IDLE.getOpaque(this);
        return seen < 0 ? Math.max(0, seen + now) : seen;
    }
}
