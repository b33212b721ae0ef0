// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.kaelix.telemetry.CounterFile;
import io.kaelix.telemetry.CounterReader;
import io.kaelix.telemetry.LatencyHistogram;
import io.kaelix.telemetry.Metric;
import io.kaelix.telemetry.Reading;
import io.kaelix.telemetry.Reading;
import io.kaelix.telemetry.Readings;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counters of owners that come and go. */
class CounterTableTest {

    private CounterFile file;
    private CounterTable table;

    @BeforeEach
    void create(@TempDir final Path folder) {
        file = CounterFile.create(folder.resolve("counters"), "test", 8, 2);
        table = new CounterTable(file);
    }

    @AfterEach
    void close() {
        file.close();
    }

    private Readings readings() {
        try (CounterReader reader = CounterReader.open(file.path())) {
            return reader.snapshot();
        }
    }

    @Test
    void shouldKeepTheCounterOfAnOwnerThatStays() {
        table.row("a").set(Metric.LANE_BYTES, 1);
        table.endRound();
        final long id = readings().counters().getFirst().id();
        table.row("a").set(Metric.LANE_BYTES, 7);
        table.endRound();

        assertThat(readings().counters()).singleElement().satisfies(reading -> {
            assertThat(reading.id()).isEqualTo(id);
            assertThat(reading.value()).isEqualTo(7);
        });
    }

    @Test
    void shouldNeverLetWhatIsCountedGoBack() {
        for (final long value : new long[] {5, 9, 7}) {
            table.row("a").set(Metric.LANE_MESSAGES, value);
            table.row("a").set(Metric.LANE_READERS, value);
            table.endRound();
        }
        assertThat(readings().counters()).extracting(Reading::key, Reading::value)
                .containsExactlyInAnyOrder(tuple("lane.messages", 9L), tuple("lane.readers", 7L));
    }

    @Test
    void shouldTakeOutWhoIsGoneAndWhatIsKnownNoLonger() {
        table.row("a").set(Metric.LANE_BYTES, 1);
        table.row("b").set(Metric.LANE_BYTES, 2);
        table.row("b").set(Metric.LANE_READERS, 3);
        table.row("b").publish(Metric.HANDLER_TIME, new LatencyHistogram());
        table.endRound();
        assertThat(readings().counters()).hasSize(3);
        assertThat(readings().histograms()).hasSize(1);

        table.row("b").set(Metric.LANE_READERS, 4);
        table.endRound();

        assertThat(readings().counters()).singleElement().satisfies(reading -> assertThat(reading.owner()).isEqualTo("b"));
        assertThat(readings().histograms()).isEmpty();
    }

    @Test
    void shouldNeverRunOutOfRoomWhileOwnersComeAndGo() {
        for (int owner = 0; owner < 1_000; owner++) {
            table.row("owner " + owner).set(Metric.LANE_BYTES, owner);
            table.endRound();
        }
        assertThat(readings().counters()).singleElement().satisfies(reading -> assertThat(reading.value()).isEqualTo(999));
    }

    @Test
    void shouldGoOnWhenTheFileIsFullAndShowWhatHasRoomAgain() {
        for (int owner = 0; owner < 20; owner++) {
            table.row("owner " + owner).set(Metric.LANE_BYTES, owner);
        }
        table.endRound();
        assertThat(readings().counters()).hasSize(8);
        for (int round = 0; round < 2; round++) {
            for (int owner = 15; owner < 20; owner++) {
                table.row("owner " + owner).set(Metric.LANE_BYTES, owner);
            }
            table.endRound();
        }
        assertThat(readings().counters()).extracting(Reading::value).containsExactlyInAnyOrder(15L, 16L, 17L, 18L, 19L);
    }

    @Test
    void shouldTakeAllOutWhenItIsClosed() {
        table.row("a").set(Metric.LANE_BYTES, 1);
        table.close();
        assertThat(readings().counters()).isEmpty();
    }
}
