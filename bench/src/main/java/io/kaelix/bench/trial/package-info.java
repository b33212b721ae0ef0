// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * What runs inside one child JVM: one {@linkplain io.kaelix.bench.scenario.Scenario scenario}, measured once, and checked.
 *
 * <pre>
 *   throughput   producers send as fast as they can          messages a second, as received
 *   ping-pong    one message to and fro                      half of the round trip
 *   paced        a message at each intended time             from the intended time to receipt
 * </pre>
 *
 * <p>{@link io.kaelix.bench.trial.Trial} is the main class; {@link io.kaelix.bench.trial.TrialRequest} its command line. What it found is
 * one line of JSON: {@link io.kaelix.bench.trial.ThroughputOutcome} or {@link io.kaelix.bench.trial.LatencyOutcome}. A message that is missing,
 * came twice or was not whole is a failure of the trial, whatever the figures are.
 *
 * <p>All systems get the same loops, compiled for that system alone, since a JVM runs one trial.
 */
package io.kaelix.bench.trial;
