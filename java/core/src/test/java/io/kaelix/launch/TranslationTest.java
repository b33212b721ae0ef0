// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.PagePreference;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamerConfig;
import io.kaelix.Topic;
import io.kaelix.config.ConfigLoader;
import io.kaelix.config.KaelixConfig;
import io.kaelix.config.MachineLimits;
import io.kaelix.config.TopicConfig;
import io.kaelix.numa.PlacementGoal;
import io.kaelix.runtime.IdleMode;
import io.kaelix.runtime.SchedulerConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a configuration means for a scheduler and a streamer. */
class TranslationTest {

    private static final ConfigLoader LOADER = ConfigLoader.of().machine(new MachineLimits(64, Set.of(0, 1)));

    @Test
    void shouldMeanTheDefaultsOfBothByItsOwn() {
        final KaelixConfig defaults = LOADER.load();

        assertThat(Translation.scheduler(defaults)).isEqualTo(SchedulerConfig.defaults());
        // Without telemetry a streamer times no message.
        assertThat(Translation.streamer(defaults)).isEqualTo(StreamerConfig.defaults().withLatencySamplingBytes(65_536));
    }

    @Test
    void shouldHandEachKeyOnToTheScheduler() {
        final KaelixConfig config = LOADER.with("runtime.worker_threads", 3).with("runtime.pinned", false)
                .with("runtime.placement", "balanced").with("runtime.priority_levels", 2).with("runtime.task_queue_depth", 8)
                .with("runtime.fork_queue_depth", 16).with("runtime.delayed_tasks", 5).with("runtime.target_latency_us", 77)
                .with("runtime.idle_strategy", "busy-spin").with("runtime.blocking_limit_ms", 9).with("runtime.close_timeout_ms", 10)
                .load();

        assertThat(Translation.scheduler(config)).isEqualTo(SchedulerConfig.defaults().withWorkers(3).withPinned(false)
                .withGoal(PlacementGoal.BALANCED).withPriorities(2).withQueueCapacity(8).withForkCapacity(16).withDelayedCapacity(5)
                .withTargetLatency(Duration.ofNanos(77_000)).withIdle(IdleMode.BUSY_SPIN).withBlockingLimit(Duration.ofMillis(9))
                .withCloseTimeout(Duration.ofMillis(10)));
    }

    @Test
    void shouldPinNobodyWhereNodesAreNotToBeLookedAt() {
        assertThat(Translation.scheduler(LOADER.with("runtime.numa_aware", false).load()).pinned()).isFalse();
    }

    @Test
    void shouldHandEachKeyOnToTheStreamer() {
        final KaelixConfig config = LOADER.with("performance.buffer_size", "64KiB").with("performance.batch_size", 10)
                .with("performance.linger_ns", 5).with("performance.max_message_length", "1MiB").with("memory.limit", "1GiB")
                .with("memory.page_size", "transparent").with("memory.node_policy", "bind").with("memory.node", 1)
                .with("streams.expiry_ms", 1_000).with("streams.push_workers", 2).with("streams.slow_subscriber", "lossy")
                .with("streams.topic", List.of(TopicConfig.of("a").withSlowSubscriber(SlowSubscriberPolicy.BLOCK), TopicConfig.of("b")))
                .with("telemetry.latency_sampling_bytes", 2_048).with("telemetry.backpressure_event_us", 3).load();

        assertThat(Translation.streamer(config)).isEqualTo(StreamerConfig.defaults().withLaneCapacity(64 << 10).withHandlerBatch(10)
                .withLinger(Duration.ofNanos(5)).withMaxMessageLength(1 << 20).withMemoryLimit(1L << 30)
                .withPages(PagePreference.TRANSPARENT).withNode(1).withStreamExpiry(Duration.ofSeconds(1)).withWorkers(2)
                .withSlowSubscriber(SlowSubscriberPolicy.LOSSY).withTopicPolicies(Map.of(Topic.of("a"), SlowSubscriberPolicy.BLOCK))
                .withLatencySamplingBytes(2_048).withBackpressureEvent(Duration.ofNanos(3_000)));
    }

    @Test
    void shouldHandOnWhereStreamsAreShared() {
        final KaelixConfig config = LOADER.with("streams.directory", "/dev/shm/x").with("streams.lane_directory", "/dev/hugepages/x")
                .with("streams.resume", true).load();
        final StreamerConfig shared = Translation.streamer(config);
        assertThat(shared.directory()).contains(Path.of("/dev/shm/x"));
        assertThat(shared.laneDirectory()).contains(Path.of("/dev/hugepages/x"));
        assertThat(shared.resume()).isTrue();
        assertThat(Translation.streamer(LOADER.load()).directory()).isEmpty();
    }

    @Test
    void shouldChangeHotSettingsAlone() {
        final KaelixConfig other = LOADER.with("runtime.worker_threads", 3).with("runtime.target_latency_us", 77)
                .with("performance.buffer_size", "64KiB").with("performance.batch_size", 10).load();

        assertThat(Translation.hot(SchedulerConfig.defaults(), other))
                .isEqualTo(SchedulerConfig.defaults().withTargetLatency(Duration.ofNanos(77_000)));
        assertThat(Translation.hot(StreamerConfig.defaults(), other))
                .isEqualTo(StreamerConfig.defaults().withHandlerBatch(10).withLatencySamplingBytes(65_536));
    }
}
