// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.run;

/**
 * When each message should be sent, for several publishers that share one rate: they take turns, so that the sum is even.
 *
 * @param startNanos when the first one is due, on the clock of {@link System#nanoTime}
 * @param rate messages a second, of all publishers
 * @param publishers how many share it
 * @param publisher which of them this is, from 0
 */
record Pace(long startNanos, long rate, int publishers, int publisher) {

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /** When this publisher's message of a number, from 0, is due. Exact: no error adds up. */
    long dueNanos(final long message) {
        final long turn = message * publishers + publisher;
        return startNanos + turn / rate * NANOS_PER_SECOND + turn % rate * NANOS_PER_SECOND / rate;
    }
}
