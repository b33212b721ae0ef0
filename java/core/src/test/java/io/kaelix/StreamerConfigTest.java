// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamerConfigTest {

    private final StreamerConfig defaults = StreamerConfig.defaults();

    @Test
    void shouldHaveTheDefaultsThatItsDocumentationNames() {
        assertThat(defaults).isEqualTo(
                new StreamerConfig(1 << 20, 4L << 30, StreamerConfig.LOCAL_NODE, PagePreference.HUGE_2M, Duration.ofNanos(1_000),
                        16 << 20, Duration.ZERO, 1, 256, 0, Duration.ofMillis(1), SlowSubscriberPolicy.BLOCK, Map.of(), Optional.empty(),
                        Optional.empty(), false));
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

    /** By the name of the setting: a change of it alone. */
    private Map<String, StreamerConfig> changes() {
        return Map.ofEntries(Map.entry("laneCapacity", defaults.withLaneCapacity(1 << 16)),
                Map.entry("memoryLimit", defaults.withMemoryLimit(1 << 24)), Map.entry("node", defaults.withNode(3)),
                Map.entry("pages", defaults.withPages(PagePreference.NORMAL)), Map.entry("linger", defaults.withLinger(Duration.ZERO)),
                Map.entry("maxMessageLength", defaults.withMaxMessageLength(9)),
                Map.entry("streamExpiry", defaults.withStreamExpiry(Duration.ofSeconds(9))),
                Map.entry("workers", defaults.withWorkers(2)), Map.entry("handlerBatch", defaults.withHandlerBatch(3)),
                Map.entry("latencySamplingBytes", defaults.withLatencySamplingBytes(4096)),
                Map.entry("backpressureEvent", defaults.withBackpressureEvent(Duration.ofSeconds(2))),
                Map.entry("slowSubscriber", defaults.withSlowSubscriber(SlowSubscriberPolicy.LOSSY)),
                Map.entry("topicPolicies", defaults.withTopicPolicies(Map.of(Topic.of("a"), SlowSubscriberPolicy.LOSSY))),
                Map.entry("directory", defaults.withDirectory(Path.of("/dev/shm/x"))),
                Map.entry("laneDirectory", defaults.withLaneDirectory(Path.of("/dev/hugepages/x"))),
                Map.entry("resume", defaults.withResume(true)));
    }

    @Test
    void shouldHaveForEachSettingAWayToChangeThatAlone() throws Exception {
        assertThat(changes().keySet()).containsExactlyInAnyOrder(
                Arrays.stream(StreamerConfig.class.getRecordComponents()).map(RecordComponent::getName).toArray(String[]::new));
        for (final Map.Entry<String, StreamerConfig> change : changes().entrySet()) {
            for (final RecordComponent component : StreamerConfig.class.getRecordComponents()) {
                final Object before = component.getAccessor().invoke(defaults);
                final Object after = component.getAccessor().invoke(change.getValue());
                assertThat(after.equals(before)).as("%s where %s was changed", component.getName(), change.getKey())
                        .isEqualTo(!component.getName().equals(change.getKey()));
            }
        }
    }

    @Test
    void shouldRefuseWhatIsOutOfRangeAndGiveTheRange() {
        for (final int batch : new int[] {0, -1, 1_000_001, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> defaults.withHandlerBatch(batch)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("handlerBatch must be from 1 to 1000000 messages, not " + batch);
        }
        for (final int bytes : new int[] {1, 1023, -1, (1 << 30) + 1, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> defaults.withLatencySamplingBytes(bytes)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("latencySamplingBytes must be 0, for none, or from 1024 to 1073741824, not " + bytes);
        }
        for (final Duration atLeast : List.of(Duration.ofNanos(-1), Duration.ofMinutes(1).plusNanos(1),
                Duration.ofSeconds(Long.MAX_VALUE))) {
            assertThatThrownBy(() -> defaults.withBackpressureEvent(atLeast)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("backpressureEvent must be from 0, for none, to 1 minute, not ");
        }
        assertThatThrownBy(() -> defaults.withSlowSubscriber(SlowSubscriberPolicy.DISCONNECT)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("slowSubscriber must be BLOCK or LOSSY");
        final Map<Topic, SlowSubscriberPolicy> cutOff = Map.of(Topic.of("a.b"), SlowSubscriberPolicy.DISCONNECT);
        assertThatThrownBy(() -> defaults.withTopicPolicies(cutOff)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("topic a.b must be BLOCK or LOSSY");
        assertThatThrownBy(() -> defaults.withSlowSubscriber(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> defaults.withBackpressureEvent(null)).isInstanceOf(NullPointerException.class);
        assertThat(defaults.withHandlerBatch(1_000_000).withLatencySamplingBytes(1024).withLatencySamplingBytes(1 << 30)
                .withBackpressureEvent(Duration.ofMinutes(1)).withLatencySamplingBytes(0).latencySamplingBytes()).isZero();
    }

    @Test
    void shouldNotChangeWithTheMapThatItWasGiven() {
        final Map<Topic, SlowSubscriberPolicy> policies = new HashMap<>(Map.of(Topic.of("a"), SlowSubscriberPolicy.LOSSY));
        final StreamerConfig config = defaults.withTopicPolicies(policies);
        policies.clear();
        assertThat(config.topicPolicies()).containsExactly(Map.entry(Topic.of("a"), SlowSubscriberPolicy.LOSSY));
    }
}
