// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.telemetry.Counter;
import io.kaelix.telemetry.CounterFile;
import io.kaelix.telemetry.Metric;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of a counter file, as another process reads it. */
class MetricsPageTest {

    @TempDir
    private Path parent;
    private Path folder;

    @BeforeEach
    void nameFolder() {
        folder = parent.resolve("counters");
    }

    @Test
    void shouldTellWhatTheFileShowsNow() {
        try (CounterFile file = CounterFile.create(folder, "orders"); Followed followed = Followed.of(file.path())) {
            final Counter messages = file.counter(Metric.LANE_MESSAGES, "a#1");
            messages.set(5);
            final MetricsPage page = new MetricsPage(followed);
            assertThat(page.text()).contains("kaelix_up 1.0\n", "kaelix_lane_messages_total{publisher=\"1\",topic=\"a\"} 5.0\n");
            messages.add(2);
            file.counter(Metric.LANE_MESSAGES, "b#2");
            assertThat(page.text()).contains("{publisher=\"1\",topic=\"a\"} 7.0\n", "{publisher=\"2\",topic=\"b\"} 0.0\n");
            messages.close();
            assertThat(page.text()).doesNotContain("topic=\"a\"").contains("topic=\"b\"");
        }
    }

    @Test
    void shouldBeDownOnceTheProcessHasEnded() {
        final CounterFile file = CounterFile.create(folder, "orders");
        try (Followed followed = Followed.of(file.path())) {
            final MetricsPage page = new MetricsPage(followed);
            file.counter(Metric.LANE_MESSAGES, "a#1").set(5);
            file.close();
            assertThat(page.text()).contains("kaelix_up 0.0\n").doesNotContain("kaelix_lane");
        }
    }

    @Test
    void shouldFollowWhicheverProcessRuns() {
        try (Followed followed = Followed.in(folder)) {
            final MetricsPage page = new MetricsPage(followed);
            assertThat(page.text()).contains("kaelix_up 0.0\n");
            try (CounterFile first = CounterFile.create(folder, "first")) {
                first.counter(Metric.NODE_USED, "node 0").set(1);
                assertThat(page.text()).contains("kaelix_up 1.0\n", "kaelix_node_used_bytes{node=\"0\"} 1.0\n");
            }
            assertThat(page.text()).contains("kaelix_up 0.0\n").doesNotContain("kaelix_node");
            try (CounterFile second = CounterFile.create(folder, "second")) {
                second.counter(Metric.NODE_USED, "node 1").set(2);
                assertThat(page.text()).contains("kaelix_up 1.0\n", "kaelix_node_used_bytes{node=\"1\"} 2.0\n");
            }
        }
    }

    @Test
    void shouldBeDownWhereTwoProcessesAreMeant() {
        try (CounterFile first = CounterFile.create(folder, "first"); CounterFile second = CounterFile.create(folder, "second");
                Followed followed = Followed.in(folder)) {
            assertThat(first.path()).isNotEqualTo(second.path());
            assertThat(new MetricsPage(followed).text()).contains("kaelix_up 0.0\n");
        }
    }

    @Test
    void shouldBeDownOnceTheFileIsTruncated() throws Exception {
        final Path copy = parent.resolve("copy.counters");
        try (CounterFile file = CounterFile.create(folder, "orders")) {
            Files.copy(file.path(), copy);
        }
        try (Followed followed = Followed.of(copy)) {
            final MetricsPage page = new MetricsPage(followed);
            try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
                channel.truncate(1000);
            }
            assertThatThrownBy(followed::get).isInstanceOf(KaelixException.class);
            assertThat(page.text()).contains("kaelix_up 0.0\n");
        }
    }
}
