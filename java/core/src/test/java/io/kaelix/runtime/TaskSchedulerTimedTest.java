// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Delayed and periodic tasks, by a scheduler's workers: asleep, busy, or kept from them by other work. */
@Timeout(300)
class TaskSchedulerTimedTest {

    private static final Runnable NOTHING = () -> { };
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MILLI = Duration.ofMillis(1);
    private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);

    @ParameterizedTest
    @EnumSource(IdleMode.class)
    void shouldRunATaskNeverBeforeItsTime(final IdleMode mode) {
        try (SchedulerFixture fixture = new SchedulerFixture(SchedulerFixture.config(2).withIdle(mode))) {
            final List<Long> early = new ArrayList<>();
            final CountDownLatch ran = new CountDownLatch(200);
            for (int i = 0; i < 200; i++) {
                final long nanos = i * 100_000L;
                final long due = System.nanoTime() + nanos;
                final ScheduledTask task = fixture.scheduler.scheduleAfter(() -> {
                    if (System.nanoTime() - due < 0) {
                        synchronized (early) {
                            early.add(nanos);
                        }
                    }
                    ran.countDown();
                }, TaskPriority.values()[i & 3], Duration.ofNanos(nanos));
                assertThat(task.skipped()).isZero();
            }
            SchedulerFixture.await(ran);
            assertThat(early).isEmpty();
        }
    }

    @Test
    void shouldRunAtOnceWithoutAPositiveDelay() {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            for (final Duration delay : List.of(Duration.ZERO, Duration.ofNanos(-1), Duration.ofSeconds(Long.MIN_VALUE))) {
                final ScheduledTask task = fixture.scheduler.scheduleAfter(NOTHING, TaskPriority.NORMAL, delay);
                SchedulerFixture.await("it ran", task::isDone);
                assertThat(task.runs()).isOne();
                assertThat(task.isCancelled()).isFalse();
                assertThat(task.cancel()).as("it has run").isFalse();
            }
        }
    }

    @Test
    void shouldWaitForEverIfToldTo() {
        try (SchedulerFixture fixture = new SchedulerFixture(2)) {
            final ScheduledTask never = fixture.scheduler.scheduleAfter(NOTHING, TaskPriority.NORMAL, FOR_EVER);
            final ScheduledTask once = fixture.scheduler.scheduleAtFixedRate(NOTHING, TaskPriority.NORMAL, Duration.ZERO, FOR_EVER);
            SchedulerFixture.await("its first run", () -> once.runs() == 1);
            final ScheduledTask soon = fixture.scheduler.scheduleAfter(NOTHING, TaskPriority.NORMAL, MILLI);
            SchedulerFixture.await("it ran", soon::isDone);
            assertThat(never.isDone()).isFalse();
            assertThat(once.isDone()).isFalse();
            assertThat(once.runs()).isOne();
        }
    }

    @Test
    void shouldKeepToTheGridOfAFixedRate() {
        try (SchedulerFixture fixture = new SchedulerFixture(2)) {
            final long origin = System.nanoTime();
            final AtomicInteger early = new AtomicInteger();
            final AtomicReference<ScheduledTask> task = new AtomicReference<>();
            final CountDownLatch known = new CountDownLatch(1);
            task.set(fixture.scheduler.scheduleAtFixedRate(() -> {
                SchedulerFixture.await(known);
                final ScheduledTask self = task.get();
                // The turn of this run was that of all before it and all left out.
                final long turn = self.runs() + self.skipped();
                if (System.nanoTime() - origin < turn * 1_000_000) {
                    early.incrementAndGet();
                }
            }, TaskPriority.NORMAL, Duration.ZERO, MILLI));
            known.countDown();
            SchedulerFixture.await("fifty runs", () -> task.get().runs() >= 50);
            assertThat(early).hasValue(0);
        }
    }

    @Test
    void shouldLeaveTheDelayBetweenRuns() {
        try (SchedulerFixture fixture = new SchedulerFixture(2)) {
            final AtomicLong lastEnd = new AtomicLong(System.nanoTime() - 1_000_000);
            final AtomicInteger early = new AtomicInteger();
            final ScheduledTask task = fixture.scheduler.scheduleWithFixedDelay(() -> {
                if (System.nanoTime() - lastEnd.get() < 1_000_000) {
                    early.incrementAndGet();
                }
                lastEnd.set(System.nanoTime());
            }, TaskPriority.NORMAL, Duration.ZERO, MILLI);
            SchedulerFixture.await("fifty runs", () -> task.runs() >= 50);
            assertThat(early).hasValue(0);
            assertThat(task.skipped()).isZero();
        }
    }

    @Test
    void shouldNeverRunAPeriodicTaskTwiceAtOnce() {
        try (SchedulerFixture fixture = new SchedulerFixture(5)) {
            final AtomicBoolean inside = new AtomicBoolean();
            final AtomicInteger overlaps = new AtomicInteger();
            final ScheduledTask task = fixture.scheduler.scheduleAtFixedRate(() -> {
                if (inside.getAndSet(true)) {
                    overlaps.incrementAndGet();
                }
                Thread.yield();
                inside.set(false);
            }, TaskPriority.NORMAL, Duration.ZERO, Duration.ofNanos(1));
            SchedulerFixture.await("many runs", () -> task.runs() >= 1000);
            assertThat(task.cancel()).isTrue();
            assertThat(overlaps).hasValue(0);
        }
    }

    @Test
    void shouldRefuseMoreDelayedTasksThanItHasRoomFor() {
        try (SchedulerFixture fixture = new SchedulerFixture(SchedulerFixture.config(1).withDelayedCapacity(3))) {
            final TaskScheduler scheduler = fixture.scheduler;
            final ScheduledTask first = scheduler.scheduleAfter(NOTHING, TaskPriority.NORMAL, HOUR);
            scheduler.scheduleAtFixedRate(NOTHING, TaskPriority.HIGH, HOUR, HOUR);
            scheduler.scheduleWithFixedDelay(NOTHING, TaskPriority.BACKGROUND, HOUR, HOUR);
            assertThatExceptionOfType(RejectedExecutionException.class)
                    .isThrownBy(() -> scheduler.scheduleAfter(NOTHING, TaskPriority.CRITICAL, HOUR))
                    .withMessage("3 delayed tasks wait already: raise delayedCapacity, or cancel some");
            assertThat(first.cancel()).isTrue();
            assertThat(first.cancel()).isFalse();
            scheduler.scheduleAfter(NOTHING, TaskPriority.CRITICAL, HOUR);
            assertThatExceptionOfType(RejectedExecutionException.class)
                    .isThrownBy(() -> scheduler.scheduleAfter(NOTHING, TaskPriority.CRITICAL, HOUR));
        }
    }

    @Test
    void shouldNotRunATaskThatWasCancelledWhileItWasQueued() {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            final AtomicInteger ran = new AtomicInteger();
            final AtomicReference<ScheduledTask> other = new AtomicReference<>();
            final CountDownLatch known = new CountDownLatch(1);
            final AtomicBoolean cancelled = new AtomicBoolean();
            fixture.scheduler.scheduleAfter(() -> {
                SchedulerFixture.await(known);
                cancelled.set(other.get().cancel());
            }, TaskPriority.CRITICAL, Duration.ZERO);
            other.set(fixture.scheduler.scheduleAfter(ran::incrementAndGet, TaskPriority.NORMAL, Duration.ZERO));
            known.countDown();
            SchedulerFixture.await("both have ended", () -> other.get().isDone());
            fixture.awaitAllBefore();
            assertThat(ran).hasValue(cancelled.get() ? 0 : 1);
        }
    }

    @Test
    void shouldLetATaskCancelItself() {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            final AtomicReference<ScheduledTask> self = new AtomicReference<>();
            final CountDownLatch known = new CountDownLatch(1);
            final AtomicInteger ran = new AtomicInteger();
            self.set(fixture.scheduler.scheduleAtFixedRate(() -> {
                SchedulerFixture.await(known);
                if (ran.incrementAndGet() == 3) {
                    self.get().cancel();
                }
            }, TaskPriority.NORMAL, Duration.ZERO, Duration.ofNanos(1)));
            known.countDown();
            SchedulerFixture.await("it has ended", () -> self.get().isDone());
            fixture.awaitAllBefore();
            assertThat(self.get().isCancelled()).isTrue();
            assertThat(ran).hasValue(3);
        }
    }

    @Test
    void shouldTellTheErrorHandlerWhichTaskFailed() {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            final Runnable broken = () -> {
                throw new IllegalStateException("once");
            };
            final ScheduledTask task = fixture.scheduler.scheduleAfter(broken, TaskPriority.NORMAL, Duration.ZERO);
            SchedulerFixture.await("it ran", task::isDone);
            fixture.awaitAllBefore();
            assertThat(fixture.failures).singleElement().extracting(SchedulerFixture.Failure::task).isSameAs(broken);
        }
    }

    /** All workers have tasks of their own without end, that schedule themselves again. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldRunTimersOfWorkersThatAreNeverIdle(final int workers) {
        try (SchedulerFixture fixture = new SchedulerFixture(workers)) {
            final AtomicBoolean stop = new AtomicBoolean();
            for (int i = 0; i < workers; i++) {
                final AtomicReference<Runnable> again = new AtomicReference<>();
                again.set(() -> {
                    if (!stop.get()) {
                        fixture.schedule(again.get());
                    }
                });
                fixture.schedule(again.get());
            }
            final ScheduledTask task = fixture.scheduler.scheduleWithFixedDelay(NOTHING, TaskPriority.BACKGROUND, MILLI, MILLI);
            SchedulerFixture.await("ten runs", () -> task.runs() >= 10);
            stop.set(true);
        }
    }

    /** A worker that is idle for a moment between two tasks from outside, and never longer. */
    @ParameterizedTest
    @EnumSource(value = IdleMode.class, names = {"ADAPTIVE", "BUSY_SPIN"})
    void shouldRunTimersOfAWorkerThatIsNeverIdleForLong(final IdleMode mode) {
        try (SchedulerFixture fixture = new SchedulerFixture(SchedulerFixture.config(1).withIdle(mode))) {
            final AtomicInteger ran = new AtomicInteger();
            final Runnable task = ran::incrementAndGet;
            final ScheduledTask timed = fixture.scheduler.scheduleWithFixedDelay(NOTHING, TaskPriority.BACKGROUND, MILLI, MILLI);
            for (int i = 1; timed.runs() < 10; i++) {
                assertThat(i).as("tasks from outside that ran meanwhile").isLessThan(20_000_000);
                fixture.schedule(task);
                while (ran.get() < i) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    @Test
    void shouldKeepTheTimeThoughTasksWereDelayedAndCancelledAtTheEndOfAStack() throws InterruptedException {
        try (SchedulerFixture fixture = new SchedulerFixture(2)) {
            for (int i = 1; i <= 400; i++) {
                final AtomicInteger tries = new AtomicInteger(i % 200);
                final Thread deep = new Thread(null, () -> delayAtTheEndOfTheStack(fixture, tries), "deep", 1 << 18);
                deep.start();
                deep.join();
            }
            final CountDownLatch ran = new CountDownLatch(1);
            fixture.scheduler.scheduleAfter(ran::countDown, TaskPriority.NORMAL, Duration.ofMillis(1));
            SchedulerFixture.await(ran);
            SchedulerFixture.await("all had their time", () -> fixture.scheduler.pool().timers().size() == 0);
            assertThat(fixture.failures).isEmpty();
        }
    }

    /** With each frame that comes back there is a little more room: some of these tries fail in the middle of it. */
    private static void delayAtTheEndOfTheStack(final SchedulerFixture fixture, final AtomicInteger tries) {
        try {
            delayAtTheEndOfTheStack(fixture, tries);
        } catch (final StackOverflowError e) {
            final int left = tries.getAndDecrement();
            if (left > 0) {
                final ScheduledTask task = fixture.scheduler.scheduleAfter(() -> { }, TaskPriority.NORMAL, Duration.ofMillis(left * 31 % 100));
                if (left % 3 == 0) {
                    task.cancel();
                }
            }
        }
    }
}
