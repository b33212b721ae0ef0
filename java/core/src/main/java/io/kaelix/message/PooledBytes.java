// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import io.kaelix.KaelixException;
import java.lang.foreign.MemorySegment;

/** Bytes in a buffer of the pool. */
final class PooledBytes extends SharedBytes {

    private final MessagePool pool;
    private final Slab slab;
    private final int offset;
    private final MemorySegment memory;
    private final MemorySegment readOnly;

    PooledBytes(final MessagePool pool, final Slab slab, final int offset, final int length) {
        super(length);
        this.pool = pool;
        this.slab = slab;
        this.offset = offset;
        this.memory = slab.memory.asSlice(offset, length);
        this.readOnly = memory.asReadOnly();
    }

    @Override
    long address() {
        return memory.address();
    }

    /** Whether it is all zero, being out of the arena. */
    boolean isFresh() {
        return slab.sizeClass == BufferSize.OUTSIZE && !slab.isUsed;
    }

    /** For whoever made it, until anybody else knows it. */
    MemorySegment writable() {
        return memory;
    }

    @Override
    MemorySegment segment() {
        return readOnly;
    }

    @Override
    void free() {
        pool.give(slab, offset);
    }

    @Override
    boolean isFreedQuickly() {
        // What has no class is cleared, and maybe unmapped.
        return slab.sizeClass != BufferSize.OUTSIZE;
    }

    @Override
    void checkWhole() {
        // Nobody cuts this memory.
    }

    @Override
    KaelixException explain(final InternalError fault) {
        throw fault;
    }
}
