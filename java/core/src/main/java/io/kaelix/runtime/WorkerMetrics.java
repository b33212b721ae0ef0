// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.telemetry.LatencyHistogram;
import java.time.Duration;

/**
 * What one worker does and has done. Counts are since launch.
 *
 * @param number from 0
 * @param cpu that it keeps to; -1 if it was not pinned, or could not be
 * @param node of that CPU; of the one that was planned for it, if it was not pinned
 * @param placement in one line: where it runs, and why there, or why not as planned
 * @param executed tasks that it ran to their end, or that threw
 * @param failed tasks that threw, and duties
 * @param stolen tasks of these that it took from another worker's queue
 * @param parks times that it went to sleep
 * @param utilization share of the {@linkplain PerformanceMetrics#period() period} that it was at work in, from 0 to 1
 * @param runningFor how long the task, or turn of a duty, that it is at has run for, at least, as far as the watch has seen;
 *     zero if it is at none, or at one that the watch has not met yet
 * @param systemThread number of its thread as the operating system has it ({@code top -H}, {@code perf}); -1 where that does not tell
 * @param wakeUp how long it took from being woken until it ran: a copy, which does not change
 */
public record WorkerMetrics(int number, int cpu, int node, String placement, long executed, long failed, long stolen, long parks,
        double utilization, Duration runningFor, long systemThread, LatencyHistogram wakeUp) {
}
