// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.Duty;
import io.kaelix.Workers;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.topology.NumaTopology;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Runs tasks on workers, threads that are pinned to CPUs and take work from each other, within microseconds of being asked.
 *
 * {@snippet :
 * try (TaskScheduler scheduler = TaskScheduler.launch()) {
 *     if (scheduler.schedule(() -> System.out.println("now"), TaskPriority.HIGH) == TaskScheduler.QUEUE_FULL) {
 *         System.out.println("later");
 *     }
 *     CompletableFuture<Integer> answer = scheduler.submit(() -> 6 * 7, TaskPriority.NORMAL);
 *     ScheduledTask ticks = scheduler.scheduleAtFixedRate(() -> System.out.println("tick"), TaskPriority.NORMAL, Duration.ZERO,
 *             Duration.ofMillis(1));
 *     System.out.println(answer.join() + " after " + ticks.runs() + " ticks");
 * }
 * }
 *
 * <p><b>Order.</b> Tasks of different priority start as {@link TaskPriority} says; there is no order between tasks of one priority but
 * where there is one worker: then those from outside start in the order in which they came, and what a task schedules starts before them,
 * the newest first. A task that needs another one to have run is scheduled by that one.
 *
 * <p><b>No starvation.</b> Of the starts of a worker, one in 32 begins its look for a task at a less urgent priority, each of them in turn.
 * From any priority, the oldest from outside goes first every other fair start, one in eight, and the oldest that tasks scheduled one in
 * 128 of these. So while a worker starts tasks at all, the oldest task from outside of the least urgent of four priorities is started
 * within 32 × 3 × 2 of its starts, whatever else is scheduled, and the oldest that a task scheduled within 32 × 3 × 128, unless another
 * worker takes it before. Between two starts, a worker looks for the most urgent tasks of others one time in eight, so that these do not
 * wait for a worker that is in a long one.
 *
 * <p><b>Bounded.</b> So many tasks wait at most as {@link SchedulerConfig#queueCapacity()} (from outside) and
 * {@link SchedulerConfig#forkCapacity()} (from tasks) say, for each worker and priority. When all queues of that priority are full,
 * {@link #schedule} answers {@link #QUEUE_FULL}, and nothing happened.
 *
 * <p><b>Blocking.</b> A task that waits for another one holds its worker, which starts nothing meanwhile; the others take over what waits
 * there. If all wait, all stands still. Tasks that take long are reported: {@link SchedulerConfig#blockingLimit()}.
 *
 * <p><b>Memory.</b> Scheduling allocates nothing: a task that is used again and again costs no garbage. References lie in the heap, in
 * queues that each worker makes by itself, once pinned: with {@code -XX:+UseNUMA} on its node.
 *
 * <p><b>Pinned</b>: a thread that a task starts inherits its worker's CPU and shares that with it, as the kernel has it; so do those of a
 * pool, of {@code parallelStream()} or of virtual threads, if a task is the first to need them. Start such pools before, or from elsewhere.
 * Schedulers and streamers that a task launches are free of that.
 *
 * <p><b>Threads</b>: any for all methods; what a thread did before it scheduled a task is visible to that. Nothing blocks, but for what
 * shuts down. Workers are daemon threads; a scheduler that is never closed keeps them.
 *
 * <p>The queues are those of Chase and Lev, <i>Dynamic circular work-stealing deque</i> (2005), and Vyukov's bounded MPMC queue;
 * {@code Worker} has the rest.
 */
public final class TaskScheduler implements Workers, AutoCloseable {

    /** {@link #schedule}: the task will be run. */
    public static final int SCHEDULED = 0;

    /** {@link #schedule}: too many tasks of this priority wait. Nothing happened: try again later, do without, or run it here. */
    public static final int QUEUE_FULL = -1;

    /** {@link #schedule}: the scheduler was shut down. Nothing happened, and nothing will. */
    public static final int CLOSED = -2;

    private final WorkerPool pool;
    private final int levels;
    private final Executor[] executors;

    private TaskScheduler(final WorkerPool pool) {
        this.pool = pool;
        this.levels = pool.config().priorities();
        final TaskPriority[] priorities = TaskPriority.values();
        this.executors = new Executor[priorities.length];
        for (final TaskPriority priority : priorities) {
            executors[priority.ordinal()] = task -> check(schedule(task, priority));
        }
    }

    /** A scheduler with the defaults: {@link SchedulerConfig#defaults()}. */
    public static TaskScheduler launch() {
        return launch(SchedulerConfig.defaults());
    }

    /**
     * A scheduler, when all its workers run.
     *
     * @throws io.kaelix.KaelixException if threads or queues could not be made, or native access is not enabled; the message has the remedy
     */
    public static TaskScheduler launch(final SchedulerConfig config) {
        Platforms.requireNativeAccess();
        return new TaskScheduler(WorkerPool.launch(Objects.requireNonNull(config, "config"), NumaTopology.ofThisMachine()));
    }

    WorkerPool pool() {
        return pool;
    }

    /** As it was launched, or {@linkplain #reconfigure reconfigured}. */
    public SchedulerConfig config() {
        return pool.config();
    }

    /**
     * Changes settings while it runs: {@link SchedulerConfig#idle() idle}, {@link SchedulerConfig#targetLatency() targetLatency},
     * {@link SchedulerConfig#blockingLimit() blockingLimit}, {@link SchedulerConfig#closeTimeout() closeTimeout} and
     * {@link SchedulerConfig#delayedCapacity() delayedCapacity}. Workers and the watch take them over at once, those that sleep are woken
     * for it; no task waits or is lost. A worker learns anew how often tasks come. Of several at the same time, one comes last.
     *
     * {@snippet :
     * scheduler.reconfigure(scheduler.config().withIdle(IdleMode.BUSY_SPIN));
     * }
     *
     * @throws IllegalArgumentException if anything else differs; the message names it, and nothing has changed
     */
    public void reconfigure(final SchedulerConfig config) {
        pool.reconfigure(Objects.requireNonNull(config, "config"));
    }

    /** How many workers it has. */
    @Override
    public int workers() {
        return pool.workers().length;
    }

    /** Number of the worker that the calling thread is, from 0; -1 if it is none of this scheduler's. */
    public int currentWorker() {
        return Thread.currentThread() instanceof WorkerThread thread && thread.worker.pool() == pool ? thread.worker.index() : -1;
    }

    /**
     * Has a task run as soon as its priority allows. Allocates nothing; the same object may be scheduled again at any time, also while it
     * waits or runs, and then runs as often.
     *
     * <p>From outside it costs a compare-and-set and a fence, and a system call if a worker must be woken; from a task, a store.
     * {@code ./kaelix bench scheduler} measures what comes of it.
     *
     * @return {@link #SCHEDULED}, {@link #QUEUE_FULL} or {@link #CLOSED}
     */
    public int schedule(final Runnable task, final TaskPriority priority) {
        Objects.requireNonNull(task, "task");
        final int level = priority.level(levels);
        if (Thread.currentThread() instanceof WorkerThread thread && thread.worker.pool() == pool) {
            return thread.worker.schedule(task, level);
        }
        return pool.inject(task, level);
    }

    /**
     * Has a task run that has a result. What is made of the future by {@code thenApplyAsync} and its like, without an executor, runs on
     * this scheduler with the same priority. {@code cancel} before the task has begun keeps it from running; later, the run goes on, and
     * its result is dropped.
     *
     * @return the result, or what the task threw; {@link RejectedExecutionException} if there is no room, or the scheduler was shut down
     */
    public <T> CompletableFuture<T> submit(final Callable<? extends T> task, final TaskPriority priority) {
        final ResultTask<T> result = new ResultTask<>(Objects.requireNonNull(task, "task"), executor(priority));
        final int outcome = schedule(result, priority);
        if (outcome != SCHEDULED) {
            result.completeExceptionally(rejected(outcome));
        }
        return result;
    }

    /**
     * Has a task run once, after a delay; at once if that is not positive.
     *
     * @throws RejectedExecutionException if {@link SchedulerConfig#delayedCapacity()} tasks wait already, or the scheduler was shut down
     */
    public ScheduledTask scheduleAfter(final Runnable task, final TaskPriority priority, final Duration delay) {
        return addTimed(task, priority, delay, 0);
    }

    /**
     * Has a task run again and again, each time a period after the time that the last run was meant for. See {@link ScheduledTask}.
     *
     * @throws IllegalArgumentException if the period is not positive
     * @throws RejectedExecutionException if {@link SchedulerConfig#delayedCapacity()} tasks wait already, or the scheduler was shut down
     */
    public ScheduledTask scheduleAtFixedRate(final Runnable task, final TaskPriority priority, final Duration initialDelay,
            final Duration period) {
        return addTimed(task, priority, initialDelay, positive(period, "period"));
    }

    /**
     * Has a task run again and again, each time a delay after the last run has ended. See {@link ScheduledTask}.
     *
     * @throws IllegalArgumentException if the delay is not positive
     * @throws RejectedExecutionException if {@link SchedulerConfig#delayedCapacity()} tasks wait already, or the scheduler was shut down
     */
    public ScheduledTask scheduleWithFixedDelay(final Runnable task, final TaskPriority priority, final Duration initialDelay,
            final Duration delay) {
        return addTimed(task, priority, initialDelay, -positive(delay, "delay"));
    }

    private static long positive(final Duration duration, final String what) {
        final long nanos = nanos(duration);
        if (nanos <= 0) {
            throw new IllegalArgumentException("the " + what + " must be positive, not " + duration);
        }
        return nanos;
    }

    /** Saturates: 292 years is for ever. */
    private static long nanos(final Duration duration) {
        try {
            return duration.toNanos();
        } catch (final ArithmeticException e) {
            return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    private ScheduledTask addTimed(final Runnable task, final TaskPriority priority, final Duration delay, final long period) {
        if (!pool.isRunning()) {
            throw rejected(CLOSED);
        }
        // The lock of the timers, and their heaps, are everybody's: a task that recurses too deep must not leave them half-way.
        StackRoom.require();
        if (pool.timers().size() >= pool.config().delayedCapacity()) {
            throw new RejectedExecutionException(pool.config().delayedCapacity()
                    + " delayed tasks wait already: raise delayedCapacity, or cancel some");
        }
        final TimedTask timed = new TimedTask(pool, pool.timers(), priority, task, Timers.after(pool.now(), nanos(delay)), period);
        if (pool.timers().add(timed)) {
            pool.sooner();
        }
        if (!timed.wasAdded()) {
            throw rejected(CLOSED);
        }
        return timed;
    }

    /**
     * Gives a duty to the worker that has fewest, which does it from now on, in turns between its tasks. Without tasks it does nothing
     * else; when the turns find nothing either, it rests as {@link SchedulerConfig} says, but no longer than a 256th of the time in which
     * nothing was found, from 50 µs to 4 ms.
     *
     * <p>A duty that throws is reported, and ends.
     *
     * @throws IllegalStateException if the scheduler was shut down
     */
    @Override
    public RunningDuty recur(final Duty duty) {
        return pool.recur(Objects.requireNonNull(duty, "duty"));
    }

    /** {@link #scheduleWithFixedDelay} with {@link TaskPriority#BACKGROUND}, first after the delay. */
    @Override
    public Work repeat(final Runnable task, final Duration delay) {
        try {
            return scheduleWithFixedDelay(task, TaskPriority.BACKGROUND, delay, delay)::cancel;
        } catch (final RejectedExecutionException e) {
            if (isShutdown()) {
                throw new IllegalStateException("this scheduler was shut down: it takes no more tasks", e);
            }
            throw e;
        }
    }

    /**
     * This scheduler for code that wants an {@link Executor}. A task that finds no room, or comes too late, is refused by
     * {@link RejectedExecutionException}.
     */
    public Executor executor(final TaskPriority priority) {
        return executors[priority.ordinal()];
    }

    private void check(final int outcome) {
        if (outcome != SCHEDULED) {
            throw rejected(outcome);
        }
    }

    private RejectedExecutionException rejected(final int outcome) {
        return new RejectedExecutionException(outcome == CLOSED ? "the scheduler was shut down"
                : "too many tasks of this priority wait: schedule fewer, or raise queueCapacity (" + pool.config().queueCapacity()
                        + ") or, for those that tasks schedule, forkCapacity (" + pool.config().forkCapacity() + ')');
    }

    /**
     * What it does and has done. Takes some ten microseconds for each worker, and disturbs none.
     */
    public PerformanceMetrics performanceMetrics() {
        return pool.gauges().metrics();
    }

    /**
     * The counts of these alone. Takes some microseconds for each worker, and disturbs none.
     */
    public SchedulerCounts counts() {
        return pool.gauges().counts();
    }

    /**
     * Whether it does its work, and if not, why: {@link Health} has the rules.
     */
    public Health health() {
        return pool.gauges().health();
    }

    /** Whether it takes no more tasks. */
    @Override
    public boolean isShutdown() {
        return !pool.isRunning();
    }

    /**
     * Takes no more tasks from outside, drops those that are delayed or periodic, ends the duties, and lets run what waits, and what that
     * schedules; then ends the workers. If time runs out, or the calling thread is interrupted, which stays so, tasks go on being run, and
     * {@link #shutdownNow} ends that. Again it waits again.
     *
     * @return whether all were run, and all workers have ended
     * @throws IllegalStateException if called by a worker of this scheduler, which would wait for itself
     */
    public boolean shutdown(final Duration timeout) {
        if (currentWorker() >= 0) {
            throw new IllegalStateException("a task cannot wait for all tasks to end: shut the scheduler down from another thread");
        }
        return pool.drain(nanos(timeout)) && pool.join();
    }

    /**
     * Takes no more tasks, interrupts those that run, each once, waits up to {@link SchedulerConfig#closeTimeout()}, 100 ms at the least, for
     * them to end, and ends the workers.
     * A worker whose task does not end is named in the log, and ends behind it. Called by a task, it does not wait for that task's worker.
     *
     * @return what was scheduled and never run, delayed and periodic tasks included. Those that have a future are cancelled
     */
    public List<Runnable> shutdownNow() {
        return pool.stop(true);
    }

    /**
     * {@link #shutdown} with {@link SchedulerConfig#closeTimeout()}, then {@link #shutdownNow}, which may take as long again; what never
     * ran is logged by number. A thread that is interrupted does not wait for what waits, and a task that calls it does the second alone.
     * Again it is without effect but on a worker that is still in a task.
     */
    @Override
    public void close() {
        pool.close(currentWorker() >= 0);
    }
}
