// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PairedDifferenceTest {

    private static final double ROUNDING = 1e-9;

    private static PairedDifference of(final double... percents) {
        final List<Double> first = IntStream.range(0, percents.length).mapToObj(round -> 10.0 + round).toList();
        return PairedDifference.of(first, IntStream.range(0, percents.length)
                .mapToObj(round -> first.get(round) * (1 + percents[round] / 100)).toList());
    }

    /** As tables of the sign test have it: the sixth of 20 on either side, the first of six. */
    @Test
    void shouldLeaveOutAsManyAsTheBinomialDistributionAllows() {
        assertThat(IntStream.of(6, 8, 9, 12, 15, 20, 25, 50, 1000).map(PairedDifference::outside))
                .containsExactly(0, 0, 1, 2, 3, 5, 7, 17, 468);
    }

    @Test
    void shouldTakeTheIntervalOfTheMedianFromTheRanks() {
        final PairedDifference difference = of(-9, 7, -8, 6, -5, 5, -3, 3, -1);

        assertThat(difference.median()).isCloseTo(-1, within(ROUNDING));
        assertThat(difference.low()).isCloseTo(-8, within(ROUNDING));
        assertThat(difference.high()).isCloseTo(6, within(ROUNDING));
        assertThat(difference.isZeroWithin()).isTrue();
        assertThat(difference.less()).isEqualTo(5);
        assertThat(difference.percents().get(1)).isCloseTo(7, within(ROUNDING));
    }

    @Test
    void shouldNotBeMovedByOneRoundThatIsFarOut() {
        final PairedDifference difference = of(-3.1, -3, 300, -2.9, -2.8, -3.2, -3, -3.3, -2.7, -3);

        assertThat(difference.high()).isCloseTo(-2.7, within(ROUNDING));
        assertThat(difference.isZeroWithin()).isFalse();
    }

    @Test
    void shouldNotSeeWhatDriftsFromRoundToRound() {
        final PairedDifference difference = of(-10, -10, -10, -10, -10, -10);

        assertThat(difference.low()).isCloseTo(-10, within(ROUNDING));
        assertThat(difference.high()).isCloseTo(-10, within(ROUNDING));
        assertThat(difference.isZeroWithin()).isFalse();
    }

    @Test
    void shouldCallOneThatIsAlwaysFasterDifferentToo() {
        assertThat(of(20, 21, 19, 20, 20, 22).isZeroWithin()).isFalse();
    }

    @Test
    void shouldEncloseTheMedianAsOftenAsItSays() {
        final Random random = new Random(11);
        int enclosed = 0;
        for (int run = 0; run < 10_000; run++) {
            // Skewed, as pauses are.
            enclosed += of(IntStream.range(0, 20).mapToDouble(round -> Math.log(2) - random.nextExponential()).toArray())
                    .isZeroWithin() ? 1 : 0;
        }
        assertThat(enclosed).isBetween(9_500, 9_680);
    }

    @Test
    void shouldRefuseTooFewRoundsAndHalvesOfPairs() {
        final List<Double> six = new ArrayList<>(Collections.nCopies(6, 1.0));
        assertThatThrownBy(() -> PairedDifference.of(six.subList(0, 5), six.subList(0, 5))).hasMessageContaining("6 rounds or more");
        assertThatThrownBy(() -> PairedDifference.of(six, six.subList(0, 5))).hasMessageContaining("not 6 and 5");
    }
}
