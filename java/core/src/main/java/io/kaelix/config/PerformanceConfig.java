// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.time.Duration;

/**
 * {@code [performance]}: sizes of rings and turns, and what is sampled of the process. Comes from a {@link KaelixConfig}, which has
 * checked it.
 *
 * @param bufferSize bytes of each publisher's ring, a power of two
 * @param batchSize most messages that a worker takes for handlers in a turn
 * @param linger how long a reader that has caught up leaves a lane alone; zero for not at all
 * @param maxMessageLength most bytes of payload in a message
 * @param enableCpuProfiling whether CPU time is sampled
 * @param enableMemoryProfiling whether memory is sampled
 * @param enableIoProfiling whether what is read and written is sampled
 * @param profilingInterval between two samples
 */
public record PerformanceConfig(int bufferSize, int batchSize, Duration linger, int maxMessageLength, boolean enableCpuProfiling,
        boolean enableMemoryProfiling, boolean enableIoProfiling, Duration profilingInterval) {

    static PerformanceConfig of(final Draft draft) {
        return new PerformanceConfig(
                draft.whole(ConfigKey.PERFORMANCE_BUFFER_SIZE),
                draft.whole(ConfigKey.PERFORMANCE_BATCH_SIZE),
                Duration.ofNanos(draft.number(ConfigKey.PERFORMANCE_LINGER_NS)),
                draft.whole(ConfigKey.PERFORMANCE_MAX_MESSAGE_LENGTH),
                draft.truth(ConfigKey.PERFORMANCE_ENABLE_CPU_PROFILING),
                draft.truth(ConfigKey.PERFORMANCE_ENABLE_MEMORY_PROFILING),
                draft.truth(ConfigKey.PERFORMANCE_ENABLE_IO_PROFILING),
                Duration.ofMillis(draft.number(ConfigKey.PERFORMANCE_PROFILING_INTERVAL_MS)));
    }

    /** Whether anything is sampled. */
    public boolean profiles() {
        return enableCpuProfiling || enableMemoryProfiling || enableIoProfiling;
    }
}
