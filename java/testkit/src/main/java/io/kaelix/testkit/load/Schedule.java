// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit.load;

import java.time.Duration;

/**
 * When each message of one publisher should be sent. Publishers that share a load take turns, so that the sum is even; between the
 * warm-up and the measured load is a {@linkplain #REST pause}.
 *
 * @param warmUpStart when the first message is due, of all publishers
 * @param measuredStart when the first measured message is due, of all publishers
 * @param rate messages a second, of all publishers
 * @param publishers how many share the load
 * @param publisher which of them this is, from 0
 * @param warmUpMessages of this publisher, not measured
 * @param measuredMessages of this publisher
 */
public record Schedule(long warmUpStart, long measuredStart, long rate, int publishers, int publisher, int warmUpMessages,
        int measuredMessages) {

    /** Time without load behind the warm-up, in which what it left behind is worked off. */
    static final Duration REST = Duration.ofMillis(100);

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /** The schedules of all publishers. */
    public static Schedule[] of(final LoadSettings settings, final long start) {
        final Schedule[] schedules = new Schedule[settings.publishers()];
        final long measuredStart = start + (settings.warmUpMessages() == 0 ? 0 : settings.warmUp().plus(REST).toNanos());
        for (int i = 0; i < schedules.length; i++) {
            schedules[i] = new Schedule(start, measuredStart, settings.messagesPerSecond(), settings.publishers(), i,
                    share(settings.warmUpMessages(), schedules.length, i), share(settings.measuredMessages(), schedules.length, i));
        }
        return schedules;
    }

    /** How many of the load's messages are a publisher's. */
    static int share(final long messages, final int publishers, final int publisher) {
        return Math.toIntExact((messages + publishers - 1 - publisher) / publishers);
    }

    /** Messages of this publisher in all. */
    public int messages() {
        return warmUpMessages + measuredMessages;
    }

    /** When this publisher's message of a number, from 0, is due. Exact: no error adds up. */
    public long dueNanos(final int message) {
        return message < warmUpMessages ? warmUpStart + offset(message) : measuredDueNanos(message - warmUpMessages);
    }

    /** When this publisher's measured message of a number, from 0, is due. */
    public long measuredDueNanos(final int message) {
        return measuredStart + offset(message);
    }

    private long offset(final int message) {
        final long turn = (long) message * publishers + publisher;
        return turn / rate * NANOS_PER_SECOND + turn % rate * NANOS_PER_SECOND / rate;
    }
}
