// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * The load: one thread per publisher sends what is due, one receives.
 *
 * <pre>
 *   Sender (publisher 0) ──► lane ──┐
 *   Sender (publisher 1) ──► lane ──┼──► Receiver ──► the user's handler
 *            │                      │        │
 *      due by its Schedule,         ┘   time when the handler returned, minus the time due
 *      carried as timestamp
 * </pre>
 *
 * <p>{@link io.kaelix.testkit.load.LoadRun} drives them with threads. Each takes one step at a time, so that a test can drive
 * them with one thread and a clock of its own.
 */
package io.kaelix.testkit.load;
