// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.run;

import java.util.concurrent.locks.LockSupport;

/**
 * How a thread waits for another: it spins, for what comes within microseconds; then yields; then sleeps, longer each time up to a
 * millisecond. Where threads are more than CPUs it hardly spins: what it waits for may need this very CPU.
 *
 * <p><b>Threads</b>: one.
 */
public final class Backoff {

    private static final int SPINS = 1_000;
    private static final int YIELDS = 10_000;
    private static final int CROWDED_SPINS = 10;
    private static final int CROWDED_YIELDS = 50;
    private static final long MIN_SLEEP_NANOS = 50_000;
    private static final int MAX_DOUBLINGS = 4;

    private final int spins;
    private final int sleepAfter;
    private int attempt;

    /** @param crowded whether threads are more than CPUs */
    public Backoff(final boolean crowded) {
        spins = crowded ? CROWDED_SPINS : SPINS;
        sleepAfter = spins + (crowded ? CROWDED_YIELDS : YIELDS);
    }

    /** There was something to do. */
    public void reset() {
        attempt = 0;
    }

    /** Whether the next {@link #idle} is the first that sleeps: a good time for what can wait no longer than that. */
    public boolean isAboutToSleep() {
        return attempt == sleepAfter;
    }

    /** There was nothing to do: waits a little. */
    public void idle() {
        if (attempt < spins) {
            Thread.onSpinWait();
        } else if (attempt < sleepAfter) {
            Thread.yield();
        } else {
            LockSupport.parkNanos(MIN_SLEEP_NANOS << Math.min(attempt - sleepAfter, MAX_DOUBLINGS));
        }
        if (attempt < Integer.MAX_VALUE) {
            attempt++;
        }
    }
}
