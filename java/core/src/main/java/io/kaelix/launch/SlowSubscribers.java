// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import io.kaelix.SubscriberStatus;
import io.kaelix.telemetry.FlightEvents;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Finds the subscribers that are further behind than they should be, and tells the flight recorder: when one falls behind that far, and
 * again each time that it has stayed so for as long as the threshold, a second at least.
 *
 * <p><b>Threads</b>: one, but for {@link #threshold}.
 */
final class SlowSubscribers {

    private static final long SHORTEST_PAUSE_NANOS = 1_000_000_000;

    /** Takes an event. */
    interface Sink {

        /** As {@link FlightEvents#slowSubscriber}. */
        void slowSubscriber(String subscriber, String policy, long lagMessages, long lagBytes, long lagNanos, long blockingNanos);
    }

    private final Sink sink;
    private final LongSupplier clock;
    /** By the subscriber's number: when it was told of. */
    private final Map<Long, Told> slow = new HashMap<>();
    private int round;
    private volatile long thresholdNanos;

    SlowSubscribers(final Sink sink, final LongSupplier clock) {
        this.sink = sink;
        this.clock = clock;
    }

    /** From when on one is slow; 0 for never. */
    void threshold(final long nanos) {
        thresholdNanos = nanos;
    }

    /** @param blocking nanoseconds that it has held a publisher up for */
    void look(final SubscriberStatus subscriber, final long blocking) {
        final long threshold = thresholdNanos;
        final long lag = subscriber.lagAtLeast().toNanos();
        if (threshold == 0 || lag < threshold) {
            return;
        }
        final long now = clock.getAsLong();
        final Told told = slow.get(subscriber.number());
        if (told == null || now - told.at >= Math.max(threshold, SHORTEST_PAUSE_NANOS)) {
            slow.put(subscriber.number(), new Told(now, round));
            sink.slowSubscriber(subscriber.owner(), subscriber.policy().name(), subscriber.lagMessages(), subscriber.lagBytes(), lag,
                    blocking);
        } else {
            told.seenIn = round;
        }
    }

    /** All were looked at: those that were not slow have recovered, or are gone. */
    void endRound() {
        slow.values().removeIf(told -> told.seenIn != round);
        round++;
    }

    private static final class Told {

        private final long at;
        private int seenIn;

        Told(final long at, final int seenIn) {
            this.at = at;
            this.seenIn = seenIn;
        }
    }
}
