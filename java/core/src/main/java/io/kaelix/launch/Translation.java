// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamerConfig;
import io.kaelix.Topic;
import io.kaelix.config.KaelixConfig;
import io.kaelix.config.PerformanceConfig;
import io.kaelix.config.RuntimeConfig;
import io.kaelix.config.StreamsConfig;
import io.kaelix.config.TelemetryConfig;
import io.kaelix.config.TopicConfig;
import io.kaelix.numa.PlacementGoal;
import io.kaelix.runtime.IdleMode;
import io.kaelix.runtime.SchedulerConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What a configuration means for a scheduler and a streamer. The room of configurations knows neither. */
final class Translation {

    private Translation() {
    }

    /** For a scheduler that is to be launched. */
    static SchedulerConfig scheduler(final KaelixConfig config) {
        final RuntimeConfig runtime = config.runtime();
        final SchedulerConfig cold = SchedulerConfig.defaults()
                .withWorkers(runtime.workerThreads())
                .withGoal(PlacementGoal.valueOf(runtime.placement().name()))
                .withPinned(runtime.pinsWorkers())
                .withPriorities(runtime.priorityLevels())
                .withQueueCapacity(runtime.taskQueueDepth())
                .withForkCapacity(runtime.forkQueueDepth());
        return hot(cold, config);
    }

    /** The same scheduler with the settings that may change while it runs. */
    static SchedulerConfig hot(final SchedulerConfig launched, final KaelixConfig config) {
        final RuntimeConfig runtime = config.runtime();
        return launched
                .withTargetLatency(runtime.targetLatency())
                .withIdle(IdleMode.valueOf(runtime.idleStrategy().name()))
                .withDelayedCapacity(runtime.delayedTasks())
                .withBlockingLimit(runtime.blockingLimit())
                .withCloseTimeout(runtime.closeTimeout());
    }

    /** For a streamer that is to be launched. */
    static StreamerConfig streamer(final KaelixConfig config) {
        final PerformanceConfig performance = config.performance();
        final StreamsConfig streams = config.streams();
        final StreamerConfig cold = placed(streams)
                .withLaneCapacity(performance.bufferSize())
                .withMaxMessageLength(performance.maxMessageLength())
                .withPages(config.memory().pageSize())
                .withNode(config.memory().node())
                .withStreamExpiry(streams.expiry())
                .withWorkers(streams.pushWorkers())
                .withSlowSubscriber(streams.slowSubscriber())
                .withTopicPolicies(policies(streams));
        return hot(cold, config);
    }

    private static StreamerConfig placed(final StreamsConfig streams) {
        final StreamerConfig alone = StreamerConfig.defaults().withResume(streams.resume());
        final StreamerConfig shared = streams.directory().isEmpty() ? alone : alone.withDirectory(Path.of(streams.directory()));
        return streams.laneDirectory().isEmpty() ? shared : shared.withLaneDirectory(Path.of(streams.laneDirectory()));
    }

    private static Map<Topic, SlowSubscriberPolicy> policies(final StreamsConfig streams) {
        final Map<Topic, SlowSubscriberPolicy> policies = new HashMap<>();
        for (final TopicConfig topic : streams.topics()) {
            topic.slowSubscriber().ifPresent(policy -> policies.put(topic.name(), policy));
        }
        return policies;
    }

    /** The same streamer with the settings that may change while it runs. */
    static StreamerConfig hot(final StreamerConfig launched, final KaelixConfig config) {
        final PerformanceConfig performance = config.performance();
        final TelemetryConfig telemetry = config.telemetry();
        return launched
                .withMemoryLimit(config.memory().limit())
                .withLinger(performance.linger())
                .withHandlerBatch(performance.batchSize())
                .withLatencySamplingBytes(telemetry.latencySamplingBytes())
                .withBackpressureEvent(telemetry.backpressureEvent());
    }
}
