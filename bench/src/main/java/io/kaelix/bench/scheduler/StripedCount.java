// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scheduler;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A count by many threads, each of which mostly has a word alone: by the number of the thread, which for two that were made one after the
 * other differs.
 */
final class StripedCount {

    private static final int STRIPES = 64;
    /** Words of two cache lines. */
    private static final int APART = 16;

    private final AtomicLongArray words = new AtomicLongArray((STRIPES + 2) * APART);

    void increment() {
        words.getAndIncrement((((int) Thread.currentThread().threadId() & STRIPES - 1) + 1) * APART);
    }

    /** Exact when all have ended that increment it; before that, no more than there were. */
    long sum() {
        long sum = 0;
        for (int stripe = 1; stripe <= STRIPES; stripe++) {
            sum += words.get(stripe * APART);
        }
        return sum;
    }
}
