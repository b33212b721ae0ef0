// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stream;

import io.kaelix.Topic;
import java.util.Arrays;

/**
 * Topic objects of the streams that somebody asked for, by id: what nobody asks for costs no heap.
 *
 * <p><b>Threads</b>: any reads; who changes it holds its monitor.
 */
final class StreamTopics {

    private static final int CHUNK_SHIFT = 8;
    private static final int CHUNK_TOPICS = 1 << CHUNK_SHIFT;

    private volatile Topic[][] chunks = {};

    /** What was put there, or null; for any id. A topic is immutable: its reference may be read without an ordering. */
    Topic get(final int id) {
        final Topic[][] chunks = this.chunks;
        final int number = id >>> CHUNK_SHIFT;
        final Topic[] chunk = number < chunks.length ? chunks[number] : null;
        return chunk == null ? null : chunk[id & CHUNK_TOPICS - 1];
    }

    void put(final int id, final Topic topic) {
        final int number = id >>> CHUNK_SHIFT;
        Topic[][] chunks = this.chunks;
        if (number >= chunks.length) {
            chunks = Arrays.copyOf(chunks, Integer.highestOneBit(number) * 2 + 1);
        }
        if (chunks[number] == null) {
            chunks[number] = new Topic[CHUNK_TOPICS];
        }
        chunks[number][id & CHUNK_TOPICS - 1] = topic;
        this.chunks = chunks;
    }

    void remove(final int id) {
        if (get(id) != null) {
            put(id, null);
        }
    }
}
