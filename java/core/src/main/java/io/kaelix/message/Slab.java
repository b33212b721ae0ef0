// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import io.kaelix.memory.Block;
import java.lang.foreign.MemorySegment;

/**
 * A block of the arena, cut into buffers of one size.
 *
 * <p>A buffer is named by a number: 32 bits of its slab's place in the pool's table, 32 bits of offset in the slab. So those that lie idle
 * cost no object each.
 */
final class Slab {

    final Block block;
    /** All of it; throws once the memory is unmapped. Checked access is what keeps a late reader from crashing. */
    final MemorySegment memory;
    /** {@link BufferSize#OUTSIZE} if it is one buffer, which goes back to the arena when it is released. */
    final int sizeClass;
    /** Place in the pool's table; of no meaning if it is outsize. */
    final int index;
    final int buffers;

    /** Whether it is idle for the second time, or was, and so need not be zero. Guarded by the pool, but for whoever has taken it. */
    boolean isUsed;

    /** How many of its buffers are in hand, while the pool looks for slabs that nobody uses. Guarded by the pool. */
    int gathered;

    Slab(final Block block, final int sizeClass, final int index, final int buffers) {
        this.block = block;
        this.memory = block.segment();
        this.sizeClass = sizeClass;
        this.index = index;
        this.buffers = buffers;
    }

    /** The buffer at an offset. */
    long buffer(final int offset) {
        return (long) index << Integer.SIZE | offset;
    }

    /** Its slab's place in the table. */
    static int index(final long buffer) {
        return (int) (buffer >>> Integer.SIZE);
    }

    /** Its offset in the slab. */
    static int offset(final long buffer) {
        return (int) buffer;
    }
}
