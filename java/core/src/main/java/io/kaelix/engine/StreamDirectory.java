// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.KaelixException;
import io.kaelix.Message;
import io.kaelix.Topic;
import io.kaelix.memory.RegionArena;
import io.kaelix.stream.PatternIndex;
import io.kaelix.stream.StreamState;
import io.kaelix.stream.StreamTable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
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
    /** Those that look at the streams without the lock. */
    private final Set<Interest> joining = new HashSet<>();
    /** How many batches that are retained have messages of a stream, by its number. */
    private final Map<Integer, Integer> kept = new HashMap<>();

    StreamDirectory(final RegionArena arena) {
        table = new StreamTable(arena);
    }

    StreamTable table() {
        return table;
    }

    /** How many partitions a topic has, 0 if there is no such topic. */
    int partitions(final Topic topic) {
        final int first = table.find(topic);
        return first < 0 ? 0 : table.partitions(first);
    }

    /**
     * Number of a topic's stream, or {@link StreamTable#NOT_FOUND}.
     *
     * @throws IllegalArgumentException if the topic has partitions
     */
    int find(final Topic topic) {
        final int id = table.find(topic);
        if (id >= 0 && table.partitions(id) != 1) {
            throw new IllegalArgumentException("topic " + topic + " has " + table.partitions(id)
                    + " partitions: ask for the stream of a key, or of a partition");
        }
        return id;
    }

    /** Whether a stream is one of several partitions of its topic. */
    boolean isPartition(final int id) {
        return table.partitions(id) > 1;
    }

    /** Whether its name leads to a stream. */
    boolean isActive(final int id) {
        return table.state(id) == StreamState.ACTIVE;
    }

    /** Number of the stream of the partition that the hash of a key chooses, or {@link StreamTable#NOT_FOUND}. */
    int findByKey(final Topic topic, final int hash) {
        final int first = table.find(topic);
        final int partition = first < 0 ? 0 : Message.partition(hash, table.partitions(first));
        return partition == 0 ? first : table.find(topic.name(), partition);
    }

    /**
     * Number of the stream of a partition.
     *
     * @throws IllegalArgumentException if there is none
     */
    int partition(final Topic topic, final int partition) {
        final int partitions = partitions(topic);
        if (partition < 0 || partition >= partitions) {
            throw new IllegalArgumentException("topic " + topic + " has no partition " + partition + (partitions == 0
                    ? ": it is not known, declare it" : ": it has " + partitions + ", from 0 on"));
        }
        return table.find(topic.name(), partition);
    }

    /** Number of a topic's stream, which appears if there is none. */
    int declare(final Topic topic) {
        final int found = find(topic);
        if (found >= 0) {
            return found;
        }
        final int id = table.declare(topic);
        match(topic, id);
        return id;
    }

    /** The next stream, which another process has named. */
    void learn(final String name, final int partition, final int partitions) {
        final Topic topic = new Topic(name);
        final int next = table.limit();
        final int id = table.declare(topic, partition, partitions);
        if (id != next) {
            throw new KaelixException("the names of streams that processes share are corrupt: " + topic + " has the number " + id
                    + " and " + next);
        }
        match(topic, id);
    }

    /** Numbers of the streams of a topic, by partition; those that are missing appear. */
    int[] declare(final Topic topic, final int partitions) {
        final boolean known = table.find(topic) >= 0;
        final int[] ids = new int[partitions];
        // The first partition last: who finds it, without the lock, finds them all; and what fails on the way is as if it had not begun.
        int partition = partitions - 1;
        try {
            for (; partition >= 0; partition--) {
                ids[partition] = table.declare(topic, partition, partitions);
            }
        } catch (final RuntimeException | Error e) {
            // All that were declared before that are new, and nobody could find them yet.
            while (++partition < partitions) {
                table.expire(ids[partition]);
                recycle(ids[partition]);
            }
            throw e;
        }
        if (!known) {
            for (final int id : ids) {
                match(topic, id);
            }
        }
        return ids;
    }

    private void match(final Topic topic, final int id) {
        final int partition = table.partition(id);
        final int partitions = table.partitions(id);
        interests.match(topic, interest -> {
            if (interest.wants(topic, partition, partitions)) {
                interest.appeared(id);
            }
        });
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
            final Topic unkept = table.topicUnkept(id);
            final Topic topic = unkept != null ? unkept : table.topic(id); // which says what is wrong
            final int partition = table.partition(id);
            final int partitions = table.partitions(id);
            interests.match(topic, interest -> {
                if (interest.wants(topic, partition, partitions)) {
                    found.accept(interest);
                }
            });
        }
    }

    /** Before an interest looks at all streams, which takes a while, without the lock. */
    void beginCatchUp(final Interest interest) {
        interest.beginCatchUp();
        joining.add(interest);
    }

    /** It has looked, or failed to. */
    void endCatchUp(final Interest interest) {
        joining.remove(interest);
    }

    /** Adds who wants what matches its pattern, and has looked at all streams but those that changed meanwhile. */
    void add(final Interest interest) {
        interest.endCatchUp(table);
        if (interest.isExact()) {
            final Topic topic = interest.exactTopic();
            final int partitions = partitions(topic);
            for (int partition = partitions - 1; partition >= 0; partition--) {
                if (interest.wants(topic, partition, partitions)) {
                    interest.appeared(table.find(topic.name(), partition));
                }
            }
        }
        interests.add(interest.pattern, interest);
    }

    void remove(final Interest interest) {
        interests.remove(interest.pattern, interest);
    }

    /** A batch is retained that has messages of these streams. */
    void keep(final Set<Integer> ids) {
        ids.forEach(id -> kept.merge(id, 1, Integer::sum));
    }

    /** It is released. */
    void letGo(final Set<Integer> ids) {
        ids.forEach(id -> kept.computeIfPresent(id, (key, batches) -> batches == 1 ? null : batches - 1));
    }

    /** Whether a batch that is retained has messages of a stream. */
    boolean isKept(final int id) {
        return kept.containsKey(id);
    }

    /** Lets the number of a stream that has expired be another's: nobody sends to it, and no lane nor batch holds a frame of it. */
    void recycle(final int id) {
        match(id, interest -> interest.isGone(id));
        joining.forEach(interest -> interest.isGone(id));
        table.recycle(id);
    }

    /** Gives the memory back; nobody uses it any more. Again is without effect. */
    void close() {
        table.close();
    }
}
