// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * The threads of a run: the first that fails ends all.
 *
 * <p><b>Threads</b>: {@link #run} and the adding belong to one; the rest to those that it runs.
 */
final class RunThreads {

    private static final long SLICE_MILLIS = 50;
    /** For threads to end when the run was given up: one that hangs does not. */
    private static final long FAREWELL_MILLIS = 1_000;

    private final boolean crowded;
    private final AtomicInteger sending;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final List<Thread> threads = new ArrayList<>();
    private Thread receiving;
    private volatile boolean stopping;

    /**
     * @param senders how many will be added
     */
    RunThreads(final int senders) {
        this.sending = new AtomicInteger(senders);
        this.crowded = Runtime.getRuntime().availableProcessors() < senders + 1;
    }

    /** Adds a thread that sends. */
    void addSender(final String name, final Runnable task) {
        threads.add(thread(name, () -> {
            task.run();
            // Behind the task: its publisher is closed.
            sending.decrementAndGet();
        }));
    }

    /** Adds the thread that receives. */
    void addReceiver(final String name, final Runnable task) {
        receiving = thread(name, task);
        threads.add(receiving);
    }

    private Thread thread(final String name, final Runnable task) {
        final Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (final Throwable e) {
                failure.compareAndSet(null, e);
                stopping = true;
            }
        }, name);
        // One that hangs does not keep the process from its end.
        thread.setDaemon(true);
        return thread;
    }

    /** Nothing to do just now: spins, unless another of these threads needs the CPU. */
    void idle() {
        if (crowded) {
            Thread.yield();
        } else {
            Thread.onSpinWait();
        }
    }

    /** Whether all that send have ended, their publishers closed. */
    boolean haveSendersEnded() {
        return sending.get() == 0;
    }

    /** Whether the run was given up. */
    boolean isStopping() {
        return stopping;
    }

    /**
     * Runs them all to their end.
     *
     * @param limit for how long; time in which the whole process stood still does not count
     * @param onTimeout gets the thread that receives, and makes what is thrown when that time is over
     * @throws RuntimeException what the first that failed threw
     */
    void run(final Duration limit, final Function<Thread, RuntimeException> onTimeout) throws InterruptedException {
        threads.forEach(Thread::start);
        try {
            if (!awaitEnd(limit.toMillis())) {
                throw onTimeout.apply(receiving);
            }
        } finally {
            stopping = true;
            if (threads.stream().anyMatch(Thread::isAlive)) {
                threads.forEach(Thread::interrupt);
                awaitEnd(FAREWELL_MILLIS);
            }
        }
        switch (failure.get()) {
            case null -> { }
            case RuntimeException exception -> throw exception;
            case Error error -> throw error;
            // A Runnable can still throw what the compiler did not see.
            case Throwable other -> throw new IllegalStateException("a thread of the run failed: " + other, other);
        }
    }

    private boolean awaitEnd(final long limitMillis) throws InterruptedException {
        long waited = 0;
        for (final Thread thread : threads) {
            while (thread.isAlive()) {
                if (waited >= limitMillis) {
                    return false;
                }
                final long start = System.nanoTime();
                thread.join(SLICE_MILLIS);
                waited += Math.min(2 * SLICE_MILLIS, Math.max(1, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)));
            }
        }
        return true;
    }
}
