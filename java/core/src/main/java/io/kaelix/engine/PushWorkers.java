// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.ErrorHandler;
import io.kaelix.MemoryStreamer;
import io.kaelix.MessageHandler;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.TopicPattern;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Who calls the handlers of a streamer: a duty for each worker, a new handler given to the one that has fewest.
 *
 * <p>A duty is begun when a handler comes for it, and ends with the last that it has: see {@link Crew}.
 *
 * <p><b>Threads</b>: any. The lock here is taken before the crew's and the registry's, and never while a handler runs.
 */
final class PushWorkers {

    private static final System.Logger LOGGER = System.getLogger(PushWorkers.class.getName());

    private final Registry registry;
    private final Crew crew;
    /** Those that may be given handlers. */
    private final List<PushWorker> active = new ArrayList<>();

    PushWorkers(final Registry registry, final Crew crew) {
        this.registry = registry;
        this.crew = crew;
    }

    /** Adds a handler, and begins a duty if there is no other handler on a worker. */
    synchronized PushSubscription subscribe(final MemoryStreamer streamer, final TopicPattern pattern, final SlowSubscriberPolicy policy,
            final MessageHandler handler, final ErrorHandler errors) {
        registry.checkOpen();
        crew.checkRunning();
        return withFewest().subscribe(streamer, pattern, policy, handler, errors);
    }

    private PushWorker withFewest() {
        final PushWorker fewest = active.stream().min(Comparator.comparingInt(PushWorker::handlers)).orElse(null);
        if (fewest != null && (fewest.handlers() == 0 || active.size() >= crew.workers())) {
            return fewest;
        }
        final PushWorker added = new PushWorker(registry, this);
        // Before it has handlers: if nobody takes it, nothing has happened.
        crew.recur(added);
        active.add(added);
        return added;
    }

    synchronized void remove(final PushWorker worker, final PushSubscription subscription) {
        worker.drop(subscription);
    }

    /** Said by a duty that has found nothing; whether it is to end, and gets no handlers any more. */
    synchronized boolean endIf(final PushWorker worker, final boolean streamerEnded) {
        if (!streamerEnded && worker.handlers() > 0) {
            return false;
        }
        active.remove(worker);
        return true;
    }

    /** Said by a duty that has ended, by itself or because the workers were shut down. */
    void ended(final PushWorker worker) {
        final int unserved;
        synchronized (this) {
            unserved = active.remove(worker) && !registry.isClosed() ? worker.handlers() : 0;
            worker.leave();
            crew.left();
        }
        if (unserved > 0) {
            LOGGER.log(System.Logger.Level.WARNING, "the workers of a streamer were shut down: no more messages for its handlers there ("
                    + unserved + "); close the streamer first");
        }
    }
}
