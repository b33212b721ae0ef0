// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.runtime.SchedulerConfig;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class KaelixSystemTest {

    private static void awaitRefusal(final TaskSystem system) throws InterruptedException {
        while (system.refusal() == null) {
            Thread.sleep(1);
        }
    }

    @Test
    @Timeout(60)
    void shouldKeepThatATaskFailed() throws InterruptedException {
        try (TaskSystem system = new KaelixSystem(1, false)) {
            system.schedule(() -> {
                throw new IllegalArgumentException("it broke");
            });
            awaitRefusal(system);

            assertThat(system.refusal()).isEqualTo("a task failed: java.lang.IllegalArgumentException: it broke");
        }
    }

    @Test
    @Timeout(60)
    void shouldKeepThatThereWasNoRoomForWhatATaskScheduled() throws InterruptedException {
        try (TaskSystem system = new KaelixSystem(1, false)) {
            system.schedule(() -> {
                for (int i = 0; i <= SchedulerConfig.defaults().forkCapacity(); i++) {
                    system.schedule(() -> { });
                }
            });
            awaitRefusal(system);

            assertThat(system.refusal()).startsWith("no room for what a task scheduled");
        }
    }

    @Test
    @Timeout(60)
    void shouldWaitForRoomFromOutside() throws InterruptedException {
        final int tasks = 2 * SchedulerConfig.defaults().queueCapacity();
        final CountDownLatch go = new CountDownLatch(1);
        final CountDownLatch done = new CountDownLatch(tasks);
        final AtomicInteger offered = new AtomicInteger();
        try (TaskSystem system = new KaelixSystem(1, false)) {
            system.schedule(() -> await(go));
            final Thread outside = new Thread(() -> {
                for (int i = 0; i < tasks; i++) {
                    system.schedule(done::countDown);
                    offered.incrementAndGet();
                }
            });
            outside.start();
            while (offered.get() < SchedulerConfig.defaults().queueCapacity()) {
                Thread.sleep(1);
            }
            assertThat(done.getCount()).isEqualTo(tasks);
            go.countDown();
            done.await();
            outside.join();

            assertThat(system.refusal()).isNull();
        }
    }

    @Test
    @Timeout(60)
    void shouldSeeAGapWhereTheWorkerCouldNotLook() throws InterruptedException {
        try (TaskSystem system = new KaelixSystem(1, true)) {
            final long[] held = new long[2];
            final CountDownLatch done = new CountDownLatch(1);
            system.schedule(() -> {
                held[0] = System.nanoTime();
                while (System.nanoTime() - held[0] < 1_000_000) {
                    Thread.onSpinWait();
                }
                held[1] = System.nanoTime();
                done.countDown();
            });
            done.await();
            // It has looked again when it has ended.
            final CountDownLatch next = new CountDownLatch(1);
            system.schedule(next::countDown);
            next.await();
            Thread.sleep(5);
            system.endWatch();

            assertThat(system.hadGap(held[0], held[1])).isTrue();
            assertThat(system.hadGap(held[0] - 3_600_000_000_000L, held[0] - 3_599_000_000_000L)).isFalse();
        }
    }

    private static void await(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
