// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * Trials of what takes messages from one process to another, on this machine: over TCP or UDP on loopback, or through memory that both
 * share.
 *
 * <pre>
 *   RemoteTrial, a JVM that connects and measures ◄──── Link.Client ──── system ──── Link.Server ────► ServerMain, a JVM of its own
 * </pre>
 *
 * <p>Word {@code i} of a message is its first word plus {@code i}, and first words count up: every word of every message is read, and one
 * that is missing, doubled, out of turn or changed fails the trial.
 */
package io.kaelix.bench.remote;
