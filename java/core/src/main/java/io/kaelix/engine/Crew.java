// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.Duty;
import io.kaelix.Workers;
import io.kaelix.runtime.SchedulerConfig;
import io.kaelix.runtime.TaskPriority;
import io.kaelix.runtime.TaskScheduler;
import java.time.Duration;
import java.util.function.Function;

/**
 * Who works for a streamer in the background: the workers that it was given, or a scheduler of its own.
 *
 * <p>Its own runs while there is work: it is launched with the first and closed with the last, so that a streamer which nobody holds
 * any more is not kept by threads that have nothing to do.
 *
 * <p><b>Threads</b>: any. The lock here is taken behind that of {@link PushWorkers}.
 */
final class Crew {

    /** So much waits at most: nobody schedules there but the streamer. */
    private static final int CAPACITY = 16;
    /** Not pinned: two streamers of different processes would choose the same CPUs. A handler may take its time, and is not reported for that. */
    private static final SchedulerConfig OWN = SchedulerConfig.defaults().withName("kaelix-push").withPinned(false).withPriorities(2)
            .withQueueCapacity(CAPACITY).withForkCapacity(CAPACITY).withDelayedCapacity(CAPACITY).withBlockingLimit(Duration.ZERO)
            .withCloseTimeout(Duration.ofSeconds(1));

    /** Null for its own. */
    private final Workers given;
    private final int count;
    private TaskScheduler own;
    /** What its own have to do. */
    private int works;

    private Crew(final Workers given, final int count) {
        this.given = given;
        this.count = count;
    }

    static Crew of(final Workers workers) {
        return new Crew(workers, workers.workers());
    }

    static Crew ofItsOwn(final int workers) {
        return new Crew(null, workers);
    }

    int workers() {
        return count;
    }

    /** Those that were given; null for its own. */
    Workers given() {
        return given;
    }

    /** @throws IllegalStateException if the workers that were given were shut down */
    void checkRunning() {
        if (given != null && given.isShutdown()) {
            throw new IllegalStateException("the workers that this streamer was launched with were shut down: nobody is there to call"
                    + " handlers; keep them until the streamer is closed, or poll a subscriber");
        }
    }

    /** As {@link Workers#recur}. When it has ended, {@link #left} is called. */
    Workers.Work recur(final Duty duty) {
        return begin(workers -> workers.recur(duty));
    }

    /** As {@link Workers#repeat}. When it was closed, {@link #left} is called. */
    Workers.Work repeat(final Runnable task, final Duration delay) {
        return begin(workers -> workers.repeat(task, delay));
    }

    private synchronized Workers.Work begin(final Function<Workers, Workers.Work> work) {
        if (given != null) {
            return work.apply(given);
        }
        if (own == null) {
            own = TaskScheduler.launch(OWN.withWorkers(count));
        }
        works++;
        try {
            return work.apply(own);
        } catch (final RuntimeException | Error e) {
            left();
            throw e;
        }
    }

    /** There is one work less. */
    synchronized void left() {
        if (given == null && --works == 0) {
            final TaskScheduler closing = own;
            own = null;
            // By a worker: whoever ends the last work waits for nobody, and may be a worker itself.
            closing.executor(TaskPriority.BACKGROUND).execute(closing::close);
        }
    }
}
