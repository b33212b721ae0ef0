// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.ValueDescriptor;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the flight recorder is told, and what that costs when nobody records. */
@Timeout(120)
class FlightEventsTest {

    @TempDir
    private Path folder;

    private List<RecordedEvent> recorded(final Runnable work, final String... disabled) throws Exception {
        final Path file = folder.resolve("recorded.jfr");
        try (Recording recording = new Recording()) {
            for (final String name : disabled) {
                recording.disable(name);
            }
            recording.start();
            work.run();
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file).stream().filter(event -> event.getEventType().getName().startsWith("io.kaelix.")).toList();
    }

    private static void tellAll() {
        FlightEvents.backpressure("orders.eu#3", 3, 5_000_000, 17, true);
        FlightEvents.overrun("orders.us#4", 100, 250, 4_096);
        FlightEvents.slowSubscriber("orders.*#1", "BLOCK", 12, 345, 6_000_000, 7_000_000);
        FlightEvents.reload("kaelix.toml", true, "memory.limit", "runtime.pinned", "", 800_000);
        FlightEvents.placementFallback("memory", "2 MiB hugetlb pages on node 1", "normal pages", "none reserved");
        FlightEvents.longTask("worker 0", "Report@1", 200_000_000, 100_000_000);
    }

    @Test
    void shouldRecordEachEventWithItsFields() throws Exception {
        final List<RecordedEvent> events = recorded(FlightEventsTest::tellAll);
        assertThat(events).extracting(event -> event.getEventType().getName()).containsExactlyInAnyOrder("io.kaelix.Backpressure",
                "io.kaelix.Overrun", "io.kaelix.SlowSubscriber", "io.kaelix.Reload", "io.kaelix.PlacementFallback", "io.kaelix.LongTask");
        for (final RecordedEvent event : events) {
            assertThat(event.getEventType().getCategoryNames()).containsExactly("Kaelix");
            assertThat(event.getEventType().getLabel()).isNotBlank();
            assertThat(event.getEventType().getDescription()).isNotBlank();
            assertThat(event.getEventType().getFields()).extracting(ValueDescriptor::getLabel).doesNotContainNull();
            switch (event.getEventType().getName()) {
                case "io.kaelix.Backpressure" -> {
                    assertThat(event.getString("publisher")).isEqualTo("orders.eu#3");
                    assertThat(event.getInt("publisherId")).isEqualTo(3);
                    assertThat(event.getDuration("waited")).isEqualTo(Duration.ofMillis(5));
                    assertThat(event.getLong("refusals")).isEqualTo(17);
                    assertThat(event.getBoolean("relieved")).isTrue();
                    assertThat(event.getStackTrace()).as("where it waited").isNotNull();
                }
                case "io.kaelix.Overrun" -> {
                    assertThat(event.getString("publisher")).isEqualTo("orders.us#4");
                    assertThat(event.getLong("lost")).isEqualTo(100);
                    assertThat(event.getLong("lostInAll")).isEqualTo(250);
                    assertThat(event.getLong("bytes")).isEqualTo(4_096);
                }
                case "io.kaelix.SlowSubscriber" -> {
                    assertThat(event.getString("subscriber")).isEqualTo("orders.*#1");
                    assertThat(event.getString("policy")).isEqualTo("BLOCK");
                    assertThat(event.getLong("lagMessages")).isEqualTo(12);
                    assertThat(event.getLong("lagBytes")).isEqualTo(345);
                    assertThat(event.getDuration("lag")).isEqualTo(Duration.ofMillis(6));
                    assertThat(event.getDuration("blocking")).isEqualTo(Duration.ofMillis(7));
                }
                case "io.kaelix.Reload" -> {
                    assertThat(event.getString("source")).isEqualTo("kaelix.toml");
                    assertThat(event.getBoolean("accepted")).isTrue();
                    assertThat(event.getString("changed")).isEqualTo("memory.limit");
                    assertThat(event.getString("needRestart")).isEqualTo("runtime.pinned");
                    assertThat(event.getString("problems")).isEmpty();
                    assertThat(event.getDuration("took")).isEqualTo(Duration.ofNanos(800_000));
                }
                case "io.kaelix.PlacementFallback" -> {
                    assertThat(event.getString("subject")).isEqualTo("memory");
                    assertThat(event.getString("asked")).isEqualTo("2 MiB hugetlb pages on node 1");
                    assertThat(event.getString("obtained")).isEqualTo("normal pages");
                    assertThat(event.getString("reason")).isEqualTo("none reserved");
                }
                default -> {
                    assertThat(event.getString("worker")).isEqualTo("worker 0");
                    assertThat(event.getString("task")).isEqualTo("Report@1");
                    assertThat(event.getDuration("running")).isEqualTo(Duration.ofMillis(200));
                    assertThat(event.getDuration("limit")).isEqualTo(Duration.ofMillis(100));
                }
            }
        }
    }

    @Test
    void shouldRecordNothingThatIsDisabled() throws Exception {
        final Set<String> names = recorded(FlightEventsTest::tellAll, "io.kaelix.Overrun", "io.kaelix.Reload").stream()
                .map(event -> event.getEventType().getName()).collect(Collectors.toSet());
        assertThat(names).hasSize(4).doesNotContain("io.kaelix.Overrun", "io.kaelix.Reload");
    }

    @Test
    void shouldAllocateNothingWhereNobodyRecords() throws Exception {
        // Also where somebody did before: the recorder is there, and no event is enabled.
        recorded(FlightEventsTest::tellAll);
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        tellAll();
        final long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            tellAll();
            assertIsOff();
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
    }

    private static void assertIsOff() {
        if (FlightEvents.isBackpressureOn() || FlightEvents.isPlacementFallbackOn()) {
            throw new AssertionError("an event is enabled, and nobody records");
        }
    }
}
