// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.StreamerConfig;
import io.kaelix.config.ConfigLoader;
import io.kaelix.config.KaelixConfig;
import io.kaelix.shared.DirectoryView;
import io.kaelix.telemetry.Metric;
import io.kaelix.telemetry.Reading;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Telemetry of a streamer that a program has launched itself. */
@Timeout(60)
@SuppressWarnings("try")
class TelemetryTest {

    @TempDir
    private Path folder;

    private KaelixConfig config() {
        return ConfigLoader.of().with("telemetry.directory", folder.resolve("counters").toString())
                .with("telemetry.counters_interval_ms", 10).load();
    }

    @Test
    void shouldShowAStreamerWithoutAScheduler() {
        try (MemoryStreamer streamer = MemoryStreamer.launch(); Telemetry telemetry = Telemetry.start("orders", config(), streamer);
                Publisher publisher = streamer.publisher("orders.eu")) {
            publisher.offer(new byte[8]);
            Program.await("its lane is shown", () -> keys(telemetry).contains(Metric.LANE_MESSAGES.key()));
            assertThat(keys(telemetry)).doesNotContain(Metric.SCHEDULER_EXECUTED.key());
            assertThat(telemetry.readings().orElseThrow().name()).isEqualTo("orders");
        }
    }

    private static List<String> keys(final Telemetry telemetry) {
        return telemetry.readings().orElseThrow().counters().stream().map(Reading::key).toList();
    }

    @Test
    void shouldShowTheDirectoryAndLeadToItsFileFromThere() {
        final Path directory = folder.resolve("streams");
        final StreamerConfig shared = StreamerConfig.defaults().withDirectory(directory);
        try (MemoryStreamer first = MemoryStreamer.launch(shared); MemoryStreamer second = MemoryStreamer.attach(directory);
                Publisher publisher = second.publisher("a")) {
            final Telemetry telemetry = Telemetry.start("orders", config(), first);
            final Path file = telemetry.counterFile().orElseThrow();
            Program.await("its figures are shown", () -> keys(telemetry).contains(Metric.DIRECTORY_LANES.key()));
            assertThat(telemetry.readings().orElseThrow().counters()).anySatisfy(reading -> {
                assertThat(reading.key()).isEqualTo(Metric.DIRECTORY_LANES.key());
                assertThat(reading.owner()).isEqualTo(directory.toString());
                assertThat(reading.value()).isOne();
            });
            assertThat(DirectoryView.counterFiles(directory)).containsExactly(file);
            telemetry.close();
            assertThat(DirectoryView.counterFiles(directory)).isEmpty();
        }
        assertThat(directory).doesNotExist();
    }

    @Test
    void shouldGoOnWhenWhatItLooksAtWasClosedBefore() {
        final MemoryStreamer streamer = MemoryStreamer.launch();
        try (Telemetry telemetry = Telemetry.start("orders", config(), streamer)) {
            Program.await("it looks", () -> keys(telemetry).contains(Metric.STREAMS_OPEN.key()));
            streamer.close();
            telemetry.reconfigure(config());
            assertThat(telemetry.readings()).isPresent();
        }
    }

    @Test
    void shouldRefuseAFolderThatWasNamedAndCannotBeHad() throws Exception {
        final Path notAFolder = Files.createFile(folder.resolve("file"));
        final KaelixConfig config = ConfigLoader.of().with("telemetry.directory", notAFolder.toString()).load();
        try (MemoryStreamer streamer = MemoryStreamer.launch()) {
            assertThatThrownBy(() -> Telemetry.start("orders", config, streamer)).isInstanceOf(KaelixException.class);
        }
        assertThat(Program.threads()).doesNotContain(Collector.THREAD_NAME);
    }

    @Test
    void shouldRemoveItsFileWhenItIsClosed() {
        final Path file;
        try (MemoryStreamer streamer = MemoryStreamer.launch()) {
            final Telemetry telemetry = Telemetry.start("orders", config(), streamer);
            file = telemetry.counterFile().orElseThrow();
            assertThat(file).exists();
            telemetry.close();
            telemetry.close();
            assertThat(file).doesNotExist();
            assertThat(telemetry.readings()).isEmpty();
        }
    }
}
