// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import io.kaelix.KaelixException;
import java.lang.foreign.MemorySegment;
import java.util.Set;

/** Program that maps memory by every policy, writes to all of it, and prints what it got. */
final class MemoryProbe {

    private MemoryProbe() {
    }

    public static void main(final String[] arguments) {
        final Platform platform = Platforms.current();
        System.out.println("topology: " + platform.topology().nodes().size() + " nodes, libnuma " + LibNuma.on(platform.topology()));
        for (final MemoryPolicy policy : MemoryPolicy.values()) {
            final int node = policy == MemoryPolicy.BIND || policy == MemoryPolicy.PREFER ? 0 : Platform.ANY_NODE;
            final MappedMemory memory = platform.map(new MemoryRequest(8 << 20, policy, node, Set.of(), Rung.HUGETLB_2M));
            MemorySegment.ofAddress(memory.address()).reinterpret(memory.bytes()).fill((byte) 1);
            System.out.println(policy + " node " + memory.node() + ": " + memory.reason());
            platform.unmap(memory);
        }
        try {
            platform.map(new MemoryRequest(1 << 20, 1000, Rung.NORMAL));
        } catch (final KaelixException refused) {
            System.out.println("refused: " + refused.getMessage());
        }
    }
}
