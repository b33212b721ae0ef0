// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import io.kaelix.telemetry.Counter;
import io.kaelix.telemetry.CounterFile;
import io.kaelix.telemetry.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Copies what scheduler, streamer and process tell into a counter file, again and again, so that nobody on a hot path has to.
 *
 * <p>What fails is logged, once until it fails in another way, and counted ({@link Metric#ERRORS}); the others go on, and it is asked
 * again the next time. What is late is not made up for.
 *
 * <p><b>Threads</b>: one of its own, a daemon, started when there is first something to do, and asleep for good while there is not.
 * {@link #pace} and {@link #close} are for any.
 */
final class Collector implements Runnable, AutoCloseable {

    static final String THREAD_NAME = "kaelix-telemetry";

    private static final System.Logger LOGGER = System.getLogger(Kaelix.class.getName());
    private static final long LONGEST_END_MILLIS = TimeUnit.SECONDS.toMillis(5);

    private final ProcessProfiler profiler;
    private final List<Asked> counters = new ArrayList<>();
    private final Asked process;
    private final Thread thread;
    private final Counter errors;
    private volatile Pace pace;
    private volatile boolean ending;
    private boolean started;

    // The thread's own.
    private Pace applied;
    private long countersDue;
    private long profileDue;

    /**
     * One whose thread runs if there is anything to do.
     *
     * @param file for what the profiler finds, and for what fails
     * @param sources closed with this, by its thread
     */
    static Collector start(final CounterFile file, final List<Source> sources, final ProcessProfiler profiler, final Pace pace) {
        final Collector collector = new Collector(file, sources, profiler, pace);
        collector.startIfNeeded();
        return collector;
    }

    /** One whose rounds are done by who made it. */
    Collector(final CounterFile file, final List<Source> sources, final ProcessProfiler profiler, final Pace pace) {
        this.profiler = profiler;
        this.process = new Asked(new ProcessSource(profiler, file));
        this.errors = file.counter(Metric.ERRORS, "telemetry");
        this.pace = pace;
        sources.forEach(source -> counters.add(new Asked(source)));
        this.thread = Thread.ofPlatform().daemon().inheritInheritableThreadLocals(false).name(THREAD_NAME).unstarted(this);
    }

    private synchronized void startIfNeeded() {
        if (!started && !ending && !pace.isIdle()) {
            thread.start();
            started = true;
        }
    }

    /** Goes on at this pace, from now on. */
    void pace(final Pace wanted) {
        pace = wanted;
        startIfNeeded();
        LockSupport.unpark(thread);
    }

    @Override
    public void run() {
        while (!ending) {
            final long pause = round(System.nanoTime());
            if (pause == Long.MAX_VALUE) {
                LockSupport.park(this);
            } else if (pause > 0) {
                LockSupport.parkNanos(this, pause);
            }
            // Nobody has a reason to interrupt it; and else it would not rest any more.
            Thread.interrupted();
        }
        closeAll();
    }

    /**
     * Does what is due.
     *
     * @return nanoseconds until something is due again; the longest there are if nothing will be
     */
    long round(final long now) {
        final Pace current = pace;
        if (current != applied) {
            apply(current, now);
        }
        long pause = Long.MAX_VALUE;
        if (current.countersNanos() > 0) {
            if (now - countersDue >= 0) {
                counters.forEach(this::ask);
                countersDue = next(countersDue, current.countersNanos(), now);
            }
            pause = countersDue - now;
        }
        if (current.profiles()) {
            if (now - profileDue >= 0) {
                ask(process);
                profileDue = next(profileDue, current.profileNanos(), now);
            }
            pause = Math.min(pause, profileDue - now);
        }
        return pause;
    }

    private void apply(final Pace current, final long now) {
        final boolean didProfile = profiler.isOn();
        profiler.select(current.cpu(), current.memory(), current.io());
        if (didProfile && !current.profiles()) {
            // What it has shown is true no longer.
            ask(process);
        }
        countersDue = now;
        // Rates need a while to be rates of.
        profileDue = now + current.profileNanos();
        applied = current;
    }

    /** At the same distance from the last one that was due, unless that is past. */
    private static long next(final long due, final long interval, final long now) {
        return due + interval - now > 0 ? due + interval : now + interval;
    }

    private void ask(final Asked asked) {
        try {
            asked.source.collect();
            asked.fault = null;
        } catch (final Throwable e) {
            errors.increment();
            asked.tell(e);
        }
    }

    private void closeAll() {
        for (final Asked asked : counters) {
            close(asked);
        }
        close(process);
        errors.close();
    }

    private static void close(final Asked asked) {
        try {
            asked.source.close();
        } catch (final RuntimeException e) {
            asked.tell(e);
        }
    }

    /** Ends its thread, and waits for it; then what it has shown is taken back. Again it is without effect. */
    @Override
    public void close() {
        final boolean first;
        synchronized (this) {
            first = !ending;
            ending = true;
            if (!started) {
                if (first) {
                    closeAll();
                }
                return;
            }
        }
        LockSupport.unpark(thread);
        if (Thread.currentThread() != thread && !joins()) {
            LOGGER.log(System.Logger.Level.WARNING, "the thread " + THREAD_NAME + " has not ended: something that it asks does not answer");
        }
    }

    /** Waits for its thread. An interrupt is kept for the caller, and makes nothing shorter. */
    private boolean joins() {
        boolean interrupted = false;
        try {
            final long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LONGEST_END_MILLIS);
            while (thread.isAlive() && deadline - System.nanoTime() > 0) {
                try {
                    thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
                } catch (final InterruptedException e) {
                    interrupted = true;
                }
            }
            return !thread.isAlive();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A source, and how it failed when it was asked for the last time. */
    private static final class Asked {

        private final Source source;
        private String fault;

        Asked(final Source source) {
            this.source = source;
        }

        void tell(final Throwable e) {
            try {
                final String now = e.toString();
                if (!now.equals(fault)) {
                    fault = now;
                    LOGGER.log(System.Logger.Level.WARNING, "telemetry goes on without the figures of the " + source.name() + " for now",
                            e);
                }
            } catch (final OutOfMemoryError none) {
                // Told when it fails for the next time.
                fault = null;
            }
        }
    }
}
