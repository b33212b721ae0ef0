// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * All settings, checked, with where each came from. Made by a {@link ConfigLoader}, and immutable: whoever holds one sees all of it or
 * nothing of it change. Takes a few kilobytes, besides declared topics; the file that it was read from is not kept.
 *
 * {@snippet :
 * KaelixConfig config = ConfigLoader.of().file(Path.of("kaelix.toml")).environment(System.getenv()).load();
 * int workers = config.runtime().workerThreads();
 * System.out.println(config.setting(ConfigKey.RUNTIME_WORKER_THREADS).origin()); // kaelix.toml:3:18
 * }
 *
 * <p>Two configurations are equal if all values are, wherever they came from.
 */
public final class KaelixConfig {

    private final RuntimeConfig runtime;
    private final PerformanceConfig performance;
    private final MemoryConfig memory;
    private final StreamsConfig streams;
    private final NetworkConfig network;
    private final TelemetryConfig telemetry;
    private final List<BridgeConfig> bridges;

    /** By the key's number; null for the keys of a topic or bridge. */
    private final Setting[] byKey;

    private final List<Setting> settings;

    KaelixConfig(final Draft draft) {
        runtime = RuntimeConfig.of(draft);
        performance = PerformanceConfig.of(draft);
        memory = MemoryConfig.of(draft);
        streams = StreamsConfig.of(draft);
        network = NetworkConfig.of(draft);
        telemetry = TelemetryConfig.of(draft);
        bridges = draft.bridges();
        byKey = draft.settings();
        settings = Arrays.stream(byKey).filter(setting -> setting != null).toList();
    }

    /** What is without anything being set: every key has its default. */
    public static KaelixConfig defaults() {
        return ConfigLoader.of().load();
    }

    /** Name of the profile; empty if there is none. */
    public String profile() {
        return (String) setting(ConfigKey.PROFILE).value();
    }

    /** {@code [runtime]}. */
    public RuntimeConfig runtime() {
        return runtime;
    }

    /** {@code [performance]}. */
    public PerformanceConfig performance() {
        return performance;
    }

    /** {@code [memory]}. */
    public MemoryConfig memory() {
        return memory;
    }

    /** {@code [streams]}. */
    public StreamsConfig streams() {
        return streams;
    }

    /** {@code [network]}. */
    public NetworkConfig network() {
        return network;
    }

    /** {@code [telemetry]}. */
    public TelemetryConfig telemetry() {
        return telemetry;
    }

    /** One for each {@code [bridge.NAME]}, in their order. */
    public List<BridgeConfig> bridges() {
        return bridges;
    }

    /** One for each of {@link ConfigKey#settings()}, in that order. */
    public List<Setting> settings() {
        return settings;
    }

    /**
     * The value of one key, and where it came from.
     *
     * @throws IllegalArgumentException if the key belongs to one topic or bridge: those are in {@link StreamsConfig#topics()} and
     *     {@link #bridges()}
     */
    public Setting setting(final ConfigKey key) {
        if (key.ofTopic()) {
            throw new IllegalArgumentException(key.path() + " is of each topic: ask streams().topics()");
        }
        if (key.ofBridge()) {
            throw new IllegalArgumentException(key.path() + " is of each bridge: ask bridges()");
        }
        return byKey[key.ordinal()];
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof KaelixConfig config && ConfigChange.between(this, config).isEmpty();
    }

    @Override
    public int hashCode() {
        return settings.stream().map(Setting::value).toList().hashCode();
    }

    /** The values that differ from the defaults, for logs. */
    @Override
    public String toString() {
        return settings.stream().filter(setting -> !setting.value().equals(setting.key().defaultValue()))
                .map(setting -> setting.key().path() + '=' + setting.text()).collect(Collectors.joining(", ", "KaelixConfig[", "]"));
    }
}
