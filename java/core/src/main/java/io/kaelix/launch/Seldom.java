// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Something that is due the first time, and then once in a while. <b>Threads</b>: one. */
final class Seldom {

    private final LongSupplier clock;
    private final long pauseNanos;
    private long due;
    private boolean wasDue;

    Seldom(final LongSupplier clock, final long pauseMillis) {
        this.clock = clock;
        this.pauseNanos = TimeUnit.MILLISECONDS.toNanos(pauseMillis);
    }

    /** Whether it is; then it is not for a while. */
    boolean isDue() {
        final long now = clock.getAsLong();
        if (wasDue && now - due < 0) {
            return false;
        }
        // Rounds are never quite on time: one that comes a little early counts.
        due = now + pauseNanos - pauseNanos / 8;
        wasDue = true;
        return true;
    }
}
