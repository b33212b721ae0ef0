// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import java.time.Duration;
import java.util.List;

/**
 * What a scheduler does and has done, as {@link TaskScheduler#performanceMetrics()} found it. Immutable. Counts are since launch; each is
 * one that there was, not all of them at the same moment.
 *
 * {@snippet :
 * try (TaskScheduler scheduler = TaskScheduler.launch()) {
 *     PerformanceMetrics metrics = scheduler.performanceMetrics();
 *     System.out.println(Math.round(100 * metrics.cpuUtilization()) + "% at work, " + metrics.taskQueueDepth() + " tasks wait");
 *     long delay = metrics.of(TaskPriority.CRITICAL).startDelay().percentile(99);
 *     System.out.println("99% of the urgent tasks start within " + delay + " ns");
 * }
 * }
 *
 * @param cpuUtilization share of the workers' time in the period that they were at work in, from 0 to 1: in tasks and duties, and looking
 *     for them while there were some. A worker that spins because it has nothing to do is not at work, though its CPU is busy
 * @param period that utilisation is about: the last second or two, or since launch if that is less
 * @param memoryUsageMb MiB that the process takes up, all its parts and the JVM included: resident memory and huge pages; where the
 *     operating system does not tell, the heap in use
 * @param taskQueueDepth tasks that wait to be started, on all levels; delayed ones only once they are due
 * @param delayed tasks that wait for their time
 * @param executed tasks that were run to their end, or threw
 * @param failed tasks that threw, and duties
 * @param stolen tasks of these that a worker took from another's queue
 * @param refused tasks that were not taken on because a queue was full
 * @param blocked tasks that ran for longer than {@link SchedulerConfig#blockingLimit()}, as far as the watch saw: each was reported
 * @param priorities one for each level, the most urgent first
 * @param workers one for each, by number
 */
public record PerformanceMetrics(double cpuUtilization, Duration period, double memoryUsageMb, long taskQueueDepth, long delayed,
        long executed, long failed, long stolen, long refused, long blocked, List<PriorityMetrics> priorities,
        List<WorkerMetrics> workers) {

    public PerformanceMetrics {
        priorities = List.copyOf(priorities);
        workers = List.copyOf(workers);
    }

    /** The level that tasks of this priority are on. */
    public PriorityMetrics of(final TaskPriority priority) {
        return priorities.get(priority.level(priorities.size()));
    }
}
