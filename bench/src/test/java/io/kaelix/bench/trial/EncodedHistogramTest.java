// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class EncodedHistogramTest {

    @Test
    void shouldComeBackFromTextAsItWas() {
        final Histogram histogram = EncodedHistogram.empty();
        histogram.recordValue(1);
        histogram.recordValueWithCount(123_456, 1_000_000);
        histogram.recordValue(TimeUnit.SECONDS.toNanos(60));

        assertThat(EncodedHistogram.decode(EncodedHistogram.encode(histogram))).isEqualTo(histogram);
    }

    @Test
    void shouldCountATimeBeyondItsRangeAsTheLongest() {
        final Histogram histogram = EncodedHistogram.empty();
        EncodedHistogram.record(histogram, TimeUnit.DAYS.toNanos(1));
        EncodedHistogram.record(histogram, -5);

        assertThat(histogram.getTotalCount()).isEqualTo(2);
        assertThat(histogram.getMaxValue()).isGreaterThanOrEqualTo(TimeUnit.HOURS.toNanos(1));
        assertThat(histogram.getMinValue()).isZero();
    }

    @Test
    void shouldRefuseOtherText() {
        assertThatThrownBy(() -> EncodedHistogram.decode("bm90IG9uZQ==")).isInstanceOf(IllegalArgumentException.class);
    }
}
