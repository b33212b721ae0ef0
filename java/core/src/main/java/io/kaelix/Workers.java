// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.time.Duration;

/**
 * Threads that do the work of a streamer in the background: they call its handlers, and have idle streams expire. A streamer has some of
 * its own, unless it is {@linkplain MemoryStreamer#launch(StreamerConfig, Workers) launched with others}:
 * {@code io.kaelix.runtime.TaskScheduler} is what to take.
 *
 * {@snippet :
 * import io.kaelix.MemoryStreamer;
 * import io.kaelix.StreamerConfig;
 * import io.kaelix.runtime.TaskScheduler;
 *
 * public class Program {
 *     public static void main(String[] args) {
 *         try (TaskScheduler scheduler = TaskScheduler.launch();
 *                 MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults(), scheduler)) {
 *             streamer.subscribe("orders.*", message -> System.out.println(message.asString()));
 *         }
 *     }
 * }
 * }
 *
 * <p><b>Threads</b>: any for all methods, workers included; none of them waits for work that is under way.
 */
public interface Workers {

    /** How many threads there are, 1 at the least; it stays the same. */
    int workers();

    /**
     * Gives a duty to the worker that has fewest, which does it from now on, in turns between whatever else it has to do.
     *
     * @throws IllegalStateException if the workers were shut down; the duty is not even told that it ended
     */
    Work recur(Duty duty);

    /**
     * Has a task run again and again, each time a delay after the last run has ended, and first after that delay; by whichever worker is
     * free. It is less urgent than all else. A run that throws is reported, and the next one comes.
     *
     * @throws IllegalArgumentException if the delay is not positive
     * @throws IllegalStateException if the workers were shut down
     * @throws java.util.concurrent.RejectedExecutionException if there is no room for one more
     */
    Work repeat(Runnable task, Duration delay);

    /** Whether they were shut down: they take nothing more, and what they were given ends. */
    boolean isShutdown();

    /**
     * What was given to workers, in the hands of whoever did.
     *
     * <p><b>Threads</b>: any.
     */
    @FunctionalInterface
    interface Work extends AutoCloseable {

        /** No turn or run begins any more, but for one that begins at this moment; does not wait for that. Again is without effect. */
        @Override
        void close();
    }
}
