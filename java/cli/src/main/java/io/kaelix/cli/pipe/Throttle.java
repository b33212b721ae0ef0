// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.pipe;

/**
 * Lets so many messages a second pass, evenly. What comes too late to be sent on time is not made up for: a pause of the input is followed by
 * the same rate, not by a burst; only what less than {@value #FORGIVEN_MILLIS} ms took too long is.
 *
 * <p><b>Threads</b>: one.
 */
final class Throttle {

    private static final long FORGIVEN_MILLIS = 10;
    private static final long FORGIVEN_NANOS = FORGIVEN_MILLIS * 1_000_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final long rate;
    /** Since when the rate has been kept, and how many messages passed since. */
    private long start;
    private long passed;
    private boolean started;

    /** @param rate messages a second, at least 1 */
    Throttle(final long rate) {
        this.rate = rate;
    }

    /** How long the next message has to wait, 0 or less if it may pass now. */
    long nanosUntilDue(final long nanoTime) {
        if (!started || nanoTime - due() > FORGIVEN_NANOS) {
            started = true;
            start = nanoTime;
            passed = 0;
        }
        return due() - nanoTime;
    }

    private long due() {
        return start + passed / rate * NANOS_PER_SECOND + passed % rate * NANOS_PER_SECOND / rate;
    }

    /** One passed. */
    void pass() {
        passed++;
    }
}
