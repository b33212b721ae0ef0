// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

/**
 * Work that has no end, done in short turns: a poller, which says how much it found. See {@link Workers#recur}.
 *
 * <p><b>Threads</b>: one worker calls it, always the same, between its tasks, and never two turns at once. A turn should be short: tasks
 * and other duties wait for it.
 */
@FunctionalInterface
public interface Duty {

    /** What a turn returns to be called no more. */
    int DONE = -1;

    /**
     * A turn.
     *
     * @return how much was done: 0 for nothing, and the worker may rest; {@link #DONE} to end
     */
    int turn();

    /**
     * Called once, when no turn comes any more, whatever the reason: it said {@link #DONE}, it threw, whoever gave it to the workers closed
     * it, or they were shut down. By the thread that called its turns; what it throws is reported, and otherwise ignored. The place to give
     * back what the turns held.
     */
    default void ended() {
    }
}
