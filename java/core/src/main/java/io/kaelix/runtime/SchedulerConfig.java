// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.numa.PlacementGoal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Settings of a scheduler, immutable: start from {@link #defaults()} and change what you need.
 *
 * {@snippet :
 * SchedulerConfig config = SchedulerConfig.defaults().withWorkers(2).withTargetLatency(Duration.ofNanos(5_000));
 * }
 *
 * <p><b>How long an idle worker stays awake</b>, if it is {@link IdleMode#ADAPTIVE}. Waking a thread that sleeps takes some 50 µs, so a
 * target below 100 µs can be met only by workers that are awake when a task comes. Such a worker spins for five times the target; then it
 * lets others have its CPU between two looks, for up to four times the mean pause between the tasks that found it idle, 10 ms at most; then
 * it sleeps. Where pauses are longer than a quarter of that on the mean, staying awake would not pay, and it sleeps when it has
 * done with spinning. With a target of 100 µs or more it spins for 20 µs.
 *
 * @param name of the scheduler: its threads are called {@code name-0}, {@code name-1} …
 * @param workers threads, 1 to {@value #MAX_WORKERS}; 0 for one on each CPU that the process may use
 * @param goal by which the {@link io.kaelix.numa.NumaOptimizer} chooses a CPU for each
 * @param pinned whether a worker keeps to that CPU. Two processes that pin without knowing of each other take the same CPUs: restrict each
 *     to CPUs of its own (a cpuset, {@code taskset}), or do not pin
 * @param priorities levels in use, 2 to 4: see {@link TaskPriority}
 * @param queueCapacity most tasks of one level that wait for one worker and come from outside, a power of two from 2 to 2<sup>20</sup>
 * @param forkCapacity most tasks of one level that a worker's own tasks have scheduled and that wait, a power of two from 2 to
 *     2<sup>26</sup>
 * @param delayedCapacity most delayed and periodic tasks that wait for their time, 1 to 2<sup>26</sup>
 * @param idle what a worker does that finds no task
 * @param targetLatency in which an idle worker should start a task, a microsecond to a second
 * @param blockingLimit after which a task that still runs is reported, with its stack: a millisecond to a day; {@link Duration#ZERO} for
 *     never
 * @param closeTimeout how long {@link TaskScheduler#close()} lets tasks that wait be run, 0 to a day
 * @param errors is told of tasks that throw
 */
public record SchedulerConfig(String name, int workers, PlacementGoal goal, boolean pinned, int priorities, int queueCapacity,
        int forkCapacity, int delayedCapacity, IdleMode idle, Duration targetLatency, Duration blockingLimit, Duration closeTimeout,
        TaskErrorHandler errors) {

    /** Most workers of a scheduler: 64. A machine with more CPUs runs one scheduler on each of its nodes. */
    public static final int MAX_WORKERS = 64;

    private static final Duration DAY = Duration.ofDays(1);

    private static final SchedulerConfig DEFAULTS = new SchedulerConfig("kaelix-worker", 0, PlacementGoal.LOW_LATENCY, true, 4, 1 << 10,
            1 << 16, 1 << 20, IdleMode.ADAPTIVE, Duration.ofNanos(10_000), Duration.ofMillis(100), Duration.ofSeconds(5),
            new LoggingErrorHandler());

    /**
     * @throws IllegalArgumentException if a value is out of its range; the message gives the range
     */
    public SchedulerConfig {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(goal, "goal");
        Objects.requireNonNull(idle, "idle");
        Objects.requireNonNull(targetLatency, "targetLatency");
        Objects.requireNonNull(blockingLimit, "blockingLimit");
        Objects.requireNonNull(closeTimeout, "closeTimeout");
        Objects.requireNonNull(errors, "errors");
        checkRange("workers", workers, 0, MAX_WORKERS);
        checkRange("priorities", priorities, 2, 4);
        checkPowerOfTwo("queueCapacity", queueCapacity, 1 << 20);
        checkPowerOfTwo("forkCapacity", forkCapacity, 1 << 26);
        checkRange("delayedCapacity", delayedCapacity, 1, 1 << 26);
        checkDuration("targetLatency", targetLatency, Duration.ofNanos(1_000), Duration.ofSeconds(1));
        if (!blockingLimit.isZero()) {
            checkDuration("blockingLimit, unless it is 0,", blockingLimit, Duration.ofMillis(1), DAY);
        }
        checkDuration("closeTimeout", closeTimeout, Duration.ZERO, DAY);
    }

    /**
     * Checks that only what may change while a scheduler runs differs from its settings.
     *
     * @throws IllegalArgumentException if something else does; the message names it
     */
    void checkHot(final SchedulerConfig running) {
        final List<String> cold = new ArrayList<>();
        note(cold, "name", name.equals(running.name));
        note(cold, "workers", workers == running.workers);
        note(cold, "goal", goal == running.goal);
        note(cold, "pinned", pinned == running.pinned);
        note(cold, "priorities", priorities == running.priorities);
        note(cold, "queueCapacity", queueCapacity == running.queueCapacity);
        note(cold, "forkCapacity", forkCapacity == running.forkCapacity);
        note(cold, "errors", errors == running.errors);
        if (!cold.isEmpty()) {
            throw new IllegalArgumentException("a scheduler that runs keeps its " + String.join(", ", cold)
                    + ": launch another one; idle, targetLatency, blockingLimit, closeTimeout and delayedCapacity may change");
        }
    }

    private static void note(final List<String> differing, final String what, final boolean same) {
        if (!same) {
            differing.add(what);
        }
    }

    private static void checkRange(final String what, final int value, final int least, final int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " must be from " + least + " to " + most + ", not " + value);
        }
    }

    private static void checkPowerOfTwo(final String what, final int value, final int most) {
        if (Integer.bitCount(value) != 1 || value < 2 || value > most) {
            throw new IllegalArgumentException(what + " must be a power of two from 2 to " + most + ", not " + value);
        }
    }

    private static void checkDuration(final String what, final Duration value, final Duration least, final Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(what + " must be from " + least + " to " + most + ", not " + value);
        }
    }

    /**
     * A worker, pinned, on each CPU that the process may use, four priorities, 1024 tasks from outside and 65,536 from its own tasks
     * waiting for each worker and level, a target of 10 µs; a task that runs for 100 ms is reported.
     */
    public static SchedulerConfig defaults() {
        return DEFAULTS;
    }

    /** With threads of this name. */
    public SchedulerConfig withName(final String prefix) {
        return new SchedulerConfig(prefix, workers, goal, pinned, priorities, queueCapacity, forkCapacity, delayedCapacity, idle,
                targetLatency, blockingLimit, closeTimeout, errors);
    }

    /** With so many workers; 0 for one on each CPU. */
    public SchedulerConfig withWorkers(final int count) {
        return new SchedulerConfig(name, count, goal, pinned, priorities, queueCapacity, forkCapacity, delayedCapacity, idle, targetLatency,
                blockingLimit, closeTimeout, errors);
    }

    /** With CPUs chosen for this goal. */
    public SchedulerConfig withGoal(final PlacementGoal placement) {
        return new SchedulerConfig(name, workers, placement, pinned, priorities, queueCapacity, forkCapacity, delayedCapacity, idle,
                targetLatency, blockingLimit, closeTimeout, errors);
    }

    /** With workers that keep to a CPU, or that the kernel moves about. */
    public SchedulerConfig withPinned(final boolean keep) {
        return new SchedulerConfig(name, workers, goal, keep, priorities, queueCapacity, forkCapacity, delayedCapacity, idle, targetLatency,
                blockingLimit, closeTimeout, errors);
    }

    /** With so many levels of priority. */
    public SchedulerConfig withPriorities(final int levels) {
        return new SchedulerConfig(name, workers, goal, pinned, levels, queueCapacity, forkCapacity, delayedCapacity, idle, targetLatency,
                blockingLimit, closeTimeout, errors);
    }

    /** With room for so many tasks from outside, for each worker and level. */
    public SchedulerConfig withQueueCapacity(final int tasks) {
        return new SchedulerConfig(name, workers, goal, pinned, priorities, tasks, forkCapacity, delayedCapacity, idle, targetLatency,
                blockingLimit, closeTimeout, errors);
    }

    /** With room for so many tasks from its own tasks, for each worker and level. */
    public SchedulerConfig withForkCapacity(final int tasks) {
        return new SchedulerConfig(name, workers, goal, pinned, priorities, queueCapacity, tasks, delayedCapacity, idle, targetLatency,
                blockingLimit, closeTimeout, errors);
    }

    /** With room for so many delayed and periodic tasks. */
    public SchedulerConfig withDelayedCapacity(final int tasks) {
        return new SchedulerConfig(name, workers, goal, pinned, priorities, queueCapacity, forkCapacity, tasks, idle, targetLatency,
                blockingLimit, closeTimeout, errors);
    }

    /** With workers that do this when they find no task. */
    public SchedulerConfig withIdle(final IdleMode mode) {
        return new SchedulerConfig(name, workers, goal, pinned, priorities, queueCapacity, forkCapacity, delayedCapacity, mode,
                targetLatency, blockingLimit, closeTimeout, errors);
    }

    /** With workers that stay awake long enough to start tasks in this time. */
    public SchedulerConfig withTargetLatency(final Duration target) {
        return new SchedulerConfig(name, workers, goal, pinned, priorities, queueCapacity, forkCapacity, delayedCapacity, idle, target,
                blockingLimit, closeTimeout, errors);
    }

    /** With a report of tasks that run for longer. */
    public SchedulerConfig withBlockingLimit(final Duration limit) {
        return new SchedulerConfig(name, workers, goal, pinned, priorities, queueCapacity, forkCapacity, delayedCapacity, idle,
                targetLatency, limit, closeTimeout, errors);
    }

    /** With so long for tasks that wait when it is closed. */
    public SchedulerConfig withCloseTimeout(final Duration timeout) {
        return new SchedulerConfig(name, workers, goal, pinned, priorities, queueCapacity, forkCapacity, delayedCapacity, idle,
                targetLatency, blockingLimit, timeout, errors);
    }

    /** With this one told of what tasks throw. */
    public SchedulerConfig withErrors(final TaskErrorHandler handler) {
        return new SchedulerConfig(name, workers, goal, pinned, priorities, queueCapacity, forkCapacity, delayedCapacity, idle,
                targetLatency, blockingLimit, closeTimeout, handler);
    }
}
