// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Duty;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tasks that hold a worker are reported, whatever they are, and whoever is told. */
@SuppressWarnings("try")
class WatchTest {

    private static final Duration LIMIT = Duration.ofMillis(10);

    /**
     * One that was told.
     *
     * @param thread that is held
     * @param nanos for so long
     * @param stack where
     */
    private record Report(Thread thread, long nanos, List<StackTraceElement> stack) {
    }

    private final List<Report> reports = new CopyOnWriteArrayList<>();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger logger = Logger.getLogger(TaskScheduler.class.getName());
    private final Handler recorder = new Handler() {

        @Override
        public void publish(final LogRecord entry) {
            lines.add(entry.getLevel() + " " + entry.getMessage());
        }

        @Override
        public void flush() {
            // Nothing is kept back.
        }

        @Override
        public void close() {
            // Nothing to give back.
        }
    };

    private final TaskErrorHandler recording = new TaskErrorHandler() {

        @Override
        public void onError(final Runnable task, final Throwable error) {
            // Those fail on purpose.
        }

        @Override
        public void onBlocking(final Thread worker, final long nanos, final StackTraceElement[] stack) {
            reports.add(new Report(worker, nanos, List.of(stack)));
        }
    };

    private final SchedulerConfig config = SchedulerConfig.defaults().withName("watched").withWorkers(1).withPinned(false)
            .withBlockingLimit(LIMIT).withErrors(recording);

    @BeforeEach
    void record() {
        logger.addHandler(recorder);
        logger.setUseParentHandlers(false);
    }

    @AfterEach
    void giveBack() {
        logger.removeHandler(recorder);
        logger.setUseParentHandlers(true);
    }

    @Test
    void shouldReportATaskThatHoldsAWorkerOnceWithItsStack() {
        try (TaskScheduler scheduler = TaskScheduler.launch(config)) {
            try (Holding held = Holding.in(scheduler)) {
                scheduler.schedule(() -> { }, TaskPriority.NORMAL);
                Holding.await("it is reported", () -> !reports.isEmpty());
                // Looked at some more times.
                Holding.pass(LIMIT.multipliedBy(10));
                assertThat(reports).hasSize(1);
                assertThat(held()).isOne();
                final Report report = reports.getFirst();
                assertThat(report.thread().getName()).isEqualTo("watched-0");
                assertThat(report.nanos()).isGreaterThanOrEqualTo(LIMIT.toNanos());
                assertThat(report.stack()).extracting(StackTraceElement::getMethodName).contains("holdHere");
                assertThat(scheduler.performanceMetrics().blocked()).isOne();
                assertThat(scheduler.performanceMetrics().workers().getFirst().runningFor()).isGreaterThan(LIMIT);
                assertThat(lines).hasSize(1);
                assertThat(lines.getFirst()).startsWith("WARNING thread watched-0 is held by a task for ").contains("the limit is 10 ms")
                        .contains("tasks that wait with it: 1").contains("\tat ").contains("Holding.holdHere(");
            }
            Holding.await("both have ended", () -> scheduler.performanceMetrics().executed() == 2);
            assertThat(scheduler.performanceMetrics().workers().getFirst().runningFor()).isZero();
            try (Holding again = Holding.in(scheduler)) {
                Holding.await("the next one is reported as well", () -> held() == 2);
                again.close();
            }
        }
        assertThat(held()).isEqualTo(2);
    }

    /** Reports of tasks that were held; a busy machine may hold up others. */
    private long held() {
        return reports.stream().filter(
                report -> report.stack().stream().anyMatch(frame -> frame.getMethodName().equals("holdHere"))).count();
    }

    @Test
    void shouldReportNothingOfTasksThatAreShort() {
        try (TaskScheduler scheduler = TaskScheduler.launch(config.withBlockingLimit(Duration.ofMinutes(10)))) {
            for (int i = 0; i < 1_000; i++) {
                Holding.await("there is room", () -> scheduler.schedule(() -> { }, TaskPriority.NORMAL) == TaskScheduler.SCHEDULED);
            }
            Holding.await("all have ended", () -> scheduler.performanceMetrics().executed() == 1_000);
            assertThat(scheduler.performanceMetrics().blocked()).isZero();
        }
        assertThat(reports).isEmpty();
        assertThat(lines).isEmpty();
    }

    @Test
    void shouldReportTheTurnOfADuty() {
        final Holding held = new Holding();
        try (TaskScheduler scheduler = TaskScheduler.launch(config)) {
            scheduler.recur(() -> {
                held.run();
                return Duty.DONE;
            });
            Holding.await("it is reported", () -> !reports.isEmpty());
            held.close();
            assertThat(reports.getFirst().stack()).extracting(StackTraceElement::getMethodName).contains("holdHere");
        } finally {
            held.close();
        }
    }

    @Test
    void shouldBeDegradedThenUnhealthyWhileATaskGoesOn() {
        try (TaskScheduler scheduler = TaskScheduler.launch(config)) {
            final List<Health> seen = new ArrayList<>();
            try (Holding held = Holding.in(scheduler)) {
                Holding.await("it is believed to be stuck", () -> {
                    seen.add(scheduler.health());
                    return seen.getLast().state() == Health.State.UNHEALTHY;
                });
                held.close();
            }
            assertThat(seen.getLast().reason()).contains("a task has held watched-0 for").contains("10 times the limit");
            Holding.await("it is healthy again", () -> scheduler.health().isHealthy());
        }
    }

    @Test
    void shouldBeDegradedWhereTasksFailOrStartLate() {
        try (TaskScheduler scheduler = TaskScheduler.launch(config)) {
            for (int i = 0; i < 5; i++) {
                scheduler.schedule(() -> {
                    throw new IllegalStateException("as planned");
                }, TaskPriority.NORMAL);
            }
            Holding.await("they have failed", () -> scheduler.performanceMetrics().failed() == 5);
            assertThat(scheduler.health().state()).isEqualTo(Health.State.DEGRADED);
            assertThat(scheduler.health().reason()).startsWith("5 failures, of ");
        }
        try (TaskScheduler scheduler = TaskScheduler.launch(config)) {
            try (Holding held = Holding.in(scheduler)) {
                scheduler.schedule(() -> { }, TaskPriority.NORMAL);
                Holding.pass(LIMIT.multipliedBy(3));
                held.close();
            }
            Holding.await("both have ended", () -> scheduler.performanceMetrics().executed() == 2);
            assertThat(scheduler.health().state()).isEqualTo(Health.State.DEGRADED);
            assertThat(scheduler.health().reason()).startsWith("NORMAL tasks start late: 1% of 1 more than ");
        }
    }

    @Test
    void shouldBeUnhealthyWhereTheThreadOfAWorkerHasEnded() {
        try (TaskScheduler scheduler = TaskScheduler.launch(config.withWorkers(2))) {
            final WorkerPool pool = scheduler.pool();
            final Worker alive = pool.workers()[1];
            final Worker ended = new Worker(pool, 1, alive.place());
            assertThat(scheduler.health().isHealthy()).isTrue();
            pool.workers()[1] = ended;
            try {
                assertThat(scheduler.health().state()).isEqualTo(Health.State.UNHEALTHY);
                assertThat(scheduler.health().reason()).contains("watched-1 has ended");
            } finally {
                pool.workers()[1] = alive;
            }
        }
    }

    @Test
    void shouldGoOnWhereTheHandlerFails() {
        final AtomicInteger told = new AtomicInteger();
        final TaskErrorHandler failing = new TaskErrorHandler() {

            @Override
            public void onError(final Runnable task, final Throwable error) {
                // None does.
            }

            @Override
            public void onBlocking(final Thread worker, final long nanos, final StackTraceElement[] stack) {
                told.incrementAndGet();
                Thread.currentThread().interrupt();
                throw new AssertionError("as planned");
            }
        };
        try (TaskScheduler scheduler = TaskScheduler.launch(config.withErrors(failing))) {
            for (int i = 1; i <= 3; i++) {
                final int times = i;
                try (Holding held = Holding.in(scheduler)) {
                    Holding.await("it is reported", () -> told.get() == times);
                    held.close();
                }
            }
        }
        Holding.await("each failure is logged",
                () -> lines.stream().filter(line -> line.startsWith("SEVERE the error handler failed")).count() == 3);
    }

    @Test
    void shouldLetTheHandlerCloseTheScheduler() {
        final TaskScheduler[] scheduler = new TaskScheduler[1];
        final AtomicInteger closed = new AtomicInteger();
        final TaskErrorHandler closing = new TaskErrorHandler() {

            @Override
            public void onError(final Runnable task, final Throwable error) {
                // None does.
            }

            @Override
            public void onBlocking(final Thread worker, final long nanos, final StackTraceElement[] stack) {
                scheduler[0].close();
                closed.incrementAndGet();
            }
        };
        scheduler[0] = TaskScheduler.launch(config.withCloseTimeout(LIMIT).withErrors(closing));
        // Closing interrupts it.
        Holding.in(scheduler[0]);
        Holding.await("the handler has closed it", () -> closed.get() == 1);
        assertThat(scheduler[0].isShutdown()).isTrue();
        Holding.await("its watch has ended", () -> scheduler[0].pool().watch().hasEnded());
    }

    @Test
    void shouldMoveTheWindowOnWhereNobodyAsks() {
        try (TaskScheduler scheduler = TaskScheduler.launch(config)) {
            final Window window = scheduler.pool().watch().window();
            Holding.await("the window begins after launch", () -> window.start().at() >= Window.NANOS);
        }
    }

    @Test
    void shouldEndItsThreadWithTheScheduler() {
        final TaskScheduler scheduler = TaskScheduler.launch(config.withBlockingLimit(Duration.ZERO));
        final Watch watch = scheduler.pool().watch();
        assertThat(watch.hasEnded()).isFalse();
        scheduler.close();
        Holding.await("its watch has ended", watch::hasEnded);
    }

    @Test
    void shouldLookTwiceInEachLimitWithinBounds() {
        assertThat(Watch.periodNanos(TimeUnit.MILLISECONDS.toNanos(100))).isEqualTo(TimeUnit.MILLISECONDS.toNanos(50));
        assertThat(Watch.periodNanos(TimeUnit.MILLISECONDS.toNanos(1))).isEqualTo(TimeUnit.MILLISECONDS.toNanos(5));
        assertThat(Watch.periodNanos(TimeUnit.DAYS.toNanos(1))).isEqualTo(TimeUnit.MILLISECONDS.toNanos(500));
        assertThat(Watch.periodNanos(0)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(500));
        assertThat(Watch.longerNanos(TimeUnit.MILLISECONDS.toNanos(50))).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
        assertThat(Watch.longerNanos(TimeUnit.MILLISECONDS.toNanos(400))).isEqualTo(TimeUnit.MILLISECONDS.toNanos(500));
    }
}
