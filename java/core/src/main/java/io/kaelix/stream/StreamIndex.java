// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stream;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kaelix.memory.Block;
import io.kaelix.memory.RegionArena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * From the hash of a name to ids: open addressing with linear probing, so that a lookup mostly touches one cache line.
 *
 * <pre>
 *    63            32 31             0
 *   +----------------+----------------+
 *   |      hash      |     id + 1     |   one slot; 0: empty, and the end of every search that comes here
 *   +----------------+----------------+
 * </pre>
 *
 * <p>What is removed leaves no mark: those behind it move up. Who searches meanwhile may miss one that moves, and never sees half a slot.
 *
 * <p><b>Threads</b>: one at a time changes it; any reads.
 */
final class StreamIndex {

    /** Of a slot. */
    static final long EMPTY = 0;

    /** Slots of the first index of a table. */
    static final int MIN_CAPACITY = 64;

    private static final VarHandle SLOT = JAVA_LONG.varHandle();

    /** Null while it has no slots. */
    private final Block block;
    private final MemorySegment slots;
    private final int mask;
    private int used;

    /** One without slots, and without memory: what is never used costs none. */
    StreamIndex() {
        block = null;
        slots = MemorySegment.NULL;
        mask = -1;
    }

    /** An empty one. */
    StreamIndex(final RegionArena arena, final int capacity) {
        block = arena.allocate((long) capacity * Long.BYTES);
        slots = block.segment();
        mask = capacity - 1;
    }

    /** Slots in all. */
    int capacity() {
        return mask + 1;
    }

    /** Whether one more would fill more than two thirds of it. */
    boolean isFull() {
        return 3L * (used + 1) > 2L * capacity();
    }

    /** Twice as long, or the first with slots, with the same in it. */
    StreamIndex grown(final RegionArena arena) {
        final StreamIndex longer = new StreamIndex(arena, Math.max(MIN_CAPACITY, 2 * capacity()));
        for (int position = 0; position < capacity(); position++) {
            final long slot = slot(position);
            if (slot != EMPTY) {
                longer.put(hash(slot), id(slot));
            }
        }
        return longer;
    }

    /** Where a search begins. */
    int home(final int hash) {
        return hash & mask;
    }

    /** Where it goes on. */
    int next(final int position) {
        return position + 1 & mask;
    }

    long slot(final int position) {
        // SYNC: pairs with slot(position, slot): the record of the id is seen as it was when it was put here, or later.
        return (long) SLOT.getAcquire(slots, (long) position * Long.BYTES);
    }

    private void slot(final int position, final long slot) {
        SLOT.setRelease(slots, (long) position * Long.BYTES, slot);
    }

    static int hash(final long slot) {
        return (int) (slot >>> Integer.SIZE);
    }

    static int id(final long slot) {
        return (int) slot - 1;
    }

    /** Adds an id that is not in it. It must not be {@linkplain #isFull full}. */
    void put(final int hash, final int id) {
        int position = home(hash);
        while (slot(position) != EMPTY) {
            position = next(position);
        }
        slot(position, (long) hash << Integer.SIZE | id + 1);
        used++;
    }

    /** Removes an id that is in it. */
    void remove(final int hash, final int id) {
        int hole = home(hash);
        while (id(slot(hole)) != id) {
            hole = next(hole);
        }
        for (int position = next(hole); slot(position) != EMPTY; position = next(position)) {
            // One may move up to the hole unless its home lies behind it: a search that begins there would not find it.
            final int fromHome = position - home(hash(slot(position))) & mask;
            final int fromHole = position - hole & mask;
            if (fromHome >= fromHole) {
                slot(hole, slot(position));
                hole = position;
            }
        }
        slot(hole, EMPTY);
        used--;
    }

    /** Gives its memory back. Who still searches it reads zeros, or anything, or gets an exception; and no more than that. */
    void free() {
        if (block != null) {
            block.free();
        }
    }
}
