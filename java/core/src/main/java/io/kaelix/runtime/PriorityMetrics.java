// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.telemetry.LatencyHistogram;
import java.util.List;

/**
 * The tasks of one level.
 *
 * @param priorities that are this level: one, or neighbours where there are {@linkplain SchedulerConfig#priorities() fewer levels}
 * @param queueDepth tasks that wait now, in all queues of all workers: each as it was when it was looked at
 * @param startDelay from the call of {@code schedule} to the start, since launch: a copy, which does not change. One in eight of
 *     those from outside is timed, one in 64 of those that tasks schedule: its {@code count} says how many were
 */
public record PriorityMetrics(List<TaskPriority> priorities, long queueDepth, LatencyHistogram startDelay) {

    public PriorityMetrics {
        priorities = List.copyOf(priorities);
    }
}
