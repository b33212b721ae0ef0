// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The thread {@code kaelix-directory} of this process, which looks after all directories that its streamers are in: one for all of them, as
 * long as there are any.
 *
 * <p>It is none of a streamer's workers: a handler that waits for space which a dead process holds would wait for this very look.
 *
 * <p><b>Threads</b>: any.
 */
final class Heartbeat {

    private static ScheduledExecutorService thread;
    private static int looks;

    private Heartbeat() {
    }

    /** Has something done again and again, until the answer is given to {@link #end}. */
    static synchronized Future<?> begin(final Runnable look, final long delayMillis) {
        if (thread == null) {
            thread = Executors.newSingleThreadScheduledExecutor(action -> {
                final Thread made = new Thread(action, "kaelix-directory");
                made.setDaemon(true);
                return made;
            });
        }
        final Future<?> begun = thread.scheduleWithFixedDelay(look, delayMillis, delayMillis, TimeUnit.MILLISECONDS);
        looks++;
        return begun;
    }

    /** Ends it. Does not wait for a look that is under way. */
    static synchronized void end(final Future<?> begun) {
        begun.cancel(false);
        if (--looks == 0) {
            thread.shutdown();
            thread = null;
        }
    }
}
