// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.memory.Padded;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.LongSupplier;

/**
 * When a reader that has caught up leaves its lane alone for a moment.
 *
 * <p>At the tail, reader and writer take turns with one cache line, and each message costs two transfers of it. A reader that stays behind
 * lets the writer fill many lines, which then come one after the other. It pays while messages keep coming, and only delays where they
 * are rare: so the flow is watched over {@value #WINDOW} polls, and a poll in ping-pong or at a leisurely rate, most of which find
 * nothing, costs two additions and no look at the clock. A linger that brings less than {@value #WORTHWHILE} messages ends it: else a poll
 * that waits would find something each time, and take that for a flow. Other lanes are read meanwhile; where there is nothing else to do, the
 * poll waits.
 *
 * <p><b>Threads</b>: the polling one, but for {@link #linger(long)}.
 */
final class Linger extends Padded {

    private static final int WINDOW = 64;

    /** Messages in a window from which on the flow counts as sustained. */
    private static final int SUSTAINED = WINDOW / 4;

    /** Messages that a linger has to bring, for the next one to follow. */
    private static final int WORTHWHILE = 4;

    private static final VarHandle NANOS;

    static {
        try {
            NANOS = MethodHandles.lookup().findVarHandle(Linger.class, "nanos", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private long nanos;
    private final LongSupplier clock;

    private int polls;
    private long messages;
    private boolean sustained;
    private boolean lingering;
    /** Whether the poll to come is the first behind a linger. */
    private boolean lingered;
    private long until;

    /** @param nanos 0 for never */
    Linger(final long nanos) {
        this(nanos, System::nanoTime);
    }

    Linger(final long nanos, final LongSupplier clock) {
        this.nanos = nanos;
        this.clock = clock;
    }

    /** Lingers for so long from now on; 0 for never. From any thread. */
    void linger(final long atMost) {
        NANOS.setOpaque(this, atMost);
    }

    /** Whether the lane is to be left alone now. */
    boolean isOn() {
        if (!lingering) {
            return false;
        }
        lingering = clock.getAsLong() - until < 0;
        return lingering;
    }

    /**
     * After each poll of the lane.
     *
     * @param behind whether there may be more
     */
    void polled(final int count, final boolean behind) {
        final long nanos = (long) NANOS.getOpaque(this);
        if (nanos == 0) {
            return;
        }
        if (lingered && count < WORTHWHILE) {
            sustained = false;
            polls = 0;
            messages = 0;
        }
        lingered = false;
        messages += count;
        if (++polls == WINDOW) {
            sustained = messages >= SUSTAINED;
            polls = 0;
            messages = 0;
        }
        if (sustained && count > 0 && !behind) {
            lingering = true;
            lingered = true;
            until = clock.getAsLong() + nanos;
        }
    }
}
