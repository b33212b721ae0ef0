// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stream;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kaelix.Topic;
import io.kaelix.memory.RegionArena;
import java.lang.foreign.MemorySegment;

/**
 * What of long names does not fit into their records, in whole words. The space of a name that is no longer needed goes to the next of its
 * length in words.
 *
 * <p><b>Threads</b>: one at a time stores and frees; any reads, and checks afterwards by the record's stamp
 * that what it read was still meant.
 */
final class StreamNames {

    private static final int CHUNK_SHIFT = 14;
    private static final int CHUNK_BYTES = 1 << CHUNK_SHIFT;
    private static final int MAX_WORDS = words(Topic.MAX_LENGTH);

    private final Chunks chunks;

    /** By words: place of the first free space of that size, plus 1; its first word has that of the next. */
    private final long[] free = new long[MAX_WORDS + 1];

    /** Where nothing was stored yet; at the end of a chunk, there is none. */
    private long end;

    StreamNames(final RegionArena arena) {
        chunks = new Chunks(arena);
    }

    private static int words(final int length) {
        return (length - StreamDescriptor.HEAD_BYTES + Long.BYTES - 1) / Long.BYTES;
    }

    private MemorySegment chunk(final long place) {
        return chunks.get((int) (place >>> CHUNK_SHIFT));
    }

    private static long offset(final long place) {
        return place & (CHUNK_BYTES - 1);
    }

    /** Stores the rest of a long name, and gives its place. */
    long store(final NameKey key) {
        final long place = take(words(key.length()));
        final MemorySegment chunk = chunk(place);
        for (int from = StreamDescriptor.HEAD_BYTES; from < key.length(); from += Long.BYTES) {
            chunk.set(JAVA_LONG, offset(place) + from - StreamDescriptor.HEAD_BYTES, key.word(from));
        }
        return place;
    }

    private long take(final int words) {
        if (free[words] != 0) {
            final long place = free[words] - 1;
            free[words] = chunk(place).get(JAVA_LONG, offset(place));
            return place;
        }
        final long bytes = (long) words * Long.BYTES;
        if (offset(end) + bytes > CHUNK_BYTES || end == (long) chunks.count() << CHUNK_SHIFT) {
            chunks.add(CHUNK_BYTES);
            end = (long) (chunks.count() - 1) << CHUNK_SHIFT;
        }
        final long place = end;
        end += bytes;
        return place;
    }

    /** The space may be used again. */
    void free(final long place, final int length) {
        final int words = words(length);
        chunk(place).set(JAVA_LONG, offset(place), free[words]);
        free[words] = place + 1;
    }

    /** Whether the rest at a place is that of the key. */
    boolean matches(final long place, final NameKey key) {
        for (int from = StreamDescriptor.HEAD_BYTES; from < key.length(); from += Long.BYTES) {
            if (word(place, from) != key.word(from)) {
                return false;
            }
        }
        return true;
    }

    /** A word of the rest, by its offset in the name. */
    long word(final long place, final int from) {
        return chunk(place).get(JAVA_LONG, offset(place) + from - StreamDescriptor.HEAD_BYTES);
    }

    /** Gives all memory back. */
    void close() {
        chunks.close();
    }
}
