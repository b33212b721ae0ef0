// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

/**
 * Which durations share a bucket: the arithmetic of {@link LatencyHistogram}, whose drawing shows the buckets, and of those that lie in a
 * counter file.
 */
final class LatencyBuckets {

    /** Bits of a value that its bucket keeps, below its highest. */
    static final int KEPT_BITS = 5;
    private static final int PER_POWER = 1 << KEPT_BITS;
    /** Values below this have a bucket each. */
    static final int EXACT_BELOW = 2 * PER_POWER;
    static final int RANGE_BITS = 42;
    /** Durations from here on are beyond. */
    static final long RANGE = 1L << RANGE_BITS;
    /** The bucket of those. */
    static final int BEYOND = EXACT_BELOW + (RANGE_BITS - KEPT_BITS - 1) * PER_POWER;
    /** How many buckets there are. */
    static final int COUNT = BEYOND + 1;

    private LatencyBuckets() {
    }

    /** The bucket of a duration that is not negative. */
    static int of(final long value) {
        if (value >= RANGE) {
            return BEYOND;
        }
        // The or makes small values look like those of the first power of two, whose shift is 0.
        final int shift = Long.SIZE - 1 - KEPT_BITS - Long.numberOfLeadingZeros(value | PER_POWER);
        return (shift << KEPT_BITS) + (int) (value >>> shift);
    }

    private static int shiftOf(final int bucket) {
        return Math.max(0, (bucket >>> KEPT_BITS) - 1);
    }

    /** The shortest duration in a bucket. */
    static long lowestOf(final int bucket) {
        final int shift = shiftOf(bucket);
        return (long) (bucket - (shift << KEPT_BITS)) << shift;
    }

    /** What a value in a bucket is told as, if it is at most {@code max}. */
    static long told(final int bucket, final long max) {
        return bucket == BEYOND ? max : Math.min(max, lowestOf(bucket) + (1L << shiftOf(bucket) >>> 1));
    }
}
