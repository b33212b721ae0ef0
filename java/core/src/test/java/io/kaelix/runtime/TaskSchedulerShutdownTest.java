// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a scheduler ends, whoever ends it and whatever its workers are at: nothing is lost, nobody waits for ever, and no thread is left. */
@Timeout(300)
class TaskSchedulerShutdownTest {

    private static final Runnable NOTHING = () -> { };
    private static final Duration LONG = Duration.ofSeconds(SchedulerFixture.NEVER_SECONDS);
    private static final Duration HOUR = Duration.ofHours(1);

    private static SchedulerConfig impatient(final int workers) {
        return SchedulerFixture.config(workers).withCloseTimeout(Duration.ofMillis(200));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 64})
    void shouldRunWhatWaitsAndWhatThatSchedulesWhenShutDown(final int workers) {
        try (SchedulerFixture fixture = new SchedulerFixture(workers)) {
            final AtomicInteger ran = new AtomicInteger();
            fixture.block();
            for (int i = 0; i < 100; i++) {
                fixture.schedule(() -> {
                    ran.incrementAndGet();
                    // Accepted from a task as long as any runs.
                    fixture.schedule(() -> fixture.schedule(ran::incrementAndGet));
                });
            }
            final CompletableFuture<Boolean> ended = CompletableFuture.supplyAsync(() -> fixture.scheduler.shutdown(LONG),
                    task -> Thread.ofPlatform().start(task));
            SchedulerFixture.await("it is shut down", fixture.scheduler::isShutdown);
            fixture.unblock();
            assertThat(ended.join()).isTrue();
            assertThat(ran).hasValue(200);
            assertThat(fixture.threads()).isEmpty();
        }
    }

    /** Nothing waits when it is shut down, but what runs will schedule something. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void shouldRunWhatATaskSchedulesThatRunsWhenShutDown(final int workers) {
        try (SchedulerFixture fixture = new SchedulerFixture(workers)) {
            final AtomicInteger ran = new AtomicInteger();
            final CountDownLatch begun = new CountDownLatch(1);
            fixture.schedule(() -> {
                begun.countDown();
                SchedulerFixture.await("it is shut down", fixture.scheduler::isShutdown);
                LockSupport.parkNanos(20_000_000);
                fixture.schedule(ran::incrementAndGet);
            });
            SchedulerFixture.await(begun);
            assertThat(fixture.scheduler.shutdown(LONG)).isTrue();
            assertThat(ran).hasValue(1);
            assertThat(fixture.failures).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(IdleMode.class)
    void shouldEndHoweverWorkersRest(final IdleMode mode) {
        for (final boolean pinned : new boolean[] {true, false}) {
            for (int i = 0; i < 5; i++) {
                try (SchedulerFixture fixture = new SchedulerFixture(SchedulerFixture.config(5).withIdle(mode).withPinned(pinned))) {
                    fixture.schedule(NOTHING);
                    assertThat(fixture.scheduler.shutdown(LONG)).isTrue();
                    assertThat(fixture.threads()).isEmpty();
                }
            }
        }
    }

    @Test
    void shouldTakeNothingFromOutsideOnceShutDown() {
        try (SchedulerFixture fixture = new SchedulerFixture(2)) {
            final TaskScheduler scheduler = fixture.scheduler;
            assertThat(scheduler.isShutdown()).isFalse();
            assertThat(scheduler.shutdown(LONG)).isTrue();
            assertThat(scheduler.isShutdown()).isTrue();
            for (final TaskPriority priority : TaskPriority.values()) {
                assertThat(scheduler.schedule(NOTHING, priority)).isEqualTo(TaskScheduler.CLOSED);
            }
            assertThatExceptionOfType(CompletionException.class).isThrownBy(scheduler.submit(() -> 1, TaskPriority.NORMAL)::join)
                    .withCauseInstanceOf(RejectedExecutionException.class);
            assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(
                    () -> scheduler.scheduleAfter(NOTHING, TaskPriority.NORMAL, Duration.ZERO)).withMessage("the scheduler was shut down");
            assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(
                    () -> scheduler.scheduleAtFixedRate(NOTHING, TaskPriority.NORMAL, Duration.ZERO, LONG));
            assertThatIllegalStateException().isThrownBy(() -> scheduler.recur(() -> 0)).withMessageContaining("shut down");
            assertThat(scheduler.currentWorker()).isEqualTo(-1);
            assertThat(scheduler.workers()).isEqualTo(2);
            assertThat(scheduler.shutdownNow()).isEmpty();
            assertThat(scheduler.shutdown(Duration.ZERO)).as("again").isTrue();
            scheduler.close();
            scheduler.close();
        }
    }

    @Test
    void shouldSayThatTimeRanOutAndGoOnRunningTasks() {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            fixture.block();
            final AtomicInteger ran = new AtomicInteger();
            fixture.schedule(ran::incrementAndGet);
            assertThat(fixture.scheduler.shutdown(Duration.ofMillis(1))).isFalse();
            assertThat(fixture.scheduler.shutdown(Duration.ZERO)).isFalse();
            assertThat(fixture.scheduler.shutdown(Duration.ofSeconds(-1))).isFalse();
            assertThat(fixture.scheduler.schedule(NOTHING, TaskPriority.NORMAL)).isEqualTo(TaskScheduler.CLOSED);
            assertThat(ran).hasValue(0);
            fixture.unblock();
            assertThat(fixture.scheduler.shutdown(Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
            assertThat(ran).hasValue(1);
        }
    }

    @Test
    void shouldDropDelayedAndPeriodicTasksWhenShutDown() {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            final AtomicInteger ran = new AtomicInteger();
            final ScheduledTask later = fixture.scheduler.scheduleAfter(ran::incrementAndGet, TaskPriority.NORMAL, HOUR);
            final ScheduledTask rate = fixture.scheduler.scheduleAtFixedRate(NOTHING, TaskPriority.NORMAL, Duration.ZERO, Duration.ofNanos(1));
            SchedulerFixture.await("it runs", () -> rate.runs() > 0);
            assertThat(fixture.scheduler.shutdown(LONG)).isTrue();
            assertThat(later.isCancelled()).isTrue();
            assertThat(later.cancel()).isFalse();
            assertThat(rate.isCancelled()).isTrue();
            assertThat(ran).hasValue(0);
        }
    }

    @Test
    void shouldGiveBackExactlyWhatNeverRan() {
        try (SchedulerFixture fixture = new SchedulerFixture(impatient(2))) {
            fixture.schedule(NOTHING);
            fixture.block();
            final List<Runnable> waiting = new ArrayList<>();
            final AtomicInteger ran = new AtomicInteger();
            final Runnable twice = ran::incrementAndGet;
            for (final TaskPriority priority : TaskPriority.values()) {
                for (int i = 0; i < 5; i++) {
                    final Runnable task = i < 2 ? twice : new Numbered(i);
                    waiting.add(task);
                    assertThat(fixture.scheduler.schedule(task, priority)).isEqualTo(TaskScheduler.SCHEDULED);
                }
            }
            final Runnable delayed = ran::incrementAndGet;
            final Runnable periodic = ran::incrementAndGet;
            waiting.add(delayed);
            waiting.add(periodic);
            final ScheduledTask later = fixture.scheduler.scheduleAfter(delayed, TaskPriority.NORMAL, HOUR);
            final ScheduledTask again = fixture.scheduler.scheduleWithFixedDelay(periodic, TaskPriority.NORMAL, HOUR, HOUR);
            fixture.scheduler.scheduleAfter(ran::incrementAndGet, TaskPriority.NORMAL, HOUR).cancel();
            final CompletableFuture<Integer> future = fixture.scheduler.submit(ran::incrementAndGet, TaskPriority.NORMAL);
            final CompletableFuture<Integer> dependent = future.thenApplyAsync(one -> one + 1);
            final List<Runnable> never = fixture.scheduler.shutdownNow();
            assertThat(never).hasSize(waiting.size() + 1).contains((Runnable) future);
            waiting.add((Runnable) future);
            assertThat(never).containsExactlyInAnyOrderElementsOf(waiting);
            assertThat(future).isCancelled();
            assertThat(dependent).isCompletedExceptionally();
            assertThat(later.isCancelled()).isTrue();
            assertThat(again.isCancelled()).isTrue();
            assertThat(fixture.scheduler.shutdownNow()).as("once").isEmpty();
            fixture.unblock();
            SchedulerFixture.await("all threads have ended", () -> fixture.threads().isEmpty());
            assertThat(ran).hasValue(0);
        }
    }

    @Test
    void shouldGiveBackWhatATaskScheduledToo() {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            final AtomicInteger ran = new AtomicInteger();
            final Runnable child = ran::incrementAndGet;
            final CountDownLatch scheduled = new CountDownLatch(1);
            fixture.schedule(() -> {
                for (int i = 0; i < 1000; i++) {
                    fixture.schedule(child);
                }
                scheduled.countDown();
                untilInterrupted();
            });
            SchedulerFixture.await(scheduled);
            assertThat(fixture.scheduler.shutdownNow()).hasSize(1000).containsOnly(child);
            assertThat(ran).hasValue(0);
        }
    }

    private static void untilInterrupted() {
        while (!Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void shouldInterruptTasksThatRunWhenShutDownNow() {
        try (SchedulerFixture fixture = new SchedulerFixture(3)) {
            final CountDownLatch begun = new CountDownLatch(3);
            final CountDownLatch interrupted = new CountDownLatch(3);
            for (int i = 0; i < 3; i++) {
                fixture.schedule(() -> {
                    begun.countDown();
                    untilInterrupted();
                    interrupted.countDown();
                });
            }
            SchedulerFixture.await(begun);
            assertThat(fixture.scheduler.shutdownNow()).isEmpty();
            assertThat(interrupted.getCount()).as("it waited for them").isZero();
            assertThat(fixture.threads()).isEmpty();
        }
    }

    @Test
    void shouldStartNothingBehindATaskThatItHasInterrupted() {
        // Which start of a worker is one behind which it looks at the queues of others depends on how often it has looked before.
        for (int round = 0; round < 40; round++) {
            try (SchedulerFixture fixture = new SchedulerFixture(impatient(2))) {
                final AtomicInteger ran = new AtomicInteger();
                final CountDownLatch held = new CountDownLatch(2);
                final CountDownLatch oneEnded = new CountDownLatch(1);
                for (int i = 0; i < round; i++) {
                    fixture.scheduler.submit(() -> null, TaskPriority.NORMAL).join();
                }
                fixture.schedule(() -> {
                    held.countDown();
                    awaitInterrupt();
                    oneEnded.countDown();
                });
                fixture.schedule(() -> {
                    for (int i = 0; i < 5; i++) {
                        fixture.scheduler.schedule(ran::incrementAndGet, TaskPriority.CRITICAL);
                    }
                    held.countDown();
                    awaitInterrupt();
                    SchedulerFixture.await(oneEnded);
                    // The other worker has the time to look here.
                    LockSupport.parkNanos(1_000_000);
                });
                SchedulerFixture.await(held);
                final int before = ran.get();
                assertThat(fixture.scheduler.shutdownNow()).hasSize(5 - before);
                assertThat(ran).hasValue(before);
            }
        }
    }

    private static void awaitInterrupt() {
        while (!Thread.interrupted()) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void shouldLogHowManyTasksNeverRanWhenClosed() {
        try (SchedulerFixture fixture = new SchedulerFixture(impatient(2))) {
            fixture.block();
            final AtomicInteger ran = new AtomicInteger();
            fixture.schedule(ran::incrementAndGet);
            fixture.schedule(ran::incrementAndGet);
            fixture.scheduler.close();
            assertThat(fixture.logged())
                    .anyMatch(line -> line.startsWith("WARNING 2 tasks were never run: the scheduler was closed and closeTimeout ran out"));
            fixture.unblock();
            SchedulerFixture.await("all threads have ended", () -> fixture.threads().isEmpty());
            assertThat(ran).hasValue(0);
        }
    }

    @Test
    void shouldEndAStuckWorkerBehindItsTask() {
        try (SchedulerFixture fixture = new SchedulerFixture(impatient(1))) {
            final CountDownLatch begun = new CountDownLatch(1);
            final CountDownLatch end = new CountDownLatch(1);
            final AtomicInteger answer = new AtomicInteger(1);
            fixture.schedule(() -> {
                begun.countDown();
                uninterruptibly(end);
                answer.set(fixture.scheduler.schedule(NOTHING, TaskPriority.NORMAL));
            });
            SchedulerFixture.await(begun);
            assertThat(fixture.scheduler.shutdownNow()).isEmpty();
            assertThat(fixture.logged()).anyMatch(line -> line.startsWith("WARNING thread " + fixture.name() + "-0 is still in a task"));
            assertThat(fixture.threads()).hasSize(1);
            assertThat(fixture.scheduler.shutdown(Duration.ofMillis(1))).as("a worker lives").isFalse();
            end.countDown();
            SchedulerFixture.await("it has ended", () -> fixture.threads().isEmpty());
            assertThat(answer).hasValue(TaskScheduler.CLOSED);
        }
    }

    private static void uninterruptibly(final CountDownLatch latch) {
        while (latch.getCount() > 0) {
            LockSupport.parkNanos(1_000_000);
            Thread.interrupted();
        }
    }

    @Test
    void shouldRefuseThatATaskWaitsForAllTasksToEnd() {
        try (SchedulerFixture fixture = new SchedulerFixture(1); SchedulerFixture other = new SchedulerFixture(1)) {
            assertThatExceptionOfType(CompletionException.class).isThrownBy(
                    fixture.scheduler.submit(() -> fixture.scheduler.shutdown(LONG), TaskPriority.NORMAL)::join)
                    .withCauseInstanceOf(IllegalStateException.class);
            assertThat(fixture.scheduler.isShutdown()).as("nothing happened").isFalse();
            assertThat(fixture.scheduler.submit(() -> other.scheduler.shutdown(LONG), TaskPriority.NORMAL).join()).as("another's").isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void shouldLetATaskCloseItsOwnScheduler(final int workers) {
        try (SchedulerFixture fixture = new SchedulerFixture(workers)) {
            final AtomicInteger ran = new AtomicInteger();
            final AtomicInteger answer = new AtomicInteger(1);
            final CountDownLatch closed = new CountDownLatch(1);
            fixture.schedule(() -> {
                fixture.scheduler.close();
                answer.set(fixture.scheduler.schedule(ran::incrementAndGet, TaskPriority.NORMAL));
                closed.countDown();
            });
            SchedulerFixture.await(closed);
            assertThat(answer).hasValue(TaskScheduler.CLOSED);
            SchedulerFixture.await("all threads have ended", () -> fixture.threads().isEmpty());
            assertThat(ran).hasValue(0);
        }
    }

    @Test
    void shouldGiveATaskThatShutsDownNowWhatNeverRan() {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            final AtomicReference<List<Runnable>> never = new AtomicReference<>();
            final CountDownLatch closed = new CountDownLatch(1);
            fixture.schedule(() -> {
                for (int i = 0; i < 10; i++) {
                    fixture.schedule(NOTHING);
                }
                never.set(fixture.scheduler.shutdownNow());
                closed.countDown();
            });
            SchedulerFixture.await(closed);
            assertThat(never.get()).hasSize(10).containsOnly(NOTHING);
            SchedulerFixture.await("all threads have ended", () -> fixture.threads().isEmpty());
        }
    }

    @Test
    void shouldEndWhenSeveralTasksCloseItAtOnce() {
        try (SchedulerFixture fixture = new SchedulerFixture(impatient(3))) {
            final CyclicBarrier all = new CyclicBarrier(3);
            for (int i = 0; i < 3; i++) {
                fixture.schedule(() -> {
                    try {
                        all.await(SchedulerFixture.NEVER_SECONDS, TimeUnit.SECONDS);
                    } catch (final Exception e) {
                        throw new AssertionError(e);
                    }
                    fixture.scheduler.close();
                });
            }
            SchedulerFixture.await("all threads have ended", () -> fixture.threads().isEmpty());
            assertThat(fixture.failures).isEmpty();
        }
    }

    @Test
    void shouldEndWhenSeveralThreadsCloseItAtOnce() throws InterruptedException {
        for (int round = 0; round < 20; round++) {
            try (SchedulerFixture fixture = new SchedulerFixture(2)) {
                final AtomicInteger ran = new AtomicInteger();
                for (int i = 0; i < 100; i++) {
                    fixture.schedule(ran::incrementAndGet);
                }
                final List<Thread> threads = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    threads.add(Thread.ofPlatform().start(fixture.scheduler::close));
                }
                for (final Thread thread : threads) {
                    thread.join();
                }
                assertThat(fixture.threads()).isEmpty();
                assertThat(ran).hasValue(100);
            }
        }
    }

    @Test
    void shouldKeepTheInterruptOfWhoeverClosesIt() {
        final SchedulerFixture fixture = new SchedulerFixture(impatient(1));
        try (fixture) {
            fixture.schedule(NOTHING);
            Thread.currentThread().interrupt();
            fixture.scheduler.close();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(fixture.threads()).isEmpty();
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void shouldLaunchAndRunForAThreadThatIsInterrupted() {
        Thread.currentThread().interrupt();
        final SchedulerFixture fixture = new SchedulerFixture(2);
        assertThat(Thread.interrupted()).isTrue();
        try (fixture) {
            fixture.block();
        }
    }

    /** A worker may have taken its next task and not begun it when it is stopped: many rounds, since that is a matter of nanoseconds. */
    @Test
    void shouldInterruptTasksThatBeginAsItIsShutDownNow() {
        final Random random = new Random(1);
        for (int round = 0; round < 300; round++) {
            final SchedulerConfig config = SchedulerFixture.config(2).withCloseTimeout(Duration.ofSeconds(10));
            try (SchedulerFixture fixture = new SchedulerFixture(config)) {
                for (int i = 0; i < 64; i++) {
                    fixture.scheduler.schedule(() -> {
                        try {
                            Thread.sleep(LONG);
                        } catch (final InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }, TaskPriority.CRITICAL);
                }
                LockSupport.parkNanos(random.nextInt(100_000));
                fixture.scheduler.shutdownNow();
                assertThat(fixture.logged()).as("round %s", round).isEmpty();
            }
        }
    }

    @Test
    void shouldSayWhyAThreadThatIsInterruptedRanNothingMore() {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            final CountDownLatch running = new CountDownLatch(1);
            fixture.schedule(() -> {
                running.countDown();
                try {
                    Thread.sleep(LONG);
                } catch (final InterruptedException e) {
                    // It ends.
                }
            });
            SchedulerFixture.await(running);
            fixture.schedule(NOTHING);
            Thread.currentThread().interrupt();
            fixture.scheduler.close();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(fixture.logged()).singleElement().asString().contains("1 tasks were never run", "interrupted").doesNotContain("raise it");
        }
    }
}
