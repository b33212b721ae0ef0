// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * Counts what happens, without slowing it down: {@linkplain io.kaelix.telemetry.Counters counters} that share no cache line, a
 * {@linkplain io.kaelix.telemetry.LockFreeCounter counter with a maximum} on top of them, and
 * {@linkplain io.kaelix.telemetry.LatencyHistogram histograms} of how long things take.
 *
 * <p>And shows it: a {@linkplain io.kaelix.telemetry.CounterFile counter file} in shared memory holds
 * {@linkplain io.kaelix.telemetry.Counter counters} and {@linkplain io.kaelix.telemetry.LatencyRecorder histograms}, the library's
 * ({@link io.kaelix.telemetry.Metric}) and users' own, each under a name and an owner. Another process reads it with a
 * {@link io.kaelix.telemetry.CounterReader} while it changes.
 */
package io.kaelix.telemetry;
