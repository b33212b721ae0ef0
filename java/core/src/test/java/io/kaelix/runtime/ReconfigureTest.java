// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kaelix.numa.PlacementGoal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Settings that change while a scheduler runs act on what it does. */
@Timeout(120)
@SuppressWarnings("try")
class ReconfigureTest {

    private final List<String> held = new CopyOnWriteArrayList<>();
    private final TaskErrorHandler recording = new TaskErrorHandler() {

        @Override
        public void onError(final Runnable task, final Throwable error) {
            held.add(error.toString());
        }

        @Override
        public void onBlocking(final Thread worker, final long nanos, final StackTraceElement[] stack) {
            held.add(worker.getName());
        }
    };
    private final SchedulerConfig config = SchedulerConfig.defaults().withName("again").withWorkers(2).withErrors(recording);

    private static boolean isAsleep(final TaskScheduler scheduler) {
        for (final Worker worker : scheduler.pool().workers()) {
            final Thread.State state = worker.thread().getState();
            if (state != Thread.State.TIMED_WAITING && state != Thread.State.WAITING) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAwake(final TaskScheduler scheduler) {
        for (final Worker worker : scheduler.pool().workers()) {
            if (worker.thread().getState() != Thread.State.RUNNABLE) {
                return false;
            }
        }
        return true;
    }

    private static long parks(final TaskScheduler scheduler) {
        return scheduler.performanceMetrics().workers().stream().mapToLong(WorkerMetrics::parks).sum();
    }

    @Test
    void shouldSpinOnceToldSoAndSleepAgain() throws Exception {
        try (TaskScheduler scheduler = TaskScheduler.launch(config.withIdle(IdleMode.PARK))) {
            for (int round = 0; round < 20; round++) {
                SchedulerFixture.await("workers sleep", () -> isAsleep(scheduler));
                scheduler.reconfigure(scheduler.config().withIdle(IdleMode.BUSY_SPIN));
                SchedulerFixture.await("workers are awake", () -> isAwake(scheduler));
                SchedulerFixture.await("they are for good", () -> {
                    final long before = parks(scheduler);
                    for (int look = 0; look < 50; look++) {
                        if (!isAwake(scheduler)) {
                            return false;
                        }
                        Thread.yield();
                    }
                    return parks(scheduler) == before;
                });
                assertThat(scheduler.config().idle()).isEqualTo(IdleMode.BUSY_SPIN);
                scheduler.reconfigure(scheduler.config().withIdle(IdleMode.PARK));
            }
        }
    }

    @Test
    void shouldStayAwakeForAsLongAsTheNewTargetSays() {
        // 99 us: awake for half a millisecond at the least. A second: asleep after 20 us.
        try (TaskScheduler scheduler = TaskScheduler.launch(config.withWorkers(1).withTargetLatency(Duration.ofNanos(99_000)))) {
            assertThat(scheduler.pool().workers()[0].idling().windowNanos()).isGreaterThanOrEqualTo(5 * 99_000);
            scheduler.reconfigure(scheduler.config().withTargetLatency(Duration.ofSeconds(1)));
            SchedulerFixture.await("the worker sleeps", () -> isAsleep(scheduler));
            assertThat(scheduler.pool().workers()[0].idling().windowNanos()).isEqualTo(Idling.SHORT_SPIN_NANOS);
        }
    }

    @Test
    void shouldReportWhatHoldsAWorkerByTheNewLimit() {
        try (TaskScheduler scheduler = TaskScheduler.launch(config.withBlockingLimit(Duration.ZERO))) {
            final CountDownLatch gate = new CountDownLatch(1);
            scheduler.schedule(() -> SchedulerFixture.await(gate), TaskPriority.NORMAL);
            scheduler.reconfigure(scheduler.config().withBlockingLimit(Duration.ofMillis(5)));
            SchedulerFixture.await("it is reported", () -> held.size() == 1);
            gate.countDown();
            assertThat(held.getFirst()).startsWith("again-");
        }
    }

    @Test
    void shouldCloseWithinTheNewTimeout() {
        final CountDownLatch gate = new CountDownLatch(1);
        final CountDownLatch started = new CountDownLatch(1);
        final AtomicInteger ran = new AtomicInteger();
        final TaskScheduler scheduler = TaskScheduler.launch(config.withWorkers(1).withCloseTimeout(Duration.ofDays(1)));
        scheduler.schedule(() -> {
            started.countDown();
            SchedulerFixture.await(gate);
        }, TaskPriority.NORMAL);
        SchedulerFixture.await(started);
        scheduler.schedule(ran::incrementAndGet, TaskPriority.NORMAL);
        scheduler.reconfigure(scheduler.config().withCloseTimeout(Duration.ofMillis(1)));
        // The task is interrupted, and ends.
        scheduler.close();
        assertThat(ran).hasValue(0);
        assertThat(held).hasSize(1);
    }

    @Test
    void shouldNameAllThatMayNotChange() {
        try (TaskScheduler scheduler = TaskScheduler.launch(config)) {
            assertThatIllegalArgumentException().isThrownBy(() -> scheduler.reconfigure(config.withWorkers(1).withPriorities(2)
                    .withQueueCapacity(2).withForkCapacity(2).withPinned(false).withName("other").withGoal(PlacementGoal.BALANCED)
                    .withErrors((task, error) -> { }).withIdle(IdleMode.PARK)))
                    .withMessage("a scheduler that runs keeps its name, workers, goal, pinned, priorities, queueCapacity, forkCapacity, errors:"
                            + " launch another one; idle, targetLatency, blockingLimit, closeTimeout and delayedCapacity may change");
            assertThat(scheduler.config()).isSameAs(config);
        }
    }

    @Test
    void shouldLoseNoTaskWhileSettingsChange() throws Exception {
        final AtomicInteger ran = new AtomicInteger();
        int scheduled = 0;
        try (TaskScheduler scheduler = TaskScheduler.launch(config)) {
            for (int round = 0; round < 2_000; round++) {
                scheduler.reconfigure(config.withIdle(IdleMode.values()[round % 3]).withTargetLatency(Duration.ofNanos(1_000 + round * 100L))
                        .withBlockingLimit(Duration.ofMillis(1 + round % 7)));
                for (int task = 0; task < round % 5; task++) {
                    if (scheduler.schedule(ran::incrementAndGet, TaskPriority.values()[task % 4]) == TaskScheduler.SCHEDULED) {
                        scheduled++;
                    }
                }
            }
            final int all = scheduled;
            SchedulerFixture.await("all ran", () -> ran.get() == all);
        }
        assertThat(scheduled).isEqualTo(4_000);
    }
}
