// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import java.util.List;

/**
 * What a scheduler counts, without the distributions of {@link PerformanceMetrics}: for whoever looks often. Immutable; counts are since
 * launch.
 *
 * @param executed tasks that were run to their end, or threw
 * @param failed tasks that threw, and duties
 * @param stolen tasks of these that a worker took from another's queue
 * @param refused tasks that were not taken on because a queue was full
 * @param blocked tasks that ran for longer than {@link SchedulerConfig#blockingLimit()}, as far as the watch saw
 * @param delayed tasks that wait for their time
 * @param levels tasks that wait to be started, a number for each level, the most urgent first
 * @param workers one for each, by number
 */
public record SchedulerCounts(long executed, long failed, long stolen, long refused, long blocked, long delayed, List<Long> levels,
        List<OfWorker> workers) {

    public SchedulerCounts {
        levels = List.copyOf(levels);
        workers = List.copyOf(workers);
    }

    /**
     * What one worker counts.
     *
     * @param number from 0
     * @param cpu that it keeps to; -1 if it was not pinned, or could not be
     * @param executed tasks that it ran to their end, or that threw
     * @param stolen tasks of these that it took from another worker's queue
     * @param parks times that it went to sleep
     * @param utilization share of the last second or two that it was at work in, from 0 to 1
     * @param runningNanos how long the task that it is at has run for, as {@link WorkerMetrics#runningFor}
     */
    public record OfWorker(int number, int cpu, long executed, long stolen, long parks, double utilization, long runningNanos) {
    }
}
