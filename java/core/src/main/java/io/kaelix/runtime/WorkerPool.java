// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.CpuSet;
import io.kaelix.Duty;
import io.kaelix.KaelixException;
import io.kaelix.numa.Affinity;
import io.kaelix.numa.NumaOptimizer;
import io.kaelix.numa.PlacementPlan.WorkerPlace;
import io.kaelix.platform.topology.NumaTopology;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * The workers of a scheduler, and what they share: who sleeps, the deadlines, whether all goes on.
 *
 * <p><b>Waking.</b> A task from outside goes to the inbox of one worker: by the number of the thread that schedules it, the next that is
 * awake if that one sleeps. If nobody sleeps, nothing more is done: workers that are awake look at each other's queues by themselves. Else
 * the worker is woken if it sleeps, and another one if it is busy. A worker that has found a task wakes another if more is there.
 *
 * <p><b>Threads</b>: any. The lock is for duties and the states' changes alone.
 */
final class WorkerPool implements TimedTask.Host {

    private static final System.Logger LOGGER = System.getLogger(TaskScheduler.class.getName());
    private static final int RUNNING = 0;
    private static final int DRAINING = 1;
    private static final int STOPPED = 2;
    private static final long DRAIN_LOOK_NANOS = 50_000;

    private volatile SchedulerConfig config;
    /** Where the kernel may move threads about that are not pinned; what a pinned worker launches would inherit its one CPU. */
    private final CpuSet free;
    private final boolean launchedByWorker;
    private final long origin = System.nanoTime() - 1;
    private final Parking parking = new Parking();
    private final Timers timers = new Timers();
    private final Worker[] workers;
    private final Homes homes;
    /** Those of the workers: what a worker writes is not read by who schedules. */
    private SharedQueues[] queues;
    private final CountDownLatch ready;
    private final List<Runnable> dropped = new ArrayList<>();
    private final Failures failures;
    private final LongAdder refused = new LongAdder();
    private final Watch watch;
    private final Gauges gauges;
    private volatile Throwable startFailure;
    private volatile int state = RUNNING;
    /** Should whoever has taken a sleeper's bit away fail to unpark it, that looks again by itself after this time. */
    private volatile long longestSleepNanos = TimeUnit.SECONDS.toNanos(30);

    private WorkerPool(final SchedulerConfig config, final NumaTopology machine) {
        this.config = config;
        this.failures = new Failures(config.errors());
        this.launchedByWorker = Thread.currentThread() instanceof WorkerThread;
        this.free = Thread.currentThread() instanceof WorkerThread thread ? thread.worker.pool().free : Affinity.ofThisMachine().cpus();
        final int count = config.workers() != 0 ? config.workers() : Math.min(SchedulerConfig.MAX_WORKERS, machine.usableCpus().size());
        final List<WorkerPlace> places = new NumaOptimizer(machine).optimizeFor(config.goal(), count, 0).workers();
        this.workers = new Worker[count];
        this.ready = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            workers[i] = new Worker(this, i, places.get(i));
        }
        for (final Worker worker : workers) {
            worker.meet(Nearness.order(worker, workers, machine));
        }
        this.homes = new Homes(workers, parking, config.pinned());
        this.watch = new Watch(this);
        this.gauges = new Gauges(this, watch);
    }

    /** Workers that run. */
    static WorkerPool launch(final SchedulerConfig config, final NumaTopology machine) {
        final WorkerPool pool = new WorkerPool(config, machine);
        int started = 0;
        try {
            pool.watch.start();
            for (; started < pool.workers.length; started++) {
                pool.workers[started].thread().start();
            }
            pool.awaitAll();
        } catch (final Throwable e) {
            pool.startFailure = e;
        }
        if (pool.startFailure != null) {
            pool.state = STOPPED;
            for (int i = started; i < pool.workers.length; i++) {
                pool.ready();
            }
            throw new KaelixException("workers could not be started: " + pool.startFailure + "; use fewer, or smaller queues",
                    pool.startFailure);
        }
        pool.queues = Arrays.stream(pool.workers).map(Worker::queues).toArray(SharedQueues[]::new);
        return pool;
    }

    /** Said by each worker that could make what it needs. */
    void ready() {
        ready.countDown();
    }

    /** A worker could not make what it needs; what its tasks throw does not come here. */
    void ended(final Throwable failure) {
        // Both without allocating anything: it may be memory that it failed for, and others wait.
        startFailure = failure;
        ready();
        Failures.log("a worker ended", "", failure);
    }

    /** Waits for all of them; whether all could be started. */
    boolean awaitAll() {
        boolean interrupted = false;
        while (true) {
            try {
                ready.await();
                break;
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return startFailure == null;
    }

    /** Has the calling thread, which is new, run wherever it may, although a pinned worker started it. */
    void letRoam() {
        if (launchedByWorker) {
            Affinity.ofThisMachine().pin(free);
        }
    }

    SchedulerConfig config() {
        return config;
    }

    /** As {@link TaskScheduler#reconfigure}. */
    synchronized void reconfigure(final SchedulerConfig wanted) {
        wanted.checkHot(config);
        config = wanted;
        for (final Worker worker : workers) {
            worker.idleAs(wanted);
        }
        // Who sleeps may have to spin from now on, and the watch to look more often.
        wakeAll();
        watch.wake();
    }

    Parking parking() {
        return parking;
    }

    Timers timers() {
        return timers;
    }

    Worker[] workers() {
        return workers;
    }

    /** Nanoseconds since it was made, 1 at the least. */
    @Override
    public long now() {
        return System.nanoTime() - origin;
    }

    Watch watch() {
        return watch;
    }

    /** What users are told of it. */
    Gauges gauges() {
        return gauges;
    }

    /** No queue had room for a task. */
    void refuse() {
        refused.increment();
    }

    /** Tasks that no queue had room for. */
    long refused() {
        return refused.sum();
    }

    long longestSleepNanos() {
        return longestSleepNanos;
    }

    /** For tests: of those that fall asleep from now on. */
    void longestSleepNanos(final long nanos) {
        longestSleepNanos = nanos;
    }

    boolean isRunning() {
        return state == RUNNING;
    }

    boolean isStopped() {
        return state == STOPPED;
    }

    /** Schedules a task from outside. */
    int inject(final Runnable task, final int level) {
        final int count = workers.length;
        int at = homes.of(Thread.currentThread());
        final long now = queues[at].isNextTimed(level) ? now() : 0;
        for (int i = 0; i < count; i++) {
            final int outcome = queues[at].offer(task, level, now);
            if (outcome == TaskInbox.OFFERED) {
                wakeFor(at);
                return TaskScheduler.SCHEDULED;
            }
            if (outcome == TaskInbox.CLOSED) {
                return TaskScheduler.CLOSED;
            }
            at = at + 1 == count ? 0 : at + 1;
        }
        refuse();
        return TaskScheduler.QUEUE_FULL;
    }

    /** A task was put into this worker's inbox. */
    private void wakeFor(final int worker) {
        // SYNC: pairs with Parking.enter, and with the fence of wakeForRest.
        VarHandle.fullFence();
        if (parking.isAnyParked() && !workers[worker].wake() && !workers[worker].isSearching()) {
            wakeNear(workers[worker]);
        }
    }

    /** Wakes one, the nearest to this worker, if any sleeps. */
    void wakeNear(final Worker worker) {
        for (final Worker other : worker.victims()) {
            if (other.wake()) {
                return;
            }
        }
    }

    /**
     * A worker has ended its search: what came to it meanwhile, or lies with others, is for the next that can be woken. So is the time, if
     * nobody keeps it, whether this worker did or was woken to do so and has found a task before.
     */
    void wakeForRest(final Worker worker) {
        // SYNC: pairs with wakeFor. That worker no longer says that it searches: either this finds the task, or wakeFor finds that.
        VarHandle.fullFence();
        if (parking.timekeeper() < 0 && timers.nextDeadline() != Timers.NONE || hasWork()) {
            wakeNear(worker);
        }
    }

    /** A deadline was added that is the next. */
    @Override
    public void sooner() {
        // SYNC: pairs with Parking.keepTime and enter.
        VarHandle.fullFence();
        final int keeper = parking.timekeeper();
        if (keeper >= 0) {
            LockSupport.unpark(workers[keeper].thread());
        } else if (parking.isAnyParked()) {
            for (final Worker worker : workers) {
                if (worker.wake()) {
                    return;
                }
            }
        }
    }

    /** Time to the next deadline, 0 if it has passed, {@link Long#MAX_VALUE} if there is none. */
    long untilDeadline() {
        final long deadline = timers.nextDeadline();
        return deadline == Timers.NONE ? Long.MAX_VALUE : Math.max(0, deadline - now());
    }

    boolean hasWork() {
        for (final Worker worker : workers) {
            if (worker.queues().hasWork()) {
                return true;
            }
        }
        return false;
    }

    /** A task, or a duty, threw. */
    void report(final Object task, final Throwable error) {
        failures.report(task, error);
    }

    /** Gives a duty to the worker that has fewest. */
    synchronized RunningDuty recur(final Duty duty) {
        if (!isRunning()) {
            throw new IllegalStateException("this scheduler was shut down: it takes no more duties");
        }
        final Worker worker = Arrays.stream(workers).min(Comparator.comparingInt((Worker other) -> other.duties().count())).orElseThrow();
        final RunningDuty running = new RunningDuty(duty, worker);
        worker.duties().add(running);
        worker.wakeForDuties();
        return running;
    }

    /** Said by the worker that has it. */
    void end(final RunningDuty duty) {
        // First: if there is no memory for what follows, it comes here again, and not to another turn.
        duty.leave();
        synchronized (this) {
            workers[duty.worker()].duties().remove(duty);
        }
        final WorkerCounters counters = workers[duty.worker()].counters;
        // As a turn: it may take as long, is interrupted if all is to stop now, and leaves no interrupt to the next task.
        counters.beginTurn();
        try {
            // Without the lock: whoever is told may hold one that others ask this pool under.
            duty.duty.ended();
        } catch (final Throwable e) {
            report(duty.duty, e);
        } finally {
            counters.endTurn();
        }
        Thread.interrupted();
        duty.end();
    }

    /**
     * Takes no more tasks from outside; those that are there, and those that they schedule, are run.
     *
     * @return whether nothing is left to run, or was when the scheduler was stopped
     */
    boolean drain(final long nanos) {
        final long from = now();
        close(DRAINING);
        while (!isQuiescent()) {
            if (now() - from >= nanos) {
                return false;
            }
            LockSupport.parkNanos(DRAIN_LOOK_NANOS);
            if (Thread.currentThread().isInterrupted()) {
                return isQuiescent();
            }
        }
        return true;
    }

    private synchronized void close(final int next) {
        if (state < next) {
            final boolean first = state == RUNNING;
            state = next;
            if (first) {
                for (final Worker worker : workers) {
                    worker.queues().close();
                }
                dropped.addAll(timers.close());
            }
        }
        wakeAll();
    }

    private void wakeAll() {
        VarHandle.fullFence();
        for (final Worker worker : workers) {
            worker.wakeAnyway();
        }
    }

    /**
     * Whether all sleep, nothing is there for them, and none has woken in between: then nothing ever comes, for there is nobody to schedule
     * it.
     */
    private boolean isQuiescent() {
        final long[] epochs = new long[workers.length];
        for (int i = 0; i < epochs.length; i++) {
            epochs[i] = workers[i].epochVolatile();
            if ((epochs[i] & 1) == 0 && workers[i].thread().isAlive()) {
                return false;
            }
        }
        for (final Worker worker : workers) {
            if (worker.queues().waiting() != 0) {
                return false;
            }
        }
        VarHandle.fullFence();
        for (int i = 0; i < epochs.length; i++) {
            if (workers[i].epochVolatile() != epochs[i]) {
                return false;
            }
        }
        return true;
    }

    /** Ends workers that have nothing to do any more; whether all have ended. */
    boolean join() {
        stop(false);
        return Arrays.stream(workers).noneMatch(worker -> worker.thread().isAlive());
    }

    /**
     * Drains, unless a worker asks, which has a task to end; then stops.
     */
    void close(final boolean byWorker) {
        if (!byWorker && !isStopped()) {
            drain(config.closeTimeout().toNanos());
        }
        final int delayed;
        synchronized (this) {
            close(DRAINING);
            // Whoever closes a scheduler expects no more of those.
            delayed = dropped.size();
        }
        final int left = stop(true).size() - delayed;
        if (left > 0) {
            LOGGER.log(System.Logger.Level.WARNING, left + " tasks were never run: the scheduler was closed"
                    + (byWorker ? " by one of its tasks"
                    : Thread.currentThread().isInterrupted() ? " by a thread that was interrupted, and waits for nothing"
                    : " and closeTimeout ran out; raise it, or call shutdownNow to have them"));
        }
    }

    /**
     * Lets each worker end the task that it is in, and no more.
     *
     * @param interrupt whether those that are in one are interrupted
     * @return what never ran
     */
    List<Runnable> stop(final boolean interrupt) {
        close(STOPPED);
        watch.wake();
        new WorkersEnd(workers, interrupt).await(Math.max(config.closeTimeout().toNanos(), TimeUnit.MILLISECONDS.toNanos(100)));
        final List<Runnable> never = new ArrayList<>();
        synchronized (this) {
            never.addAll(dropped);
            dropped.clear();
            for (final Worker worker : workers) {
                worker.queues().takeAll(never);
            }
        }
        final List<Runnable> given = new ArrayList<>(never.size());
        for (final Runnable task : never) {
            final Runnable action = task instanceof TimedTask timed ? timed.action() : task;
            if (action != null) {
                given.add(action);
            }
            cancel(task);
            if (task instanceof TimedTask timed) {
                timed.forget();
            }
        }
        return given;
    }

    /** Some are the user's, and may throw: the others are to be given back nevertheless. */
    private void cancel(final Runnable task) {
        try {
            if (task instanceof Future<?> future) {
                future.cancel(false);
            } else if (task instanceof ScheduledTask timed) {
                timed.cancel();
            }
        } catch (final Throwable e) {
            report(task, e);
        }
    }
}
