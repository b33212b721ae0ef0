// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that record from the start, that never do, and that cannot, since the Java that they run on has no flight recorder. */
class FlightEventsProcessTest {

    @TempDir
    private Path folder;

    /** What it printed. Options begin with those of the JVM. */
    private String run(final String... options) throws Exception {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m", "--enable-native-access=ALL-UNNAMED"));
        final String platform = System.getProperty("kaelix.platform");
        if (platform != null) {
            command.add("-Dkaelix.platform=" + platform);
        }
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), FlightEventsProbe.class.getName()));
        final Path out = folder.resolve("out");
        final Path err = folder.resolve("err");
        final ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        assertThat(builder.start().waitFor()).as(Files.readString(err)).isZero();
        assertThat(Files.readString(err)).isEmpty();
        try (Stream<String> lines = Files.lines(out)) {
            return lines.reduce((first, last) -> last).orElse("");
        }
    }

    @Test
    void shouldGoOnWhereThereIsNoFlightRecorder() throws Exception {
        assertThat(run("--limit-modules", "java.base")).isEqualTo("false false true");
    }

    @Test
    void shouldNotWakeTheFlightRecorderWhereNobodyRecords() throws Exception {
        assertThat(run("-Xlog:class+load=info:file=" + folder.resolve("classes"))).isEqualTo("true false true");
        try (Stream<String> loaded = Files.lines(folder.resolve("classes"))) {
            assertThat(loaded.filter(line -> line.contains("io.kaelix.telemetry.") && line.contains("Event ")
                    || line.contains("jdk.jfr.EventType "))).isEmpty();
        }
    }

    @Test
    void shouldRecordFromTheStart() throws Exception {
        final Path file = folder.resolve("all.jfr");
        assertThat(run("-Xlog:jfr*=off", "-XX:StartFlightRecording=filename=" + file)).isEqualTo("true true true");
        final List<String> names = RecordingFile.readAllEvents(file).stream().map(RecordedEvent::getEventType)
                .map(type -> type.getName()).filter(name -> name.startsWith("io.kaelix.")).distinct().toList();
        assertThat(names).contains("io.kaelix.Backpressure", "io.kaelix.Overrun", "io.kaelix.LongTask", "io.kaelix.Reload",
                "io.kaelix.SlowSubscriber");
    }
}
