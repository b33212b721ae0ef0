// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The drawing of the layout says what the offsets are, and no two things share bytes or lines that must not. */
class CounterDescriptorTest {

    private static final int LINE_PAIR = 128;

    @Test
    void shouldLieAsItIsDrawn() {
        assertThat(CounterDescriptor.COUNTERS_USED_OFFSET).isEqualTo(256);
        assertThat(CounterDescriptor.HISTOGRAMS_USED_OFFSET).isEqualTo(260);
        assertThat(CounterDescriptor.KEY_OFFSET).isEqualTo(56);
        assertThat(CounterDescriptor.OWNER_OFFSET).isEqualTo(128);
        assertThat(CounterDescriptor.OWNER_OFFSET + CounterDescriptor.MAX_OWNER_LENGTH).isEqualTo(CounterDescriptor.RECORD_LENGTH)
                .isEqualTo(384);
        assertThat(CounterDescriptor.SUM_OFFSET).isEqualTo(9856);
        assertThat(CounterDescriptor.MAX_OFFSET).isEqualTo(9864);
        assertThat(CounterDescriptor.HISTOGRAM_STRIDE).isEqualTo(9984);
        assertThat(CounterDescriptor.MAGIC).isEqualTo(0x4B41454C49584301L);
    }

    @Test
    void shouldLayEachPartBehindTheOneBefore() {
        assertThat(CounterDescriptor.NAME_OFFSET + CounterDescriptor.MAX_NAME_LENGTH)
                .isLessThanOrEqualTo(CounterDescriptor.COUNTERS_USED_OFFSET);
        assertThat(CounterDescriptor.counterRecords()).isEqualTo(4096);
        assertThat(CounterDescriptor.counterValues(4096)).isEqualTo(4096 + 4096 * 384);
        assertThat(CounterDescriptor.histogramRecords(4096)).isEqualTo(4096 + 4096 * (384 + 128));
        assertThat(CounterDescriptor.histogramBuckets(4096, 256)).isEqualTo(4096 + 4096 * (384 + 128) + 256 * 384);
        assertThat(CounterDescriptor.fileLength(4096, 256)).isEqualTo(4096 + 4096 * (384 + 128) + 256 * (384 + 9984));
    }

    @Test
    void shouldShareNoLinePairBetweenValuesHoweverManyThereAre() {
        for (int counters = 1; counters < 70; counters++) {
            assertThat(CounterDescriptor.counterValues(counters) % LINE_PAIR).isZero();
            assertThat(CounterDescriptor.histogramBuckets(counters, 3) % LINE_PAIR).isZero();
        }
        assertThat(CounterDescriptor.VALUE_STRIDE % LINE_PAIR).isZero();
        assertThat(CounterDescriptor.HISTOGRAM_STRIDE % LINE_PAIR).isZero();
        assertThat(CounterDescriptor.fileLength(CounterDescriptor.MAX_COUNTERS, CounterDescriptor.MAX_HISTOGRAMS))
                .isLessThan(80 << 20);
    }
}
