// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import java.time.Instant;
import java.util.List;

/**
 * All that a counter file showed, read within a moment: each value is one that its counter had then, not all of them at the same instant.
 * What is added or closed in that moment is missing.
 *
 * @param pid of the process that writes the file, as that process sees it
 * @param name what the process calls itself
 * @param started when it started
 * @param alive whether it lives and has not closed the file; the rest is what it left, if not
 * @param takenAt when it was read
 * @param takenNanos when it was read by {@link System#nanoTime} of the reader, from which rates are computed
 * @param counters in the order of their places in the file
 * @param histograms in the order of their places in the file
 */
public record Readings(long pid, String name, Instant started, boolean alive, Instant takenAt, long takenNanos, List<Reading> counters,
        List<HistogramReading> histograms) {

    /** Keeps copies of the lists. */
    public Readings {
        counters = List.copyOf(counters);
        histograms = List.copyOf(histograms);
    }
}
