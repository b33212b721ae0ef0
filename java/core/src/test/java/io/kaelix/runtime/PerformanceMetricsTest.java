// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What a scheduler says of itself is what its tasks did. */
@SuppressWarnings("try")
class PerformanceMetricsTest {

    private static final TaskErrorHandler SILENT = (task, error) -> { };
    private static final SchedulerConfig CONFIG = SchedulerConfig.defaults().withBlockingLimit(Duration.ZERO).withErrors(SILENT)
            .withPinned(false);

    @Test
    void shouldCountTheSameWithoutDistributions() {
        try (TaskScheduler scheduler = TaskScheduler.launch(CONFIG.withWorkers(2).withPriorities(3))) {
            for (int i = 0; i < 50; i++) {
                final boolean fails = i % 10 == 0;
                scheduler.schedule(() -> {
                    if (fails) {
                        throw new IllegalStateException("as planned");
                    }
                }, TaskPriority.HIGH);
            }
            scheduler.scheduleAfter(() -> { }, TaskPriority.NORMAL, Duration.ofDays(1));
            Holding.await("all have ended", () -> scheduler.counts().executed() == 50);
            final SchedulerCounts counts = scheduler.counts();
            assertThat(counts.failed()).isEqualTo(5);
            assertThat(counts.refused()).isZero();
            assertThat(counts.blocked()).isZero();
            assertThat(counts.delayed()).isEqualTo(1);
            assertThat(counts.levels()).containsExactly(0L, 0L, 0L);
            assertThat(counts.workers()).extracting(SchedulerCounts.OfWorker::number).containsExactly(0, 1);
            assertThat(counts.workers().stream().mapToLong(SchedulerCounts.OfWorker::executed).sum()).isEqualTo(50);
            assertThat(counts.workers().stream().mapToLong(SchedulerCounts.OfWorker::stolen).sum()).isEqualTo(counts.stolen());
            assertThat(counts.workers()).allSatisfy(worker -> {
                assertThat(worker.cpu()).isEqualTo(-1);
                assertThat(worker.utilization()).isBetween(0.0, 1.0);
            });
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldTellWhichThreadOfTheSystemAWorkerIs() throws Exception {
        try (TaskScheduler scheduler = TaskScheduler.launch(CONFIG.withWorkers(2).withName("numbered"))) {
            for (final WorkerMetrics worker : scheduler.performanceMetrics().workers()) {
                assertThat(Files.readString(Path.of("/proc/self/task/" + worker.systemThread() + "/comm")).strip())
                        .isEqualTo("numbered-" + worker.number());
            }
        }
    }

    @Test
    void shouldAddUpWhatTasksDid() {
        try (TaskScheduler scheduler = TaskScheduler.launch(CONFIG.withWorkers(2))) {
            for (int i = 0; i < 100; i++) {
                final boolean fails = i % 10 == 0;
                final Runnable task = () -> {
                    if (fails) {
                        throw new IllegalStateException("as planned");
                    }
                };
                assertThat(scheduler.schedule(task, TaskPriority.values()[i % 4])).isEqualTo(TaskScheduler.SCHEDULED);
            }
            Holding.await("all have ended", () -> scheduler.performanceMetrics().executed() == 100);
            final PerformanceMetrics metrics = scheduler.performanceMetrics();
            assertThat(metrics.failed()).isEqualTo(10);
            assertThat(metrics.refused()).isZero();
            assertThat(metrics.blocked()).isZero();
            assertThat(metrics.delayed()).isZero();
            assertThat(metrics.taskQueueDepth()).isZero();
            assertThat(metrics.cpuUtilization()).isBetween(0.0, 1.0);
            assertThat(metrics.period()).isPositive();
            assertThat(metrics.memoryUsageMb()).isPositive();
            assertThat(metrics.workers()).extracting(WorkerMetrics::number).containsExactly(0, 1);
            assertThat(metrics.workers().stream().mapToLong(WorkerMetrics::executed).sum()).isEqualTo(100);
            assertThat(metrics.workers().stream().mapToLong(WorkerMetrics::failed).sum()).isEqualTo(10);
            assertThat(metrics.workers().stream().mapToLong(WorkerMetrics::stolen).sum()).isEqualTo(metrics.stolen());
            assertThat(metrics.priorities()).extracting(PriorityMetrics::priorities).containsExactly(List.of(TaskPriority.CRITICAL),
                    List.of(TaskPriority.HIGH), List.of(TaskPriority.NORMAL), List.of(TaskPriority.BACKGROUND));
            // All of them came from outside, through one inbox of each level: of those, one in eight is timed, the first to begin with.
            assertThat(metrics.priorities()).extracting(priority -> priority.startDelay().count()).allMatch(count -> count >= 2 && count <= 5);
            assertThat(metrics.of(TaskPriority.HIGH)).isSameAs(metrics.priorities().get(1));
            assertThat(metrics.of(TaskPriority.HIGH).startDelay().percentile(50)).isPositive();
        }
    }

    @Test
    void shouldCountWhatWaits() {
        try (TaskScheduler scheduler = TaskScheduler.launch(CONFIG.withWorkers(1).withPriorities(2));
                Holding held = Holding.in(scheduler)) {
            for (int i = 0; i < 7; i++) {
                scheduler.schedule(() -> { }, i < 2 ? TaskPriority.HIGH : i < 4 ? TaskPriority.NORMAL : TaskPriority.BACKGROUND);
            }
            scheduler.scheduleAfter(() -> { }, TaskPriority.HIGH, Duration.ofHours(1));
            final PerformanceMetrics metrics = scheduler.performanceMetrics();
            assertThat(metrics.taskQueueDepth()).isEqualTo(7);
            assertThat(metrics.priorities()).extracting(PriorityMetrics::queueDepth).containsExactly(2L, 5L);
            assertThat(metrics.of(TaskPriority.NORMAL)).isSameAs(metrics.of(TaskPriority.BACKGROUND));
            assertThat(metrics.of(TaskPriority.CRITICAL).priorities()).containsExactly(TaskPriority.CRITICAL, TaskPriority.HIGH);
            assertThat(metrics.delayed()).isOne();
            assertThat(metrics.executed()).isZero();
            held.close();
            Holding.await("nothing waits", () -> scheduler.performanceMetrics().executed() == 8);
            assertThat(scheduler.performanceMetrics().taskQueueDepth()).isZero();
        }
    }

    @Test
    void shouldCountWhatIsRefusedAndCallThatUnhealthy() {
        try (TaskScheduler scheduler = TaskScheduler.launch(CONFIG.withWorkers(1).withQueueCapacity(2).withForkCapacity(2));
                Holding held = Holding.in(scheduler)) {
            int refused = 0;
            for (int i = 0; i < 10; i++) {
                refused += scheduler.schedule(() -> { }, TaskPriority.NORMAL) == TaskScheduler.QUEUE_FULL ? 1 : 0;
            }
            assertThat(refused).isEqualTo(8);
            assertThat(scheduler.performanceMetrics().refused()).isEqualTo(8);
            assertThat(scheduler.health().state()).isEqualTo(Health.State.UNHEALTHY);
            assertThat(scheduler.health().reason()).startsWith("a queue was full: 8 tasks were refused");
            assertThat(scheduler.performanceMetrics().of(TaskPriority.NORMAL).queueDepth()).isEqualTo(2);
            held.close();
        }
    }

    @Test
    void shouldCountWhatTasksAreRefusedToo() {
        try (TaskScheduler scheduler = TaskScheduler.launch(CONFIG.withWorkers(1).withForkCapacity(2))) {
            final AtomicInteger refused = new AtomicInteger();
            scheduler.schedule(() -> {
                for (int i = 0; i < 5; i++) {
                    refused.addAndGet(scheduler.schedule(() -> { }, TaskPriority.NORMAL) == TaskScheduler.QUEUE_FULL ? 1 : 0);
                }
            }, TaskPriority.NORMAL);
            Holding.await("all that was taken on is done", () -> scheduler.performanceMetrics().executed() == 3);
            assertThat(refused).hasValue(3);
            assertThat(scheduler.performanceMetrics().refused()).isEqualTo(3);
        }
    }

    @Test
    void shouldCountWhatIsStolenAndTellWhoIsAtWork() {
        try (TaskScheduler scheduler = TaskScheduler.launch(CONFIG.withWorkers(2))) {
            final CountDownLatch stolen = new CountDownLatch(50);
            final CountDownLatch end = new CountDownLatch(1);
            final AtomicInteger holder = new AtomicInteger(-1);
            scheduler.schedule(() -> {
                holder.set(scheduler.currentWorker());
                for (int i = 0; i < 50; i++) {
                    scheduler.schedule(stolen::countDown, TaskPriority.NORMAL);
                }
                awaitQuietly(end);
            }, TaskPriority.NORMAL);
            Holding.await("the other worker has taken all", () -> scheduler.performanceMetrics().executed() == 50);
            assertThat(stolen.getCount()).isZero();
            final int other = 1 - holder.get();
            assertThat(scheduler.performanceMetrics().stolen()).isGreaterThanOrEqualTo(50);
            assertThat(scheduler.performanceMetrics().workers().get(other).stolen()).isGreaterThanOrEqualTo(50);
            Holding.await("the one that is held has been at work for most of the time, the other has not", () -> {
                final PerformanceMetrics metrics = scheduler.performanceMetrics();
                return metrics.workers().get(holder.get()).utilization() > 0.8 && metrics.workers().get(other).utilization() < 0.2
                        && Math.abs(metrics.cpuUtilization() - 0.5) < 0.2;
            });
            end.countDown();
            Holding.await("nobody is at work", () -> scheduler.performanceMetrics().cpuUtilization() < 0.2);
        }
    }

    private static void awaitQuietly(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldTimeHowWorkersWake() {
        try (TaskScheduler scheduler = TaskScheduler.launch(CONFIG.withWorkers(1).withIdle(IdleMode.PARK))) {
            Holding.await("it was woken a few times", () -> {
                scheduler.schedule(() -> { }, TaskPriority.NORMAL);
                return scheduler.performanceMetrics().workers().getFirst().wakeUp().count() >= 3;
            });
            final WorkerMetrics worker = scheduler.performanceMetrics().workers().getFirst();
            assertThat(worker.parks()).isGreaterThanOrEqualTo(3);
            assertThat(worker.wakeUp().percentile(50)).isPositive();
        }
    }

    @Test
    void shouldSayWhereWorkersRunAndWhy() {
        try (TaskScheduler scheduler = TaskScheduler.launch(CONFIG.withWorkers(1))) {
            final WorkerMetrics worker = scheduler.performanceMetrics().workers().getFirst();
            assertThat(worker.cpu()).isEqualTo(-1);
            assertThat(worker.placement()).contains("not pinned");
        }
        try (TaskScheduler scheduler = TaskScheduler.launch(CONFIG.withWorkers(1).withPinned(true))) {
            final WorkerMetrics worker = scheduler.performanceMetrics().workers().getFirst();
            assertThat(worker.node()).isNotNegative();
            if (worker.cpu() >= 0) {
                assertThat(worker.placement()).contains("pinned to CPUs " + worker.cpu());
            } else {
                assertThat(worker.placement()).contains("asked for CPUs");
            }
        }
    }

    @Test
    void shouldTellTheSameWhenClosed() {
        final TaskScheduler scheduler = TaskScheduler.launch(CONFIG.withWorkers(1));
        assertThat(scheduler.health().isHealthy()).isTrue();
        scheduler.schedule(() -> { }, TaskPriority.NORMAL);
        scheduler.close();
        assertThat(scheduler.performanceMetrics().executed()).isOne();
        assertThat(scheduler.health()).isEqualTo(new Health(Health.State.UNHEALTHY, "the scheduler was shut down"));
    }
}
