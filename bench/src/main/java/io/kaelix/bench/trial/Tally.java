// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many messages one thread has had so far, for others to look at now and then. Lies alone on its cache lines: the thread that counts
 * pays for a store, no more.
 */
public final class Tally {

    /** Longs of two cache lines, since the CPU fetches them in pairs. */
    private static final int APART = 16;

    private final AtomicLongArray count = new AtomicLongArray(2 * APART + 1);

    /** By the thread that counts. */
    public void publish(final long value) {
        // SYNC: pairs with read.
        count.setRelease(APART, value);
    }

    /** What was published last, or soon before. */
    public long read() {
        // SYNC: pairs with publish.
        return count.getAcquire(APART);
    }
}
