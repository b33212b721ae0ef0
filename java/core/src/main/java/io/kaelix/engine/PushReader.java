// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.MessageHandler;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.TopicPattern;
import java.util.Arrays;

/**
 * Reads for all handlers of one policy: each frame once, from the lanes that carry what any of them wants, and hands it to those whose
 * pattern matches.
 *
 * <p>Who they are is looked up once for each stream and kept by its number, until the handlers change: with each message that is one load and
 * one comparison, however many handlers there are for other topics.
 *
 * <p><b>Threads</b>: {@link #poll} and {@link #end} by the worker's, the others by any.
 */
final class PushReader implements MessageHandler {

    private static final int CHUNK_SHIFT = 12;
    private static final int CHUNK_LENGTH = 1 << CHUNK_SHIFT;
    private static final int CHUNK_MASK = CHUNK_LENGTH - 1;
    private static final PushSubscription[][][] NOTHING_KNOWN = {};

    private final Registry registry;
    private final PushWorker worker;
    private final Subscription subscription;
    private final Subscriber subscriber;

    /** Handlers by stream, in chunks; null where they were not looked up. They are those of {@code version}. */
    private PushSubscription[][][] chunks = NOTHING_KNOWN;
    private int version;
    /** Whether the handlers of the next message are timed: one of each round. */
    private boolean timesNext;
    /** Version of the handlers that lanes were last left for. */
    private int left;
    /** Where it was in all lanes together, after the last round that handed over nothing. */
    private long position;

    PushReader(final MemoryStreamer streamer, final Registry registry, final SlowSubscriberPolicy policy, final PushWorker worker) {
        this.registry = registry;
        this.worker = worker;
        this.subscription = new Subscription(policy);
        this.subscriber = new LaneSubscriber(streamer, registry, TopicPattern.of(">"), subscription);
    }

    Subscription subscription() {
        return subscription;
    }

    /**
     * One round: as {@link Subscriber#poll}, but that one which took nothing but parts of a message is no idle one, and positive, too: more
     * follow soon.
     */
    int poll() {
        final int current = subscription.version;
        if (left != current && registry.leaveUnwanted(subscription)) {
            left = current;
        }
        final StreamerConfig config = registry.config();
        timesNext = config.latencySamplingBytes() != 0;
        final int count = subscriber.poll(this, config.handlerBatch());
        return count == 0 && hasMoved() ? 1 : count;
    }

    /** Behind a round that handed over nothing. A lane that came or went meanwhile may make it true once. */
    private boolean hasMoved() {
        final long before = position;
        position = 0;
        for (final LaneFeed feed : subscription.feeds) {
            position += feed.reader.position();
        }
        return position != before;
    }

    @Override
    public void onMessage(final Message message) {
        // Behind the load of the frame: whoever sent it after a handler subscribed finds that handler here.
        final int current = subscription.version;
        if (version != current) {
            version = current;
            chunks = NOTHING_KNOWN;
        }
        final int stream = message.streamId();
        final int chunk = stream >>> CHUNK_SHIFT;
        PushSubscription[] handlers = null;
        if (chunk < chunks.length && chunks[chunk] != null) {
            handlers = chunks[chunk][stream & CHUNK_MASK];
        }
        if (handlers == null) {
            handlers = lookUp(stream);
        }
        if (timesNext) {
            timesNext = false;
            final long before = System.nanoTime();
            deliver(message, handlers);
            subscription.handlerTime.record(System.nanoTime() - before);
            return;
        }
        deliver(message, handlers);
    }

    private static void deliver(final Message message, final PushSubscription[] handlers) {
        for (final PushSubscription handler : handlers) {
            handler.deliver(message);
        }
    }

    private PushSubscription[] lookUp(final int stream) {
        final PushSubscription[] handlers = registry.interested(subscription, stream).toArray(PushSubscription[]::new);
        final int chunk = stream >>> CHUNK_SHIFT;
        if (chunk >= chunks.length) {
            chunks = Arrays.copyOf(chunks, Math.max(chunk + 1, chunks.length << 1));
        }
        if (chunks[chunk] == null) {
            chunks[chunk] = new PushSubscription[CHUNK_LENGTH][];
        }
        chunks[chunk][stream & CHUNK_MASK] = handlers;
        return handlers;
    }

    /** Messages that were lost in the lanes that it reads, or read. */
    long lost() {
        return registry.lost(subscription);
    }

    void remove(final PushSubscription handler) {
        worker.remove(handler);
    }

    /** Leaves all lanes. There is no handler any more. */
    void end() {
        subscriber.close();
    }
}
