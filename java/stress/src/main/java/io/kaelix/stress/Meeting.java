// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stress;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Brings the two actors of a round together. jcstress lets them run through some dozens of rounds before each waits for the other, so that
 * they are seldom at the same one; and whoever waits for the other's word hears it a few hundred nanoseconds late, when all is
 * over. So the later one names a time, soon, at which both begin.
 *
 * <p>From round to round the one begins a little sooner or later than the other: each instruction of theirs meets each.
 */
public final class Meeting {

    private static final VarHandle ARRIVED;
    private static final VarHandle TIME;
    private static final AtomicInteger ROUNDS = new AtomicInteger();

    static {
        try {
            final var lookup = MethodHandles.lookup();
            ARRIVED = lookup.findVarHandle(Meeting.class, "arrived", int.class);
            TIME = lookup.findVarHandle(Meeting.class, "time", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** More than a cache line takes from one core to the other. */
    private static final long NOTICE_NANOS = 700;

    /** Not for ever: the other may have lost its core. */
    private static final int PATIENCE = 5_000;

    /** What the actors do takes about so long. */
    private static final int SKEW_NANOS = 512;

    /** Odd, so that all skews come up. */
    private static final int SKEW_STEP = 37;

    private final long skew = ROUNDS.getAndIncrement() * SKEW_STEP & SKEW_NANOS - 1;
    private int arrived;
    private long time;

    /** The one actor begins. */
    public void one() {
        begin(skew);
    }

    /** The other actor begins. */
    public void other() {
        begin(SKEW_NANOS / 2);
    }

    private void begin(final long delay) {
        long begin = 0;
        if ((int) ARRIVED.getAndAdd(this, 1) == 0) {
            for (int spins = 0; spins < PATIENCE && begin == 0; spins++) {
                begin = (long) TIME.getAcquire(this);
            }
        } else {
            begin = System.nanoTime() + NOTICE_NANOS;
            TIME.setRelease(this, begin);
        }
        if (begin != 0) {
            while (System.nanoTime() - begin < delay) {
                // No pause: it takes longer than what is waited for.
            }
        }
    }
}
