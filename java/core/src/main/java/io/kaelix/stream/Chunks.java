// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stream;

import io.kaelix.memory.Block;
import io.kaelix.memory.RegionArena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Memory that grows by a chunk at a time and never moves.
 *
 * <p><b>Threads</b>: one at a time adds and closes. Who learned of a chunk's number through an acquire that pairs with a release after
 * {@link #add} may read it from any thread.
 */
final class Chunks {

    private final RegionArena arena;
    private final List<Block> blocks = new ArrayList<>();

    /** Longer than there are chunks. Replaced when it is full, with room for as many again. */
    private volatile MemorySegment[] segments = new MemorySegment[4];

    Chunks(final RegionArena arena) {
        this.arena = arena;
    }

    /** How many there are. */
    int count() {
        return blocks.size();
    }

    /** One more of so many bytes, zeroed. */
    void add(final long bytes) {
        final int number = blocks.size();
        if (number == segments.length) {
            segments = Arrays.copyOf(segments, 2 * number);
        }
        final Block block = arena.allocate(bytes);
        blocks.add(block);
        segments[number] = block.segment();
    }

    /** A chunk by its number. */
    MemorySegment get(final int number) {
        return segments[number];
    }

    /** Gives all memory back. */
    void close() {
        blocks.forEach(Block::free);
        blocks.clear();
    }
}
