// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.numa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kaelix.PagePreference;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CrossNumaChannelConfigTest {

    private final CrossNumaChannelConfig config = CrossNumaChannelConfig.toNode(3);

    @Test
    void shouldKeepWhatIsNotChanged() {
        final CrossNumaChannelConfig changed = config.withCapacity(1 << 16).withBatchSize(7).withMaxDelay(Duration.ofMillis(2))
                .withPages(PagePreference.NORMAL);
        assertThat(changed).isEqualTo(new CrossNumaChannelConfig(3, 1 << 16, 7, Duration.ofMillis(2), PagePreference.NORMAL));
        assertThat(config).isEqualTo(CrossNumaChannelConfig.toNode(3));
    }

    @Test
    void shouldRefuseValuesOutOfRangeAndNameTheRange() {
        assertThatIllegalArgumentException().isThrownBy(() -> CrossNumaChannelConfig.toNode(-2)).withMessageContaining("-1 (local)");
        assertThatIllegalArgumentException().isThrownBy(() -> config.withCapacity(100_000)).withMessageContaining("power of two from 65536");
        assertThatIllegalArgumentException().isThrownBy(() -> config.withCapacity(1 << 15));
        assertThatIllegalArgumentException().isThrownBy(() -> config.withBatchSize(0)).withMessage("batchSize must be at least 1, not 0");
        assertThatIllegalArgumentException().isThrownBy(() -> config.withMaxDelay(Duration.ZERO)).withMessageContaining("more than 0");
        assertThatIllegalArgumentException().isThrownBy(() -> config.withMaxDelay(Duration.ofNanos(-1)));
    }

    @Test
    void shouldTakeADelayThatNoClockWillReach() {
        assertThat(config.withMaxDelay(CrossNumaChannelConfig.NEVER).maxDelay()).isEqualTo(CrossNumaChannelConfig.NEVER);
    }
}
