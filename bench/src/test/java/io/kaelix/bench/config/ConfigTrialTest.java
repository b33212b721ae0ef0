// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.bench.config.ConfigOutcome.Micros;
import io.kaelix.config.ConfigFile;
import io.kaelix.config.ConfigLoader;
import io.kaelix.config.KaelixConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ConfigTrialTest {

    /** What they keep, some 9 MB, is to be more than what else comes and goes in a heap that tests share: one MB was seen. */
    private static final int INSTANCES = 2_000;

    @Test
    @Timeout(120)
    void shouldMeasureEverything() throws Exception {
        final ConfigOutcome found = ConfigTrial.run(5, 20, INSTANCES);

        assertThat(found.keys()).isEqualTo(48);
        assertThat(found.fileBytes()).isGreaterThan(1_000);
        assertThat(found.parseMicros()).isPositive();
        assertThat(found.validateMicros()).isPositive();
        assertThat(found.bytesPerConfig()).isPositive();
        assertThat(found.reload().times()).isEqualTo(5);
        assertThat(found.reload().first()).isPositive();
        assertThat(found.reload().second()).isPositive();
        assertThat(found.reload().warm().p50()).isPositive().isLessThanOrEqualTo(found.reload().warm().max());
        assertThat(found.handOver().p50()).isPositive();
        assertThat(found.burst().renames()).isEqualTo(1_000);
        assertThat(found.burst().reloads()).isBetween(1L, 1_000L);
        assertThat(found.burst().lastSeenMicros()).isPositive();
    }

    @Test
    void shouldMeasureAFileOfAsManyKeysAsItSays() {
        final String text = Sample.text(7);
        final KaelixConfig config = ConfigLoader.of().load(ConfigFile.parse("kaelix.toml", text));

        assertThat(text.lines().filter(line -> line.contains(" = ")).count()).isEqualTo(Sample.KEYS);
        assertThat(config.runtime().targetLatency()).isEqualTo(Duration.ofNanos(7_000));
        assertThat(config.streams().topics()).hasSize(4);
    }

    @Test
    void shouldSortIntoPercentiles() {
        final double[] values = new double[1_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = values.length - i;
        }

        assertThat(ConfigTrial.micros(values)).isEqualTo(new Micros(501, 991, 1_000));
    }
}
