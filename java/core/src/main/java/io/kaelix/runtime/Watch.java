// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.telemetry.FlightEvents;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks at the workers now and then: reports what holds one for longer than the {@linkplain SchedulerConfig#blockingLimit() limit}, and
 * moves the {@link Window} on.
 *
 * <p>It looks twice in each limit, but not more often than each 5 ms nor less than each half a second; while nothing is done it looks less
 * and less often, down to that. So a task is reported once it has run for the limit, at the latest for twice the limit and 10 ms, and half
 * a second more behind a quiet time. What runs for less than that may go unseen.
 *
 * <p><b>Threads</b>: one of its own, a daemon, which reads what the workers count anyway. The others may ask for what it has seen.
 */
final class Watch implements Runnable {

    static final String THREAD_NAME = "kaelix-watch";

    /** Classes between a worker's loop and what it runs. */
    private static final String WORKER = Worker.class.getName();
    private static final System.Logger LOGGER = System.getLogger(TaskScheduler.class.getName());
    private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** Where every task takes too long, the first says as much as all of them would. */
    private static final long LOG_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final WorkerPool pool;
    private final RunningTask[] running;
    private final Window window;
    private final LongAdder blocked = new LongAdder();
    private final Thread thread;
    private String lastFault;
    private long loggedAt = -LOG_PAUSE_NANOS;
    private long notLogged;

    Watch(final WorkerPool pool) {
        this.pool = pool;
        this.running = Arrays.stream(pool.workers()).map(worker -> new RunningTask(worker.counters, pool::now)).toArray(RunningTask[]::new);
        this.window = new Window(Totals.none(running.length, pool.config().priorities()));
        this.thread = Thread.ofPlatform().daemon().inheritInheritableThreadLocals(false).name(THREAD_NAME).unstarted(this);
    }

    /** Before the workers: it waits for them. */
    void start() {
        thread.start();
    }

    /** Has it look at once: it ends if the pool has stopped, unless it is in an error handler; its limit may be another one. */
    void wake() {
        LockSupport.unpark(thread);
    }

    boolean hasEnded() {
        return !thread.isAlive();
    }

    @Override
    public void run() {
        pool.letRoam();
        if (!pool.awaitAll()) {
            return;
        }
        window.rehearse(pool);
        long pause = periodNanos(limitNanos());
        while (!pool.isStopped()) {
            LockSupport.parkNanos(this, pause);
            // An error handler may have left it so, and then it would not rest any more.
            Thread.interrupted();
            pause = lookSafely() ? periodNanos(limitNanos()) : longerNanos(pause);
        }
    }

    private long limitNanos() {
        return pool.config().blockingLimit().toNanos();
    }

    /** Time between two looks while there is something to see. */
    static long periodNanos(final long limitNanos) {
        return limitNanos == 0 ? LONGEST_NANOS : Math.clamp(limitNanos / 2, SHORTEST_NANOS, LONGEST_NANOS);
    }

    /** Time to the next look if nothing was to be seen: an idle machine sleeps. */
    static long longerNanos(final long pause) {
        return Math.min(LONGEST_NANOS, 2 * pause);
    }

    /** For want of memory even looking may fail, and to tell so as well. */
    private boolean lookSafely() {
        try {
            return look();
        } catch (final RuntimeException | Error e) {
            tell(e);
            return true;
        }
    }

    private void tell(final Throwable e) {
        try {
            final String fault = e.toString();
            if (!fault.equals(lastFault)) {
                lastFault = fault;
                Failures.log("the watch over the workers goes on without a look", "", e);
            }
        } catch (final OutOfMemoryError none) {
            // Told when it fails for the next time.
            lastFault = null;
        }
    }

    /** Whether anything is done, or was since the last look. */
    private boolean look() {
        boolean active = false;
        final long limitNanos = limitNanos();
        for (int i = 0; i < running.length; i++) {
            if (limitNanos > 0 && running[i].hasPassed(limitNanos)) {
                report(pool.workers()[i], running[i], limitNanos);
            }
            active |= running[i].isActive();
        }
        window.move(pool.now(), pool);
        return active;
    }

    private void report(final Worker worker, final RunningTask task, final long limitNanos) {
        blocked.increment();
        final StackTraceElement[] seen = worker.thread().getStackTrace();
        final long nanos = Math.max(limitNanos, task.nanos());
        // If it has ended since, that is the stack of something else.
        final StackTraceElement[] stack = task.isUnderWay() ? seen : new StackTraceElement[0];
        FlightEvents.longTask(worker.thread().getName(), taskOf(stack), nanos, limitNanos);
        log(worker, nanos, limitNanos, stack);
        try {
            pool.config().errors().onBlocking(worker.thread(), nanos, stack);
        } catch (final Throwable e) {
            Failures.log("the error handler failed, when told what holds ", worker.thread().getName(), e);
        }
    }

    /** What the worker called: where the task begins, whatever it waits in. */
    private static String taskOf(final StackTraceElement[] stack) {
        for (int i = 1; i < stack.length; i++) {
            if (stack[i].getClassName().startsWith(WORKER)) {
                return stack[i - 1].toString();
            }
        }
        return "ended meanwhile";
    }

    private void log(final Worker worker, final long nanos, final long limitNanos, final StackTraceElement[] stack) {
        final long now = pool.now();
        if (now - loggedAt < LOG_PAUSE_NANOS) {
            notLogged++;
            return;
        }
        final StringBuilder text = new StringBuilder().append("thread ").append(worker.thread().getName()).append(" is held by a task for ")
                .append(Vitals.millis(nanos)).append(", the limit is ").append(Vitals.millis(limitNanos))
                .append("; tasks that wait with it: ").append(worker.queues().waiting());
        if (notLogged > 0) {
            text.append("; tasks since the last such line that took too long as well: ").append(notLogged);
        }
        text.append(stack.length == 0 ? "; it has just ended" : "; it is at");
        for (final StackTraceElement element : stack) {
            text.append(System.lineSeparator()).append("\tat ").append(element);
        }
        loggedAt = now;
        notLogged = 0;
        LOGGER.log(System.Logger.Level.WARNING, text.toString());
    }

    /** How long the task that a worker is at has run for, as far as was seen; 0 if that is not known. */
    long runningNanos(final int worker) {
        return running[worker].nanos();
    }

    /** Tasks that passed the limit. */
    long blocked() {
        return blocked.sum();
    }

    /** What happened lately. */
    Window window() {
        return window;
    }
}
