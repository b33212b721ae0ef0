// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GapLogTest {

    private final GapLog log = new GapLog(1);

    @Test
    void shouldRecordNothingUpToTheThreshold() {
        log.look(0, GapLog.GAP_NANOS);

        assertThat(log.size()).isZero();
        assertThat(log.overlaps(0, Long.MAX_VALUE)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 99999, false",
        "0, 100000, true",
        "0, 500000, true",
        "110000, 120000, true",
        "200000, 200001, true",
        "300000, 300001, true",
        "300001, 499999, false",
        "300001, 500000, true",
        "550000, 560000, true",
        "700000, 700000, true",
        "700001, 800000, false"})
    void shouldOverlapWhatHasAMomentInCommonWithAGapOrItsShadow(final long start, final long end, final boolean overlaps) {
        log.look(100_000, 200_000);
        log.look(500_000, 600_000);
        log.look(610_000, 630_000);

        assertThat(log.overlaps(start, end)).isEqualTo(overlaps);
    }

    @Test
    void shouldCallEverythingAGapOnceItIsFull() {
        final GapLog small = new GapLog(0);
        small.look(0, 20_000);
        small.look(500_000, 600_000);

        assertThat(small.size()).isEqualTo(1);
        assertThat(small.overlaps(300_000, 300_001)).isTrue();
    }
}
