// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

import com.sun.management.ThreadMXBean;
import io.kaelix.CpuSet;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The threads of a trial, each pinned to its CPU, on two sides: those that send and those that receive. They get ready, begin together,
 * finish one side after the other, and end together when all was looked at. The first that fails ends all.
 *
 * <p><b>Threads</b>: {@link Side#isStopping} is for its own threads, the rest for the one that made it.
 */
final class Crew {

    private static final double READY_SECONDS = 20;

    /** Prepares on its own thread what it needs, then does the work. */
    @FunctionalInterface
    interface Task {

        /** Gets ready: asks the scenario for its end, makes what it writes to. The work begins when all are ready. */
        Work prepare() throws Exception;
    }

    /** What is measured. */
    @FunctionalInterface
    interface Work {

        /** Runs until it is done, or soon after {@link Side#isStopping}. */
        void run() throws Exception;
    }

    private static final String PORTABLE = "portable";

    private final Platform platform = Platforms.current();
    private final ThreadMXBean beans = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Side senders = new Side();
    private final Side receivers = new Side();
    private final CountDownLatch begin = new CountDownLatch(1);
    private final CountDownLatch dismissed = new CountDownLatch(1);
    private final CountDownLatch failed = new CountDownLatch(1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /** Threads that begin and finish together. */
    final class Side {

        private final List<Thread> threads = new ArrayList<>();
        private CountDownLatch ready;
        private CountDownLatch finished;
        private volatile boolean stopping;

        /** Adds a thread. */
        void add(final String name, final int cpu, final Task task) {
            final Thread thread = new Thread(() -> {
                try {
                    work(cpu, task);
                } catch (final Throwable e) {
                    fail(e);
                    ready.countDown();
                } finally {
                    finished.countDown();
                }
                awaitDismissal();
            }, name);
            thread.setDaemon(true);
            threads.add(thread);
        }

        private void work(final int cpu, final Task task) throws Exception {
            final CpuSet wanted = CpuSet.of(cpu);
            final CpuSet got = platform.pin(wanted);
            // Plain Java cannot pin: the threads then run where the kernel puts them, for the system under test as for the others.
            if (!got.equals(wanted) && !platform.name().equals(PORTABLE)) {
                throw new TrialException("CPU " + cpu + " cannot be had, the thread may run on " + got + ": choose others with --cpus");
            }
            final Work work = task.prepare();
            ready.countDown();
            begin.await();
            work.run();
        }

        private void start() {
            ready = new CountDownLatch(threads.size());
            finished = new CountDownLatch(threads.size());
            threads.forEach(Thread::start);
        }

        /** Asks these threads to finish; what was written before can be read by whoever saw {@link #isStopping}. */
        void stop() {
            // SYNC: pairs with isStopping.
            stopping = true;
        }

        /** Whether the work should come to its end. */
        boolean isStopping() {
            // SYNC: pairs with stop.
            return stopping;
        }

        /**
         * Waits until all have finished; what they wrote can be read then.
         *
         * @return false if they have not by then
         * @throws TrialException if any thread of the crew failed
         */
        boolean awaitFinish(final double seconds) throws TrialException, InterruptedException {
            final boolean done = await(finished, seconds);
            check();
            return done;
        }
    }

    /** Those that send. */
    Side senders() {
        return senders;
    }

    /** Those that receive; they begin first. */
    Side receivers() {
        return receivers;
    }

    /** Starts all; returns when they are ready and off. */
    void begin() throws TrialException, InterruptedException {
        receivers.start();
        senders.start();
        if (!await(receivers.ready, READY_SECONDS) || !await(senders.ready, READY_SECONDS)) {
            throw new TrialException("the threads were not ready after " + READY_SECONDS + " s");
        }
        begin.countDown();
        check();
    }

    /** Lets them work for so long. */
    void sleep(final double seconds) throws TrialException, InterruptedException {
        await(failed, seconds);
        check();
    }

    /** Bytes of heap that the threads have allocated so far. */
    long allocatedBytes() {
        long sum = 0;
        for (final Side side : List.of(senders, receivers)) {
            for (final Thread thread : side.threads) {
                sum += Math.max(0, beans.getThreadAllocatedBytes(thread.threadId()));
            }
        }
        return sum;
    }

    /** Lets the threads, which have finished, end: until then what they allocated can be had. */
    void dismiss() {
        dismissed.countDown();
    }

    private void awaitDismissal() {
        try {
            dismissed.await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void fail(final Throwable cause) {
        failure.compareAndSet(null, cause);
        senders.stop();
        receivers.stop();
        failed.countDown();
    }

    private void check() throws TrialException {
        final Throwable cause = failure.get();
        if (cause instanceof TrialException known) {
            throw known;
        }
        if (cause != null) {
            final TrialException wrapper = new TrialException(cause.toString().lines().findFirst().orElse("failed"));
            wrapper.initCause(cause);
            throw wrapper;
        }
    }

    private static boolean await(final CountDownLatch latch, final double seconds) throws InterruptedException {
        return latch.await((long) (seconds * 1e9), TimeUnit.NANOSECONDS);
    }
}
