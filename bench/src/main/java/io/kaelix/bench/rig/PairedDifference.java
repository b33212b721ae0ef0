// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import java.util.List;
import java.util.stream.IntStream;

/**
 * How much more or less the second of two is than the first, round by round.
 *
 * <p>Nothing is taken for granted of how the rounds scatter: each of them lies above their true median as likely as below. So how many
 * lie below is binomial, and between the k-th lowest and the k-th highest of them is the median in 95 of a hundred such runs, or in more,
 * for the largest k that allows it. A round in which something else went wrong counts as one, however far it is out; a mean, and an
 * interval by the deviation, would be made by such rounds alone.
 *
 * @param percents of each round; negative where the second is less
 * @param median of them
 * @param low the interval's lower end
 * @param high the upper one
 * @see <a href="https://www.itl.nist.gov/div898/software/dataplot/refman1/auxillar/mediancl.htm">NIST: median confidence limits</a>
 */
record PairedDifference(List<Double> percents, double median, double low, double high) {

    /** Of fewer, even the lowest and the highest do not enclose the median often enough. */
    static final int LEAST_ROUNDS = 6;

    /** Of either side. */
    private static final double OUTSIDE = 0.025;

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
        final List<Double> percents = IntStream.range(0, first.size())
                .mapToObj(round -> (second.get(round) / first.get(round) - 1) * 100)
                .toList();
        final List<Double> sorted = percents.stream().sorted().toList();
        final int outside = outside(sorted.size());
        return new PairedDifference(percents, Medians.of(percents), sorted.get(outside), sorted.get(sorted.size() - 1 - outside));
    }

    /** How many of so many rounds are left out on either side. */
    static int outside(final int rounds) {
        double probability = Math.pow(0.5, rounds);
        double sum = probability;
        int below = 0;
        while (sum <= OUTSIDE) {
            below++;
            probability = probability * (rounds - below + 1) / below;
            sum += probability;
        }
        return below - 1;
    }

    /** Rounds in which the second is less. */
    int less() {
        return (int) percents.stream().filter(percent -> percent < 0).count();
    }

    /** Whether these rounds cannot tell the two apart. */
    boolean isZeroWithin() {
        return low <= 0 && high >= 0;
    }
}
