// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.rig.Results.Percentiles;
import org.HdrHistogram.Histogram;

/**
 * One round of one system's latency.
 *
 * @param all nanoseconds, of all messages
 * @param quiet of those that overlap no gap, nor its shadow; null where there are none or they are not told apart
 * @param quietFraction how many messages that were
 * @param histogram of all messages; null where none was asked for
 * @param allocatedPerMessage bytes of heap
 * @param settings of the system
 */
record LatencySample(Percentiles all, Percentiles quiet, double quietFraction, Histogram histogram, double allocatedPerMessage,
        String settings) {
}
