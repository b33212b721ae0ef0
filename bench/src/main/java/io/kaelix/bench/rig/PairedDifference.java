// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import java.util.List;
import java.util.stream.IntStream;
import org.openjdk.jmh.util.ListStatistics;

/**
 * How much more or less the second of two is than the first, round by round.
 *
 * <p>The logarithms of the rounds' ratios are taken for independent and normal about one mean; Student's t says between which two values
 * that mean is, in 95 of a hundred such runs.
 *
 * @param percents of each round; negative where the second is less
 * @param median of them
 * @param mean the geometric one
 * @param low the interval's lower end
 * @param high the upper one
 */
record PairedDifference(List<Double> percents, double median, double mean, double low, double high) {

    /** Fewer say nothing about how they scatter. */
    static final int LEAST_ROUNDS = 3;

    private static final double CONFIDENCE = 0.95;

    /**
     * Compares.
     *
     * @param first one per round
     * @param second as many; what is at the same index is of the same round
     */
    static PairedDifference of(final List<Double> first, final List<Double> second) {
        if (first.size() != second.size() || first.size() < LEAST_ROUNDS) {
            throw new IllegalArgumentException("pairs of " + LEAST_ROUNDS + " rounds or more, not " + first.size() + " and "
                    + second.size());
        }
        final double[] logs = IntStream.range(0, first.size())
                .mapToDouble(round -> Math.log(second.get(round) / first.get(round)))
                .toArray();
        final ListStatistics statistics = new ListStatistics(logs);
        final double[] interval = statistics.getConfidenceIntervalAt(CONFIDENCE);
        final List<Double> percents = IntStream.range(0, logs.length).mapToObj(round -> percent(logs[round])).toList();
        return new PairedDifference(percents, Medians.of(percents), percent(statistics.getMean()), percent(interval[0]),
                percent(interval[1]));
    }

    private static double percent(final double log) {
        return Math.expm1(log) * 100;
    }

    /** Whether these rounds cannot tell the two apart. */
    boolean isZeroWithin() {
        return low <= 0 && high >= 0;
    }
}
