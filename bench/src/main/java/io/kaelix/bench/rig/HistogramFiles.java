// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.trial.EncodedHistogram;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * The {@code .hgrm} files of a run, which HdrHistogram's plotter reads: one per system with its rounds added up, and one per round.
 * Values are microseconds.
 *
 * @param directory that they go to, which exists; null to write none
 */
record HistogramFiles(Path directory) {

    private static final String SUFFIX = ".hgrm";
    private static final double NANOS_PER_MICRO = 1000;
    private static final int VALUE = 0;
    private static final int TOTAL_COUNT = 2;

    /** Where one round goes, or null. */
    Path ofRound(final String kind, final String system, final String variant, final int payload, final int round) {
        return directory == null ? null : directory.resolve(stem(kind, system, variant, payload) + "-round-" + round + SUFFIX);
    }

    /** Where all rounds go, added up, or null. */
    Path ofAllRounds(final String kind, final String system, final String variant, final int payload) {
        return directory == null ? null : directory.resolve(stem(kind, system, variant, payload) + SUFFIX);
    }

    private static String stem(final String kind, final String system, final String variant, final int payload) {
        return String.join("-", kind, system, variant, Integer.toString(payload));
    }

    /** Writes a histogram of nanoseconds. */
    static void write(final Path file, final Histogram histogram) throws IOException {
        try (PrintStream out = new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
            histogram.outputPercentileDistribution(out, NANOS_PER_MICRO);
            if (out.checkError()) {
                throw new IOException("cannot write " + file);
            }
        }
    }

    /** Adds rounds up. */
    static Histogram sum(final List<Histogram> rounds) {
        final Histogram sum = EncodedHistogram.empty();
        rounds.forEach(sum::add);
        return sum;
    }

    /**
     * Reads such a file. What lies between two of its lines counts as the upper one: the file tells no more.
     *
     * @throws TrialFailure if it is not there or not such a file
     */
    static Histogram read(final Path file) throws TrialFailure {
        final Histogram histogram = EncodedHistogram.empty();
        long before = 0;
        try {
            for (final String line : Files.readAllLines(file)) {
                final String[] columns = line.strip().split("\\s+");
                if (columns.length <= TOTAL_COUNT || !Character.isDigit(columns[VALUE].charAt(0))) {
                    continue;
                }
                final long count = Long.parseLong(columns[TOTAL_COUNT]);
                if (count > before) {
                    histogram.recordValueWithCount(Math.round(Double.parseDouble(columns[VALUE]) * NANOS_PER_MICRO), count - before);
                    before = count;
                }
            }
        } catch (final IOException | NumberFormatException e) {
            throw new TrialFailure("cannot read the percentiles in " + file + ": " + e, "");
        }
        if (before == 0) {
            throw new TrialFailure("there are no percentiles in " + file, "");
        }
        return histogram;
    }
}
