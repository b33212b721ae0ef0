// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * Memory for lanes: regions, their parts, and raw access to them.
 *
 * <pre>
 *   NumaAllocator ── one per node ──► RegionArena ── maps as needed ──► Region ── cut into ──► Block      (of one lane)
 *        │                                │                               │                    │
 *    MemoryLimit of all              FreeSpace: gaps               shared Arena: unmaps     size classes,
 *                                    by size and place             when no block is left    zeroed when freed
 * </pre>
 *
 * <p>{@link io.kaelix.memory.NativeMemory} is how the data path reaches it: absolute addresses, one constant segment. It knows no
 * lifetimes, so whoever uses it holds a block for as long as it does; what is handed to users is always a slice of the region's own
 * segment, which throws instead of crashing once the region is gone.
 */
package io.kaelix.memory;
