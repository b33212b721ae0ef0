// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.bench.rig.Results.Latency;
import io.kaelix.bench.rig.Results.Percentiles;
import io.kaelix.bench.trial.EncodedHistogram;
import io.kaelix.bench.trial.TrialRequest.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatencyRunTest {

    private static LatencySample sample(final long nanos, final Percentiles quiet, final double quietFraction) {
        final Histogram histogram = EncodedHistogram.empty();
        histogram.recordValueWithCount(nanos, 10);
        return new LatencySample(new Percentiles(nanos, nanos, nanos, nanos, nanos, nanos), quiet, quietFraction, histogram, 0, "as it is");
    }

    private static Rounds.Series<LatencySample> series(final String system, final LatencySample... found) {
        return new Rounds.Series<>(new Probe<>(system, "one-by-one", "paced", 64, 1, 1, "1", null), List.of(found), null);
    }

    private static List<Latency> rows(final Path directory, final List<Rounds.Series<LatencySample>> series) {
        final Rig rig = new Rig(List.of(0, 1), 3, 1, 1, null, null, System.err);
        return new LatencyRun(rig, List.of(Kind.PACED), 1000, new HistogramFiles(directory)).rows(series, new ArrayList<>());
    }

    @Test
    void shouldReportMediansOverTheRoundsAndCompareEachWithTheFloorOfItsRound() {
        final Percentiles quiet = new Percentiles(1, 2, 3, 4, 5, 6);
        final List<Latency> rows = rows(null, List.of(
                series("a", sample(300, quiet, 0.9), sample(900, null, 0), sample(200, quiet, 0.8)),
                series("floor", sample(200, null, 0), sample(300, null, 0), sample(100, null, 0))));

        assertThat(rows.get(0).all().p50()).isEqualTo(300);
        assertThat(rows.get(0).ofFloor()).isEqualTo(2);
        assertThat(rows.get(0).quiet()).isEqualTo(quiet);
        assertThat(rows.get(0).quietFraction()).isEqualTo(0.8);
        assertThat(rows.get(0).ratePerSecond()).isEqualTo(1000);
        assertThat(rows.get(0).histogram()).isNull();
        assertThat(rows.get(1).quiet()).isNull();
    }

    @Test
    void shouldWriteTheSumOfTheRoundsAndNameItInTheRow(@TempDir final Path directory) throws Exception {
        final Latency row = rows(directory, List.of(series("a", sample(100, null, 0), sample(300, null, 0), sample(500, null, 0)))).get(0);
        final Histogram sum = HistogramFiles.read(directory.resolve(row.histogram()));

        assertThat(row.histogram()).isEqualTo("paced-a-one-by-one-64.hgrm");
        assertThat(sum.getTotalCount()).isEqualTo(30);
        assertThat(sum.getMaxValue()).isEqualTo(500);
        assertThat(sum.getValueAtPercentile(50)).isEqualTo(300);
    }
}
