// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * Runs tasks within microseconds: {@link io.kaelix.runtime.TaskScheduler} over pinned workers that take work from each other.
 *
 * <pre>
 *   schedule, from outside ──► inbox ──┐                    ┌── thieves: the nearest workers that have nothing
 *   schedule, from a task  ──► deque ──┼──► Worker: execute ┘
 *   scheduleAfter ──► Timers ──────────┘       │
 *   recur ─────────────────────────────────────┴──► turns of duties, between tasks
 * </pre>
 *
 * <p>{@link io.kaelix.runtime.Worker} is where to begin reading: what it starts next, and what it does when there is nothing. How it falls
 * asleep and is woken is in {@link io.kaelix.runtime.Parking} and {@link io.kaelix.runtime.WorkerPool}; the queues are
 * {@link io.kaelix.runtime.TaskDeque} and {@link io.kaelix.runtime.TaskInbox}.
 */
package io.kaelix.runtime;
