// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.KaelixException;
import io.kaelix.Topic;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Topics of the streams in a batch that is retained. They are looked up while it still holds its lanes, as the table of streams goes with
 * the streamer; and until it ends, their numbers are no other topics'.
 *
 * <p><b>Threads</b>: made by the subscriber's, which has the lanes; then {@link #run} is for any, the others for one at a time.
 */
final class KeptTopics implements IntFunction<Topic>, Runnable {

    private final Registry registry;
    private final Map<Integer, Topic> topics = new HashMap<>();

    /**
     * @param streams numbers of them, int32, with repetitions
     * @param count of these
     */
    KeptTopics(final Registry registry, final MemorySegment streams, final int count) {
        this.registry = registry;
        int last = -1;
        for (int i = 0; i < count; i++) {
            final int id = streams.getAtIndex(ValueLayout.JAVA_INT, i);
            if (id != last) {
                topics.computeIfAbsent(id, known -> topic(registry, known));
                last = id;
            }
        }
        // The lock alone: what others left is not to be cleared away here. Failed that, nobody would know of this to let go of it again.
        synchronized (registry) {
            registry.streams.keep(topics.keySet());
        }
    }

    /** What a publisher wrote over, as the subscriber was cut off, may be any number: null then. */
    private static Topic topic(final Registry registry, final int id) {
        return id < 0 || id >= registry.streamLimit() || registry.streams.table().topicUnkept(id) == null ? null : registry.topic(id);
    }

    /** Topic of a stream, or null if the batch has none of it. */
    Topic find(final int id) {
        return topics.get(id);
    }

    /** Of a frame, which may have been written over before it was copied. */
    @Override
    public Topic apply(final int id) {
        final Topic topic = find(id);
        if (topic == null) {
            throw new KaelixException("a message in a batch names stream " + id + ", which it had none of when it was polled: it was"
                    + " written over, as the subscriber was cut off; leave the batch, and poll, which tells");
        }
        return topic;
    }

    /** Ends it; once. */
    @Override
    public void run() {
        synchronized (registry) {
            registry.streams.letGo(topics.keySet());
        }
    }
}
