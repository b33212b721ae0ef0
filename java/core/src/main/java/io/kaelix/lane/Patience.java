// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static io.kaelix.lane.LaneDescriptor.SLOT_MAX_LAG_OFFSET;
import static io.kaelix.lane.LaneDescriptor.SLOT_MAX_STALL_OFFSET;
import static io.kaelix.lane.LaneDescriptor.SLOT_STALL_NEED_OFFSET;

import io.kaelix.memory.NativeMemory;

/**
 * How far a gating reader may be behind, and for how long it may hold the writer up, before the writer evicts it.
 *
 * @param maxLag bytes
 * @param maxStallNanos nanoseconds since the writer was first refused space that the reader has not made room for since
 */
public record Patience(long maxLag, long maxStallNanos) {

    /** Of a reader that is never evicted. */
    public static final Patience UNLIMITED = new Patience(Long.MAX_VALUE, Long.MAX_VALUE);

    /** Writes it into a slot, and that its reader has not been in the way yet. */
    void store(final long slot) {
        NativeMemory.putLong(slot + SLOT_STALL_NEED_OFFSET, 0);
        // SYNC: pairs with LaneWriter.slowestPosition and LaneEviction.isOverdue: who sees it sees the position that the reader starts from.
        NativeMemory.putLongRelease(slot + SLOT_MAX_LAG_OFFSET, maxLag);
        NativeMemory.putLongRelease(slot + SLOT_MAX_STALL_OFFSET, maxStallNanos);
    }
}
