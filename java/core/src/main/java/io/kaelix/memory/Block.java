// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.memory;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A zeroed part of a region, held until {@link #free}; or memory of somebody else's, such as a mapped file.
 *
 * <p><b>Threads</b>: any. <b>Blocking</b>: {@link #free} zeroes it again, and may unmap its region; no lock is held meanwhile.
 */
public final class Block {

    private final RegionArena owner;
    private final Region region;
    private final long offset;
    private final long asked;
    private final MemorySegment segment;
    /** Of memory that is no arena's: what to do when it is given back; else null. */
    private final Runnable disposal;
    private final AtomicBoolean freed = new AtomicBoolean();

    Block(final RegionArena owner, final Gap part, final long asked) {
        this.owner = owner;
        this.region = part.region();
        this.offset = part.offset();
        this.asked = asked;
        this.segment = region.slice(offset, part.bytes());
        this.disposal = null;
    }

    private Block(final MemorySegment segment, final Runnable disposal) {
        this.owner = null;
        this.region = null;
        this.offset = 0;
        this.asked = segment.byteSize();
        this.segment = segment;
        this.disposal = disposal;
    }

    /**
     * Memory that is no arena's.
     *
     * @param disposal called by the first {@link #free}
     */
    public static Block of(final MemorySegment segment, final Runnable disposal) {
        return new Block(segment, disposal);
    }

    /** First byte, aligned to 512 bytes, from 32 KiB on to 4 KiB. Valid for raw access until {@link #free}. */
    public long address() {
        return segment.address();
    }

    /** All of it, what its size was rounded up by included, as a segment that throws once the memory is gone. */
    public MemorySegment segment() {
        return segment;
    }

    /** Gives it back; nobody accesses it by address any more. Again is without effect. */
    public void free() {
        if (owner != null) {
            owner.free(this);
        } else if (markFreed()) {
            disposal.run();
        }
    }

    Region region() {
        return region;
    }

    long offset() {
        return offset;
    }

    /** Bytes that were asked for. */
    long asked() {
        return asked;
    }

    /** Bytes that its size was rounded up by. */
    long rounding() {
        return segment.byteSize() - asked;
    }

    /** Whether this call is the first. */
    boolean markFreed() {
        return freed.compareAndSet(false, true);
    }
}
