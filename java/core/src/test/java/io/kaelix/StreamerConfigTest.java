// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamerConfigTest {

    private final StreamerConfig defaults = StreamerConfig.defaults();

    @Test
    void shouldHaveTheDefaultsThatItsDocumentationNames() {
        assertThat(defaults).isEqualTo(
                new StreamerConfig(1 << 20, 4L << 30, StreamerConfig.LOCAL_NODE, PagePreference.HUGE_2M, Duration.ofNanos(1_000), 16 << 20, Duration.ZERO, 1, 256, 0, Duration.ofMillis(1), SlowSubscriberPolicy.BLOCK, Map.of()));
    }

    @Test
    void shouldChangeOneSettingAndKeepTheOthers() {
        final Duration linger = defaults.linger();
        assertThat(defaults.withLaneCapacity(1 << 16)).isEqualTo(new StreamerConfig(1 << 16, 4L << 30, -1, PagePreference.HUGE_2M, linger, 16 << 20, Duration.ZERO, 1, 256, 0, Duration.ofMillis(1), SlowSubscriberPolicy.BLOCK, Map.of()));
        assertThat(defaults.withMemoryLimit(1 << 24)).isEqualTo(new StreamerConfig(1 << 20, 1 << 24, -1, PagePreference.HUGE_2M, linger, 16 << 20, Duration.ZERO, 1, 256, 0, Duration.ofMillis(1), SlowSubscriberPolicy.BLOCK, Map.of()));
        assertThat(defaults.withNode(3)).isEqualTo(new StreamerConfig(1 << 20, 4L << 30, 3, PagePreference.HUGE_2M, linger, 16 << 20, Duration.ZERO, 1, 256, 0, Duration.ofMillis(1), SlowSubscriberPolicy.BLOCK, Map.of()));
        assertThat(defaults.withPages(PagePreference.NORMAL)).isEqualTo(new StreamerConfig(1 << 20, 4L << 30, -1, PagePreference.NORMAL, linger, 16 << 20, Duration.ZERO, 1, 256, 0, Duration.ofMillis(1), SlowSubscriberPolicy.BLOCK, Map.of()));
        assertThat(defaults.withMaxMessageLength(9)).isEqualTo(
                new StreamerConfig(1 << 20, 4L << 30, -1, PagePreference.HUGE_2M, linger, 9, Duration.ZERO, 1, 256, 0, Duration.ofMillis(1), SlowSubscriberPolicy.BLOCK, Map.of()));
        assertThat(defaults.withStreamExpiry(Duration.ofSeconds(9))).isEqualTo(
                new StreamerConfig(1 << 20, 4L << 30, -1, PagePreference.HUGE_2M, linger, 16 << 20, Duration.ofSeconds(9), 1, 256, 0, Duration.ofMillis(1), SlowSubscriberPolicy.BLOCK, Map.of()));
        assertThat(defaults.withLinger(Duration.ZERO))
                .isEqualTo(new StreamerConfig(1 << 20, 4L << 30, -1, PagePreference.HUGE_2M, Duration.ZERO, 16 << 20, Duration.ZERO, 1, 256, 0, Duration.ofMillis(1), SlowSubscriberPolicy.BLOCK, Map.of()));
        assertThat(defaults.laneCapacity()).as("it is immutable").isEqualTo(1 << 20);
    }

    @ParameterizedTest
    @ValueSource(ints = {1 << 16, 1 << 17, 1 << 30})
    void shouldTakePowersOfTwoFrom64KibTo1Gib(final int capacity) {
        assertThat(defaults.withLaneCapacity(capacity).laneCapacity()).isEqualTo(capacity);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, -1, 1 << 15, (1 << 16) - 1, (1 << 16) + 1, 3 << 16, Integer.MAX_VALUE, Integer.MIN_VALUE, -65536})
    void shouldRefuseOtherCapacitiesAndGiveTheRange(final int capacity) {
        assertThatThrownBy(() -> defaults.withLaneCapacity(capacity)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65536").hasMessageContaining("1073741824").hasMessageContaining("not " + capacity);
    }

    @Test
    void shouldRefuseALimitThatHoldsNoLane() {
        assertThat(defaults.withMemoryLimit(2L << 20).memoryLimit()).isEqualTo(2L << 20);
        for (final long limit : new long[] {(2L << 20) - 1, 0, -1, Long.MIN_VALUE}) {
            assertThatThrownBy(() -> defaults.withMemoryLimit(limit)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("2097152").hasMessageContaining("not " + limit);
        }
        assertThatThrownBy(() -> defaults.withMemoryLimit(2L << 20).withLaneCapacity(2 << 20))
                .as("the two belong together").isInstanceOf(IllegalArgumentException.class);
        assertThat(defaults.withMemoryLimit(Long.MAX_VALUE).memoryLimit()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldRefuseNodesBelowLocalAndMissingPages() {
        assertThat(defaults.withNode(0).withNode(-1)).isEqualTo(defaults);
        assertThatThrownBy(() -> defaults.withNode(-2)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("-2");
        assertThatThrownBy(() -> defaults.withPages(null)).isInstanceOf(NullPointerException.class).hasMessageContaining("pages");
    }

    @Test
    void shouldNotLaunchOnANodeThatDoesNotExist() {
        assertThatThrownBy(() -> MemoryStreamer.launch(defaults.withNode(1_000))).isInstanceOf(KaelixException.class)
                .hasMessageContaining("1000");
    }

    @Test
    void shouldSayWhereTheMemoryReallyIs() {
        try (MemoryStreamer streamer = MemoryStreamer.launch()) {
            final Placement placement = streamer.placement();
            assertThat(placement.bytes()).isPositive();
            assertThat(placement.pageBytes()).isGreaterThanOrEqualTo(4096);
            assertThat(placement.reason()).isNotBlank().doesNotContain("\n");
            assertThat(placement.platform()).isIn("ffm", "jna", "portable");
            assertThat(placement.isa()).isNotBlank();
        }
    }

    @Test
    void shouldTakeLongestMessagesFrom1ByteTo1GibAndGiveTheRange() {
        for (final int bytes : new int[] {1, 16 << 20, 1 << 30}) {
            assertThat(defaults.withMaxMessageLength(bytes).maxMessageLength()).isEqualTo(bytes);
        }
        for (final int bytes : new int[] {0, -1, Integer.MIN_VALUE, (1 << 30) + 1, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> defaults.withMaxMessageLength(bytes)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("1 to 1073741824").hasMessageContaining("not " + bytes);
        }
        assertThat(defaults.withMaxMessageLength(5).withLaneCapacity(1 << 16).maxMessageLength()).as("it keeps it").isEqualTo(5);
    }
}
