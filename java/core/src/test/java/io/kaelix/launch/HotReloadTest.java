// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import io.kaelix.config.ConfigReloader;
import io.kaelix.config.Setting;
import io.kaelix.runtime.TaskPriority;
import io.kaelix.runtime.WorkerMetrics;
import io.kaelix.telemetry.Metric;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A key that is changed in the file of a running program changes what it does. */
@Timeout(180)
class HotReloadTest {

    /** The smallest: a handler's worker is at home with both. */
    private static final String[] ONE_WORKER = {"[runtime]", "worker_threads = 1"};

    @TempDir
    private Path folder;
    private Kaelix kaelix;
    private final CountDownLatch gate = new CountDownLatch(1);

    private Program launch(final String... lines) {
        final Program program = new Program(folder).write(lines);
        kaelix = program.launch();
        return program;
    }

    @AfterEach
    void close() {
        gate.countDown();
        kaelix.close();
    }

    private static String[] lines(final String[] first, final String... more) {
        final List<String> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    /** Lets the file be loaded, and what it says act. */
    private void change(final Program program, final String... lines) {
        final long before = kaelix.reloads();
        program.write(lines);
        Program.await("the change was taken over", () -> kaelix.reloads() > before);
        // It is counted, then told, then let go of.
        assertThat(kaelix.reload()).isEqualTo(ConfigReloader.Outcome.UNCHANGED);
    }

    private long parks() {
        return kaelix.scheduler().performanceMetrics().workers().stream().mapToLong(WorkerMetrics::parks).sum();
    }

    /** How often the worker slept before one of twenty tasks, some 2 ms apart. */
    private long sleepsBetweenTasks() {
        final long before = parks();
        for (int i = 0; i < 20; i++) {
            final CountDownLatch done = new CountDownLatch(1);
            kaelix.scheduler().schedule(done::countDown, TaskPriority.NORMAL);
            try {
                assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
                TimeUnit.MILLISECONDS.sleep(2);
            } catch (final InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return parks() - before;
    }

    @Test
    void shouldKeepWorkersAwakeOnceTheTargetLatencyAsksForIt() {
        final Program program = launch(lines(ONE_WORKER, "target_latency_us = 1000000"));
        Program.await("it sleeps between tasks", () -> sleepsBetweenTasks() >= 15);

        change(program, lines(ONE_WORKER, "target_latency_us = 99"));

        Program.await("it stays awake between tasks", () -> sleepsBetweenTasks() <= 5);
    }

    @Test
    void shouldNeverSleepOnceTheIdleStrategySaysSo() {
        final Program program = launch(lines(ONE_WORKER, "idle_strategy = \"park\""));
        Program.await("it sleeps between tasks", () -> sleepsBetweenTasks() >= 15);

        change(program, lines(ONE_WORKER, "idle_strategy = \"busy-spin\""));

        Program.await("it never sleeps", () -> sleepsBetweenTasks() == 0);
    }

    @Test
    void shouldReportTasksByTheNewBlockingLimit() {
        final Program program = launch(lines(ONE_WORKER, "blocking_limit_ms = 0"));
        kaelix.scheduler().schedule(this::hold, TaskPriority.NORMAL);

        change(program, lines(ONE_WORKER, "blocking_limit_ms = 5"));

        Program.await("the task that holds the worker is reported", () -> kaelix.scheduler().performanceMetrics().blocked() == 1);
    }

    private void hold() {
        try {
            gate.await();
        } catch (final InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldDropTasksThatWaitBehindAHeldWorkerByTheNewCloseTimeout() {
        final AtomicInteger ran = new AtomicInteger();
        final Program program = launch(lines(ONE_WORKER, "close_timeout_ms = 86400000"));
        kaelix.scheduler().schedule(this::hold, TaskPriority.NORMAL);
        kaelix.scheduler().schedule(ran::incrementAndGet, TaskPriority.NORMAL);

        change(program, lines(ONE_WORKER, "close_timeout_ms = 1"));

        // Waits for a day else.
        kaelix.close();
        assertThat(ran).hasValue(0);
    }

    @Test
    void shouldTakeAsManyMessagesInATurnAsTheNewBatchSizeSays() {
        final Program program = launch(lines(ONE_WORKER, "[telemetry]", "latency_sampling_bytes = 1024", "[performance]",
                "batch_size = 1000000"));
        final AtomicInteger received = new AtomicInteger();
        kaelix.streamer().subscribe("orders", message -> received.incrementAndGet());
        final long turnsOfMany = turnsForAThousand(received);

        change(program, lines(ONE_WORKER, "[telemetry]", "latency_sampling_bytes = 1024", "[performance]", "batch_size = 1"));

        assertThat(turnsForAThousand(received)).isGreaterThanOrEqualTo(1_000).isGreaterThan(10 * turnsOfMany);
    }

    /** A message of each turn is timed. */
    private long turnsForAThousand(final AtomicInteger received) {
        final long timed = kaelix.streamer().subscribers().getFirst().handlerTime().count();
        final int before = received.get();
        final CountDownLatch sent = new CountDownLatch(1);
        // All of them are there when the worker turns to them.
        kaelix.scheduler().schedule(() -> {
            try {
                sent.await();
            } catch (final InterruptedException closing) {
                Thread.currentThread().interrupt();
            }
        }, TaskPriority.CRITICAL);
        try (Publisher publisher = kaelix.streamer().publisher("orders")) {
            for (int i = 0; i < 1_000; i++) {
                assertThat(publisher.offer(new byte[8])).isNotNegative();
            }
            sent.countDown();
            Program.await("all were received", () -> received.get() == before + 1_000);
        }
        return kaelix.streamer().subscribers().getFirst().handlerTime().count() - timed;
    }

    @Test
    void shouldGrantMemoryUpToTheNewLimit() {
        final String[] buffers = {"[performance]", "buffer_size = \"64KiB\"", "[memory]", "page_size = \"normal\""};
        final Program program = launch(lines(buffers, "limit = \"4MiB\""));
        final List<Publisher> publishers = new ArrayList<>();
        try {
            assertThatThrownBy(() -> addPublishers(publishers)).isInstanceOf(KaelixException.class);
            final int few = publishers.size();

            change(program, lines(buffers, "limit = \"64MiB\""));

            assertThatThrownBy(() -> addPublishers(publishers)).isInstanceOf(KaelixException.class);
            assertThat(publishers).hasSizeGreaterThan(4 * few);
        } finally {
            publishers.forEach(Publisher::close);
        }
    }

    private void addPublishers(final List<Publisher> publishers) {
        while (publishers.size() < 100_000) {
            publishers.add(kaelix.streamer().publisher("orders"));
        }
    }

    @Test
    void shouldLingerAsTheNewKeySays() {
        final Program program = launch("[performance]", "linger_ns = 0");
        change(program, "[performance]", "linger_ns = 777");
        assertThat(kaelix.streamer().config().linger()).isEqualTo(Duration.ofNanos(777));
    }

    @Test
    void shouldTimeMessagesOnceLatencyIsSampled() {
        final Program program = launch("[telemetry]", "latency_sampling_bytes = 0", "counters_interval_ms = 10");
        try (Subscriber subscriber = kaelix.streamer().subscriber("orders");
                Publisher publisher = kaelix.streamer().publisher("orders")) {
            exchange(publisher, subscriber);
            assertThat(kaelix.streamer().subscribers().getFirst().deliveryLatency().count()).isZero();

            change(program, "[telemetry]", "latency_sampling_bytes = 1024", "counters_interval_ms = 10");

            exchange(publisher, subscriber);
            assertThat(kaelix.streamer().subscribers().getFirst().deliveryLatency().count()).isPositive();
            Program.await("the histogram is shown", () -> kaelix.readings().orElseThrow().histograms().stream()
                    .anyMatch(reading -> reading.key().equals(Metric.SUBSCRIBER_DELIVERY.key()) && reading.histogram().count() > 0));
        }
    }

    private static void exchange(final Publisher publisher, final Subscriber subscriber) {
        for (int i = 0; i < 10_000; i++) {
            assertThat(publisher.offer(new byte[64])).isNotNegative();
            subscriber.poll(message -> { }, 10);
        }
    }

    @Test
    void shouldCopyCountersAtTheNewInterval() {
        final Program program = launch("[telemetry]", "counters_interval_ms = 60000");
        Program.await("the first round was done", () -> !Program.owners(kaelix, Metric.WORKER_PARKS).isEmpty());
        try (Publisher publisher = kaelix.streamer().publisher("orders")) {
            change(program, "[telemetry]", "counters_interval_ms = 10");

            Program.await("the lane is shown", () -> !Program.owners(kaelix, Metric.LANE_MESSAGES).isEmpty());
            publisher.offer(new byte[8]);
            Program.await("so is what happens on it",
                    () -> Program.value(kaelix, Metric.LANE_MESSAGES, "orders#" + publisher.id()).orElse(0) == 1);
        }
    }

    @Test
    void shouldProfileTheProcessWhileItsSwitchesAreOn() {
        final String[] fast = {"[telemetry]", "counters_interval_ms = 10", "[performance]", "profiling_interval_ms = 10"};
        final Program program = launch(fast);
        assertThat(kaelix.profile()).isEmpty();

        change(program, lines(fast, "enable_memory_profiling = true", "enable_io_profiling = true"));
        Program.await("memory is shown", () -> Program.value(kaelix, Metric.PROCESS_MEMORY, "process").orElse(0) > 0);
        Program.await("reads are shown", () -> Program.value(kaelix, Metric.PROCESS_READ, "process").isPresent());
        assertThat(Program.value(kaelix, Metric.PROCESS_CPU, "process")).isEmpty();

        change(program, lines(fast, "enable_cpu_profiling = true"));
        Program.await("CPU time is shown", () -> Program.value(kaelix, Metric.WORKER_CPU_TIME, "worker 0").isPresent());
        Program.await("memory is shown no longer", () -> Program.value(kaelix, Metric.PROCESS_MEMORY, "process").isEmpty());

        change(program, fast);
        Program.await("nothing is shown any more", () -> Program.value(kaelix, Metric.PROCESS_CPU, "process").isEmpty()
                && Program.value(kaelix, Metric.WORKER_CPU_TIME, "worker 0").isEmpty());
        assertThat(kaelix.profile()).isEmpty();
    }

    @Test
    void shouldTellTheFlightRecorderOfSlowSubscribersByTheNewThreshold() throws Exception {
        final Program program = launch("[telemetry]", "counters_interval_ms = 10", "slow_subscriber_event_ms = 0");
        try (Recording recording = new Recording();
                Subscriber subscriber = kaelix.streamer().subscriber("orders");
                Publisher publisher = kaelix.streamer().publisher("orders")) {
            recording.enable("io.kaelix.SlowSubscriber");
            recording.enable("io.kaelix.Reload");
            recording.start();
            // Behind more than a mark, so that its age is known.
            while (publisher.offer(new byte[1_024]) >= 0) {
                Thread.onSpinWait();
            }

            change(program, "[telemetry]", "counters_interval_ms = 10", "slow_subscriber_event_ms = 1", "jmx = true");

            final Path dump = folder.resolve("events.jfr");
            Program.await("it is told of", () -> !events(recording, dump, "io.kaelix.SlowSubscriber").isEmpty());
            final RecordedEvent event = events(recording, dump, "io.kaelix.SlowSubscriber").getFirst();
            assertThat(event.getString("subscriber")).startsWith("orders#");
            assertThat(event.getLong("lagMessages")).isPositive();
            assertThat(event.getString("policy")).isEqualTo("BLOCK");
            final RecordedEvent reload = events(recording, dump, "io.kaelix.Reload").getFirst();
            assertThat(reload.getBoolean("accepted")).isTrue();
            assertThat(reload.getString("changed")).isEqualTo("telemetry.slow_subscriber_event_ms");
            assertThat(reload.getString("needRestart")).isEqualTo("telemetry.jmx");
            subscriber.poll(message -> { }, 1);
        }
    }

    private static List<RecordedEvent> events(final Recording recording, final Path dump, final String name) {
        try {
            recording.dump(dump);
            return RecordingFile.readAllEvents(dump).stream().filter(event -> event.getEventType().getName().equals(name)).toList();
        } catch (final java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void shouldLogAsMuchAsTheNewLevelSays() {
        final Program program = launch("[telemetry]", "log_level = \"error\"");
        final Logger logger = Logger.getLogger("io.kaelix.launch.SomeClass");
        assertThat(logger.isLoggable(Level.WARNING)).isFalse();

        change(program, "[telemetry]", "log_level = \"debug\"");
        Program.await("fine things are logged", () -> logger.isLoggable(Level.FINE));
        assertThat(logger.isLoggable(Level.FINER)).isFalse();

        change(program, "[telemetry]");
        Program.await("it is as the program had it", () -> !logger.isLoggable(Level.FINE) && logger.isLoggable(Level.INFO));
    }

    @Test
    void shouldNameWhatNeedsARestartOnceInOneLine() {
        try (LogRecords told = LogRecords.of(ConfigReloader.class)) {
            final Program program = launch(ONE_WORKER);
            change(program, "[runtime]", "worker_threads = 2", "priority_levels = 3");
            // The same again, with something that acts at once.
            change(program, "[runtime]", "worker_threads = 2", "priority_levels = 3", "target_latency_us = 50");

            assertThat(told.all()).filteredOn(entry -> entry.getMessage().contains("worker_threads")).singleElement()
                    .satisfies(entry -> assertThat(entry.getMessage()).contains("restart", "worker_threads = 2", "priority_levels = 3")
                            .doesNotContain("\n"));
            assertThat(kaelix.scheduler().workers()).isEqualTo(1);
            assertThat(kaelix.config().runtime().workerThreads()).isEqualTo(1);
            assertThat(kaelix.needRestart()).extracting(setting -> setting.key().path())
                    .containsExactlyInAnyOrder("runtime.worker_threads", "runtime.priority_levels");
            assertThat(kaelix.needRestart()).extracting(Setting::text).containsExactlyInAnyOrder("2", "3");
        }
    }

    @Test
    void shouldGoOnAsBeforeWithAFileThatIsWrong() {
        final Program program = launch(lines(ONE_WORKER, "target_latency_us = 50", "[telemetry]", "counters_interval_ms = 10"));
        program.write("[runtime]", "worker_threads = 1", "target_latency_us = 0");
        Program.await("it is refused", () -> kaelix.refusedReloads() == 1);

        assertThat(kaelix.scheduler().config().targetLatency()).isEqualTo(Duration.ofNanos(50_000));
        Program.await("that is shown", () -> Program.value(kaelix, Metric.CONFIG_REFUSED, "config").orElse(0) == 1);

        change(program, lines(ONE_WORKER, "target_latency_us = 60", "[telemetry]", "counters_interval_ms = 10"));
        Program.await("the next one acts", () -> kaelix.scheduler().config().targetLatency().equals(Duration.ofNanos(60_000)));
        Program.await("that is shown, too", () -> Program.value(kaelix, Metric.CONFIG_RELOADS, "config").orElse(0) == 1
                && Program.value(kaelix, Metric.CONFIG_RELOAD_TIME, "config").orElse(0) > 0);
    }

    @Test
    void shouldLoadTheFileWhenAskedTo() {
        launch(ONE_WORKER);
        assertThat(kaelix.reload()).isEqualTo(ConfigReloader.Outcome.UNCHANGED);
    }
}
