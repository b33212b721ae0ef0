// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit;

import java.time.Duration;
import java.util.Locale;

/**
 * What a latency should be.
 *
 * {@snippet :
 * Goal typical = Goal.p50Below(Duration.ofNanos(2_000));
 * Goal rare = Goal.percentileBelow(99.95, Duration.ofMillis(1));
 * }
 *
 * @param percentile above 0, at most 100; 100 is the longest
 * @param limit that the latency at this percentile must be below; more than zero
 */
public record Goal(double percentile, Duration limit) {

    /**
     * @throws IllegalArgumentException if a value is out of its range
     */
    public Goal {
        if (!(percentile > 0 && percentile <= 100)) {
            throw new IllegalArgumentException("percentile must be above 0 and at most 100, not " + percentile);
        }
        if (limit.compareTo(Duration.ZERO) <= 0) {
            throw new IllegalArgumentException("limit of a latency must be more than zero, not " + limit);
        }
    }

    /** Half of the messages. */
    public static Goal p50Below(final Duration limit) {
        return new Goal(50, limit);
    }

    /** All but one message in ten. */
    public static Goal p90Below(final Duration limit) {
        return new Goal(90, limit);
    }

    /** All but one message in a hundred. */
    public static Goal p99Below(final Duration limit) {
        return new Goal(99, limit);
    }

    /** All but one message in a thousand. */
    public static Goal p999Below(final Duration limit) {
        return new Goal(99.9, limit);
    }

    /** All but one message in ten thousand. */
    public static Goal p9999Below(final Duration limit) {
        return new Goal(99.99, limit);
    }

    /** Every message. */
    public static Goal maxBelow(final Duration limit) {
        return new Goal(100, limit);
    }

    /** Any share of the messages. */
    public static Goal percentileBelow(final double percentile, final Duration limit) {
        return new Goal(percentile, limit);
    }

    /** Its name as in reports: {@code p99}, {@code p99.9}, {@code max}. */
    String name() {
        if (percentile == 100) {
            return "max";
        }
        return "p" + (percentile == Math.rint(percentile)
                ? String.format(Locale.ROOT, "%.0f", percentile) : Double.toString(percentile));
    }
}
