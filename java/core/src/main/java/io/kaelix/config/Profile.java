// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import io.kaelix.config.Origin.Layer;
import java.util.Map;

/** The profiles: values that belong together. What they want of a machine that has less is fitted to it, and the origin says so. */
enum Profile {

    HIGH_THROUGHPUT("high-throughput", Map.of(
            ConfigKey.RUNTIME_WORKER_THREADS, 32L,
            ConfigKey.RUNTIME_PLACEMENT, "high-throughput",
            ConfigKey.RUNTIME_TASK_QUEUE_DEPTH, 16_384L,
            ConfigKey.RUNTIME_TARGET_LATENCY_US, 50L,
            ConfigKey.RUNTIME_PRIORITY_LEVELS, 2L,
            ConfigKey.PERFORMANCE_BUFFER_SIZE, 1L << 20,
            ConfigKey.PERFORMANCE_BATCH_SIZE, 1_000L)),

    LOW_LATENCY("low-latency", Map.of(
            ConfigKey.RUNTIME_WORKER_THREADS, 8L,
            ConfigKey.RUNTIME_PLACEMENT, "low-latency",
            ConfigKey.RUNTIME_TASK_QUEUE_DEPTH, 1_024L,
            ConfigKey.RUNTIME_TARGET_LATENCY_US, 5L,
            ConfigKey.RUNTIME_PRIORITY_LEVELS, 4L,
            ConfigKey.PERFORMANCE_BUFFER_SIZE, 64L << 10,
            ConfigKey.PERFORMANCE_BATCH_SIZE, 10L));

    private final String label;
    private final Map<ConfigKey, Object> values;

    Profile(final String label, final Map<ConfigKey, Object> values) {
        this.label = label;
        this.values = values;
    }

    /** Fills what no higher layer has set with the profile that the draft names. */
    static void apply(final Draft draft, final MachineLimits machine) {
        for (final Profile profile : values()) {
            if (profile.label.equals(draft.text(ConfigKey.PROFILE))) {
                profile.fill(draft, machine);
            }
        }
    }

    private void fill(final Draft draft, final MachineLimits machine) {
        final Origin origin = new Origin(Layer.PROFILE, label, 0, 0, "");
        values.forEach((key, value) -> {
            if (draft.isSet(key)) {
                return;
            }
            if (key == ConfigKey.RUNTIME_WORKER_THREADS && (Long) value > machine.cpus()) {
                draft.take(key, (long) machine.cpus(), new Origin(Layer.PROFILE, label, 0, 0,
                        "fitted: the profile has " + value + ", and this process may use " + cpus(machine)));
            } else {
                draft.take(key, value, origin);
            }
        });
    }

    static String cpus(final MachineLimits machine) {
        return machine.cpus() == 1 ? "1 CPU" : machine.cpus() + " CPUs";
    }
}
