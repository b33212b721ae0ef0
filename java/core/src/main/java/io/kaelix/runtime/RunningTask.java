// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import java.util.function.LongSupplier;

/**
 * How long the task, or turn of a duty, that a worker is at has run for, as far as looking at its counters now and then tells. The worker
 * does nothing for that: what it is at is known by its beat.
 *
 * <p>What was under way when the beat had a value, and is still under way while the beat has it, is the same: the time between the two
 * looks is a lower bound of its own.
 *
 * <p><b>Threads</b>: one looks; any other may ask for what that has seen.
 */
final class RunningTask {

    /** No worker's beat is negative. */
    private static final long NOTHING = -1;

    private final WorkerCounters counters;
    private final LongSupplier clock;
    /** Of what was met last: the worker's beat, and since when it is under way on the scheduler's clock, which is changed first. */
    private volatile long met = NOTHING;
    private volatile long since;
    private boolean told;
    private long beatBefore;

    RunningTask(final WorkerCounters counters, final LongSupplier clock) {
        this.counters = counters;
        this.clock = clock;
    }

    /**
     * Looks at what is under way.
     *
     * @param limit nanoseconds
     * @return whether the same was under way for longer than that; said once for each
     */
    boolean hasPassed(final long limit) {
        // Read first, or the time between would be added to the task's.
        final long now = clock.getAsLong();
        if (isUnderWay(met)) {
            if (told || now - since <= limit) {
                return false;
            }
            told = true;
            return true;
        }
        told = false;
        final long beat = counters.beatOpaque();
        // SYNC: pairs with nanos(): who finds the same beat before and behind the time has the time of that beat.
        met = NOTHING;
        if (counters.isUnderWay()) {
            // The clock is read behind the beat: whatever has that beat began before.
            since = clock.getAsLong();
            met = beat;
        }
        return false;
    }

    private boolean isUnderWay(final long beat) {
        // In this order: the beat never comes back, so it was the same all the time.
        return counters.isUnderWay() && counters.beatOpaque() == beat;
    }

    /** Whether anything began since this was asked before, or is under way. For the one that looks. */
    boolean isActive() {
        final long beat = counters.beatOpaque();
        final boolean active = beat != beatBefore || counters.isUnderWay();
        beatBefore = beat;
        return active;
    }

    /** Whether what was met last is still under way. */
    boolean isUnderWay() {
        return isUnderWay(met);
    }

    /** Nanoseconds for which what is under way has run, at least; 0 if there is nothing, or something that was not met yet. */
    long nanos() {
        final long now = clock.getAsLong();
        final long running = met;
        final long from = since;
        return met == running && isUnderWay(running) ? Math.max(0, now - from) : 0;
    }
}
