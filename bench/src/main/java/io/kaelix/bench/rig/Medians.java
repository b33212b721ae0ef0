// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.rig.Results.Percentiles;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/** Medians over the rounds. */
final class Medians {

    private Medians() {
    }

    /** The middle value, of an even number of values the mean of the two in the middle. */
    static double of(final List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no values");
        }
        final double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        final int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /**
     * Of the ratios within each round, which the machine's drift from round to round is not in.
     *
     * @param values one per round
     * @param floors as many; what is at the same index is of the same round
     */
    static double ofRatios(final List<Double> values, final List<Double> floors) {
        return of(IntStream.range(0, values.size()).mapToObj(round -> values.get(round) / floors.get(round)).toList());
    }

    /** Each percentile's median. */
    static Percentiles ofPercentiles(final List<Percentiles> rounds) {
        return new Percentiles(median(rounds, Percentiles::p50), median(rounds, Percentiles::p90), median(rounds, Percentiles::p99),
                median(rounds, Percentiles::p999), median(rounds, Percentiles::p9999), median(rounds, Percentiles::max));
    }

    private static long median(final List<Percentiles> rounds, final ToLongFunction<Percentiles> percentile) {
        return Math.round(of(rounds.stream().map(round -> (double) percentile.applyAsLong(round)).toList()));
    }

    /** Of one round. */
    static Percentiles percentiles(final Histogram histogram) {
        return new Percentiles(histogram.getValueAtPercentile(50), histogram.getValueAtPercentile(90),
                histogram.getValueAtPercentile(99), histogram.getValueAtPercentile(99.9), histogram.getValueAtPercentile(99.99),
                histogram.getMaxValue());
    }
}
