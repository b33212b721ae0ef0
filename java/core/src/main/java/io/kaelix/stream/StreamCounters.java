// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stream;

import io.kaelix.KaelixException;
import io.kaelix.memory.Block;
import io.kaelix.memory.NativeMemory;
import io.kaelix.memory.Padded;
import io.kaelix.memory.RegionArena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How many messages a lane has carried of each stream, which is the sequence of the next: eight bytes for each id, in chunks of 8 KiB that
 * are there once an id among theirs was used. A lane that carries one stream of a million costs one chunk, and a list of 8 KiB.
 *
 * <p><b>Threads</b>: {@link #next}, {@link #clear} and {@link #close} are the lane's one writer's, or are called when it writes no more.
 * {@link #get} and {@link #sum} are for any thread, while it cannot be closed: under the registry's lock.
 *
 * <p><b>Blocking</b>: {@link #next}, where the first use of an id makes its arena map memory.
 */
public final class StreamCounters extends Padded implements AutoCloseable {

    private static final int CHUNK_SHIFT = 10;
    private static final int CHUNK_COUNTERS = 1 << CHUNK_SHIFT;

    private final RegionArena arena;
    private final List<Block> blocks = new ArrayList<>();

    /** Addresses, 0 where there is no chunk. Volatile for others; its writer reads it again and again, which is plain on every CPU. */
    private volatile long[] chunks = {};

    /**
     * Maps nothing yet.
     *
     * @param arena where its memory comes from; stays the caller's
     */
    public StreamCounters(final RegionArena arena) {
        this.arena = arena;
    }

    /**
     * The sequence of a stream's next message, which counts from here on: 0 for the first.
     *
     * @throws KaelixException if the id is used for the first time, and the memory for it exceeds the limit
     * @throws IllegalArgumentException if it is no stream's id
     */
    public long next(final int id) {
        final long[] chunks = this.chunks;
        final int number = id >>> CHUNK_SHIFT;
        long chunk = number < chunks.length ? chunks[number] : 0;
        if (chunk == 0) {
            chunk = add(id);
        }
        final long address = address(chunk, id);
        final long sequence = NativeMemory.getLong(address);
        // SYNC: pairs with get(): a whole number, and no ordering is needed beyond that.
        NativeMemory.putLongRelease(address, sequence + 1);
        return sequence;
    }

    private long add(final int id) {
        if (id < 0 || id >= StreamTable.MAX_STREAMS) {
            throw new IllegalArgumentException("no stream has the id " + id + ": ids are from 0 to " + (StreamTable.MAX_STREAMS - 1));
        }
        final int number = id >>> CHUNK_SHIFT;
        // A copy each time would make a million streams quadratic, so there is room for as many again.
        final long[] longer = number < chunks.length ? chunks : Arrays.copyOf(chunks, Integer.highestOneBit(number) * 2 + 1);
        final Block block = arena.allocate((long) CHUNK_COUNTERS * Long.BYTES);
        blocks.add(block);
        longer[number] = block.address();
        // SYNC: pairs with get(): who sees the chunk sees it zeroed.
        chunks = longer;
        return block.address();
    }

    /** Messages of a stream that were counted; 0 for an id that was never used. */
    public long get(final int id) {
        final long[] chunks = this.chunks;
        final int number = id >>> CHUNK_SHIFT;
        final long chunk = number < chunks.length ? chunks[number] : 0;
        return chunk == 0 ? 0 : NativeMemory.getLongAcquire(address(chunk, id));
    }

    /** Messages of a stream that several lanes have counted. */
    public static long sum(final Iterable<StreamCounters> lanes, final int id) {
        long sum = 0;
        for (final StreamCounters lane : lanes) {
            sum += lane.get(id);
        }
        return sum;
    }

    /** The id is to be used for another stream: its sequence begins again. */
    public void clear(final int id) {
        if (get(id) != 0) {
            NativeMemory.putLongRelease(address(chunks[id >>> CHUNK_SHIFT], id), 0);
        }
    }

    private static long address(final long chunk, final int id) {
        return chunk + (long) (id & CHUNK_COUNTERS - 1) * Long.BYTES;
    }

    /** Gives all memory back, and counts from 0 again. */
    @Override
    public void close() {
        chunks = new long[0];
        blocks.forEach(Block::free);
        blocks.clear();
    }
}
