// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatencyDistributionTest {

    private static LatencyDistribution oneToThousandMicros() {
        final LatencyDistribution distribution = new LatencyDistribution();
        for (int i = 1; i <= 1_000; i++) {
            distribution.record(i * 1_000L);
        }
        return distribution;
    }

    @Test
    void shouldNeverUnderstateAndHardlyOverstate() {
        final LatencyDistribution distribution = oneToThousandMicros();
        assertThat(distribution.p50().toNanos()).isBetween(500_000L, 500_500L);
        assertThat(distribution.p90().toNanos()).isBetween(900_000L, 900_900L);
        assertThat(distribution.p99().toNanos()).isBetween(990_000L, 990_990L);
        assertThat(distribution.p999().toNanos()).isBetween(999_000L, 999_999L);
        assertThat(distribution.p9999()).isEqualTo(distribution.max());
        assertThat(distribution.max().toNanos()).isBetween(1_000_000L, 1_001_000L);
    }

    @Test
    void shouldCountWhatIsNotBelowInTheSameWayAsPercentilesAreToldFor() {
        final LatencyDistribution distribution = oneToThousandMicros();
        for (long limit = 1; limit < 1_100_000; limit += 777) {
            final boolean below = distribution.p99().toNanos() < limit;
            assertThat(distribution.countNotBelow(Duration.ofNanos(limit)) <= distribution.countAbove(99)).as("limit %d", limit)
                    .isEqualTo(below);
        }
        assertThat(distribution.countAbove(99.9)).isEqualTo(1);
        assertThat(distribution.countAbove(99.99)).isZero();
        assertThat(distribution.countAbove(100)).isZero();
    }

    @Test
    void shouldRefusePercentilesOfNothing() {
        final LatencyDistribution nothing = new LatencyDistribution();
        assertThatIllegalStateException().isThrownBy(nothing::p99).withMessageContaining("no messages");
        assertThatIllegalStateException().isThrownBy(nothing::max);
        assertThat(nothing).hasToString("no messages");
    }

    @Test
    void shouldTakeAnHourForAllThatIsLonger() {
        final LatencyDistribution distribution = new LatencyDistribution();
        distribution.record(Long.MAX_VALUE);
        assertThat(distribution.max()).isGreaterThanOrEqualTo(Duration.ofHours(1));
        assertThat(distribution.countNotBelow(Duration.ofHours(2))).isEqualTo(1);
    }

    @Test
    void shouldWriteWhatPlottersRead(@TempDir final Path folder) throws IOException {
        final Path file = folder.resolve("latency.hgrm");
        oneToThousandMicros().writeHgrm(file);
        assertThat(Files.readString(file)).contains("Percentile").containsPattern("500\\.\\d+ 0\\.50")
                .containsPattern("Total count *= *1000");
        assertThatIOException().isThrownBy(() -> oneToThousandMicros().writeHgrm(folder.resolve("none/latency.hgrm")));
    }

    @Test
    void shouldRefuseGoalsThatMeanNothing() {
        assertThatIllegalArgumentException().isThrownBy(() -> Goal.percentileBelow(0, Duration.ofMillis(1)))
                .withMessage("percentile must be above 0 and at most 100, not 0.0");
        assertThatIllegalArgumentException().isThrownBy(() -> Goal.percentileBelow(Double.NaN, Duration.ofMillis(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> Goal.percentileBelow(100.1, Duration.ofMillis(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> Goal.p99Below(Duration.ZERO)).withMessageContaining("more than zero");
        assertThat(Goal.p9999Below(Duration.ofMillis(1)).name()).isEqualTo("p99.99");
    }
}
