// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import java.util.Optional;

/**
 * What a histogram had counted.
 *
 * @param id number of the histogram in its file, that nothing else there has ever had: the same one in the next reading has it too
 * @param key what is measured, such as {@code handler.time}
 * @param owner whose it is
 * @param histogram a copy; what it counted between two readings of the same id is the later one
 *         {@linkplain LatencyHistogram#since since} the earlier
 */
public record HistogramReading(long id, String key, String owner, LatencyHistogram histogram) {

    /** The metric of the library that it is; empty if it is one of users' own, or of another version. */
    public Optional<Metric> metric() {
        return Metric.ofKey(key);
    }
}
