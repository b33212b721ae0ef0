// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Waiting for an answer that is on its way: awake at first, since to be woken takes longer than most answers, and then asleep between
 * looks.
 *
 * <p>No more than half as many threads are awake at once as there are CPUs: the others would only keep those from running that they wait
 * for, and sleep between looks from the start.
 *
 * <p><b>Threads</b>: one for each of these.
 */
final class Vigil {

    /** An answer that is here sooner finds the CPU where it was left. */
    private static final long SPIN_NANOS = 50_000;
    private static final long AWAKE_NANOS = 500_000;
    private static final long PAUSE_NANOS = 100_000;
    /** For one that may not stay awake. */
    private static final long SHORT_PAUSE_NANOS = 20_000;
    private static final int CPUS = Runtime.getRuntime().availableProcessors();
    private static final int MOST_AWAKE = Math.max(1, CPUS / 2);
    private static final AtomicInteger AWAKE = new AtomicInteger();

    private boolean awake;
    private long quietFrom = System.nanoTime();

    private Vigil() {
        awake = AWAKE.incrementAndGet() <= MOST_AWAKE;
        if (!awake) {
            AWAKE.decrementAndGet();
        }
    }

    /** Followed by {@link #end}. */
    static Vigil begin() {
        return new Vigil();
    }

    /** Something came: more may be on its way. */
    void found() {
        quietFrom = System.nanoTime();
    }

    /** Nothing came; until the next look. */
    void rest() {
        final long quiet = System.nanoTime() - quietFrom;
        if (awake && quiet <= SPIN_NANOS) {
            Thread.onSpinWait();
        } else if (awake && quiet <= AWAKE_NANOS) {
            // The server may be a process that waits for this CPU.
            Thread.yield();
        } else {
            end();
            LockSupport.parkNanos(this, quiet <= AWAKE_NANOS ? SHORT_PAUSE_NANOS : PAUSE_NANOS);
        }
    }

    /** Somebody else may stay awake. Again is without effect. */
    void end() {
        if (awake) {
            awake = false;
            AWAKE.decrementAndGet();
        }
    }

    /** Waits, as long as that is better done awake, for what another thread completes: with one CPU for both, it is not. */
    static void await(final CompletableFuture<?> answer) {
        if (CPUS == 1) {
            return;
        }
        final Vigil vigil = begin();
        try {
            while (vigil.awake && !answer.isDone() && !Thread.currentThread().isInterrupted()
                    && System.nanoTime() - vigil.quietFrom <= AWAKE_NANOS) {
                Thread.yield();
            }
        } finally {
            vigil.end();
        }
    }
}
