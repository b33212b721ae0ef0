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
    private static final VarHandle IDLE_NANOS = of("idleNanos");
    private static final VarHandle IDLE_SINCE = of("idleSince");

    private long begun;
    private long executed;
    private long turnsBegun;
    private long turns;
    private long failed;
    private long stolen;
    private long parks;
    private long idleNanos;
    private long idleSince;

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

    /** It has found nothing to do. */
    void idleFrom(final long now) {
        IDLE_SINCE.setOpaque(this, now);
    }

    /** It has found something again. */
    void busyFrom(final long now) {
        IDLE_NANOS.setOpaque(this, idleNanos + now - idleSince);
        IDLE_SINCE.setOpaque(this, 0L);
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

    /** Time that it had nothing to do in. */
    long idleNanosOpaque(final long now) {
        final long since = (long) IDLE_SINCE.getOpaque(this);
        return (long) IDLE_NANOS.getOpaque(this) + (since == 0 ? 0 : Math.max(0, now - since));
    }
}
