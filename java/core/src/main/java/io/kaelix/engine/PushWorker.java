// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.Duty;
import io.kaelix.ErrorHandler;
import io.kaelix.MemoryStreamer;
import io.kaelix.MessageHandler;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Subscriber;
import io.kaelix.TopicPattern;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Calls the handlers that one worker has: a reader for each policy.
 *
 * <p><b>Threads</b>: turns, and their end, are the worker's; what changes handlers is called under the lock of {@link PushWorkers}.
 */
final class PushWorker implements Duty {

    private static final System.Logger LOGGER = System.getLogger(PushWorker.class.getName());
    private static final PushReader[] NONE = {};
    /** Turns without a message behind which none is left: where lanes are many, not every turn looks at each. */
    private static final int LAST_TURNS = 32;

    private final Registry registry;
    private final PushWorkers group;
    private final Map<SlowSubscriberPolicy, PushReader> readers = new EnumMap<>(SlowSubscriberPolicy.class);
    private final Set<PushSubscription> handlers = new HashSet<>();
    /** What was logged. */
    private final Set<String> reported = new HashSet<>();
    /** The readers, for the worker. */
    private volatile PushReader[] polled = NONE;
    /** Whether there are handlers; true from the start, since the first is on its way. */
    private volatile boolean wanted = true;

    PushWorker(final Registry registry, final PushWorkers group) {
        this.registry = registry;
        this.group = group;
    }

    /** How many it has. Under the lock, as the next two. */
    int handlers() {
        return handlers.size();
    }

    PushSubscription subscribe(final MemoryStreamer streamer, final TopicPattern pattern, final SlowSubscriberPolicy policy,
            final MessageHandler handler, final ErrorHandler errors) {
        try {
            final PushReader present = readers.get(policy);
            final PushReader reader = present != null ? present : new PushReader(streamer, registry, policy, this);
            final PushSubscription subscription = new PushSubscription(pattern, reader, handler, errors);
            registry.enrol(subscription);
            handlers.add(subscription);
            readers.put(policy, reader);
            polled = readers.values().toArray(PushReader[]::new);
            return subscription;
        } finally {
            wanted = !handlers.isEmpty();
        }
    }

    void drop(final PushSubscription subscription) {
        if (handlers.remove(subscription)) {
            wanted = !handlers.isEmpty();
            registry.withdraw(subscription);
        }
    }

    /** Takes a handler away, if it has not ended. */
    void remove(final PushSubscription subscription) {
        group.remove(this, subscription);
    }

    @Override
    public int turn() {
        final PushReader[] all = polled;
        boolean closed = all.length > 0;
        int found = 0;
        for (final PushReader reader : all) {
            final int count = poll(reader);
            closed &= count == Subscriber.CLOSED;
            found += Math.max(0, count);
        }
        if (found > 0) {
            // A handler may have left it so: then this thread would not sleep any more, nor publish wait inside other handlers.
            Thread.interrupted();
        } else if ((closed || !wanted) && group.endIf(this, closed)) {
            return DONE;
        }
        return found;
    }

    /** No handler throws up to here: it is a lane that is corrupt, or no memory. That is reported once, and the others go on. */
    private int poll(final PushReader reader) {
        try {
            return reader.poll();
        } catch (final RuntimeException | Error e) {
            if (reported.add(e.toString())) {
                LOGGER.log(System.Logger.Level.ERROR, "the handlers' thread goes on without a message: " + e, e);
            }
            return 0;
        }
    }

    /**
     * If it did not end by itself, the workers were shut down. What was sent before the streamer was closed is handed over even so; of a streamer that is
     * open, handlers get nothing more, and hold up nobody.
     */
    @Override
    public void ended() {
        for (int empty = 0; registry.isClosed() && empty < LAST_TURNS; empty++) {
            final int count = turn();
            if (count == DONE) {
                break;
            }
            empty = count > 0 ? -1 : empty;
        }
        group.ended(this);
    }

    /** Leaves all lanes. Under the lock. */
    void leave() {
        polled = NONE;
        readers.values().forEach(PushReader::end);
        readers.clear();
        handlers.clear();
    }
}
