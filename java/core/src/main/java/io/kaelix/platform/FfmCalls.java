// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import io.kaelix.platform.bindings.kaelix.kaelix_h;
import java.lang.foreign.MemorySegment;

/** {@link NativeCalls} by the generated bindings. */
final class FfmCalls implements NativeCalls {

    @Override
    public int abiVersion(final MemorySegment version) {
        return kaelix_h.kaelix_abi_version(version);
    }

    @Override
    public int abiLayout(final MemorySegment values, final int capacity, final MemorySegment count) {
        return kaelix_h.kaelix_abi_layout(values, capacity, count);
    }

    @Override
    public int regionMap(final MemorySegment request, final MemorySegment region, final MemorySegment systemError) {
        return kaelix_h.kaelix_region_map(request, region, systemError);
    }

    @Override
    public int regionUnmap(final long address, final long bytes, final MemorySegment systemError) {
        return kaelix_h.kaelix_region_unmap(address, bytes, systemError);
    }

    @Override
    public int pageNodes(final long address, final long pageBytes, final int count, final MemorySegment nodes,
            final MemorySegment systemError) {
        return kaelix_h.kaelix_page_nodes(address, pageBytes, count, nodes, systemError);
    }

    @Override
    public int setAffinity(final MemorySegment mask, final MemorySegment effective, final MemorySegment systemError) {
        return kaelix_h.kaelix_thread_set_affinity(mask, effective, systemError);
    }

    @Override
    public int getAffinity(final MemorySegment mask, final MemorySegment systemError) {
        return kaelix_h.kaelix_thread_get_affinity(mask, systemError);
    }

    @Override
    public int location(final MemorySegment cpu, final MemorySegment node, final MemorySegment systemError) {
        return kaelix_h.kaelix_thread_location(cpu, node, systemError);
    }

    @Override
    public int setScheduling(final int policy, final int priority, final MemorySegment systemError) {
        return kaelix_h.kaelix_thread_set_scheduling(policy, priority, systemError);
    }

    @Override
    public int getScheduling(final MemorySegment policy, final MemorySegment priority, final MemorySegment systemError) {
        return kaelix_h.kaelix_thread_get_scheduling(policy, priority, systemError);
    }
}
