// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import static io.kaelix.config.Origin.Layer.CODE;
import static io.kaelix.config.Origin.Layer.DEFAULT;
import static io.kaelix.config.Origin.Layer.ENVIRONMENT;
import static io.kaelix.config.Origin.Layer.FILE;
import static io.kaelix.config.Origin.Layer.PROFILE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kaelix.PagePreference;
import io.kaelix.SlowSubscriberPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layers, profiles and records. */
class ConfigLoaderTest {

    private static final MachineLimits LARGE = new MachineLimits(64, Set.of(0, 1));
    private static final MachineLimits SMALL = new MachineLimits(2, Set.of(0));

    private static Setting workers(final ConfigLoader loader) {
        return loader.machine(LARGE).load().setting(ConfigKey.RUNTIME_WORKER_THREADS);
    }

    @TempDir
    private Path directory;

    private Path file(final String text) throws IOException {
        return Files.writeString(directory.resolve("kaelix.toml"), text);
    }

    @Test
    void shouldLayEachLayerOverThoseBefore() throws IOException {
        ConfigLoader loader = ConfigLoader.of();
        assertThat(workers(loader)).extracting(Setting::value, s -> s.origin().layer(), s -> s.origin().where())
                .containsExactly(0L, DEFAULT, "default");
        loader = loader.profile("low-latency");
        assertThat(workers(loader)).extracting(Setting::value, s -> s.origin().layer(), s -> s.origin().where())
                .containsExactly(8L, PROFILE, "profile low-latency");
        final Path path = file("\n[runtime]\n  worker_threads = 5\n");
        loader = loader.file(path);
        assertThat(workers(loader)).extracting(Setting::value, s -> s.origin().layer(), s -> s.origin().where())
                .containsExactly(5L, FILE, path + ":3:20");
        loader = loader.environment(Map.of("KAELIX_RUNTIME_WORKER_THREADS", "6", "HOME", "/"));
        assertThat(workers(loader)).extracting(Setting::value, s -> s.origin().layer(), s -> s.origin().where())
                .containsExactly(6L, ENVIRONMENT, "KAELIX_RUNTIME_WORKER_THREADS");
        loader = loader.with("runtime.worker_threads", 7);
        assertThat(workers(loader)).extracting(Setting::value, s -> s.origin().layer(), s -> s.origin().where())
                .containsExactly(7L, CODE, "code");
    }

    @Test
    void shouldKeepLoadersAsTheyAre() {
        final ConfigLoader before = ConfigLoader.of().with("runtime.worker_threads", 1);
        before.with("runtime.worker_threads", 2);
        before.environment(Map.of("KAELIX_RUNTIME_PINNED", "false"));
        assertThat(workers(before).value()).isEqualTo(1L);
        assertThat(before.load().runtime().pinned()).isTrue();
    }

    @Test
    void shouldReadTheFileAnewEachTime() throws IOException {
        final ConfigLoader loader = ConfigLoader.of().file(file("memory.limit = '1GiB'"));
        assertThat(loader.load().memory().limit()).isEqualTo(1L << 30);
        file("memory.limit = '2GiB'");
        assertThat(loader.load().memory().limit()).isEqualTo(2L << 30);
        assertThat(loader.file()).isEqualTo(directory.resolve("kaelix.toml"));
    }

    @Test
    void shouldTakeTheProfileOfTheHighestLayerThatNamesOne() throws IOException {
        ConfigLoader loader = ConfigLoader.of().machine(LARGE).file(file("profile = 'high-throughput'"));
        assertThat(loader.load().runtime().workerThreads()).isEqualTo(32);
        loader = loader.environment(Map.of("KAELIX_PROFILE", "low-latency"));
        assertThat(loader.load().runtime().workerThreads()).isEqualTo(8);
        assertThat(loader.load().profile()).isEqualTo("low-latency");
        loader = loader.profile("");
        assertThat(loader.load().runtime().workerThreads()).isZero();
        assertThat(loader.load().profile()).isEmpty();
    }

    @Test
    void shouldHaveTheProfileOfHighThroughput() {
        final KaelixConfig config = ConfigLoader.of().machine(LARGE).profile("high-throughput").load();
        assertThat(config.runtime().workerThreads()).isEqualTo(32);
        assertThat(config.runtime().taskQueueDepth()).isEqualTo(16_384);
        assertThat(config.runtime().targetLatency()).isEqualTo(Duration.ofNanos(50_000));
        assertThat(config.runtime().priorityLevels()).isEqualTo(2);
        assertThat(config.performance().bufferSize()).isEqualTo(1 << 20);
        assertThat(config.performance().batchSize()).isEqualTo(1_000);
        assertThat(config.setting(ConfigKey.RUNTIME_WORKER_THREADS).origin().reason()).isEmpty();
    }

    @Test
    void shouldHaveTheProfileOfLowLatency() {
        final KaelixConfig config = ConfigLoader.of().machine(LARGE).profile("low-latency").load();
        assertThat(config.runtime().workerThreads()).isEqualTo(8);
        assertThat(config.runtime().taskQueueDepth()).isEqualTo(1_024);
        assertThat(config.runtime().targetLatency()).isEqualTo(Duration.ofNanos(5_000));
        assertThat(config.runtime().priorityLevels()).isEqualTo(4);
        assertThat(config.performance().bufferSize()).isEqualTo(64 << 10);
        assertThat(config.performance().batchSize()).isEqualTo(10);
    }

    @Test
    void shouldFitProfilesToTheMachineWithAReason() {
        for (final String profile : List.of("high-throughput", "low-latency")) {
            final Setting workers = ConfigLoader.of().machine(SMALL).profile(profile).load().setting(ConfigKey.RUNTIME_WORKER_THREADS);
            assertThat(workers.value()).isEqualTo(2L);
            assertThat(workers.origin().layer()).isEqualTo(PROFILE);
            assertThat(workers.origin().reason()).contains("fitted", profile.equals("low-latency") ? "has 8" : "has 32", "2 CPUs");
            assertThat(workers.origin()).hasToString("profile " + profile + " (" + workers.origin().reason() + ')');
        }
    }

    @Test
    void shouldRefuseExplicitWorkersThatDoNotFit() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> ConfigLoader.of().machine(SMALL).profile("high-throughput").with("runtime.worker_threads", 32).load())
                .withMessageStartingWith("code: runtime.worker_threads = 32 is more than the 2 CPUs");
    }

    @Test
    void shouldLayTheFileOverItsOwnProfile() throws IOException {
        final KaelixConfig config = ConfigLoader.of().machine(LARGE)
                .file(file("profile = 'low-latency'\nperformance.batch_size = 20\n")).load();
        assertThat(config.performance().batchSize()).isEqualTo(20);
        assertThat(config.performance().bufferSize()).isEqualTo(64 << 10);
    }

    @Test
    void shouldReadEverySectionIntoItsRecord() throws IOException {
        final KaelixConfig config = ConfigLoader.of().machine(LARGE).file(file("""
                [runtime]
                worker_threads = 3
                pinned = false
                placement = "balanced"
                fork_queue_depth = 64
                delayed_tasks = 77
                idle_strategy = "busy-spin"
                blocking_limit_ms = 0
                close_timeout_ms = 9
                [performance]
                buffer_size = "64KiB"
                linger_ns = 0
                max_message_length = 4_096
                enable_io_profiling = true
                profiling_interval_ms = 10
                [memory]
                limit = "8MiB"
                page_size = "1G"
                node_policy = "bind"
                node = 1
                [streams]
                expiry_ms = 0
                push_workers = 2
                slow_subscriber = "lossy"
                directory = "/dev/shm/x"
                lane_directory = "/y"
                resume = true
                [[streams.topic]]
                name = "a.b"
                [[streams.topic]]
                name = "c"
                partitions = 65535
                slow_subscriber = "block"
                [network]
                [telemetry]
                enabled = false
                directory = "/tmp/x"
                counters_interval_ms = 10
                latency_sampling_bytes = 0
                backpressure_event_us = 5
                slow_subscriber_event_ms = 6
                jmx = true
                prometheus_port = 9090
                prometheus_host = "::1"
                log_level = "trace"
                """)).load();
        assertThat(config.runtime()).isEqualTo(new RuntimeConfig(3, false, RuntimeConfig.Placement.BALANCED, true, 4, 1024, 64, 77,
                Duration.ofNanos(10_000), RuntimeConfig.IdleStrategy.BUSY_SPIN, Duration.ZERO, Duration.ofMillis(9)));
        assertThat(config.performance()).isEqualTo(new PerformanceConfig(64 << 10, 256, Duration.ZERO, 4096, false, false, true,
                Duration.ofMillis(10)));
        assertThat(config.performance().profiles()).isTrue();
        assertThat(config.memory()).isEqualTo(new MemoryConfig(8 << 20, PagePreference.HUGE_1G, MemoryConfig.NodePolicy.BIND, 1));
        assertThat(config.streams()).isEqualTo(new StreamsConfig(Duration.ZERO, 2, SlowSubscriberPolicy.LOSSY, "/dev/shm/x", "/y", true,
                List.of(TopicConfig.of("a.b"), TopicConfig.of("c").withPartitions(65_535).withSlowSubscriber(SlowSubscriberPolicy.BLOCK))));
        assertThat(config.telemetry()).isEqualTo(new TelemetryConfig(false, "/tmp/x", Duration.ofMillis(10), 0, Duration.ofNanos(5_000),
                Duration.ofMillis(6), true, 9090, "::1", System.Logger.Level.TRACE));
    }

    @Test
    void shouldReadSectionsDottedKeysAndInlineTablesAlike() {
        final List<String> texts = List.of("""
                [runtime]
                worker_threads = 2
                pinned = false
                [streams]
                [[streams.topic]]
                name = "a"
                """, """
                runtime.worker_threads = 2
                runtime.pinned = false
                streams.topic = [{name = "a"}]
                """, """
                runtime = {worker_threads = 2, "pinned" = false}
                streams = {topic = [{name = "a"}]}
                """);
        assertThat(texts.stream().map(text -> ConfigLoader.of().load(ConfigFile.parse("f", text))).distinct()).singleElement()
                .satisfies(config -> assertThat(config.runtime().workerThreads()).isEqualTo(2));
    }

    @Test
    void shouldTakeTextsOfTheEnvironmentForWhatTheyStandFor() {
        final KaelixConfig config = ConfigLoader.of().environment(Map.of("KAELIX_RUNTIME_PINNED", "false",
                "KAELIX_MEMORY_LIMIT", "1_048_576", "KAELIX_PERFORMANCE_BUFFER_SIZE", "64KiB", "KAELIX_TELEMETRY_DIRECTORY", "",
                "KAELIX_RUNTIME_IDLE_STRATEGY", "park")).load();
        assertThat(config.runtime().pinned()).isFalse();
        assertThat(config.memory().limit()).isEqualTo(1 << 20);
        assertThat(config.performance().bufferSize()).isEqualTo(64 << 10);
        assertThat(config.telemetry().directory()).isEmpty();
        assertThat(config.runtime().idleStrategy()).isEqualTo(RuntimeConfig.IdleStrategy.PARK);
        assertThat(ConfigLoader.of().with("runtime.pinned", "false").with("memory.node", (short) -1).load().runtime().pinned()).isFalse();
    }

    @Test
    void shouldTakeTopicsFromCode() {
        final List<TopicConfig> topics = List.of(TopicConfig.of("orders").withPartitions(4));
        final KaelixConfig config = ConfigLoader.of().with(ConfigKey.STREAMS_TOPIC, topics).load();
        assertThat(config.streams().topics()).isEqualTo(topics);
        assertThat(config.setting(ConfigKey.STREAMS_TOPIC).text()).isEqualTo("[{name = \"orders\", partitions = 4}]");
    }

    @Test
    void shouldPrintValuesAsAFileWouldHaveThem() {
        final KaelixConfig config = ConfigLoader.of().with("telemetry.directory", "a\"b\\c").with("memory.limit", 5_000_000).load();
        final StringBuilder text = new StringBuilder();
        config.settings().forEach(setting -> text.append(setting.key().path()).append(" = ").append(setting.text()).append('\n'));
        assertThat(ConfigLoader.of().load(ConfigFile.parse("f", text.toString()))).isEqualTo(config);
    }

    @Test
    void shouldCompareValuesAndNotWhereTheyCameFrom() throws IOException {
        final KaelixConfig one = ConfigLoader.of().with("runtime.priority_levels", 3).load();
        final KaelixConfig other = ConfigLoader.of().file(file("runtime.priority_levels = 3")).load();
        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other).isNotEqualTo(KaelixConfig.defaults());
        assertThat(one).hasToString("KaelixConfig[runtime.priority_levels=3]");
        assertThat(one.setting(ConfigKey.RUNTIME_PRIORITY_LEVELS)).isNotEqualTo(other.setting(ConfigKey.RUNTIME_PRIORITY_LEVELS));
    }

    @Test
    void shouldTellHotChangesFromThoseThatNeedARestart() {
        final KaelixConfig before = KaelixConfig.defaults();
        final KaelixConfig after = ConfigLoader.of().with("runtime.target_latency_us", 20).with("runtime.priority_levels", 3)
                .with("performance.batch_size", 256).load();
        final ConfigChange change = ConfigChange.between(before, after);
        assertThat(change.changed()).extracting(Setting::key).containsExactly(ConfigKey.RUNTIME_TARGET_LATENCY_US);
        assertThat(change.needRestart()).extracting(Setting::key).containsExactly(ConfigKey.RUNTIME_PRIORITY_LEVELS);
        assertThat(change.isEmpty()).isFalse();
        assertThat(ConfigChange.between(after, after).isEmpty()).isTrue();
    }

    @Test
    void shouldPinWorkersOnlyWhereNodesAreLookedAt() {
        assertThat(KaelixConfig.defaults().runtime().pinsWorkers()).isTrue();
        assertThat(ConfigLoader.of().with("runtime.numa_aware", false).load().runtime().pinsWorkers()).isFalse();
        assertThat(ConfigLoader.of().with("runtime.pinned", false).load().runtime().pinsWorkers()).isFalse();
    }
}
