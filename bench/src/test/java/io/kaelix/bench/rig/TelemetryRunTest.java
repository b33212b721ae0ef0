// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.kaelix.bench.rig.Results.Failure;
import io.kaelix.bench.rig.TelemetryResult.Row;
import io.kaelix.bench.trial.ThroughputOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class TelemetryRunTest {

    private final Rig rig = new Rig(List.of(0, 1), 1, 1, 1, null, null, System.err);
    private final List<Failure> failures = new ArrayList<>();

    private static Probe<ThroughputOutcome> probe(final String system, final String mode) {
        return new Probe<>(system, mode, "throughput", 64, 1, 1, "1", null);
    }

    private static Rounds.Series<ThroughputOutcome> series(final String system, final String mode, final double... millions) {
        return new Rounds.Series<>(probe(system, mode),
                DoubleStream.of(millions).mapToObj(m -> new ThroughputOutcome(m * 1e6, 0, 0, "as " + system + " is")).toList(), null);
    }

    @Test
    void shouldPlanAGroupForEachMode() {
        assertThat(new TelemetryRun(rig, 64, false).plan(List.of("one-by-one", "batch-64"))).extracting(Probe::label).containsExactly(
                "kaelix one-by-one throughput 64 B", "kaelix-telemetry one-by-one throughput 64 B",
                "kaelix batch-64 throughput 64 B", "kaelix-telemetry batch-64 throughput 64 B");
        assertThat(new TelemetryRun(rig, 8, true).plan(List.of("batch-64"))).extracting(Probe::label).containsExactly(
                "kaelix batch-64 throughput 8 B", "kaelix-telemetry batch-64 throughput 8 B", "kaelix batch-64 throughput 8 B");
        assertThatThrownBy(() -> new TelemetryRun(rig, 8, true).plan(List.of("lossy"))).hasMessageContaining("no kaelix-telemetry");
    }

    @Test
    void shouldCompareTheFirstOfAGroupWithEachOther() {
        final List<Row> rows = TelemetryRun.rows(List.of(
                series("kaelix", "one-by-one", 10, 20, 30, 10, 20, 30), series("kaelix-telemetry", "one-by-one", 9, 18, 27, 9, 18, 27),
                series("kaelix", "one-by-one", 11, 19, 30, 11, 19, 30),
                series("kaelix", "batch-64", 100, 100, 100, 100, 100, 100),
                series("kaelix-telemetry", "batch-64", 101, 99, 100, 101, 99, 100),
                series("kaelix", "batch-64", 50, 50, 50, 50, 50, 50)), 3, failures);

        assertThat(rows).extracting(row -> row.mode() + " " + row.second() + " " + row.zeroWithin() + " " + row.met()).containsExactly(
                "one-by-one kaelix-telemetry false false", "one-by-one kaelix true null",
                "batch-64 kaelix-telemetry true true", "batch-64 kaelix false null");
        assertThat(rows.get(0).settings()).isEqualTo("as kaelix-telemetry is");
        assertThat(rows.get(0).secondMedianPerSecond()).isEqualTo(18e6);
        assertThat(failures).isEmpty();
    }

    @Test
    void shouldMeetTheGoalWhereTelemetryIsFaster() {
        assertThat(TelemetryRun.rows(List.of(series("kaelix", "batch-64", 10, 10, 10, 10, 10, 10),
                series("kaelix-telemetry", "batch-64", 11, 11, 11, 11, 11, 11)), 2, failures))
                .extracting(Row::zeroWithin, Row::met).containsExactly(tuple(false, true));
    }

    @Test
    void shouldCompareNothingWithWhatFailed() {
        final List<Row> rows = TelemetryRun.rows(List.of(series("kaelix", "one-by-one", 10, 20, 30, 10, 20, 30),
                new Rounds.Series<>(probe("kaelix-telemetry", "one-by-one"), List.of(), "round 1: it broke"),
                series("kaelix", "one-by-one", 10, 20, 30, 10, 20, 30)), 3, failures);

        assertThat(rows).extracting(Row::second).containsExactly("kaelix");
        assertThat(failures).containsExactly(new Failure("kaelix-telemetry one-by-one throughput 64 B", "round 1: it broke"));
    }
}
