// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.memory;

/**
 * What the memory of one node is used for. All of it adds up: {@code reserved = used + rounding + free}.
 *
 * @param node its number, {@link io.kaelix.platform.Platform#ANY_NODE} for memory of no certain node, or {@link NumaAllocator#INTERLEAVED}
 * @param reserved bytes mapped
 * @param used bytes of all blocks, as they were asked for
 * @param blocks how many there are
 * @param rounding bytes that the sizes of blocks were rounded up by
 * @param free bytes in no block
 * @param unusableFree those of them that lie in gaps, of regions in use, which are too short for a block of mean size,
 *     {@code (used + rounding) / blocks}: free in name, while the next request probably finds no room there
 */
public record NodeMemory(int node, long reserved, long used, long blocks, long rounding, long free, long unusableFree) {

    /** (rounding + unusable free) / used, the part of memory that is lost to cutting it up; 0 where nothing is used. */
    public double fragmentation() {
        return used == 0 ? 0 : (double) (rounding + unusableFree) / used;
    }
}
