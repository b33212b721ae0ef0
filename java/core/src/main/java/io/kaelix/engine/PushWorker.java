// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

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
 * Calls the handlers of a streamer: one thread, a reader for each policy.
 *
 * <p>The thread runs while there are handlers: it starts with the first and ends with the last, readers included, so that a streamer which
 * nobody holds any more is not kept by a thread that has nothing to do.
 *
 * <p><b>Threads</b>: any. The lock here is taken before the registry's, and never while a handler runs.
 */
final class PushWorker {

    private static final System.Logger LOGGER = System.getLogger(PushWorker.class.getName());

    private final Registry registry;
    private final Map<SlowSubscriberPolicy, PushReader> readers = new EnumMap<>(SlowSubscriberPolicy.class);
    private final Set<PushSubscription> handlers = new HashSet<>();
    private Thread thread;
    /** The readers, for the thread. */
    private volatile PushReader[] polled = {};

    PushWorker(final Registry registry) {
        this.registry = registry;
    }

    /** Adds a handler, and starts the thread if it is the first. */
    synchronized PushSubscription subscribe(final MemoryStreamer streamer, final TopicPattern pattern, final SlowSubscriberPolicy policy,
            final MessageHandler handler, final ErrorHandler errors) {
        final PushReader present = readers.get(policy);
        final PushReader reader = present != null ? present : new PushReader(streamer, registry, policy, this);
        final PushSubscription subscription = new PushSubscription(pattern, reader, handler, errors);
        registry.enrol(subscription);
        handlers.add(subscription);
        readers.put(policy, reader);
        polled = readers.values().toArray(PushReader[]::new);
        if (thread == null) {
            thread = Thread.ofPlatform().daemon().name("kaelix-push").start(this::run);
        }
        return subscription;
    }

    synchronized void remove(final PushSubscription subscription) {
        if (handlers.remove(subscription)) {
            registry.withdraw(subscription);
        }
    }

    private void run() {
        final Set<String> reported = new HashSet<>();
        int idle = 0;
        while (true) {
            boolean ended = true;
            boolean found = false;
            for (final PushReader reader : polled) {
                final int count = poll(reader, reported);
                ended &= count == Subscriber.CLOSED;
                found |= count > 0;
            }
            // A handler may have left it so: then this thread would not sleep any more, nor publish wait inside other handlers.
            Thread.interrupted();
            if (found) {
                idle = 0;
            } else if (endIf(ended)) {
                return;
            } else {
                LaneSender.idle(idle++);
            }
        }
    }

    /** No handler throws up to here: it is a lane that is corrupt, or no memory. That is reported once, and the others go on. */
    private static int poll(final PushReader reader, final Set<String> reported) {
        try {
            return reader.poll();
        } catch (final RuntimeException | Error e) {
            if (reported.add(e.toString())) {
                LOGGER.log(System.Logger.Level.ERROR, "the handlers' thread goes on without a message: " + e, e);
            }
            return 0;
        }
    }

    /** Ends the readers if the streamer has, or if there are no handlers any more. */
    private synchronized boolean endIf(final boolean streamerEnded) {
        if (!streamerEnded && !handlers.isEmpty()) {
            return false;
        }
        readers.values().forEach(PushReader::end);
        readers.clear();
        handlers.clear();
        polled = new PushReader[0];
        thread = null;
        return true;
    }
}
