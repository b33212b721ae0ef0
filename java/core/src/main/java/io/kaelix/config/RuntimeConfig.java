// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.time.Duration;

/**
 * {@code [runtime]}: the workers that run tasks and call handlers. Comes from a {@link KaelixConfig}, which has checked it.
 *
 * @param workerThreads workers; 0 for one on each CPU that the process may use
 * @param pinned whether each keeps to a CPU, where {@code numaAware} lets it: see {@link #pinsWorkers()}
 * @param placement what their CPUs are chosen for
 * @param numaAware whether they are planned by NUMA nodes
 * @param priorityLevels levels in use
 * @param taskQueueDepth most tasks from outside that wait, for each worker and level
 * @param forkQueueDepth most tasks from a worker's own tasks that wait, for each worker and level
 * @param delayedTasks most that wait for their time
 * @param targetLatency in which an idle worker should start a task
 * @param idleStrategy what a worker does that finds no task
 * @param blockingLimit after which a task that still runs is reported; zero for never
 * @param closeTimeout how long closing lets tasks that wait be run
 */
public record RuntimeConfig(int workerThreads, boolean pinned, Placement placement, boolean numaAware, int priorityLevels,
        int taskQueueDepth, int forkQueueDepth, int delayedTasks, Duration targetLatency, IdleStrategy idleStrategy,
        Duration blockingLimit, Duration closeTimeout) {

    /** What the CPUs of workers are chosen for. */
    public enum Placement {
        /** Near each other. */
        LOW_LATENCY,
        /** Spread over all caches and nodes. */
        HIGH_THROUGHPUT,
        /** Near, with a core for each. */
        BALANCED
    }

    /** What a worker does that finds no task. */
    public enum IdleStrategy {
        /** Stays awake for as long as that pays, then sleeps. */
        ADAPTIVE,
        /** Never sleeps. */
        BUSY_SPIN,
        /** Sleeps at once. */
        PARK
    }

    static RuntimeConfig of(final Draft draft) {
        return new RuntimeConfig(
                draft.whole(ConfigKey.RUNTIME_WORKER_THREADS),
                draft.truth(ConfigKey.RUNTIME_PINNED),
                Placement.valueOf(draft.constant(ConfigKey.RUNTIME_PLACEMENT)),
                draft.truth(ConfigKey.RUNTIME_NUMA_AWARE),
                draft.whole(ConfigKey.RUNTIME_PRIORITY_LEVELS),
                draft.whole(ConfigKey.RUNTIME_TASK_QUEUE_DEPTH),
                draft.whole(ConfigKey.RUNTIME_FORK_QUEUE_DEPTH),
                draft.whole(ConfigKey.RUNTIME_DELAYED_TASKS),
                Duration.ofNanos(draft.number(ConfigKey.RUNTIME_TARGET_LATENCY_US) * 1_000),
                IdleStrategy.valueOf(draft.constant(ConfigKey.RUNTIME_IDLE_STRATEGY)),
                Duration.ofMillis(draft.number(ConfigKey.RUNTIME_BLOCKING_LIMIT_MS)),
                Duration.ofMillis(draft.number(ConfigKey.RUNTIME_CLOSE_TIMEOUT_MS)));
    }

    /** Whether workers keep to CPUs: {@code pinned}, unless NUMA is not to be looked at. */
    public boolean pinsWorkers() {
        return pinned && numaAware;
    }
}
