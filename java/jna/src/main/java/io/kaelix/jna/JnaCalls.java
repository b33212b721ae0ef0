// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.jna;

import io.kaelix.platform.NativeCalls;
import java.lang.foreign.MemorySegment;

/** {@link NativeCalls} by JNA. Segments outlive the call, because their arenas are closed by the caller, behind it. */
final class JnaCalls implements NativeCalls {

    @Override
    public int abiVersion(final MemorySegment version) {
        return Libkaelix.kaelix_abi_version(version.address());
    }

    @Override
    public int abiLayout(final MemorySegment values, final int capacity, final MemorySegment count) {
        return Libkaelix.kaelix_abi_layout(values.address(), capacity, count.address());
    }

    @Override
    public int regionMap(final MemorySegment request, final MemorySegment region, final MemorySegment systemError) {
        return Libkaelix.kaelix_region_map(request.address(), region.address(), systemError.address());
    }

    @Override
    public int regionUnmap(final long address, final long bytes, final MemorySegment systemError) {
        return Libkaelix.kaelix_region_unmap(address, bytes, systemError.address());
    }

    @Override
    public int pageNodes(final long address, final long pageBytes, final int count, final MemorySegment nodes,
            final MemorySegment systemError) {
        return Libkaelix.kaelix_page_nodes(address, pageBytes, count, nodes.address(), systemError.address());
    }

    @Override
    public int setAffinity(final MemorySegment mask, final MemorySegment effective, final MemorySegment systemError) {
        return Libkaelix.kaelix_thread_set_affinity(mask.address(), effective.address(), systemError.address());
    }

    @Override
    public int getAffinity(final MemorySegment mask, final MemorySegment systemError) {
        return Libkaelix.kaelix_thread_get_affinity(mask.address(), systemError.address());
    }

    @Override
    public int location(final MemorySegment cpu, final MemorySegment node, final MemorySegment systemError) {
        return Libkaelix.kaelix_thread_location(cpu.address(), node.address(), systemError.address());
    }

    @Override
    public int setScheduling(final int policy, final int priority, final MemorySegment systemError) {
        return Libkaelix.kaelix_thread_set_scheduling(policy, priority, systemError.address());
    }

    @Override
    public int getScheduling(final MemorySegment policy, final MemorySegment priority, final MemorySegment systemError) {
        return Libkaelix.kaelix_thread_get_scheduling(policy.address(), priority.address(), systemError.address());
    }
}
