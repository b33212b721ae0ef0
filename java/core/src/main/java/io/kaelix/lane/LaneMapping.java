// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static io.kaelix.lane.LaneDescriptor.CAPACITY_OFFSET;
import static io.kaelix.lane.LaneDescriptor.MAGIC;
import static io.kaelix.lane.LaneDescriptor.MAGIC_OFFSET;
import static io.kaelix.lane.LaneDescriptor.PUBLISHER_ID_OFFSET;
import static io.kaelix.lane.LaneDescriptor.RING_OFFSET;

import io.kaelix.KaelixException;
import io.kaelix.memory.Block;
import io.kaelix.memory.NativeMemory;
import java.util.function.Consumer;

/** Lanes in memory that processes share: made by the one that writes, mapped by those that read. */
public final class LaneMapping {

    private LaneMapping() {
    }

    /** Makes a lane that other processes may take part in, in zeroed memory; otherwise as {@link Lane}'s constructor. */
    public static Lane share(final Block block, final int capacity, final int publisherId, final String name,
            final Consumer<Block> disposal) {
        final Lane lane = new Lane(block, capacity, publisherId, name, disposal, true);
        lane.initialise();
        return lane;
    }

    /**
     * A lane that another process has made, and writes.
     *
     * @throws KaelixException if there is none in the block, or one of another layout
     */
    public static Lane attach(final Block block, final String name, final Consumer<Block> disposal) {
        final long bytes = block.segment().byteSize();
        final int capacity = bytes > RING_OFFSET ? NativeMemory.getInt(block.address() + CAPACITY_OFFSET) : 0;
        if (capacity < LaneDescriptor.MIN_CAPACITY || Integer.bitCount(capacity) != 1 || bytes < LaneDescriptor.laneBytes(capacity)
                || NativeMemory.getLongAcquire(block.address() + MAGIC_OFFSET) != MAGIC) {
            throw new KaelixException("the lane " + name + " of another process is of another version of this library, or corrupt: "
                    + bytes + " bytes that say they hold a ring of " + capacity);
        }
        return new Lane(block, capacity, NativeMemory.getInt(block.address() + PUBLISHER_ID_OFFSET), name, disposal, true);
    }
}
