// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.bench.rig.Results.Percentiles;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class MediansTest {

    @Test
    void shouldTakeTheMiddleOrTheMeanOfTheTwoInTheMiddle() {
        assertThat(Medians.of(List.of(9.0, 1.0, 5.0))).isEqualTo(5);
        assertThat(Medians.of(List.of(4.0, 1.0, 2.0, 100.0))).isEqualTo(3);
        assertThat(Medians.of(List.of(7.0))).isEqualTo(7);
        assertThatThrownBy(() -> Medians.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldCompareWithinEachRound() {
        assertThat(Medians.ofRatios(List.of(30.0, 400.0, 20.0), List.of(10.0, 100.0, 10.0))).isEqualTo(3);
    }

    @Test
    void shouldTakeTheMedianOfEachPercentileByItself() {
        assertThat(Medians.ofPercentiles(List.of(
                new Percentiles(1, 20, 30, 400, 500, 600),
                new Percentiles(3, 10, 60, 100, 900, 601),
                new Percentiles(2, 30, 50, 200, 100, 602)))).isEqualTo(new Percentiles(2, 20, 50, 200, 500, 601));
    }

    @Test
    void shouldReadPercentilesFromAHistogram() {
        final Histogram histogram = new Histogram(1, 1_000_000, 3);
        for (int value = 1; value <= 1000; value++) {
            histogram.recordValue(value);
        }

        assertThat(Medians.percentiles(histogram)).isEqualTo(new Percentiles(500, 900, 990, 999, 1000, 1000));
    }
}
