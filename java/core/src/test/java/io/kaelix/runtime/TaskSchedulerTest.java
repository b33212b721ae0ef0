// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.kaelix.CpuSet;
import io.kaelix.numa.Affinity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link TaskScheduler} says of tasks that run once, as soon as they may: on workers of any number, pinned or not. */
@Timeout(300)
class TaskSchedulerTest {

    private static final Runnable NOTHING = () -> { };

    private static int schedule(final TaskScheduler scheduler, final Runnable task) {
        return scheduler.schedule(task, TaskPriority.NORMAL);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 64})
    void shouldRunTasksOnWorkersOfAnyNumber(final int workers) {
        for (final boolean pinned : new boolean[] {true, false}) {
            try (SchedulerFixture fixture = new SchedulerFixture(SchedulerFixture.config(workers).withPinned(pinned))) {
                assertThat(fixture.scheduler.workers()).isEqualTo(workers);
                assertThat(fixture.threads()).hasSize(workers).allMatch(Thread::isDaemon);
                // Each of them holds a worker until all are there: they ran on as many threads.
                final CyclicBarrier barrier = new CyclicBarrier(workers + 1);
                for (int i = 0; i < workers; i++) {
                    fixture.schedule(() -> awaitOthers(barrier));
                }
                awaitOthers(barrier);
                assertThat(fixture.failures).isEmpty();
            }
        }
    }

    private static void awaitOthers(final CyclicBarrier barrier) {
        try {
            barrier.await(SchedulerFixture.NEVER_SECONDS, TimeUnit.SECONDS);
        } catch (final Exception e) {
            throw new AssertionError("others did not come", e);
        }
    }

    @Test
    void shouldHaveAWorkerForEachCpuUnlessToldOtherwise() {
        try (SchedulerFixture fixture = new SchedulerFixture(0)) {
            assertThat(fixture.scheduler.workers()).isEqualTo(Math.min(64, Runtime.getRuntime().availableProcessors()));
            assertThat(fixture.scheduler.config().name()).isEqualTo(fixture.name());
        }
    }

    @ParameterizedTest
    @EnumSource(IdleMode.class)
    void shouldRunTasksHoweverWorkersRest(final IdleMode mode) {
        try (SchedulerFixture fixture = new SchedulerFixture(SchedulerFixture.config(2).withIdle(mode))) {
            final CountDownLatch ran = new CountDownLatch(1000);
            for (int i = 0; i < 1000; i++) {
                fixture.schedule(ran::countDown);
            }
            SchedulerFixture.await(ran);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldSayThatTheQueuesAreFullExactlyAtTheirCapacity(final int workers) {
        try (SchedulerFixture fixture = new SchedulerFixture(SchedulerFixture.config(workers).withQueueCapacity(4))) {
            fixture.block();
            final AtomicInteger ran = new AtomicInteger();
            for (int i = 0; i < 4 * workers; i++) {
                fixture.schedule(ran::incrementAndGet);
            }
            assertThat(schedule(fixture.scheduler, ran::incrementAndGet)).isEqualTo(TaskScheduler.QUEUE_FULL);
            assertThat(fixture.scheduler.schedule(ran::incrementAndGet, TaskPriority.HIGH)).as("another priority")
                    .isEqualTo(TaskScheduler.SCHEDULED);
            assertThat(fixture.scheduler.submit(ran::incrementAndGet, TaskPriority.NORMAL)).isCompletedExceptionally();
            fixture.unblock();
            assertThat(fixture.scheduler.shutdown(Duration.ofSeconds(SchedulerFixture.NEVER_SECONDS))).isTrue();
            assertThat(ran).hasValue(4 * workers + 1);
        }
    }

    @Test
    void shouldSayThatTheQueueOfItsTasksIsFullExactlyAtItsCapacity() {
        try (SchedulerFixture fixture = new SchedulerFixture(SchedulerFixture.config(1).withForkCapacity(8))) {
            final AtomicInteger ran = new AtomicInteger();
            final List<Integer> answers = new ArrayList<>();
            fixture.schedule(() -> {
                for (int i = 0; i < 10; i++) {
                    answers.add(schedule(fixture.scheduler, ran::incrementAndGet));
                }
                answers.add(fixture.scheduler.schedule(ran::incrementAndGet, TaskPriority.BACKGROUND));
            });
            SchedulerFixture.await("all ran", () -> ran.get() == 9);
            fixture.awaitAllBefore();
            assertThat(ran).hasValue(9);
            assertThat(answers).startsWith(0, 0, 0, 0, 0, 0, 0, 0).endsWith(TaskScheduler.QUEUE_FULL, TaskScheduler.QUEUE_FULL,
                    TaskScheduler.SCHEDULED).hasSize(11);
        }
    }

    @Test
    void shouldRunATaskAsOftenAsItWasScheduled() {
        try (SchedulerFixture fixture = new SchedulerFixture(2)) {
            final AtomicInteger left = new AtomicInteger(1000);
            final AtomicInteger ran = new AtomicInteger();
            final AtomicReference<Runnable> again = new AtomicReference<>();
            // While it runs and while it waits.
            again.set(() -> {
                ran.incrementAndGet();
                for (int i = 0; i < 2 && left.getAndDecrement() > 0; i++) {
                    fixture.schedule(again.get());
                }
            });
            fixture.schedule(again.get());
            SchedulerFixture.await("it ran as often", () -> ran.get() == 1001);
            assertThat(fixture.scheduler.shutdown(Duration.ofSeconds(SchedulerFixture.NEVER_SECONDS))).isTrue();
            assertThat(ran).hasValue(1001);
        }
    }

    @Test
    void shouldRunWhatComesFromOutsideInOrderWithOneWorker() {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            fixture.block();
            final List<Integer> order = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                final int number = i;
                fixture.schedule(() -> order.add(number));
            }
            fixture.unblock();
            fixture.awaitAllBefore();
            assertThat(order).hasSize(100).isSorted();
        }
    }

    @Test
    void shouldRunWhatATaskSchedulesBeforeWhatCameFromOutsideTheNewestFirst() {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            final SplittableRandom random = new SplittableRandom(1);
            int asSaid = 0;
            for (int round = 0; round < 100; round++) {
                // So that the starts that are fair do not meet the same place in each round.
                for (int i = random.nextInt(16); i > 0; i--) {
                    fixture.schedule(NOTHING);
                }
                final List<Integer> order = new ArrayList<>();
                final CountDownLatch outside = new CountDownLatch(1);
                final CountDownLatch begun = new CountDownLatch(1);
                fixture.schedule(() -> {
                    begun.countDown();
                    SchedulerFixture.await(outside);
                    fixture.schedule(() -> order.add(1));
                    fixture.schedule(() -> order.add(2));
                });
                SchedulerFixture.await(begun);
                fixture.schedule(() -> order.add(3));
                outside.countDown();
                fixture.awaitAllBefore();
                SchedulerFixture.await("all ran", () -> fixture.scheduler.submit(order::size, TaskPriority.NORMAL).join() == 3);
                asSaid += order.equals(List.of(2, 1, 3)) ? 1 : 0;
            }
            // One start in eight is fair, and may take another one: WorkerQueuesPropertyTest has it exactly.
            assertThat(asSaid).isGreaterThanOrEqualTo(40);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void shouldStartTheMostUrgentFirstWithSoManyPriorities(final int priorities) {
        try (SchedulerFixture fixture = new SchedulerFixture(SchedulerFixture.config(1).withPriorities(priorities))) {
            fixture.block();
            final List<TaskPriority> order = new ArrayList<>();
            final TaskPriority[] all = TaskPriority.values();
            for (int round = 0; round < 2; round++) {
                for (int i = all.length - 1; i >= 0; i--) {
                    final TaskPriority priority = all[i];
                    assertThat(fixture.scheduler.schedule(() -> order.add(priority), priority)).isEqualTo(TaskScheduler.SCHEDULED);
                }
            }
            final CountDownLatch last = new CountDownLatch(1);
            fixture.scheduler.schedule(last::countDown, TaskPriority.BACKGROUND);
            fixture.unblock();
            SchedulerFixture.await(last);
            assertThat(order).hasSize(8);
            assertThat(order.stream().map(priority -> priority.level(priorities))).isSorted();
            assertThat(order.stream().map(priority -> priority.level(priorities)).distinct().count()).isEqualTo(priorities);
        }
    }

    @Test
    void shouldPutNeighboursTogetherWhereThereAreFewerPriorities() {
        assertThat(levels(4)).containsExactly(0, 1, 2, 3);
        assertThat(levels(3)).containsExactly(0, 0, 1, 2);
        assertThat(levels(2)).containsExactly(0, 0, 1, 1);
    }

    private static List<Integer> levels(final int priorities) {
        return List.of(TaskPriority.values()).stream().map(priority -> priority.level(priorities)).toList();
    }

    @Test
    void shouldSeeWhatWasWrittenBeforeItWasScheduled() {
        try (SchedulerFixture fixture = new SchedulerFixture(2)) {
            final int[] written = {0};
            for (int i = 1; i <= 1000; i++) {
                written[0] = i;
                final int expected = i;
                final CountDownLatch ran = new CountDownLatch(1);
                fixture.schedule(() -> {
                    if (written[0] == expected) {
                        ran.countDown();
                    }
                });
                SchedulerFixture.await(ran);
            }
        }
    }

    @Test
    void shouldTakeOverWhatWaitsBehindATaskThatHoldsItsWorker() {
        try (SchedulerFixture fixture = new SchedulerFixture(2)) {
            final CountDownLatch held = new CountDownLatch(1);
            final CountDownLatch children = new CountDownLatch(100);
            fixture.schedule(() -> {
                for (int i = 0; i < 100; i++) {
                    fixture.schedule(children::countDown);
                }
                SchedulerFixture.await(children);
                held.countDown();
            });
            SchedulerFixture.await(held);
        }
    }

    @Test
    void shouldCompleteAFutureWithTheResult() {
        try (SchedulerFixture fixture = new SchedulerFixture(2)) {
            for (final TaskPriority priority : TaskPriority.values()) {
                assertThat(fixture.scheduler.submit(() -> 6 * 7, priority).join()).isEqualTo(42);
            }
            assertThat(fixture.scheduler.<Object>submit(() -> null, TaskPriority.NORMAL).join()).isNull();
        }
    }

    @Test
    void shouldCompleteAFutureWithWhatTheTaskThrew() {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            final Exception checked = new Exception("checked");
            final Error error = new AssertionError("error");
            assertThatExceptionOfType(CompletionException.class).isThrownBy(fixture.scheduler.submit(throwing(checked), TaskPriority.NORMAL)::join)
                    .withCause(checked);
            assertThatExceptionOfType(CompletionException.class).isThrownBy(fixture.scheduler.submit(throwing(error), TaskPriority.NORMAL)::join)
                    .withCause(error);
            fixture.awaitAllBefore();
            assertThat(fixture.failures).as("whoever has the future knows").isEmpty();
        }
    }

    private static Callable<String> throwing(final Throwable thrown) {
        return () -> {
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (Exception) thrown;
        };
    }

    @Test
    void shouldNotRunATaskThatWasCancelledOrCompletedBeforeItBegan() {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            fixture.block();
            final AtomicInteger ran = new AtomicInteger();
            final CompletableFuture<Integer> cancelled = fixture.scheduler.submit(ran::incrementAndGet, TaskPriority.NORMAL);
            final CompletableFuture<Integer> completed = fixture.scheduler.submit(ran::incrementAndGet, TaskPriority.NORMAL);
            assertThat(cancelled.cancel(false)).isTrue();
            assertThat(cancelled.cancel(true)).as("a cancelled future stays so").isTrue();
            assertThat(completed.complete(7)).isTrue();
            fixture.unblock();
            fixture.awaitAllBefore();
            assertThat(ran).hasValue(0);
            assertThat(cancelled).isCancelled();
            assertThat(completed.join()).isEqualTo(7);
            assertThatExceptionOfType(CancellationException.class).isThrownBy(cancelled::join);
        }
    }

    @Test
    void shouldDropTheResultOfATaskThatWasCancelledWhileItRan() throws InterruptedException {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            final CountDownLatch begun = new CountDownLatch(1);
            final CountDownLatch goOn = new CountDownLatch(1);
            final AtomicInteger ended = new AtomicInteger();
            final CompletableFuture<Integer> future = fixture.scheduler.submit(() -> {
                begun.countDown();
                SchedulerFixture.await(goOn);
                return ended.incrementAndGet();
            }, TaskPriority.NORMAL);
            SchedulerFixture.await(begun);
            assertThat(future.cancel(true)).isTrue();
            goOn.countDown();
            fixture.awaitAllBefore();
            assertThat(ended).as("the run went on, not interrupted").hasValue(1);
            assertThat(future).isCancelled();
        }
    }

    @Test
    void shouldRunWhatDependsOnAFutureOnItsWorkers() {
        try (SchedulerFixture fixture = new SchedulerFixture(2)) {
            final CompletableFuture<Integer> worker = fixture.scheduler.submit(() -> 1, TaskPriority.HIGH)
                    .thenApplyAsync(one -> fixture.scheduler.currentWorker())
                    .thenCombineAsync(fixture.scheduler.submit(() -> 2, TaskPriority.HIGH), (at, two) -> Math.min(at, fixture.scheduler.currentWorker()))
                    .handleAsync((at, error) -> Math.min(at, fixture.scheduler.currentWorker()));
            assertThat(worker.join()).isNotNegative();
        }
    }

    @Test
    void shouldServeCompletableFuturesAsAnExecutor() {
        try (SchedulerFixture fixture = new SchedulerFixture(2)) {
            for (final TaskPriority priority : TaskPriority.values()) {
                final Executor executor = fixture.scheduler.executor(priority);
                assertThat(fixture.scheduler.executor(priority)).as("made once").isSameAs(executor);
                assertThat(CompletableFuture.supplyAsync(fixture.scheduler::currentWorker, executor).join()).isNotNegative();
            }
        }
    }

    @Test
    void shouldRejectWhatFindsNoRoomOrComesTooLateAsAnExecutor() {
        try (SchedulerFixture fixture = new SchedulerFixture(SchedulerFixture.config(1).withQueueCapacity(2))) {
            fixture.block();
            final Executor executor = fixture.scheduler.executor(TaskPriority.NORMAL);
            executor.execute(NOTHING);
            executor.execute(NOTHING);
            assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> executor.execute(NOTHING))
                    .withMessageContaining("queueCapacity (2)").withMessageContaining("forkCapacity");
            final CompletableFuture<Integer> refused = fixture.scheduler.submit(() -> 1, TaskPriority.NORMAL);
            assertThatExceptionOfType(CompletionException.class).isThrownBy(refused::join)
                    .withCauseInstanceOf(RejectedExecutionException.class);
            fixture.unblock();
            fixture.scheduler.close();
            assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> executor.execute(NOTHING))
                    .withMessage("the scheduler was shut down");
            assertThat(fixture.scheduler.submit(() -> 1, TaskPriority.NORMAL)).isCompletedExceptionally();
        }
    }

    @Test
    void shouldKnowWhichWorkerTheThreadIs() {
        try (SchedulerFixture one = new SchedulerFixture(3); SchedulerFixture other = new SchedulerFixture(1)) {
            assertThat(one.scheduler.currentWorker()).isEqualTo(-1);
            assertThat(one.scheduler.submit(one.scheduler::currentWorker, TaskPriority.NORMAL).join()).isBetween(0, 2);
            assertThat(one.scheduler.submit(other.scheduler::currentWorker, TaskPriority.NORMAL).join()).as("another scheduler's").isEqualTo(-1);
            assertThat(one.scheduler.submit(() -> Thread.currentThread().getName().equals(one.name() + '-' + one.scheduler.currentWorker()),
                    TaskPriority.NORMAL).join()).isTrue();
        }
    }

    @Test
    void shouldTakeTasksOfAnotherSchedulersTasks() {
        try (SchedulerFixture one = new SchedulerFixture(1); SchedulerFixture other = new SchedulerFixture(1)) {
            final AtomicInteger hops = new AtomicInteger();
            final CountDownLatch done = new CountDownLatch(1);
            final AtomicReference<Runnable> hop = new AtomicReference<>();
            hop.set(() -> {
                if (hops.incrementAndGet() == 1000) {
                    done.countDown();
                } else {
                    (one.scheduler.currentWorker() >= 0 ? other : one).schedule(hop.get());
                }
            });
            one.schedule(hop.get());
            SchedulerFixture.await(done);
        }
    }

    @Test
    void shouldTakeTasksOfVirtualThreads() throws InterruptedException {
        try (SchedulerFixture fixture = new SchedulerFixture(2)) {
            final CountDownLatch ran = new CountDownLatch(100);
            final List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                threads.add(Thread.startVirtualThread(() -> schedule(fixture.scheduler, ran::countDown)));
            }
            for (final Thread thread : threads) {
                thread.join();
            }
            SchedulerFixture.await(ran);
        }
    }

    @Test
    void shouldRejectNullWhereverItIsGiven() {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            final TaskScheduler scheduler = fixture.scheduler;
            final Duration second = Duration.ofSeconds(1);
            assertThatNullPointerException().isThrownBy(() -> scheduler.schedule(null, TaskPriority.NORMAL)).withMessage("task");
            assertThatNullPointerException().isThrownBy(() -> scheduler.schedule(NOTHING, null));
            assertThatNullPointerException().isThrownBy(() -> scheduler.submit(null, TaskPriority.NORMAL)).withMessage("task");
            assertThatNullPointerException().isThrownBy(() -> scheduler.submit(() -> 1, null));
            assertThatNullPointerException().isThrownBy(() -> scheduler.executor(null));
            assertThatNullPointerException().isThrownBy(() -> scheduler.executor(TaskPriority.NORMAL).execute(null));
            assertThatNullPointerException().isThrownBy(() -> scheduler.scheduleAfter(null, TaskPriority.NORMAL, second));
            assertThatNullPointerException().isThrownBy(() -> scheduler.scheduleAfter(NOTHING, null, second));
            assertThatNullPointerException().isThrownBy(() -> scheduler.scheduleAfter(NOTHING, TaskPriority.NORMAL, null));
            assertThatNullPointerException().isThrownBy(() -> scheduler.scheduleAtFixedRate(NOTHING, TaskPriority.NORMAL, second, null));
            assertThatNullPointerException().isThrownBy(() -> scheduler.scheduleWithFixedDelay(NOTHING, TaskPriority.NORMAL, null, second));
            assertThatNullPointerException().isThrownBy(() -> scheduler.recur(null)).withMessage("duty");
            assertThatNullPointerException().isThrownBy(() -> scheduler.shutdown(null));
            assertThatNullPointerException().isThrownBy(() -> TaskScheduler.launch(null)).withMessage("config");
            assertThat(scheduler.isShutdown()).as("it goes on").isFalse();
            fixture.awaitAllBefore();
            assertThat(fixture.failures).isEmpty();
        }
    }

    @Test
    void shouldRejectPeriodsThatAreNotPositive() {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            for (final Duration bad : List.of(Duration.ZERO, Duration.ofNanos(-1), Duration.ofSeconds(Long.MIN_VALUE))) {
                assertThatIllegalArgumentException().isThrownBy(() -> fixture.scheduler.scheduleAtFixedRate(NOTHING, TaskPriority.NORMAL, Duration.ZERO,
                        bad)).withMessage("the period must be positive, not " + bad);
                assertThatIllegalArgumentException().isThrownBy(() -> fixture.scheduler.scheduleWithFixedDelay(NOTHING, TaskPriority.NORMAL,
                        Duration.ZERO, bad)).withMessage("the delay must be positive, not " + bad);
            }
        }
    }

    /** A new thread may run where the one may that starts it, which is a pinned worker here. */
    @Test
    void shouldNotConfineASchedulerToTheCpuOfTheWorkerThatLaunchedIt() {
        final CpuSet here = Affinity.ofThisMachine().cpus();
        final Callable<CpuSet> there = () -> Affinity.ofThisMachine().cpus();
        final SchedulerConfig roaming = SchedulerFixture.config(1);
        final SchedulerConfig pinned = roaming.withPinned(true);
        try (SchedulerFixture outer = new SchedulerFixture(pinned)) {
            final CpuSet inner = outer.scheduler.submit(() -> {
                try (TaskScheduler scheduler = TaskScheduler.launch(roaming)) {
                    return scheduler.submit(there, TaskPriority.NORMAL).join();
                }
            }, TaskPriority.NORMAL).join();
            final CpuSet behindTwo = outer.scheduler.submit(() -> {
                try (TaskScheduler scheduler = TaskScheduler.launch(pinned)) {
                    return scheduler.submit(() -> {
                        try (TaskScheduler innermost = TaskScheduler.launch(roaming)) {
                            return innermost.submit(there, TaskPriority.NORMAL).join();
                        }
                    }, TaskPriority.NORMAL).join();
                }
            }, TaskPriority.NORMAL).join();
            assertThat(inner).isEqualTo(here);
            assertThat(behindTwo).isEqualTo(here);
        }
    }
}
