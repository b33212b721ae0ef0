// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.CpuSet;
import io.kaelix.numa.Affinity;
import io.kaelix.numa.PlacementPlan.WorkerPlace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a scheduler tells the flight recorder. */
@Timeout(120)
@SuppressWarnings("try")
class FlightEventsOfSchedulerTest {

    private static final int NO_SUCH_CPU = 4_000;

    @TempDir
    private Path folder;
    private final AtomicInteger held = new AtomicInteger();
    /** Told behind the flight recorder. */
    private final TaskErrorHandler told = new TaskErrorHandler() {

        @Override
        public void onError(final Runnable task, final Throwable error) {
            throw new AssertionError("no task fails here", error);
        }

        @Override
        public void onBlocking(final Thread worker, final long nanos, final StackTraceElement[] stack) {
            held.incrementAndGet();
        }
    };

    private List<RecordedEvent> recorded(final String name, final Runnable work) throws Exception {
        final Path file = folder.resolve("recorded.jfr");
        try (Recording recording = new Recording()) {
            recording.start();
            work.run();
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file).stream().filter(event -> event.getEventType().getName().equals(name)).toList();
    }

    private static void hold(final CountDownLatch gate) {
        SchedulerFixture.await(gate);
    }

    @Test
    void shouldTellOfATaskThatHoldsItsWorkerWithItsNameAndForHowLong() throws Exception {
        final List<RecordedEvent> events = recorded("io.kaelix.LongTask", () -> {
            final SchedulerConfig config = SchedulerConfig.defaults().withName("told").withWorkers(1).withPinned(false)
                    .withBlockingLimit(Duration.ofMillis(5)).withErrors(told);
            try (TaskScheduler scheduler = TaskScheduler.launch(config)) {
                final CountDownLatch gate = new CountDownLatch(1);
                scheduler.schedule(() -> hold(gate), TaskPriority.NORMAL);
                SchedulerFixture.await("it is told", () -> held.get() == 1);
                gate.countDown();
            }
        });
        assertThat(events).hasSize(1);
        final RecordedEvent event = events.getFirst();
        assertThat(event.getString("worker")).isEqualTo("told-0");
        assertThat(event.getString("task")).startsWith(FlightEventsOfSchedulerTest.class.getName()).doesNotContain("hold(");
        assertThat(event.getDuration("running")).isGreaterThanOrEqualTo(Duration.ofMillis(5));
        assertThat(event.getDuration("limit")).isEqualTo(Duration.ofMillis(5));
    }

    @Test
    void shouldTellOfAWorkerThatDoesNotRunWhereItWasPlanned() throws Exception {
        final List<RecordedEvent> events = recorded("io.kaelix.PlacementFallback", () -> {
            try (TaskScheduler scheduler = TaskScheduler.launch(SchedulerConfig.defaults().withWorkers(1))) {
                final CpuSet before = Affinity.ofThisMachine().cpus();
                try (Placed placed = Placed.asConfigured(scheduler.pool(), new WorkerPlace(0, NO_SUCH_CPU, 0, "as a test has it"))) {
                    assertThat(placed.pinned().isAsAsked()).isFalse();
                }
                assertThat(Affinity.ofThisMachine().cpus()).isEqualTo(before);
            }
        });
        assertThat(events).filteredOn(event -> event.getString("asked").equals("CPU " + NO_SUCH_CPU)).hasSize(1).allSatisfy(event -> {
            assertThat(event.getString("subject")).isEqualTo(Thread.currentThread().getName());
            assertThat(event.getString("obtained")).startsWith("CPUs ");
            assertThat(event.getString("reason")).isNotBlank();
        });
    }
}
