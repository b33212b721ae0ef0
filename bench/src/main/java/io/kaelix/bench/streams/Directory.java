// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.streams;

import io.kaelix.MemoryStreamer;
import io.kaelix.StreamPublisher;
import io.kaelix.Topic;
import io.kaelix.memory.RegionArena;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import io.kaelix.stream.StreamTable;
import java.util.HashMap;
import java.util.Map;

/** From names to ids. */
interface Directory extends AutoCloseable {

    /** Gives a topic the next id. */
    void add(Topic topic);

    /** The id of a topic; negative if it has none. */
    int find(Topic topic);

    @Override
    void close();

    /** The library's table, in memory of the pages that a streamer gets by default. */
    static Directory ofTable() {
        final RegionArena arena = new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.HUGETLB_2M, Long.MAX_VALUE / 2);
        final StreamTable table = new StreamTable(arena);
        return new Directory() {
            @Override
            public void add(final Topic topic) {
                table.declare(topic);
            }

            @Override
            public int find(final Topic topic) {
                return table.find(topic);
            }

            @Override
            public void close() {
                table.close();
                arena.close();
            }
        };
    }

    /** All that a streamer needs: each topic is asked for through a publisher of many, and sent to once. */
    static Directory ofStreamer() {
        final MemoryStreamer streamer = MemoryStreamer.launch();
        final StreamPublisher publisher = streamer.streamPublisher();
        final byte[] message = new byte[Long.BYTES];
        return new Directory() {
            @Override
            public void add(final Topic topic) {
                if (publisher.offer(publisher.stream(topic), message) < 0) {
                    throw new IllegalStateException("the first message of " + topic + " was not sent, and nobody is in its way");
                }
            }

            @Override
            public int find(final Topic topic) {
                return publisher.stream(topic);
            }

            @Override
            public void close() {
                publisher.close();
                streamer.close();
            }
        };
    }

    /** {@code HashMap<String, Integer>}, which keeps the strings. */
    static Directory ofMap() {
        final Map<String, Integer> ids = new HashMap<>();
        return new Directory() {
            @Override
            public void add(final Topic topic) {
                ids.put(topic.name(), ids.size());
            }

            @Override
            public int find(final Topic topic) {
                final Integer id = ids.get(topic.name());
                return id == null ? StreamTable.NOT_FOUND : id;
            }

            @Override
            public void close() {
                ids.clear();
            }
        };
    }
}
