// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what {@code org.HdrHistogram.Histogram.outputPercentileDistribution} writes:
 *
 * <pre>
 *        Value     Percentile TotalCount 1/(1-Percentile)
 *
 *        0.084 0.500000000000     500000           2.00
 *       12.345 1.000000000000    1000000
 *   #[Mean    =        0.091, StdDeviation   =        0.250]
 * </pre>
 *
 * <p>Values are microseconds. The last row, whose 1/(1-p) is infinite, has no place on a logarithmic axis and is left out: the maximum
 * stands in the table.
 */
final class PercentileFile {

    private static final double NANOS_PER_MICRO = 1000;

    private PercentileFile() {
    }

    /**
     * The curve of a file, as x = 1/(1-p) and nanoseconds. Rows that lie on a level between two others are left out, since they move
     * no line.
     *
     * @throws IOException if the file cannot be read or is no such file; one line that says where
     */
    static List<double[]> read(final Path file) throws IOException {
        final List<double[]> points = new ArrayList<>();
        final List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            final String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#") || line.startsWith("Value")) {
                continue;
            }
            final String[] columns = line.split("\\s+");
            try {
                final double percentile = Double.parseDouble(columns[1]);
                if (percentile < 1) {
                    add(points, 1 / (1 - percentile), Double.parseDouble(columns[0]) * NANOS_PER_MICRO);
                }
            } catch (final NumberFormatException | ArrayIndexOutOfBoundsException e) {
                throw new IOException(file + " line " + (i + 1) + " is not 'value percentile count 1/(1-percentile)': \"" + line
                        + "\"; write the file again with the latency bench", e);
            }
        }
        if (points.isEmpty()) {
            throw new IOException(file + " holds no percentile; write the file again with the latency bench");
        }
        return points;
    }

    private static void add(final List<double[]> points, final double x, final double nanos) {
        final int size = points.size();
        if (size >= 2 && points.get(size - 1)[1] == nanos && points.get(size - 2)[1] == nanos) {
            points.removeLast();
        }
        points.add(new double[] {x, nanos});
    }
}
