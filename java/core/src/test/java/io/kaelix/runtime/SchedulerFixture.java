// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * A scheduler whose threads are told from all others, what it logs, what it was told of failures, and ways to wait that cannot last for
 * ever.
 */
final class SchedulerFixture implements AutoCloseable {

    /** What does not happen in this time never happens: the machine may be busy, but not so. */
    static final long NEVER_SECONDS = 60;

    private static final AtomicInteger NUMBER = new AtomicInteger();

    /** A task that failed, and how. */
    record Failure(Runnable task, Throwable error) {
    }

    private static final class Recorder extends Handler {

        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        public void publish(final LogRecord entry) {
            lines.add(entry.getLevel() + " " + entry.getMessage());
        }

        @Override
        public void flush() {
            // Nothing is held back.
        }

        @Override
        public void close() {
            // It holds nothing but memory.
        }
    }

    final TaskScheduler scheduler;
    final List<Failure> failures = new CopyOnWriteArrayList<>();
    private final String name = "fixture" + NUMBER.incrementAndGet();
    private final Recorder recorder = new Recorder();
    private final Logger logger = Logger.getLogger(TaskScheduler.class.getName());
    private final boolean logged = logger.getUseParentHandlers();
    /** Ends whatever {@link #block} has begun. */
    private final CountDownLatch gate = new CountDownLatch(1);

    /** A scheduler as configured, but for its name, and if no other was chosen, its error handler. */
    SchedulerFixture(final SchedulerConfig config) {
        final SchedulerConfig named = config.withName(name);
        logger.addHandler(recorder);
        logger.setUseParentHandlers(false);
        scheduler = TaskScheduler.launch(config.errors() != SchedulerConfig.defaults().errors() ? named
                : named.withErrors((task, error) -> failures.add(new Failure(task, error))));
    }

    /** With so many workers that sleep as soon as they can, and are not pinned. */
    SchedulerFixture(final int workers) {
        this(config(workers));
    }

    static SchedulerConfig config(final int workers) {
        return SchedulerConfig.defaults().withWorkers(workers).withPinned(false).withIdle(IdleMode.PARK)
                .withCloseTimeout(Duration.ofSeconds(NEVER_SECONDS));
    }

    String name() {
        return name;
    }

    List<String> logged() {
        return recorder.lines;
    }

    /** Threads of this scheduler that live. */
    List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().matches(name + "-\\d+")).toList();
    }

    /** Holds all workers, each with a task; returns when each has begun. */
    void block() {
        final CountDownLatch begun = new CountDownLatch(scheduler.workers());
        for (int i = 0; i < scheduler.workers(); i++) {
            schedule(() -> {
                begun.countDown();
                await(gate);
            });
        }
        await(begun);
    }

    /** Lets go what {@link #block} holds. */
    void unblock() {
        gate.countDown();
    }

    void schedule(final Runnable task) {
        assertThat(scheduler.schedule(task, TaskPriority.NORMAL)).isEqualTo(TaskScheduler.SCHEDULED);
    }

    static void await(final CountDownLatch latch) {
        try {
            if (!latch.await(NEVER_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("still waiting for " + latch.getCount());
            }
        } catch (final InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    static void await(final String what, final BooleanSupplier condition) {
        final long began = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - began > TimeUnit.SECONDS.toNanos(NEVER_SECONDS)) {
                throw new AssertionError("still waiting: " + what);
            }
            Thread.yield();
        }
    }

    /** Waits for whatever was scheduled before, with one worker: it runs one of the same priority behind those. */
    void awaitAllBefore() {
        final CountDownLatch ran = new CountDownLatch(1);
        schedule(ran::countDown);
        await(ran);
    }

    /** Ends it, and sees to it that no thread is left. */
    @Override
    public void close() {
        unblock();
        try {
            scheduler.close();
            await("all threads have ended", () -> threads().isEmpty());
        } finally {
            logger.removeHandler(recorder);
            logger.setUseParentHandlers(logged);
        }
    }
}
