// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What tasks, duties and error handlers do to a worker, and how it goes on. */
@Timeout(300)
class TaskSchedulerFailureTest {

    private static final class Broken implements Runnable {

        private final Throwable thrown;

        Broken(final Throwable thrown) {
            this.thrown = thrown;
        }

        @Override
        public void run() {
            sneak(thrown);
        }

        @SuppressWarnings("unchecked")
        private static <T extends Throwable> void sneak(final Throwable any) throws T {
            throw (T) any;
        }
    }

    private static int depth(final int from) {
        return depth(from + 1) + 1;
    }

    private static void overflow() {
        depth(0);
    }

    @Test
    void shouldTellOfATaskThatFailsAndGoOn() {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            final List<Broken> tasks = List.of(new Broken(new IllegalStateException("a")), new Broken(new AssertionError("b")),
                    new Broken(new Exception("checked")), new Broken(new OutOfMemoryError("not really")), new Broken(new InterruptedException()),
                    new Broken(new Throwable("bare")));
            tasks.forEach(fixture::schedule);
            fixture.awaitAllBefore();
            assertThat(fixture.failures).extracting(SchedulerFixture.Failure::task).containsExactlyElementsOf(tasks);
            assertThat(fixture.failures).extracting(SchedulerFixture.Failure::error).containsExactlyElementsOf(
                    tasks.stream().map(task -> task.thrown).toList());
            assertThat(fixture.scheduler.pool().workers()[0].counters.failedOpaque()).isEqualTo(tasks.size());
        }
    }

    @Test
    void shouldGoOnBehindATaskThatOverflowsItsStack() {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            for (int i = 0; i < 20; i++) {
                fixture.schedule(TaskSchedulerFailureTest::overflow);
            }
            fixture.awaitAllBefore();
            assertThat(fixture.failures).hasSize(20).allMatch(failure -> failure.error() instanceof StackOverflowError);
            assertThat(fixture.scheduler.submit(() -> {
                overflow();
                return 1;
            }, TaskPriority.NORMAL).handle((result, error) -> error).join()).isInstanceOf(StackOverflowError.class);
        }
    }

    @Test
    void shouldOverflowAnywhereInItsOwnMethodsAndGoOn() {
        try (SchedulerFixture fixture = new SchedulerFixture(2)) {
            final AtomicInteger answers = new AtomicInteger();
            final AtomicInteger ran = new AtomicInteger();
            for (int i = 0; i < 20; i++) {
                fixture.schedule(() -> scheduleAtTheEndOfTheStack(fixture, answers, ran));
            }
            SchedulerFixture.await("all were tried", () -> answers.get() >= 20);
            SchedulerFixture.await("all ran", () -> ran.get() > 0 && fixture.scheduler.pool().workers()[0].queues().waiting() == 0);
            fixture.awaitAllBefore();
        }
    }

    private static void scheduleAtTheEndOfTheStack(final SchedulerFixture fixture, final AtomicInteger answers, final AtomicInteger ran) {
        try {
            scheduleAtTheEndOfTheStack(fixture, answers, ran);
        } catch (final StackOverflowError e) {
            // With each frame that comes back there is a little more room: one of these tries fails in the middle of it.
            fixture.scheduler.schedule(ran::incrementAndGet, TaskPriority.BACKGROUND);
            answers.incrementAndGet();
            throw new IllegalStateException("enough");
        }
    }

    @Test
    void shouldWakeThoughWhoeverWokeItsWorkersFailedInTheMiddleOfIt() {
        try (SchedulerFixture fixture = new SchedulerFixture(2)) {
            fixture.scheduler.pool().longestSleepNanos(300_000_000);
            fixture.awaitAllBefore();
            takeTheBitsOfSleepersAway(fixture);
            fixture.awaitAllBefore();
        }
    }

    @Test
    void shouldShutDownThoughWhoeverWokeItsWorkersFailedInTheMiddleOfIt() {
        for (int round = 0; round < 10; round++) {
            try (SchedulerFixture fixture = new SchedulerFixture(2)) {
                takeTheBitsOfSleepersAway(fixture);
                assertThat(fixture.scheduler.shutdown(Duration.ofSeconds(SchedulerFixture.NEVER_SECONDS))).isTrue();
            }
        }
    }

    /** As a thread does that has no stack left to unpark them with. */
    private static void takeTheBitsOfSleepersAway(final SchedulerFixture fixture) {
        final WorkerPool pool = fixture.scheduler.pool();
        for (final Worker worker : pool.workers()) {
            SchedulerFixture.await("it sleeps", () -> {
                final long epoch = worker.epochVolatile();
                // Far longer than it sleeps before its second look.
                LockSupport.parkNanos(5_000_000);
                return (epoch & 1) == 1 && worker.epochVolatile() == epoch && pool.parking().leave(worker.index());
            });
        }
    }

    @Test
    void shouldNotLetAnybodyRunTheThreadOfAWorkerAgain() {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            final Thread worker = fixture.scheduler.submit(Thread::currentThread, TaskPriority.NORMAL).join();
            assertThatIllegalStateException().isThrownBy(worker::run);
            fixture.schedule(worker);
            fixture.schedule(() -> Thread.currentThread().run());
            fixture.awaitAllBefore();
            assertThat(fixture.failures).hasSize(2).allMatch(failure -> failure.error() instanceof IllegalStateException);
            assertThat(fixture.threads()).hasSize(1);
        }
    }

    @Test
    void shouldLogWhatAnErrorHandlerThrowsAndGoOn() {
        try (SchedulerFixture fixture = new SchedulerFixture(SchedulerFixture.config(1).withErrors((task, error) -> {
            throw new IllegalArgumentException("the handler's own");
        }))) {
            fixture.schedule(new Broken(new IllegalStateException("the task's")));
            fixture.awaitAllBefore();
            assertThat(fixture.logged()).singleElement().asString().startsWith("SEVERE").contains("the handler's own", "the task's");
            final RunningDuty duty = fixture.scheduler.recur(() -> {
                throw new IllegalStateException("the duty's");
            });
            SchedulerFixture.await("it has ended", duty::hasEnded);
            fixture.awaitAllBefore();
            assertThat(fixture.logged()).hasSize(2);
        }
    }

    @Test
    void shouldLogWhatTasksThrowByDefault() {
        try (SchedulerFixture fixture = new SchedulerFixture(SchedulerFixture.config(1).withErrors(new LoggingErrorHandler()))) {
            fixture.schedule(new Broken(new IllegalStateException("the task's")));
            fixture.awaitAllBefore();
            assertThat(fixture.logged()).singleElement().asString().startsWith("SEVERE").contains("the task's", Broken.class.getName());
        }
    }

    @Test
    void shouldLetAnErrorHandlerScheduleTheTaskAgain() {
        final AtomicReference<TaskScheduler> scheduler = new AtomicReference<>();
        final AtomicInteger tries = new AtomicInteger();
        final CountDownLatch succeeded = new CountDownLatch(1);
        try (SchedulerFixture fixture = new SchedulerFixture(SchedulerFixture.config(2).withErrors((task, error) ->
                scheduler.get().schedule(task, TaskPriority.HIGH)))) {
            scheduler.set(fixture.scheduler);
            fixture.schedule(() -> {
                if (tries.incrementAndGet() < 100) {
                    throw new IllegalStateException("again");
                }
                succeeded.countDown();
            });
            SchedulerFixture.await(succeeded);
            assertThat(tries).hasValue(100);
        }
    }

    @Test
    void shouldEndADutyThatThrowsTellOfItAndGoOn() {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            final IllegalStateException thrown = new IllegalStateException("the duty's");
            final AtomicInteger turns = new AtomicInteger();
            final RunningDuty duty = fixture.scheduler.recur(() -> {
                turns.incrementAndGet();
                throw thrown;
            });
            SchedulerFixture.await("it has ended", duty::hasEnded);
            fixture.awaitAllBefore();
            assertThat(turns).hasValue(1);
            assertThat(fixture.failures).singleElement().extracting(SchedulerFixture.Failure::error).isSameAs(thrown);
            fixture.failures.get(0).task().toString();
            assertThat(fixture.threads()).as("the worker lives").hasSize(1);
        }
    }

    @Test
    void shouldNotLetATasksInterruptReachTheNext() {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            final AtomicInteger interrupted = new AtomicInteger();
            for (int i = 0; i < 100; i++) {
                fixture.schedule(() -> Thread.currentThread().interrupt());
                fixture.schedule(() -> interrupted.addAndGet(Thread.currentThread().isInterrupted() ? 1 : 0));
            }
            fixture.awaitAllBefore();
            assertThat(interrupted).hasValue(0);
        }
    }

    @Test
    void shouldNotLetADutysInterruptReachATask() {
        try (SchedulerFixture fixture = new SchedulerFixture(SchedulerFixture.config(1).withIdle(IdleMode.BUSY_SPIN))) {
            fixture.scheduler.recur(() -> {
                Thread.currentThread().interrupt();
                return 1;
            });
            for (int i = 0; i < 100; i++) {
                assertThat(fixture.scheduler.submit(() -> Thread.currentThread().isInterrupted(), TaskPriority.NORMAL).join()).isFalse();
            }
        }
    }

    @Test
    void shouldGoOnWhoeverInterruptsItsWorkers() {
        try (SchedulerFixture fixture = new SchedulerFixture(2)) {
            final AtomicBoolean stop = new AtomicBoolean();
            final List<Thread> workers = fixture.threads();
            final Thread nuisance = Thread.ofPlatform().start(() -> {
                while (!stop.get()) {
                    workers.forEach(Thread::interrupt);
                    Thread.yield();
                }
            });
            try {
                for (int i = 0; i < 1000; i++) {
                    final CompletableFuture<Integer> future = fixture.scheduler.submit(() -> 1, TaskPriority.NORMAL);
                    assertThat(future.join()).isEqualTo(1);
                }
            } finally {
                stop.set(true);
            }
            assertThat(nuisance).isNotNull();
        }
    }

    @Test
    void shouldGoOnWithAFailedPeriodicTask() {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            final Runnable broken = new Broken(new IllegalStateException("each time"));
            final ScheduledTask task = fixture.scheduler.scheduleWithFixedDelay(broken, TaskPriority.NORMAL, Duration.ZERO,
                    Duration.ofNanos(1));
            SchedulerFixture.await("it ran again and again", () -> task.runs() >= 10);
            assertThat(task.cancel()).isTrue();
            assertThat(fixture.failures).hasSizeGreaterThanOrEqualTo(9).allMatch(failure -> failure.task() == broken);
        }
    }
}
