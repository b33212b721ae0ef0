// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scenario;

/** What messages carry: word {@code i} of a message is its first word plus {@code i}, so that its sum tells whether it is whole. */
public final class Words {

    private Words() {
    }

    /** Sum of all words of an intact message. */
    public static long sum(final long first, final int words) {
        return first * words + (long) words * (words - 1) / 2;
    }
}
