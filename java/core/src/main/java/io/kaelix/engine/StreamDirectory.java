// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.Topic;
import io.kaelix.memory.RegionArena;
import io.kaelix.stream.PatternIndex;
import io.kaelix.stream.StreamTable;
import java.util.function.Consumer;

/**
 * Which streams there are, and who wants them: the table of streams and the index of patterns, kept in step. A stream that appears is
 * matched with all patterns, a pattern that appears with all streams, so that each pair is met once.
 *
 * <p><b>Threads</b>: {@link #find}, {@link #topic}, {@link #limit} and {@link #close} from any, the others under the registry's lock.
 */
final class StreamDirectory {

    private final StreamTable table;
    private final PatternIndex<Interest> interests = new PatternIndex<>();

    StreamDirectory(final RegionArena arena) {
        table = new StreamTable(arena);
    }

    StreamTable table() {
        return table;
    }

    /** Number of a topic's stream, or {@link StreamTable#NOT_FOUND}. */
    int find(final Topic topic) {
        return table.find(topic);
    }

    /** Number of a topic's stream, which appears if there is none. */
    int declare(final Topic topic) {
        final int found = table.find(topic);
        if (found >= 0) {
            return found;
        }
        final int id = table.declare(topic);
        interests.match(topic, interest -> interest.appeared(id));
        return id;
    }

    /** Topic of a stream, as named by a frame. */
    Topic topic(final int id) {
        return table.topic(id);
    }

    /** All numbers of streams are below it. */
    int limit() {
        return table.limit();
    }

    /** Hands over who wants a stream, each for each of its patterns that match. */
    void match(final int id, final Consumer<Interest> found) {
        if (!interests.isEmpty()) {
            interests.match(table.topicUnkept(id), found);
        }
    }

    /** Adds who wants what matches its pattern; has caught up with all streams but those that it asks for here. */
    void add(final Interest interest) {
        interest.catchUp(table);
        if (interest.isExact()) {
            final int id = table.find(interest.exactTopic());
            if (id >= 0) {
                interest.appeared(id);
            }
        }
        interests.add(interest.pattern, interest);
    }

    void remove(final Interest interest) {
        interests.remove(interest.pattern, interest);
    }

    /** Gives the memory back; nobody uses it any more. Again is without effect. */
    void close() {
        table.close();
    }
}
