// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.bench.trial.BatchReading.Way;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That all ways read the same, and all of it. */
class BatchTrialTest {

    private static final int WANTED = 10;

    private static long sum(final Way way, final int limit, final boolean varies) {
        try (BatchReading reading = new BatchReading(way, limit, WANTED, 32, varies)) {
            assertThat(BatchTrial.inCache(reading, 500, 20)).isPositive();
            assertThat(reading.passedOver() > 0).isEqualTo(way == Way.PUSHED_DOWN);
            return reading.sum();
        }
    }

    @Test
    void shouldAddUpTheSameInEveryWay() {
        for (final boolean varies : new boolean[] {false, true}) {
            final long all = sum(Way.POLL, 7, varies);
            final long wanted = sum(Way.TEST_IN_HANDLER, 7, varies);
            assertThat(sum(Way.BATCH, 100, varies)).isEqualTo(all).isGreaterThan(wanted);
            assertThat(sum(Way.BATCH_WHERE, 100_000, varies)).isEqualTo(wanted).isPositive();
            assertThat(sum(Way.PUSHED_DOWN, 16, varies)).isEqualTo(wanted);
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void shouldReadWhatAnotherThreadPublishes(final Way way) throws InterruptedException {
        try (BatchReading reading = new BatchReading(way, 100, WANTED, 32, false)) {
            assertThat(BatchTrial.acrossThreads(reading, 5_000_000)).isPositive();
            assertThat(reading.sum()).isPositive();
        }
    }
}
