// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.bench.rig.Results.Failure;
import io.kaelix.bench.rig.Results.Throughput;
import io.kaelix.bench.scenario.Catalogue.Entry;
import io.kaelix.bench.trial.ThroughputOutcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class ThroughputRunTest {

    private final List<Failure> failures = new ArrayList<>();

    private static Entry entry(final String system, final String mode, final int publishers) {
        return new Entry(system, mode, publishers, 1, "1", List.of(), () -> {
            throw new AssertionError("the rig itself starts no system");
        });
    }

    private static Rounds.Series<ThroughputOutcome> series(final String system, final String mode, final int payload,
            final double... millions) {
        return new Rounds.Series<>(new Probe<>(system, mode, "throughput", payload, 1, 1, "1", null),
                DoubleStream.of(millions).mapToObj(m -> new ThroughputOutcome(m * 1e6, m / 100, m / 10, "as it is")).toList(), null);
    }

    @Test
    void shouldPlanEverySystemAndItsFloorsForOnePayloadAfterTheOther() {
        final Rig rig = new Rig(List.of(0, 1), 1, 1, 1, null, new Floors(Path.of("floors"), null, List.of(0, 1)), System.err);
        final List<Entry> entries = List.of(entry("a", "one-by-one", 1), entry("b", "batch-64", 1), entry("b", "publishers-2", 2));

        assertThat(new ThroughputRun(rig).plan(entries, List.of(8, 64))).extracting(Probe::label).containsExactly(
                "a one-by-one throughput 8 B", "b batch-64 throughput 8 B", "b publishers-2 throughput 8 B",
                "floor one-by-one throughput 8 B", "floor one-by-one-prefetch throughput 8 B",
                "floor batch-64 throughput 8 B", "floor batch-64-prefetch throughput 8 B",
                "a one-by-one throughput 64 B", "b batch-64 throughput 64 B", "b publishers-2 throughput 64 B",
                "floor one-by-one throughput 64 B", "floor one-by-one-prefetch throughput 64 B",
                "floor batch-64 throughput 64 B", "floor batch-64-prefetch throughput 64 B");
    }

    @Test
    void shouldGiveEachThreadACpuAsFarAsTheyGoRound() {
        final Rig rig = new Rig(List.of(4, 5, 6), 1, 1, 1, null, null, System.err);

        assertThat(rig.cpusFor(entry("a", "one-by-one", 1))).containsExactly(4, 5);
        assertThat(rig.cpusFor(entry("a", "publishers-2", 2))).containsExactly(4, 5, 6);
        assertThat(rig.cpusFor(entry("a", "publishers-4", 4))).containsExactly(4, 5, 6);
    }

    @Test
    void shouldReportMedianAndSpread() {
        final Throughput row = ThroughputRun.rows(List.of(series("a", "one-by-one", 64, 30, 10, 20)), failures).get(0);

        assertThat(row.medianPerSecond()).isEqualTo(20e6);
        assertThat(row.minPerSecond()).isEqualTo(10e6);
        assertThat(row.maxPerSecond()).isEqualTo(30e6);
        assertThat(row.perSecond()).containsExactly(30e6, 10e6, 20e6);
        assertThat(row.lostFraction()).isEqualTo(0.2);
        assertThat(row.allocatedPerMessage()).isEqualTo(2);
        assertThat(row.ofFloor()).isZero();
        assertThat(failures).isEmpty();
    }

    @Test
    void shouldCompareWithTheFloorOfTheSameBatchAndPayload() {
        final List<Throughput> rows = ThroughputRun.rows(List.of(
                series("a", "publishers-2", 64, 20), series("a", "batch-64", 64, 90), series("a", "one-by-one", 8, 30),
                series("floor", "one-by-one", 64, 40), series("floor", "batch-64", 64, 100), series("floor", "one-by-one", 8, 50)),
                failures);

        assertThat(rows).extracting(Throughput::ofFloor).containsExactly(0.5, 0.9, 0.6, 1.0, 1.0, 1.0);
    }

    @Test
    void shouldTurnAFailedSeriesIntoAFailureAndNoRow() {
        final Probe<ThroughputOutcome> probe = new Probe<>("b", "one-by-one", "throughput", 64, 1, 1, "1", null);
        final List<Throughput> rows = ThroughputRun.rows(
                List.of(series("a", "one-by-one", 64, 1), new Rounds.Series<>(probe, List.of(), "round 1: it broke")), failures);

        assertThat(rows).extracting(Throughput::system).containsExactly("a");
        assertThat(failures).containsExactly(new Failure("b one-by-one throughput 64 B", "round 1: it broke"));
    }
}
