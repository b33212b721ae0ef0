// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

/**
 * A task that runs later, or again and again, in the hands of whoever asked for it.
 *
 * <p><b>When it runs</b>: never before its time; after it as soon as a worker is free, as its {@link TaskPriority} has it. All periods are
 * nanoseconds, counted by {@link System#nanoTime}.
 * <ul>
 * <li>Once: at its time.
 * <li>At a fixed rate: at its first time and at that plus 1, 2, 3 … periods. When a run ends after the time of the next turn, the turns
 * that lie before the present are left out and counted as {@linkplain #skipped skipped}: the task goes on with the next time of its grid
 * that is yet to come. There are no bursts to catch up.
 * <li>With a fixed delay: the delay after the end of the run before. Nothing is ever skipped.
 * </ul>
 *
 * <p><b>Errors</b>: what a run throws is counted and reported by the worker. It does not end a periodic task, which runs again at its next
 * turn; this differs from {@link java.util.concurrent.ScheduledExecutorService}. A task that is to end by its own error cancels itself.
 *
 * <p><b>Threads</b>: any may call, the running task among them. No method waits for a run to end; {@link #cancel} may wait for as long as
 * another thread adds a timer or takes one out. Runs of one task never overlap, and each sees what the one before it wrote. A run sees what
 * its task's owner wrote before scheduling it.
 *
 * {@snippet :
 * import io.kaelix.runtime.ScheduledTask;
 *
 * public class Heartbeat implements AutoCloseable {
 *     private final ScheduledTask beats;
 *
 *     Heartbeat(ScheduledTask beats) {
 *         this.beats = beats;
 *     }
 *
 *     public void close() {
 *         if (beats.cancel()) {
 *             System.out.println(beats.runs() + " beats, " + beats.skipped() + " left out");
 *         }
 *     }
 * }
 * }
 */
public interface ScheduledTask {

    /**
     * Sees to it that no run begins from now on. One that is under way goes on to its end, and nobody waits for it here. The memory
     * of a task that waited for its time is free at once.
     *
     * @return true: it will not start again; false: it had ended or was cancelled before, and nothing has changed
     */
    boolean cancel();

    /**
     * Whether it was cancelled, by {@link #cancel} or because its scheduler was closed.
     *
     * @return true from then on, and never for a task that ended by itself
     */
    boolean isCancelled();

    /**
     * Whether no run will begin any more: it ran, if it was to run once, or was cancelled. After {@link #cancel} a run may still be under
     * way; after the only run of a task nothing is.
     *
     * @return true from then on
     */
    boolean isDone();

    /**
     * Runs that have ended, those by an error among them.
     *
     * @return how many; 0 and more
     */
    long runs();

    /**
     * Turns of a fixed rate that were left out because the run before ended after their time.
     *
     * @return how many; always 0 for other tasks
     */
    long skipped();
}
