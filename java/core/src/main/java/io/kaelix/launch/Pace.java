// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import io.kaelix.config.KaelixConfig;
import io.kaelix.config.PerformanceConfig;

/**
 * How often a {@link Collector} looks, and at what.
 *
 * @param countersNanos between two times that counters are copied; 0 for never
 * @param profileNanos between two looks at the process
 * @param cpu whether its CPU time is looked at
 * @param memory whether its memory is
 * @param io whether what it reads and writes is
 */
record Pace(long countersNanos, long profileNanos, boolean cpu, boolean memory, boolean io) {

    static Pace of(final KaelixConfig config) {
        final PerformanceConfig performance = config.performance();
        return new Pace(config.telemetry().enabled() ? config.telemetry().countersInterval().toNanos() : 0,
                performance.profilingInterval().toNanos(), performance.enableCpuProfiling(), performance.enableMemoryProfiling(),
                performance.enableIoProfiling());
    }

    /** Whether any part of the process is looked at. */
    boolean profiles() {
        return cpu || memory || io;
    }

    /** Whether there is nothing to do. */
    boolean isIdle() {
        return countersNanos == 0 && !profiles();
    }
}
