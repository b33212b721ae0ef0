// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.memory.Padded;
import io.kaelix.numa.PlacementPlan.WorkerPlace;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Collection;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that starts tasks: its own first, then those of others.
 *
 * <pre>
 *   from outside ──► inbox of each level ──┐
 *                                          ├──► next ──► execute          thieves take the oldest of either
 *   from its own tasks ──► deque, newest ──┘
 * </pre>
 *
 * <p><b>Order</b>: the most urgent level that has a task, of it the newest that its own tasks scheduled, whose memory is still at hand, then the
 * oldest from outside. So that nothing starves, each {@value #AGEING}th start begins its look at a less urgent level, each of them in
 * turn; and of the starts from a level each {@value #OUTSIDE_TURNS}th begins with the oldest from outside, and each {@value #OLDEST_TURNS}th with
 * the oldest that its own tasks scheduled.
 *
 * <p><b>Threads</b>: {@link #schedule} and what is private are its thread's alone; the rest is for all.
 */
final class Worker extends Padded implements Runnable, Timers.Sink {

    /** Starts of which one begins with a less urgent level. */
    static final int AGEING = 32;
    /** Starts from a level of which one takes the oldest from outside first. */
    static final int OUTSIDE_TURNS = 16;
    /**
     * Starts from a level of which one takes the oldest that its own tasks scheduled. Seldom: each such start opens another branch of what
     * taking the newest goes through in depth, and what waits grows with it (a binary tree of 8 million tasks: 2,100 wait at
     * most with one in 1024, 106,000 with one in 16).
     */
    static final int OLDEST_TURNS = 1024;

    private static final int AGEING_MASK = AGEING - 1;
    /** Tasks after which it looks at deadlines and duties. */
    private static final int CHECK = 8;
    /** Looks at its own inboxes for one at everybody's queues. */
    private static final int LOOKS_MASK = 15;
    /** Of the tasks that its own tasks schedule, one in so many has its time taken: reading the clock twice takes as long as all else. */
    private static final int TIMED_MASK = 63;
    /** What its own tasks schedule is told to sleepers without a fence: a sleeper looks again after this time, once. */
    private static final long SECOND_LOOK_NANOS = 100_000;
    private static final long LONGEST_DUTY_PAUSE_NANOS = 1_000_000;
    private static final long SHORTEST_DUTY_PAUSE_NANOS = 50_000;
    private static final RunningDuty[] NO_DUTIES = {};

    private static final VarHandle SEARCHING;
    private static final VarHandle EPOCH;
    private static final VarHandle DUTIES;

    static {
        try {
            final MethodHandles.Lookup lookup = MethodHandles.lookup();
            SEARCHING = lookup.findVarHandle(Worker.class, "searching", boolean.class);
            EPOCH = lookup.findVarHandle(Worker.class, "epoch", long.class);
            DUTIES = lookup.findVarHandle(Worker.class, "duties", RunningDuty[].class);
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
    private final Idling idling;
    private final Taken taken = new Taken();
    final WorkerCounters counters;

    // Made by its own thread, so that they lie on its node.
    private TaskInbox[] inboxes;
    private TaskDeque[] deques;
    private StartTimes startTimes;
    private int[] takes;
    private volatile String placement = "not started";
    private volatile Worker[] victims = {};

    private int starts;
    private int lower = 1;
    private int takenLevel;
    private int untilCheck = CHECK;
    private int forks;
    private long dutyPause = SHORTEST_DUTY_PAUSE_NANOS;
    private boolean keptTime;
    private boolean searching;
    /** Odd while it sleeps; a change of it tells that it may have taken something. */
    private long epoch;
    private RunningDuty[] duties = NO_DUTIES;
    private volatile long wokenAt;

    Worker(final WorkerPool pool, final int index, final WorkerPlace place) {
        this.pool = pool;
        this.parking = pool.parking();
        this.timers = pool.timers();
        this.index = index;
        this.place = place;
        this.levels = pool.config().priorities();
        this.idling = new Idling(pool.config().idle(), pool.config().targetLatency().toNanos());
        this.counters = new WorkerCounters();
        this.thread = new WorkerThread(this, pool.config().name() + '-' + index);
    }

    /** Makes what its queues are made of. By its own thread, or before that runs. */
    void makeQueues() {
        final int capacity = pool.config().queueCapacity();
        final int forkCapacity = pool.config().forkCapacity();
        takes = new int[levels];
        startTimes = new StartTimes(levels);
        inboxes = new TaskInbox[levels];
        deques = new TaskDeque[levels];
        for (int level = 0; level < levels; level++) {
            inboxes[level] = new TaskInbox(capacity);
            deques[level] = new TaskDeque(forkCapacity);
        }
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
        return placement;
    }

    StartTimes startTimes() {
        return startTimes;
    }

    TaskInbox inbox(final int level) {
        return inboxes[level];
    }

    TaskDeque deque(final int level) {
        return deques[level];
    }

    boolean hasWork() {
        for (int level = 0; level < levels; level++) {
            if (!inboxes[level].isEmpty() || !deques[level].isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** Tasks that it has, those that are just being offered among them. */
    int waiting() {
        int count = 0;
        for (int level = 0; level < levels; level++) {
            count += waiting(level);
        }
        return count;
    }

    int waiting(final int level) {
        return inboxes[level].size() + deques[level].size();
    }

    /** Takes no more tasks from outside. */
    void closeInboxes() {
        for (final TaskInbox inbox : inboxes) {
            inbox.close();
        }
    }

    /** Takes all tasks, for who shuts down. */
    void takeAll(final Collection<Runnable> into) {
        final Taken ignored = new Taken();
        for (int level = 0; level < levels; level++) {
            for (Runnable task = inboxes[level].pollClosed(ignored); task != null; task = inboxes[level].pollClosed(ignored)) {
                into.add(task);
            }
            for (Runnable task = deques[level].steal(ignored); task != null; task = deques[level].steal(ignored)) {
                into.add(task);
            }
        }
    }

    @Override
    public void run() {
        try (Placed placed = pool.place(place)) {
            placement = placed.reason();
            makeQueues();
            pool.ready();
            if (pool.awaitAll()) {
                work();
            }
            endDuties();
        } catch (final Throwable e) {
            pool.ended(e);
        }
    }

    private void work() {
        while (!pool.isStopped()) {
            final Runnable own = next();
            if (own != null) {
                execute(own, 0);
                if (--untilCheck == 0) {
                    untilCheck = CHECK;
                    expireTimers();
                    turnDuties();
                }
            } else if (turnDuties() == 0) {
                idle();
            }
        }
    }

    /** Said by one of its own tasks. */
    int schedule(final Runnable task, final int level) {
        if (pool.isStopped()) {
            return TaskScheduler.CLOSED;
        }
        final long now = (++forks & TIMED_MASK) == 0 ? pool.now() : 0;
        if (!deques[level].push(task, now)) {
            return TaskScheduler.QUEUE_FULL;
        }
        if (parking.isAnyParked()) {
            pool.wakeNear(this);
        }
        return TaskScheduler.SCHEDULED;
    }

    @Override
    public boolean due(final TimedTask task) {
        return deques[task.priority().level(levels)].push(task, task.deadline());
    }

    /** One of its own tasks to be started now, or null. */
    Runnable next() {
        if ((++starts & AGEING_MASK) == 0) {
            lower = lower + 1 < levels ? lower + 1 : 1;
            final Runnable task = take(lower);
            if (task != null) {
                return task;
            }
        }
        for (int level = 0; level < levels; level++) {
            final Runnable task = take(level);
            if (task != null) {
                return task;
            }
        }
        return null;
    }

    private Runnable take(final int level) {
        final TaskDeque deque = deques[level];
        final TaskInbox inbox = inboxes[level];
        takenLevel = level;
        final int turn = takes[level];
        Runnable task = null;
        if ((turn & OUTSIDE_TURNS - 1) == 0) {
            task = (turn & OLDEST_TURNS - 1) == 0 ? deque.steal(taken) : inbox.poll(taken);
        }
        if (task == null && (task = deque.pop(taken)) == null) {
            task = inbox.poll(taken);
        }
        if (task != null) {
            takes[level] = turn + 1;
        }
        return task;
    }

    private Runnable fromOutside() {
        for (int level = 0; level < levels; level++) {
            final Runnable task = inboxes[level].poll(taken);
            if (task != null) {
                takenLevel = level;
                return task;
            }
        }
        return null;
    }

    /** The most urgent task of the nearest that has one of its level. */
    private Runnable steal() {
        final Worker[] others = victims;
        for (int level = 0; level < levels; level++) {
            for (final Worker other : others) {
                Runnable task = other.deques[level].steal(taken);
                if (task == null) {
                    task = other.inboxes[level].poll(taken);
                }
                if (task != null) {
                    takenLevel = level;
                    counters.stolen();
                    return task;
                }
            }
        }
        return null;
    }

    /**
     * Runs a task.
     *
     * @param now what the time is, or 0 if that was not asked yet
     */
    private void execute(final Runnable task, final long now) {
        // Asked before, as it forgets what it did.
        final Runnable given = task instanceof TimedTask timed ? timed.action() : task;
        final long scheduledAt = taken.scheduledAt;
        if (scheduledAt != 0) {
            startTimes.record(takenLevel, (now == 0 ? pool.now() : now) - scheduledAt);
        }
        counters.begin();
        try {
            task.run();
        } catch (final Throwable e) {
            failed(given == null ? task : given, e);
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
            // The first is this worker's next task; more than that is work for others too.
            if (deadline <= now && timers.expire(now, this) > 1 && parking.isAnyParked()) {
                pool.wakeNear(this);
            }
        }
    }

    /** Waits until there is a task, and runs it, a duty has done something, or the scheduler is stopped. */
    private void idle() {
        final long began = pool.now();
        counters.idleFrom(began);
        SEARCHING.setRelease(this, true);
        final Runnable task = search(began);
        SEARCHING.setOpaque(this, false);
        if (parking.isAnyParked()) {
            pool.wakeForRest(this, keptTime);
        }
        keptTime = false;
        final long found = pool.now();
        counters.busyFrom(found);
        if (task != null) {
            idling.found(found - began);
            execute(task, found);
        }
    }

    private Runnable search(final long began) {
        long nextPark = SECOND_LOOK_NANOS;
        int looks = 0;
        while (!pool.isStopped()) {
            final Runnable outside = fromOutside();
            if (outside != null) {
                return outside;
            }
            if (turnDuties() > 0) {
                dutyPause = SHORTEST_DUTY_PAUSE_NANOS;
                return null;
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
            final Runnable due = next();
            if (due != null) {
                return due;
            }
            switch (pool.isRunning() ? idling.rest(pool.now() - began) : Idling.Rest.PARK) {
                case SPIN -> Thread.onSpinWait();
                case YIELD -> Thread.yield();
                case PARK -> {
                    park(nextPark);
                    nextPark = Long.MAX_VALUE;
                    // So that it looks everywhere before it sleeps again.
                    looks = LOOKS_MASK;
                }
            }
        }
        return null;
    }

    private void park(final long atMost) {
        counters.park();
        EPOCH.setVolatile(this, epoch + 1);
        parking.enter(index);
        if (!pool.hasWork() && !pool.isStopped()) {
            keptTime |= parking.keepTime(index);
            final boolean keeping = parking.timekeeper() == index;
            final long nanos = Math.min(Math.min(atMost, dutyPause()), keeping ? pool.untilDeadline() : Long.MAX_VALUE);
            if (nanos == Long.MAX_VALUE) {
                LockSupport.park(pool);
            } else if (nanos > 0) {
                LockSupport.parkNanos(pool, nanos);
            }
            if (keeping) {
                parking.leaveTime();
            }
            Thread.interrupted();
        }
        final boolean woken = !parking.leave(index);
        EPOCH.setVolatile(this, epoch + 1);
        if (woken) {
            startTimes.recordWake(pool.now() - wokenAt);
        }
    }

    private long dutyPause() {
        if (duties().length == 0) {
            return Long.MAX_VALUE;
        }
        final long pause = dutyPause;
        dutyPause = Math.min(LONGEST_DUTY_PAUSE_NANOS, pause + (pause >> 1));
        return pause;
    }

    /** Wakes it, if nobody else does; whether this call did. */
    boolean wake() {
        if (parking.leave(index)) {
            wokenAt = pool.now();
            LockSupport.unpark(thread);
            return true;
        }
        return false;
    }

    /** Whether it is awake, looks for tasks, and has found none. A caller that has work puts a full fence before. */
    boolean isSearching() {
        return (boolean) SEARCHING.getAcquire(this);
    }

    /** Odd while it sleeps. */
    long epochVolatile() {
        return (long) EPOCH.getVolatile(this);
    }

    private RunningDuty[] duties() {
        return (RunningDuty[]) DUTIES.getAcquire(this);
    }

    int dutyCount() {
        return duties().length;
    }

    /** Gives it another duty. Under the pool's lock. */
    void add(final RunningDuty duty) {
        final RunningDuty[] before = duties();
        final RunningDuty[] after = Arrays.copyOf(before, before.length + 1);
        after[before.length] = duty;
        DUTIES.setRelease(this, after);
        wakeForDuties();
    }

    /** Under the pool's lock. */
    void remove(final RunningDuty duty) {
        DUTIES.setRelease(this, Arrays.stream(duties()).filter(other -> other != duty).toArray(RunningDuty[]::new));
    }

    /** Lets it look at its duties at once. */
    void wakeForDuties() {
        VarHandle.fullFence();
        wake();
    }

    /** A turn of each; how much they did. */
    private int turnDuties() {
        final RunningDuty[] all = duties();
        if (all.length == 0 || !pool.isRunning()) {
            return 0;
        }
        int done = 0;
        for (final RunningDuty duty : all) {
            final int count = turn(duty);
            if (count < 0) {
                pool.end(duty, this);
            } else {
                done += count;
            }
        }
        return done;
    }

    private int turn(final RunningDuty duty) {
        if (duty.isClosed()) {
            return Duty.DONE;
        }
        counters.beginTurn();
        int done;
        try {
            done = duty.duty.turn();
        } catch (final Throwable e) {
            counters.failed();
            pool.report(duty, e);
            done = Duty.DONE;
        }
        counters.endTurn();
        return done;
    }

    private void endDuties() {
        for (final RunningDuty duty : duties()) {
            pool.end(duty, this);
        }
    }
}
