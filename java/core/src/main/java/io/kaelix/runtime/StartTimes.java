// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.telemetry.LatencyHistogram;

/**
 * How long tasks waited until a worker started them, by level, and how long its wake-ups took.
 *
 * <p><b>Threads</b>: its worker's alone records; any thread reads.
 */
final class StartTimes {

    private final LatencyHistogram[] delays;
    private final LatencyHistogram wakes = new LatencyHistogram();

    StartTimes(final int levels) {
        delays = new LatencyHistogram[levels];
        for (int level = 0; level < levels; level++) {
            delays[level] = new LatencyHistogram();
        }
    }

    /** A task was started. */
    void record(final int level, final long nanos) {
        delays[level].record(nanos);
    }

    /** It was woken, and runs. */
    void recordWake(final long nanos) {
        wakes.record(nanos);
    }

    /** From being scheduled to being started. */
    LatencyHistogram delays(final int level) {
        return delays[level];
    }

    /** From being woken to running. */
    LatencyHistogram wakes() {
        return wakes;
    }
}
