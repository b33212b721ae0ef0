// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PairedDifferenceTest {

    private static final double ROUNDING = 1e-3;

    /**
     * Log ratios -0.01, 0, 0.01, 0.02: mean 0.005, deviation 0.0129099, of the mean 0.00645497; times t of 3 degrees, 3.182446, that is
     * 0.0205426 either way.
     */
    @Test
    void shouldTakeStudentsTOverTheLogRatios() {
        final List<Double> first = List.of(10.0, 20.0, 30.0, 40.0);
        final List<Double> second = IntStream.range(0, 4).mapToObj(round -> first.get(round) * Math.exp((round - 1) * 0.01)).toList();
        final PairedDifference difference = PairedDifference.of(first, second);

        assertThat(difference.mean()).isCloseTo(100 * Math.expm1(0.005), within(ROUNDING));
        assertThat(difference.low()).isCloseTo(100 * Math.expm1(0.005 - 0.0205426), within(ROUNDING));
        assertThat(difference.high()).isCloseTo(100 * Math.expm1(0.005 + 0.0205426), within(ROUNDING));
        assertThat(difference.percents().get(0)).isCloseTo(-0.995, within(ROUNDING));
        assertThat(difference.median()).isCloseTo(100 * Math.expm1(0.01) / 2, within(ROUNDING));
        assertThat(difference.isZeroWithin()).isTrue();
    }

    @Test
    void shouldNotSeeWhatDriftsFromRoundToRound() {
        final PairedDifference difference = PairedDifference.of(List.of(10.0, 40.0, 20.0), List.of(9.0, 36.0, 18.0));

        assertThat(difference.low()).isCloseTo(-10, within(ROUNDING));
        assertThat(difference.high()).isCloseTo(-10, within(ROUNDING));
        assertThat(difference.isZeroWithin()).isFalse();
    }

    @Test
    void shouldCallOneThatIsAlwaysFasterDifferentToo() {
        assertThat(PairedDifference.of(List.of(10.0, 10.0, 10.0), List.of(12.0, 12.1, 11.9)).isZeroWithin()).isFalse();
    }

    @Test
    void shouldRefuseTooFewRoundsAndHalvesOfPairs() {
        assertThatThrownBy(() -> PairedDifference.of(List.of(1.0, 2.0), List.of(1.0, 2.0))).hasMessageContaining("3 rounds or more");
        assertThatThrownBy(() -> PairedDifference.of(List.of(1.0, 2.0, 3.0), List.of(1.0, 2.0))).hasMessageContaining("not 3 and 2");
    }
}
