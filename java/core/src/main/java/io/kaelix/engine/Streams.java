// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.KaelixException;
import io.kaelix.Topic;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The numbers of topics: each topic is a stream, numbered from 0 in the order that they were declared in.
 *
 * <p><b>Threads</b>: {@link #declare} and {@link #find} under the registry's lock, the others from any.
 */
final class Streams {

    private static final int FEW = 16;

    private final Map<Topic, Integer> ids = new HashMap<>();
    /** By stream id. */
    private volatile Topic[] topics = new Topic[FEW];
    private volatile int count;

    /** Number of a topic's stream: the one that it has, or the next. */
    int declare(final Topic topic) {
        final int found = find(topic);
        if (found >= 0) {
            return found;
        }
        final int id = count;
        if (id == topics.length) {
            topics = Arrays.copyOf(topics, id << 1);
        }
        topics[id] = topic;
        ids.put(topic, id);
        // SYNC: pairs with the load in topic: behind it stands all of the above.
        count = id + 1;
        return id;
    }

    /** Number of a topic's stream, or -1 if it has none. */
    int find(final Topic topic) {
        return ids.getOrDefault(topic, -1);
    }

    /** How many there are. */
    int count() {
        return count;
    }

    /** Topic of a stream, as named by a frame. */
    Topic topic(final int id) {
        final int known = count;
        if (id < 0 || id >= known) {
            throw new KaelixException("corrupt frame: it names stream " + id + ", there are " + known);
        }
        return topics[id];
    }
}
