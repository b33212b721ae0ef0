// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import java.util.ArrayList;
import java.util.List;

/**
 * Blocks of long messages that nobody uses, kept for the next ones: to map and clear such a block takes longer than to fill it.
 *
 * <p><b>Threads</b>: one at a time, under the pool's lock.
 */
final class IdleBlocks {

    private final List<Slab> oldestFirst = new ArrayList<>();
    private long bytes;

    boolean isEmpty() {
        return oldestFirst.isEmpty();
    }

    /** Takes one that is long enough, and not more than twice as long; null if there is none. */
    Slab take(final int length) {
        Slab best = null;
        for (final Slab slab : oldestFirst) {
            final long size = slab.memory.byteSize();
            if (size >= length && size <= 2L * length && (best == null || size < best.memory.byteSize())) {
                best = slab;
            }
        }
        if (best != null) {
            oldestFirst.remove(best);
            bytes -= best.memory.byteSize();
        }
        return best;
    }

    /** Takes the one that has been idle for longest; there is one. */
    Slab takeOldest() {
        final Slab oldest = oldestFirst.removeFirst();
        bytes -= oldest.memory.byteSize();
        return oldest;
    }

    /**
     * Whether one more may be kept, beside those that there are.
     *
     * @param most bytes that they have together, at the most
     */
    boolean hasRoom(final Slab slab, final long most) {
        return bytes + slab.memory.byteSize() <= most;
    }

    /** Keeps one, for which there is room. What was written there stays until it is taken. */
    void add(final Slab slab) {
        slab.gathered = 0;
        slab.isUsed = true;
        oldestFirst.add(slab);
        bytes += slab.memory.byteSize();
    }
}
