// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit.load;

import io.kaelix.Claim;
import io.kaelix.Publisher;
import io.kaelix.testkit.PayloadWriter;
import io.kaelix.testkit.noise.GapWatch;
import java.util.function.LongSupplier;

/**
 * Sends one publisher's messages when they are due, or as soon after as it can. Each carries the time when it was due, not when it
 * was sent: what holds up one message counts for all that it made late.
 *
 * <p><b>Threads</b>: one; the results when that one has ended.
 */
public final class Sender {

    private final Publisher publisher;
    private final PayloadWriter payload;
    private final int payloadBytes;
    private final Schedule schedule;
    private final LongSupplier clock;
    private final GapWatch watch;
    private int next;
    private long nextDue;
    private long backPressuredTries;

    /** Sends with a publisher that has sent nothing before. */
    public Sender(final Publisher publisher, final LoadSettings settings, final Schedule schedule) {
        this.publisher = publisher;
        this.payload = settings.payload();
        this.payloadBytes = settings.payloadBytes();
        this.schedule = schedule;
        this.clock = settings.clock();
        this.watch = new GapWatch(schedule.measuredStart());
        this.nextDue = schedule.dueNanos(0);
    }

    /** Whether all is sent. */
    public boolean isDone() {
        return next == schedule.messages();
    }

    /**
     * Looks at the clock, and sends the next message if it is due and there is room for it. Not to be called when all is sent.
     *
     * @return whether one was sent
     * @throws IllegalStateException if the streamer was closed
     */
    public boolean doWork() {
        final long now = clock.getAsLong();
        watch.observe(now);
        if (now - nextDue < 0) {
            return false;
        }
        final Claim claim = publisher.tryClaim(payloadBytes, nextDue);
        if (!claim.isOpen()) {
            refused(claim.result());
            return false;
        }
        watch.pause();
        payload.write(claim, next);
        watch.resume(clock.getAsLong());
        claim.commit();
        next++;
        if (!isDone()) {
            nextDue = schedule.dueNanos(next);
        }
        return true;
    }

    private void refused(final long result) {
        if (result != Publisher.BACK_PRESSURED) {
            throw new IllegalStateException("a send answered " + result + " after " + next + " of " + schedule.messages() + " messages: "
                    + (result == Publisher.CLOSED ? "the streamer was closed during the run" : "see io.kaelix.Publisher"));
        }
        if (next >= schedule.warmUpMessages()) {
            backPressuredTries++;
        }
    }

    /** Tries to send a measured message that found no room. */
    long backPressuredTries() {
        return backPressuredTries;
    }

    /** Gaps of its thread. */
    GapWatch watch() {
        return watch;
    }
}
