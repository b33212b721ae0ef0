// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.bench.trial.EncodedHistogram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistogramFilesTest {

    @TempDir
    private Path directory;

    private static Histogram histogram(final long... values) {
        final Histogram histogram = EncodedHistogram.empty();
        for (final long value : values) {
            histogram.recordValue(value);
        }
        return histogram;
    }

    @Test
    void shouldReadBackTheCountAndNearlyThePercentilesOfWhatItWrote() throws Exception {
        final Histogram written = EncodedHistogram.empty();
        for (int value = 1; value <= 2000; value++) {
            written.recordValue(value);
        }
        final Path file = directory.resolve("a.hgrm");
        HistogramFiles.write(file, written);
        final Histogram read = HistogramFiles.read(file);

        assertThat(read.getTotalCount()).isEqualTo(2000);
        assertThat(read.getMaxValue()).isEqualTo(2000);
        for (final double percentile : new double[] {50, 90, 99, 99.9}) {
            final long exact = written.getValueAtPercentile(percentile);
            // Between two lines of the file the upper one counts.
            assertThat(read.getValueAtPercentile(percentile)).isBetween(exact, exact + exact / 100);
        }
    }

    @Test
    void shouldWriteMicroseconds() throws Exception {
        final Path file = directory.resolve("a.hgrm");
        HistogramFiles.write(file, histogram(1500));

        assertThat(Files.readString(file)).contains("1.500 1.000000000000");
    }

    @Test
    void shouldAddRoundsUp() {
        final Histogram sum = HistogramFiles.sum(List.of(histogram(10, 20), histogram(30)));

        assertThat(sum.getTotalCount()).isEqualTo(3);
        assertThat(sum.getMaxValue()).isEqualTo(30);
    }

    @Test
    void shouldComplainOfAFileThatIsNotThereOrHasNoPercentiles() throws Exception {
        final Path empty = Files.writeString(directory.resolve("empty.hgrm"), "Value Percentile TotalCount\n");

        assertThatThrownBy(() -> HistogramFiles.read(directory.resolve("none.hgrm"))).hasMessageContaining("none.hgrm");
        assertThatThrownBy(() -> HistogramFiles.read(empty)).hasMessageContaining("there are no percentiles in");
    }
}
