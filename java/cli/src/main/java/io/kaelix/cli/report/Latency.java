// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.report;

import org.HdrHistogram.Histogram;

/**
 * Percentiles of the time from sending a message, or from when it should have been sent, to its receipt; in nanoseconds.
 *
 * @param p50 half of the messages took no longer
 * @param p99 all but one in a hundred
 * @param p999 all but one in a thousand
 * @param max the longest
 */
public record Latency(long p50, long p99, long p999, long max) {

    /** Of all samples, or null if there are none. */
    public static Latency of(final Histogram samples) {
        return samples.getTotalCount() == 0 ? null : new Latency(samples.getValueAtPercentile(50),
                samples.getValueAtPercentile(99), samples.getValueAtPercentile(99.9), samples.getMaxValue());
    }
}
