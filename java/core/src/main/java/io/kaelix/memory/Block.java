// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.memory;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A zeroed part of a region, held until {@link #free}.
 *
 * <p><b>Threads</b>: any.
 */
public final class Block {

    private final RegionArena owner;
    private final Region region;
    private final long offset;
    private final MemorySegment segment;
    private final AtomicBoolean freed = new AtomicBoolean();

    Block(final RegionArena owner, final Region region, final long offset, final MemorySegment segment) {
        this.owner = owner;
        this.region = region;
        this.offset = offset;
        this.segment = segment;
    }

    /** First byte. Valid for raw access until {@link #free}. */
    public long address() {
        return segment.address();
    }

    /** All of it, as a segment that throws once the memory is gone. */
    public MemorySegment segment() {
        return segment;
    }

    /** Gives it back; nobody accesses it by address any more. Again is without effect. */
    public void free() {
        owner.free(this);
    }

    Region region() {
        return region;
    }

    long offset() {
        return offset;
    }

    /** Whether this call is the first. */
    boolean markFreed() {
        return freed.compareAndSet(false, true);
    }
}
