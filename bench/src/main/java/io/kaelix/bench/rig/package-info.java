// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * Orchestrates the bench: what is compared is measured in one run, interleaved, each time in a fresh process.
 *
 * <pre>
 *   round 1:  kaelix  aeron-ipc  …  floor      every cell a child process of its own: a JVM with
 *   round 2:  kaelix  aeron-ipc  …  floor      {@link io.kaelix.bench.trial.Trial}, or the C program of the floors
 *   …
 * </pre>
 *
 * <p>{@link io.kaelix.bench.rig.Probe} is a row to be, {@link io.kaelix.bench.rig.Rounds} runs them in order,
 * {@link io.kaelix.bench.rig.Results} is what came of it: medians over the rounds, the spread, and how it compares with what C does by
 * the same protocol in the same rounds.
 */
package io.kaelix.bench.rig;
