// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

/**
 * A task that can be told from all others, and from one that was not wholly seen.
 *
 * @param number from 1
 */
record Numbered(int number) implements Runnable {

    /** What a queue answered in place of a task: nothing. */
    static final int NONE = 0;

    /** A task that came with another one's time. */
    static final int TORN = -1;

    @Override
    public void run() {
        throw new AssertionError("task " + number + " was run by a queue");
    }

    /** When a task was scheduled: that tells its number. */
    long time() {
        return ~number;
    }

    /** The number of what was taken, {@link #NONE} or {@link #TORN}. */
    static int of(final Runnable task, final Taken taken) {
        if (task == null) {
            return NONE;
        }
        final Numbered numbered = (Numbered) task;
        return taken.scheduledAt == numbered.time() ? numbered.number : TORN;
    }
}
