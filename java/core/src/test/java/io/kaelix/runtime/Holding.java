// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A task that holds its worker until it is told to end. */
final class Holding implements Runnable, AutoCloseable {

    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    /** One that holds a worker already; how long it took until it did is nobody's complaint. */
    static Holding in(final TaskScheduler scheduler) {
        final Holding holding = new Holding();
        assertThat(scheduler.schedule(holding, TaskPriority.BACKGROUND)).isEqualTo(TaskScheduler.SCHEDULED);
        holding.awaitHeld();
        return holding;
    }

    /** Waits until something is so; fails after a time in which it must be, on any machine. */
    static void await(final String what, final BooleanSupplier condition) {
        final long from = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - from).as("nanoseconds until " + what).isLessThan(Duration.ofMinutes(1).toNanos());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    /** Holds a CPU for a time. */
    static void pass(final Duration time) {
        final long from = System.nanoTime();
        while (System.nanoTime() - from < time.toNanos()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    @Override
    public void run() {
        holdHere();
    }

    private void holdHere() {
        held.countDown();
        try {
            released.await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void awaitHeld() {
        await("a worker is held", () -> held.getCount() == 0);
    }

    /** Lets it end. */
    @Override
    public void close() {
        released.countDown();
    }
}
