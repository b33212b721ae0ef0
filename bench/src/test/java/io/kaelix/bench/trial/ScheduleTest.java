// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.bench.trial.PacedTrial.Schedule;
import java.math.BigInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 3, 7, 999_999, 1_000_000, 1_234_567, 999_999_999, 1_000_000_000})
    void shouldNotDrift(final long rate) {
        final Schedule schedule = new Schedule(500, rate);
        for (int n = 0; n < 100_000; n++) {
            final long exact = BigInteger.valueOf(n).multiply(BigInteger.valueOf(1_000_000_000)).divide(BigInteger.valueOf(rate))
                    .longValueExact();
            assertThat(schedule.next()).isEqualTo(500 + exact);
        }
    }
}
