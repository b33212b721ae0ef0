// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.memory.Padded;

/**
 * What a queue tells of a task besides the task itself: an out parameter, so that taking one allocates nothing.
 *
 * <p><b>Threads</b>: one, which hands its own to {@link TaskDeque#pop}, {@link TaskDeque#steal} and {@link TaskInbox#poll} again and again.
 *
 * <pre>{@code
 * Taken taken = new Taken();
 * Runnable task = deque.pop(taken);
 * if (task != null && taken.scheduledAt != 0) {
 *     waited.record(System.nanoTime() - taken.scheduledAt);
 * }
 * }</pre>
 */
final class Taken extends Padded {

    /** When the task taken last was scheduled, as whoever put it into the queue said; 0: not timed. Unchanged where none was taken. */
    long scheduledAt;
}
