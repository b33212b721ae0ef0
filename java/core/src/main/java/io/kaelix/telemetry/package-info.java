// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * Counts what happens, without slowing it down: {@linkplain io.kaelix.telemetry.Counters counters} that share no cache line, a
 * {@linkplain io.kaelix.telemetry.LockFreeCounter counter with a maximum} on top of them, and
 * {@linkplain io.kaelix.telemetry.LatencyHistogram histograms} of how long things take.
 */
package io.kaelix.telemetry;
