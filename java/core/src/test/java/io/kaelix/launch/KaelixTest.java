// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Subscriber;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.config.ConfigException;
import io.kaelix.config.ConfigLoader;
import io.kaelix.runtime.TaskPriority;
import io.kaelix.runtime.TaskScheduler;
import io.kaelix.telemetry.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program out of a configuration, from launch to close. */
@Timeout(120)
@SuppressWarnings("try")
class KaelixTest {

    @TempDir
    private Path folder;
    private Program program;
    /** Of other tests: those may end meanwhile. */
    private Set<Thread> threadsBefore;

    @BeforeEach
    void writeFile() {
        program = new Program(folder).write("[runtime]", "worker_threads = 2", "[telemetry]", "counters_interval_ms = 10");
        threadsBefore = Program.liveThreads();
    }

    @AfterEach
    void shouldLeaveNothing() {
        Program.await("its threads have ended", () -> threadsBefore.containsAll(Program.liveThreads()));
        assertThat(program.counterFiles()).isEmpty();
    }

    @Test
    void shouldRunHandlersAndTasksAsConfigured() throws InterruptedException {
        final CountDownLatch done = new CountDownLatch(2);
        try (Kaelix kaelix = program.launch()) {
            assertThat(kaelix.scheduler().workers()).isEqualTo(2);
            kaelix.streamer().subscribe("orders.*", order -> done.countDown());
            try (Publisher publisher = kaelix.streamer().publisher("orders.eu")) {
                assertThat(publisher.offer("new".getBytes())).isPositive();
                assertThat(kaelix.scheduler().schedule(done::countDown, TaskPriority.HIGH)).isEqualTo(TaskScheduler.SCHEDULED);
                assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    void shouldDeclareTopicsWithTheirPartitionsAndPolicies() {
        program.write("[streams]", "slow_subscriber = \"lossy\"", "[[streams.topic]]", "name = \"payments\"", "partitions = 4",
                "slow_subscriber = \"block\"");
        try (Kaelix kaelix = program.launch()) {
            assertThat(kaelix.streamer().partitions(Topic.of("payments"))).isEqualTo(4);
            assertThat(kaelix.streamer().policy(TopicPattern.of("payments"))).isEqualTo(SlowSubscriberPolicy.BLOCK);
            assertThat(kaelix.streamer().policy(TopicPattern.of("other"))).isEqualTo(SlowSubscriberPolicy.LOSSY);
        }
    }

    @Test
    void shouldShowWhatItDoesInItsCounterFile() {
        try (Kaelix kaelix = program.launch();
                Subscriber subscriber = kaelix.streamer().subscriber("orders.eu");
                Publisher publisher = kaelix.streamer().publisher("orders.eu")) {
            for (int i = 0; i < 5; i++) {
                publisher.offer(new byte[32]);
            }
            subscriber.poll(message -> { }, 2);
            kaelix.scheduler().schedule(() -> { }, TaskPriority.NORMAL);
            final String lane = "orders.eu#" + publisher.id();
            Program.await("the lane is shown", () -> Program.value(kaelix, Metric.LANE_MESSAGES, lane).orElse(0) == 5);
            Program.await("the task is shown", () -> Program.value(kaelix, Metric.SCHEDULER_EXECUTED, "kaelix-worker").orElse(0) >= 1);
            final String owner = kaelix.streamer().subscribers().getFirst().owner();
            Program.await("the lag is shown", () -> Program.value(kaelix, Metric.SUBSCRIBER_LAG_MESSAGES, owner).orElse(0) == 3);
            assertThat(Program.value(kaelix, Metric.LANE_CAPACITY, lane)).hasValue(1 << 20);
            assertThat(Program.value(kaelix, Metric.LANE_READERS, lane)).hasValue(1);
            assertThat(Program.value(kaelix, Metric.SUBSCRIBER_LOST, owner)).hasValue(0);
            assertThat(Program.value(kaelix, Metric.STREAMS_OPEN, "streams")).hasValue(1);
            assertThat(Program.value(kaelix, Metric.PROCESS_SAMPLED, "process").orElseThrow()).isLessThanOrEqualTo(System.nanoTime());
            assertThat(Program.value(kaelix, Metric.SCHEDULER_HEALTH, "kaelix-worker")).isPresent();
            assertThat(Program.value(kaelix, Metric.WORKER_EXECUTED, "worker 1")).isPresent();
            assertThat(Program.value(kaelix, Metric.CONFIG_RELOADS, "config")).hasValue(0);
            assertThat(Program.value(kaelix, Metric.ERRORS, "telemetry")).hasValue(0);
            assertThat(Program.owners(kaelix, Metric.SCHEDULER_QUEUE_DEPTH)).containsExactly("critical", "high", "normal", "background");
            assertThat(Program.owners(kaelix, Metric.NODE_RESERVED)).hasSize(1);
            // The process is not profiled, and told nothing of.
            assertThat(Program.owners(kaelix, Metric.PROCESS_CPU)).isEmpty();
            assertThat(kaelix.profile()).isEmpty();

            publisher.close();
            subscriber.close();

            Program.await("both are gone", () -> Program.owners(kaelix, Metric.LANE_MESSAGES).isEmpty()
                    && Program.owners(kaelix, Metric.SUBSCRIBER_LOST).isEmpty());
        }
    }

    @Test
    void shouldWriteNoCountersAndHaveNoThreadForThemWhenTelemetryIsOff() {
        program.write("[telemetry]", "enabled = false");
        try (Kaelix kaelix = program.launch()) {
            assertThat(kaelix.telemetry().counterFile()).isEmpty();
            assertThat(kaelix.readings()).isEmpty();
            assertThat(Program.threads()).doesNotContain(Collector.THREAD_NAME);
            assertThat(kaelix.counters().counter("orders.rejected", Metric.Kind.COUNTER, "orders", "desk").isShown()).isFalse();
        }
    }

    @Test
    void shouldProfileWithoutACounterFile() {
        program.write("[telemetry]", "enabled = false", "[performance]", "enable_memory_profiling = true", "profiling_interval_ms = 10");
        try (Kaelix kaelix = program.launch()) {
            Program.await("the process was looked at", () -> kaelix.profile().isPresent());
            assertThat(kaelix.profile().orElseThrow().cpu()).isEmpty();
        }
    }

    @Test
    void shouldTellTheProcessorTimeOfItsWorkers() {
        program.write("[runtime]", "worker_threads = 2", "idle_strategy = \"busy-spin\"", "[telemetry]", "counters_interval_ms = 10",
                "[performance]", "enable_cpu_profiling = true", "profiling_interval_ms = 10");
        try (Kaelix kaelix = program.launch()) {
            Program.await("a spinning worker has used time",
                    () -> Program.value(kaelix, Metric.WORKER_CPU_TIME, "worker 1").orElse(0) > 0);
            Program.await("so has the process", () -> Program.value(kaelix, Metric.PROCESS_CPU, "process").isPresent());
        }
    }

    @Test
    void shouldRefuseAWrongConfigurationWithAllThatIsWrong() {
        program.write("[runtime]", "worker_threads = -1", "priority_levls = 3");
        assertThatThrownBy(program::launch).isInstanceOf(ConfigException.class).hasMessageContaining("worker_threads")
                .hasMessageContaining("priority_levels");
    }

    @Test
    void shouldLeaveNothingBehindWhenTheCounterFileCannotBeMade() throws IOException {
        Files.createDirectory(program.counters(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxrwxrwx")));
        Files.setPosixFilePermissions(program.counters(), PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThatThrownBy(program::launch).isInstanceOf(KaelixException.class);

        Files.delete(program.counters());
    }

    @Test
    void shouldLeaveNothingBehindWhenATopicCannotBeDeclared() {
        program.write("[performance]", "buffer_size = \"64KiB\"", "[memory]", "limit = \"128KiB\"", "page_size = \"normal\"",
                "[[streams.topic]]", "name = \"many\"", "partitions = 65535");

        assertThatThrownBy(program::launch).isInstanceOf(KaelixException.class).hasMessageContaining("limit");
    }

    @Test
    void shouldLaunchWithoutAFileAndHaveNothingToReload() {
        try (Kaelix kaelix = Kaelix.launch(ConfigLoader.of().with("runtime.worker_threads", 1).with("runtime.pinned", false)
                .with("telemetry.directory", program.counters().toString()).load())) {
            assertThat(kaelix.config().runtime().workerThreads()).isEqualTo(1);
            assertThat(kaelix.reloads()).isZero();
            assertThat(kaelix.needRestart()).isEmpty();
            assertThatIllegalStateException().isThrownBy(kaelix::reload).withMessageContaining("no file");
        }
    }

    @Test
    void shouldGoOnAnsweringAfterItIsClosedAndCloseAgain() {
        final Kaelix kaelix = program.launch();
        kaelix.close();
        kaelix.close();

        assertThat(kaelix.config().runtime().workerThreads()).isEqualTo(2);
        assertThat(kaelix.readings()).isEmpty();
        assertThat(kaelix.telemetry().counterFile()).isEmpty();
        assertThat(kaelix.scheduler().isShutdown()).isTrue();
        assertThat(kaelix.scheduler().schedule(() -> { }, TaskPriority.NORMAL)).isEqualTo(TaskScheduler.CLOSED);
        assertThatIllegalStateException().isThrownBy(() -> kaelix.streamer().publisher("orders"));
        assertThatIllegalStateException().isThrownBy(kaelix::reload);
        // What counts in a file that is gone counts on.
        final var counter = kaelix.counters().counter("orders.rejected", Metric.Kind.COUNTER, "orders", "desk");
        counter.increment();
        assertThat(counter.get()).isEqualTo(1);
    }

    @Test
    void shouldCloseFromAHandlerOfItsOwnAndFromATask() throws InterruptedException {
        final CountDownLatch closed = new CountDownLatch(2);
        final Kaelix first = program.launch();
        first.streamer().subscribe("end", message -> {
            first.close();
            closed.countDown();
        });
        final Kaelix second = program.launch();
        try (Publisher publisher = first.streamer().publisher("end")) {
            publisher.offer(new byte[8]);
        }
        second.scheduler().schedule(() -> {
            second.close();
            closed.countDown();
        }, TaskPriority.NORMAL);
        assertThat(closed.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void shouldCloseInAnInterruptedThreadAndKeepTheInterrupt() {
        final Kaelix kaelix = program.launch();
        Thread.currentThread().interrupt();
        kaelix.close();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void shouldCloseWhileOthersLaunchAndClose() throws InterruptedException {
        final AtomicInteger failed = new AtomicInteger();
        final List<Thread> threads = java.util.stream.IntStream.range(0, 3).mapToObj(i -> new Thread(() -> {
            for (int round = 0; round < 5; round++) {
                try (Kaelix kaelix = program.launch(); Publisher publisher = kaelix.streamer().publisher("orders")) {
                    publisher.offer(new byte[8]);
                    kaelix.readings();
                } catch (final RuntimeException | Error e) {
                    failed.incrementAndGet();
                    e.printStackTrace();
                }
            }
        })).toList();
        threads.forEach(Thread::start);
        for (final Thread thread : threads) {
            thread.join();
        }
        assertThat(failed).hasValue(0);
    }
}
