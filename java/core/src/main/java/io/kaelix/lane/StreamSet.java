// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Ids of streams: those that a reader wants of a lane, or those that a lane has carried.
 *
 * <p>The first id is a field of its own, so that a set of one, which most are, is asked by a comparison; the others are bits, in chunks
 * that take memory where there are ids.
 *
 * <p><b>Threads</b>: {@link #add} and {@link #remove} by one at a time, under the registry's lock; any may ask. An id that is added or
 * removed before a frame of its stream is committed is seen, or not, by whoever sees that frame.
 */
public final class StreamSet {

    private static final int NONE = -1;
    private static final int CHUNK_SHIFT = 12;
    private static final int CHUNK_MASK = (1 << CHUNK_SHIFT) - 1;
    /** Stands where no id is; never written. */
    private static final long[] EMPTY = new long[(CHUNK_MASK + 1) / Long.SIZE];

    private int first = NONE;
    private int size;
    private volatile long[][] chunks = {};

    /** Told what is not in it, before that is looked for again; null if nobody is. */
    private final IntConsumer learns;

    /** An empty set. */
    public StreamSet() {
        this(null);
    }

    /** An empty set whose ids other processes give: it tells of one that it does not have, as that may be new, and looks again. */
    public StreamSet(final IntConsumer learns) {
        this.learns = learns;
    }

    /** Whether an id is in it. */
    public boolean contains(final int streamId) {
        return streamId == first ? streamId != NONE : isInChunks(streamId);
    }

    private boolean isInChunks(final int streamId) {
        return isAdded(streamId) || learns != null && isLearned(streamId);
    }

    private boolean isLearned(final int streamId) {
        learns.accept(streamId);
        return has(streamId);
    }

    private boolean has(final int streamId) {
        return streamId == first ? streamId != NONE : isAdded(streamId);
    }

    private boolean isAdded(final int streamId) {
        // SYNC: pairs with the volatile store in add: a chunk is filled in before it is seen. Its bits need no ordering of their own, the
        // frames of their streams have one.
        final long[][] chunks = this.chunks;
        final int chunk = streamId >>> CHUNK_SHIFT;
        return chunk < chunks.length && (chunks[chunk][(streamId & CHUNK_MASK) / Long.SIZE] & 1L << streamId) != 0;
    }

    /**
     * Adds an id.
     *
     * @param streamId at least 0
     * @return whether it was not in it
     */
    public boolean add(final int streamId) {
        if (has(streamId)) {
            return false;
        }
        size++;
        if (first == NONE) {
            first = streamId;
            return true;
        }
        final int chunk = streamId >>> CHUNK_SHIFT;
        long[][] grown = chunks;
        if (chunk >= grown.length) {
            final int before = grown.length;
            grown = Arrays.copyOf(grown, chunk + 1);
            Arrays.fill(grown, before, chunk + 1, EMPTY);
        }
        if (grown[chunk] == EMPTY) {
            if (grown == chunks) {
                grown = grown.clone();
            }
            grown[chunk] = new long[EMPTY.length];
        }
        grown[chunk][(streamId & CHUNK_MASK) / Long.SIZE] |= 1L << streamId;
        if (grown != chunks) {
            chunks = grown;
        }
        return true;
    }

    /**
     * Removes an id.
     *
     * @return whether it was in it
     */
    public boolean remove(final int streamId) {
        if (streamId < 0 || !has(streamId)) {
            return false;
        }
        size--;
        if (first == streamId) {
            first = NONE;
        } else {
            chunks[streamId >>> CHUNK_SHIFT][(streamId & CHUNK_MASK) / Long.SIZE] &= ~(1L << streamId);
        }
        return true;
    }

    /** Whether nothing is in it. Under the registry's lock. */
    public boolean isEmpty() {
        return size == 0;
    }

    /** Whether an id is in both. */
    public boolean intersects(final StreamSet other) {
        if (isEmpty() || other.isEmpty()) {
            return false;
        }
        if (first != NONE && other.has(first) || other.first != NONE && has(other.first)) {
            return true;
        }
        final long[][] mine = chunks;
        final long[][] others = other.chunks;
        for (int chunk = Math.min(mine.length, others.length) - 1; chunk >= 0; chunk--) {
            for (int word = 0; mine[chunk] != EMPTY && others[chunk] != EMPTY && word < EMPTY.length; word++) {
                if ((mine[chunk][word] & others[chunk][word]) != 0) {
                    return true;
                }
            }
        }
        return false;
    }
}
