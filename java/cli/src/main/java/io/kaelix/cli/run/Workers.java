// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.run;

import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The threads of a run: they begin together, and the first that fails ends all.
 *
 * <p><b>Threads</b>: {@link #stopSending} and {@link #isStopping} from any, the rest from the one that made it.
 */
final class Workers {

    /** What a worker does. */
    interface Task {

        /** Runs to its end. An exception is a failure of the whole run, unless it is due to {@link #stopSending}. */
        void run() throws Exception;
    }

    private final Runnable onFailure;
    private final List<Thread> senders = new ArrayList<>();
    private final List<Thread> receivers = new ArrayList<>();
    private final CountDownLatch begin = new CountDownLatch(1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean stopping;

    /**
     * @param onFailure wakes whoever waits for a message or for room; called once, by the worker that failed
     */
    Workers(final Runnable onFailure) {
        this.onFailure = onFailure;
    }

    /** Adds a thread that sends. It may be interrupted, if it should stop. */
    void addSender(final String name, final Task task) {
        senders.add(thread(name, () -> {
            try {
                begin.await();
                task.run();
            } catch (final Exception e) {
                if (!stopping || !isInterruption(e)) {
                    throw e;
                }
            }
        }));
    }

    /** Stopping interrupts a sender: wherever it waits, or in a read, whose channel that closes. */
    private static boolean isInterruption(final Exception e) {
        return e instanceof InterruptedException || e.getCause() instanceof ClosedChannelException;
    }

    /** Adds a thread that receives. */
    void addReceiver(final String name, final Task task) {
        receivers.add(thread(name, () -> {
            begin.await();
            task.run();
        }));
    }

    private Thread thread(final String name, final Task task) {
        final Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (final Throwable e) {
                fail(e);
            }
        }, name);
        // Whatever it is stuck in, the process can exit.
        thread.setDaemon(true);
        return thread;
    }

    private void fail(final Throwable cause) {
        if (failure.compareAndSet(null, cause)) {
            stopping = true;
            try {
                onFailure.run();
            } finally {
                senders.forEach(Thread::interrupt);
                receivers.forEach(Thread::interrupt);
            }
        }
    }

    /** Starts all threads and lets them begin. */
    void start() {
        receivers.forEach(Thread::start);
        senders.forEach(Thread::start);
        begin.countDown();
    }

    /** Asks the senders to end: what they wait for is cut short. The receivers go on until they have all. */
    void stopSending() {
        stopping = true;
        senders.forEach(Thread::interrupt);
    }

    /** Whether the senders should end. */
    boolean isStopping() {
        return stopping;
    }

    /** Waits for the senders to end; false if the time is over before. */
    boolean awaitSenders(final long nanos) throws InterruptedException {
        return await(senders, nanos);
    }

    /** Waits for the receivers to end; false if the time is over before. */
    boolean awaitReceivers(final long nanos) throws InterruptedException {
        return await(receivers, nanos);
    }

    private static boolean await(final List<Thread> threads, final long nanos) throws InterruptedException {
        final long deadline = System.nanoTime() + nanos;
        for (final Thread thread : threads) {
            while (thread.isAlive()) {
                final long rest = deadline - System.nanoTime();
                if (rest <= 0) {
                    return false;
                }
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(rest)));
            }
        }
        return true;
    }

    /** What the first worker that failed failed with, or null. */
    Throwable failure() {
        return failure.get();
    }
}
