// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.bench.rig.Results.Environment;
import io.kaelix.bench.rig.Results.Failure;
import io.kaelix.bench.rig.Results.Latency;
import io.kaelix.bench.rig.Results.Percentiles;
import io.kaelix.bench.rig.Results.Row;
import io.kaelix.bench.rig.Results.Throughput;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TextReportTest {

    private static <R extends Row> Results<R> results(final List<R> rows) {
        return new Results<>("./kaelix bench", "2026-01-02T03:04:05Z",
                new Environment("a CPU", 2, "Linux 6", "a JVM", "avx2", 4096, 0, "0.1.0"), Map.of("handoffOneWayNanos", 50.5), rows, List.of(new Failure("b one-by-one", "round 1: it broke")));
    }

    private static Throughput row(final String mode, final int publishers) {
        return new Throughput("kaelix", mode, 64, publishers, 1, 12_340_000, 12_000_000, 13_000_000, List.of(12.34e6), 0.9, 0.25, "0.1.0",
                "defaults", 0);
    }

    @Test
    void shouldPrintFiguresInColumnsAndSettingsAndFailuresBelow() {
        assertThat(TextReport.ofThroughput(results(List.of(row("one-by-one", 1))))).isEqualTo("""
                ./kaelix bench  at 2026-01-02T03:04:05Z
                a CPU, 2 CPUs used; Linux 6; a JVM; kaelix 0.1.0, isa avx2, pages of 4096 bytes on node 0

                system  mode        payload  M msg/s    min    max  x floor   lost  B/msg
                kaelix  one-by-one     64 B    12.34  12.00  13.00     0.90  25.0%      0

                kaelix 0.1.0 (defaults): one-by-one

                floor
                handoffOneWayNanos  50.50
                FAILED b one-by-one: round 1: it broke
                """);
    }

    @Test
    void shouldMarkRowsWhoseThreadsShareCpus() {
        final String text = TextReport.ofThroughput(results(List.of(row("one-by-one", 1), row("publishers-2", 2))));

        assertThat(text.lines().filter(line -> line.endsWith("*"))).singleElement().asString().contains("publishers-2");
        assertThat(text).contains("* more busy threads than CPUs: they share cores");
        assertThat(text).contains("kaelix 0.1.0 (defaults): one-by-one, publishers-2");
    }

    @Test
    void shouldPrintQuietPercentilesOnALineOfTheirOwn() {
        final Percentiles all = new Percentiles(100, 200, 300, 400, 500, 12_345_678);
        final Percentiles quiet = new Percentiles(90, 91, 92, 93, 94, 95);
        final String text = TextReport.ofLatency(results(List.of(
                new Latency("kaelix", "paced", "one-by-one", 64, 1000, all, quiet, 0.953, 2, null, "0.1.0", "defaults", 0),
                new Latency("kaelix", "ping-pong", "one-by-one", 64, 0, all, null, 0, 2, null, "0.1.0", "defaults", 0))));

        assertThat(text.lines().filter(line -> line.startsWith("kaelix "))).hasSize(4);
        assertThat(text).containsPattern("paced 1000/s +one-by-one +all +64 B +100 +200 +300 +400 +500 +12,345,678 +2.00 +0");
        assertThat(text).containsPattern("paced 1000/s +one-by-one +quiet 95.3% +64 B +90 ");
    }

    @Test
    void shouldRefuseARowOfAnotherWidth() {
        assertThatThrownBy(() -> new TextTable(1, "a", "b").add("1")).hasMessageContaining("1 cells in a table of 2 columns");
    }
}
