// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import java.lang.foreign.MemorySegment;

/**
 * The control plane of libkaelix, one method for each function that places memory or threads: what a way to call C must offer, so that the
 * rest is written once. The contracts are those of {@code kaelix.h}: each returns a status and never throws for what the system refuses.
 *
 * <p><b>Arguments</b>: checked by the caller. Segments are native memory that stays alive during the call, or {@link MemorySegment#NULL}
 * where the header allows it. <b>Threads</b>: any.
 */
public interface NativeCalls {

    /** {@code kaelix_abi_version}. */
    int abiVersion(MemorySegment version);

    /** {@code kaelix_abi_layout}. */
    int abiLayout(MemorySegment values, int capacity, MemorySegment count);

    /** {@code kaelix_region_map}. */
    int regionMap(MemorySegment request, MemorySegment region, MemorySegment systemError);

    /** {@code kaelix_region_unmap}. */
    int regionUnmap(long address, long bytes, MemorySegment systemError);

    /** {@code kaelix_page_nodes}. */
    int pageNodes(long address, long pageBytes, int count, MemorySegment nodes, MemorySegment systemError);

    /** {@code kaelix_thread_set_affinity}. */
    int setAffinity(MemorySegment mask, MemorySegment effective, MemorySegment systemError);

    /** {@code kaelix_thread_get_affinity}. */
    int getAffinity(MemorySegment mask, MemorySegment systemError);

    /** {@code kaelix_thread_location}. */
    int location(MemorySegment cpu, MemorySegment node, MemorySegment systemError);

    /** {@code kaelix_thread_set_scheduling}. */
    int setScheduling(int policy, int priority, MemorySegment systemError);

    /** {@code kaelix_thread_get_scheduling}. */
    int getScheduling(MemorySegment policy, MemorySegment priority, MemorySegment systemError);
}
