// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

import java.util.Arrays;

/**
 * What one trial found, each event with the floor that was taken in turn with it.
 *
 * @param clock two readings of the clock and nothing between: the floor of {@code refused}
 * @param refused from the answer to the offer that filled the lane to the answer {@code BACK_PRESSURED}
 * @param fetched a load of a line that the other core wrote: the floor of {@code refusedMoved}
 * @param refusedMoved a refused offer, after the subscriber moved on by less than the message needs
 * @param handOff from a store on one core until the other has seen it: the floor of {@code freed}
 * @param freed from a position that the subscriber stores to the publisher's first offer that succeeds
 */
public record BackpressureOutcome(Nanos clock, Nanos refused, Nanos fetched, Nanos refusedMoved, Nanos handOff, Nanos freed) {

    /** Of single events, in nanoseconds, the reading of the clock included. */
    public record Nanos(long p50, long p99) {

        private static final int MEDIAN = 50;
        private static final int TAIL = 99;

        /** Of at least one; the array is sorted. */
        static Nanos of(final long[] samples) {
            Arrays.sort(samples);
            return new Nanos(percentile(samples, MEDIAN), percentile(samples, TAIL));
        }

        private static long percentile(final long[] sorted, final int percent) {
            return sorted[(int) Math.min(sorted.length - 1L, (long) sorted.length * percent / 100)];
        }
    }
}
