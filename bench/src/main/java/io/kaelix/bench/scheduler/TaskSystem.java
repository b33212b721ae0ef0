// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scheduler;

/** Something that runs tasks on threads of its own. */
interface TaskSystem extends AutoCloseable {

    /**
     * Has a task run once.
     *
     * <p><b>Threads</b>: any, those that run tasks included.
     *
     * @throws IllegalStateException if it was refused; the first refusal is kept for {@link #refusal}
     */
    void schedule(Runnable task);

    /** Has a task run once after a delay. */
    void scheduleAfter(Runnable task, long delayNanos);

    /** Whether its workers choose their CPUs themselves. */
    default boolean pinsItself() {
        return false;
    }

    /** Why a task was refused, or null. */
    default String refusal() {
        return null;
    }

    /** Looks for gaps no more, so that {@link #hadGap} can be asked. */
    default void endWatch() throws InterruptedException {
        // Most have nothing that looks.
    }

    /** Whether a worker is known not to have had its CPU for some of this time, or soon before. */
    default boolean hadGap(final long start, final long end) {
        return false;
    }

    /** How it is set, in one line. */
    String settings();

    /** Ends its threads; tasks that wait may be left undone. */
    @Override
    void close();
}
