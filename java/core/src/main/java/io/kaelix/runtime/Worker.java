// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.memory.Padded;
import io.kaelix.numa.PlacementPlan.WorkerPlace;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that starts tasks: its own first, then those of others.
 *
 * <p>What it starts next is said in {@link WorkerQueues}. When that has nothing, it looks at what others have, the nearest first, and at
 * deadlines and duties, and rests as {@link Idling} says.
 *
 * <p><b>Threads</b>: {@link #schedule} and what is private are its thread's alone; the rest is for all.
 */
final class Worker extends Padded implements Runnable, Timers.Sink {

    /** Looks at its own inboxes for one at everybody's queues. */
    private static final int LOOKS_MASK = 15;
    /** Of the tasks that its own tasks schedule, one in so many has its time taken: reading the clock twice takes as long as all else. */
    private static final int TIMED_MASK = 63;
    /** What its own tasks schedule is told to sleepers without a fence: a sleeper looks again after this time. */
    private static final long SECOND_LOOK_NANOS = 100_000;

    private static final VarHandle SEARCHING;
    private static final VarHandle EPOCH;

    static {
        try {
            final MethodHandles.Lookup lookup = MethodHandles.lookup();
            SEARCHING = lookup.findVarHandle(Worker.class, "searching", boolean.class);
            EPOCH = lookup.findVarHandle(Worker.class, "epoch", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final WorkerPool pool;
    private final Parking parking;
    private final Timers timers;
    private final WorkerPlace place;
    private final int index;
    private final int levels;
    private final WorkerThread thread;
    private final WorkerDuties duties;
    final WorkerCounters counters = new WorkerCounters();

    // Made by its own thread, so that they lie on its node.
    private WorkerQueues queues;
    private StartTimes startTimes;
    private volatile Placed placed = Placed.NOT_STARTED;
    private Worker[] victims = {};
    private SharedQueues[] queuesOfVictims;

    /** Another one when the settings change. */
    private volatile Idling idling;
    private int forks;
    private long idleFrom;
    private long lookedAt;
    private boolean searching;
    /** Odd while it sleeps; a change of it tells that it may have taken something. */
    private long epoch;
    private volatile long wokenAt;

    Worker(final WorkerPool pool, final int index, final WorkerPlace place) {
        this.pool = pool;
        this.parking = pool.parking();
        this.timers = pool.timers();
        this.index = index;
        this.place = place;
        this.levels = pool.config().priorities();
        idleAs(pool.config());
        this.duties = new WorkerDuties(pool, counters);
        this.thread = new WorkerThread(this, pool.config().name() + '-' + index);
    }

    /** What it does from now on while it finds nothing. By any thread. */
    void idleAs(final SchedulerConfig config) {
        idling = new Idling(config.idle(), config.targetLatency().toNanos());
    }

    Idling idling() {
        return idling;
    }

    /** Whom it steals from, the nearest first. */
    void meet(final Worker[] nearestFirst) {
        victims = nearestFirst;
    }

    Worker[] victims() {
        return victims;
    }

    WorkerPool pool() {
        return pool;
    }

    int index() {
        return index;
    }

    WorkerThread thread() {
        return thread;
    }

    WorkerPlace place() {
        return place;
    }

    /** What became of the place that was planned for it. */
    String placement() {
        return placed.reason();
    }

    /** Whether it keeps to the CPU that was planned for it. */
    boolean isPinned() {
        final Placed at = placed;
        return at.pinned() != null && at.pinned().isAsAsked();
    }

    /** Number of its thread as the operating system has it, or {@link Placed#UNKNOWN}. */
    long systemThread() {
        return placed.systemThread();
    }

    StartTimes startTimes() {
        return startTimes;
    }

    WorkerQueues queues() {
        return queues;
    }

    WorkerDuties duties() {
        return duties;
    }

    /** Once: whoever has got hold of its thread, or of this, can call it, and must not come between it and its queues. */
    @Override
    public void run() {
        if (Thread.currentThread() != thread || queues != null) {
            throw new IllegalStateException("a worker runs by itself");
        }
        try (Placed placed = Placed.asConfigured(pool, place)) {
            this.placed = placed;
            startTimes = new StartTimes(levels);
            queues = new WorkerQueues(levels, pool.config().queueCapacity(), pool.config().forkCapacity());
            rehearseSleep();
            pool.ready();
            if (pool.awaitAll()) {
                queuesOfVictims = Arrays.stream(victims).map(Worker::queues).toArray(SharedQueues[]::new);
                while (!pool.isStopped()) {
                    work();
                }
            }
            duties.end();
        } catch (final Throwable e) {
            pool.ended(e);
        }
    }

    /** Until the scheduler is stopped, or something fails that is no task. That is logged, and it goes on. */
    private void work() {
        try {
            startTasks();
        } catch (final Throwable e) {
            Failures.log("a worker failed between two tasks, and goes on", "", e);
        }
    }

    private void startTasks() {
        while (!pool.isStopped()) {
            final Runnable own = queues.next();
            if (own != null) {
                execute(own);
            } else if (duties.turn() == 0) {
                idle();
            }
            // With each eighth task, or busy turn of its duties; no more tasks of others once it is stopped.
            if (queues.isFair() && !pool.isStopped()) {
                lookAround(own != null);
            }
        }
    }

    /**
     * What a worker that is never idle owes: deadlines, duties, and tasks of workers that are in a long one; the most urgent of them alone
     * if it has tasks itself.
     */
    private void lookAround(final boolean hasTasks) {
        expireTimers();
        duties.turn();
        // Not behind a task that was interrupted because the scheduler is stopped: nobody would interrupt the next one.
        final Runnable task = pool.isStopped() ? null : hasTasks ? steal(0) : steal();
        if (task != null) {
            execute(task);
        }
    }

    /** Said by one of its own tasks. */
    int schedule(final Runnable task, final int level) {
        if (pool.isStopped()) {
            return TaskScheduler.CLOSED;
        }
        final long now = (++forks & TIMED_MASK) == 0 ? pool.now() : 0;
        if (!queues.push(task, level, now)) {
            pool.refuse();
            return TaskScheduler.QUEUE_FULL;
        }
        if (parking.isAnyParked()) {
            pool.wakeNear(this);
        }
        return TaskScheduler.SCHEDULED;
    }

    @Override
    public boolean due(final TimedTask task) {
        try {
            return queues.push(task, task.priority().level(levels), task.deadline());
        } catch (final OutOfMemoryError e) {
            // To grow by. It waits, and is asked for again.
            return false;
        }
    }

    /** The most urgent task of others. */
    private Runnable steal() {
        for (int level = 0; level < levels; level++) {
            final Runnable task = steal(level);
            if (task != null) {
                return task;
            }
        }
        return null;
    }

    /** The oldest of this level that the nearest worker has which has one. */
    private Runnable steal(final int level) {
        for (final SharedQueues other : queuesOfVictims) {
            final Runnable task = queues.stealFrom(other, level);
            if (task != null) {
                counters.stolen();
                return task;
            }
        }
        return null;
    }

    private void execute(final Runnable task) {
        // Asked before, as it forgets what it did.
        final Runnable given = task instanceof TimedTask timed ? timed.action() : task;
        final long scheduledAt = queues.scheduledAt();
        final int level = queues.takenLevel();
        final long startedAt = scheduledAt == 0 ? 0 : pool.now();
        counters.begin();
        try {
            task.run();
        } catch (final Throwable e) {
            failed(given == null ? task : given, e);
        }
        if (scheduledAt != 0) {
            // Behind the task, which does not have to wait for it; whoever sees it counted sees this.
            startTimes.record(level, startedAt - scheduledAt);
        }
        counters.end();
        // A task may have left it so, and the next one is not to blame.
        Thread.interrupted();
    }

    private void failed(final Runnable task, final Throwable error) {
        counters.failed();
        pool.report(task, error);
    }

    private void expireTimers() {
        final long deadline = timers.nextDeadline();
        if (deadline != Timers.NONE) {
            final long now = pool.now();
            // One is for itself, or if it takes another task first, for who keeps the time: that one wakes now, too. More is work for
            // others.
            if (deadline <= now && timers.expire(now, this) > 1 && parking.isAnyParked()) {
                pool.wakeNear(this);
            }
        }
    }

    /** Waits until there is a task, and runs it, a duty has done something, or the scheduler is stopped. */
    private void idle() {
        final long began = pool.now();
        counters.idleFrom(began);
        SEARCHING.setRelease(this, duties.count() == 0);
        idleFrom = began;
        lookedAt = began;
        final Runnable task = search(began);
        SEARCHING.setOpaque(this, false);
        // No fence: who sets its bit at this moment is not seen, and looks a second time.
        if (parking.isAnyParked()) {
            pool.wakeForRest(this);
        }
        // As of its last look at the clock: to look again now, the task would have to wait.
        final long found = lookedAt;
        counters.busyFrom(found);
        if (task != null) {
            execute(task);
        }
        idling.found(found - began);
    }

    private Runnable search(final long began) {
        int looks = 0;
        while (!pool.isStopped()) {
            final Runnable outside = queues.fromOutside();
            if (outside != null) {
                return outside;
            }
            if (duties.count() > 0) {
                // A turn may be a long one. So from the first on whoever has a task wakes another worker for it, if any sleeps.
                if (searching) {
                    SEARCHING.setVolatile(this, false);
                }
                if (duties.turn() > 0) {
                    return null;
                }
            }
            if ((++looks & LOOKS_MASK) != 0) {
                Thread.onSpinWait();
                continue;
            }
            final Runnable stolen = steal();
            if (stolen != null) {
                return stolen;
            }
            expireTimers();
            final Runnable due = queues.next();
            if (due != null) {
                return due;
            }
            lookedAt = pool.now();
            final Idling rules = idling;
            switch (pool.isRunning() ? rules.rest(lookedAt - began) : Idling.Rest.PARK) {
                case SPIN -> Thread.onSpinWait();
                case YIELD -> {
                    Thread.yield();
                    // Others may have had the CPU for long.
                    lookedAt = pool.now();
                }
                case PARK -> {
                    park(rules);
                    lookedAt = pool.now();
                    // So that it looks everywhere before it sleeps again.
                    looks = LOOKS_MASK;
                }
            }
        }
        return null;
    }

    /**
     * What the JVM links when it first comes to a sleep or to a wake-up, it links now, and not between two tasks. Nobody has work for it yet,
     * nor looks for sleepers.
     */
    private void rehearseSleep() {
        park(null);
        queues.hasWork();
        parking.enter(index);
        parking.keepTime(index);
        parking.leaveTime();
        wake();
        isSearching();
        // It has been woken, so this returns at once.
        sleep(1, false);
        new WorkerCounters().park();
        new StartTimes(levels).recordWake(1);
    }

    /** @param rules by which it does so: if there are others by now, it asks them first */
    private void park(final Idling rules) {
        final long from = pool.now();
        EPOCH.setVolatile(this, epoch + 1);
        parking.enter(index);
        // SYNC: the fence of enter pairs with that of wakeAll, behind which the rules were changed.
        if (idling == rules && isNothingToDo()) {
            counters.park();
            boolean keeping = parking.keepTime(index);
            final long pause = duties.pause(from - idleFrom);
            // Duties have it look again soon enough.
            sleep(pause == Long.MAX_VALUE ? SECOND_LOOK_NANOS : pause, keeping);
            // The second look, with its bit set all the time: a task that was scheduled before that could be seen is here by now.
            if (pause == Long.MAX_VALUE && parking.isParked(index) && pool.now() - from >= SECOND_LOOK_NANOS && isNothingToDo()) {
                keeping |= parking.keepTime(index);
                sleep(pool.longestSleepNanos(), keeping);
            }
            if (keeping) {
                parking.leaveTime();
            }
            Thread.interrupted();
        }
        final boolean woken = !parking.leave(index);
        EPOCH.setVolatile(this, epoch + 1);
        final long at = wokenAt;
        // Who woke it may not have said when as yet, if it did not sleep; then this is the time before.
        if (woken && at >= from) {
            startTimes.recordWake(pool.now() - at);
        }
    }

    private boolean isNothingToDo() {
        return !pool.hasWork() && !pool.isStopped();
    }

    /** Not beyond the next deadline, if it keeps the time. */
    private void sleep(final long atMost, final boolean keeping) {
        final long nanos = keeping ? Math.min(atMost, pool.untilDeadline()) : atMost;
        if (nanos > 0) {
            LockSupport.parkNanos(pool, nanos);
        }
    }

    /**
     * Wakes it, if nobody else does; whether this call did.
     *
     * @throws StackOverflowError if there is too little stack left; nothing has changed
     */
    boolean wake() {
        if (!parking.isParked(index)) {
            return false;
        }
        // Between the bit and the unpark nothing may fail, or it would sleep for ever: what overflows the stack does so here.
        StackRoom.require();
        if (!parking.leave(index)) {
            return false;
        }
        wokenAt = pool.now();
        LockSupport.unpark(thread);
        return true;
    }

    /** Wakes it, whatever is known of it. */
    void wakeAnyway() {
        wake();
        LockSupport.unpark(thread);
    }

    /** Whether it is awake, looks for tasks, and has found none. A caller that has work puts a full fence before. */
    boolean isSearching() {
        return (boolean) SEARCHING.getAcquire(this);
    }

    /** Odd while it sleeps. */
    long epochVolatile() {
        return (long) EPOCH.getVolatile(this);
    }

    /** Lets it look at its duties at once. */
    void wakeForDuties() {
        VarHandle.fullFence();
        wake();
    }
}
