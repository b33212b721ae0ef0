// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before it is tried again: each time twice as long, up to a limit, and half of it at random. One thread. */
final class Backoff {

    private static final int MOST_DOUBLINGS = 20;

    private final long first;
    private final long longest;
    private int tries;

    Backoff(final Duration first, final Duration longest) {
        this.first = first.toNanos();
        this.longest = longest.toNanos();
    }

    /** It worked: the next wait is the first one again. */
    void reset() {
        tries = 0;
    }

    /** Nanoseconds to wait now. Clients of a server that was restarted should not all come at once. */
    long next() {
        final long wait = Math.min(longest, first << Math.min(tries++, MOST_DOUBLINGS));
        return wait / 2 + ThreadLocalRandom.current().nextLong(wait / 2 + 1);
    }
}
