// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.lab;

import io.kaelix.memory.Block;
import io.kaelix.memory.NodeMemory;
import io.kaelix.memory.NumaAllocator;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Rung;
import io.kaelix.platform.topology.NumaTopology;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.stream.Collectors;

/** What the allocator gives, and what its statistics tell of it. */
final class AllocatorChecks {

    private static final long MIB = 1L << 20;
    private static final long LIMIT = 64 * MIB;

    private AllocatorChecks() {
    }

    /** A block by the node's number, and one by a thread that runs there; both counted by the statistics of that node. */
    static Answer onNode(final Platform platform, final NumaTopology.Node node) throws Exception {
        final NumaAllocator memory = new NumaAllocator(platform, Rung.NORMAL, LIMIT);
        try {
            final Block named = memory.allocateOnNode(node.id(), MIB);
            final Block local = node.cpus().isEmpty() ? memory.allocateOnNode(node.id(), MIB) : PlacementChecks.onThread(() -> {
                platform.pin(platform.topology().usableCpuSet(node.id()));
                return memory.allocateLocal(MIB);
            });
            final Pages pages = new Pages().add(named.segment()).add(local.segment());
            final String told = memory.statistics().stream().map(AllocatorChecks::told).collect(Collectors.joining(", "));
            final String asked = pages.askedOn(node.id()) + ", 2 blocks of 2 MiB on " + node.id();
            final String obtained = pages.obtained(platform) + ", " + told;
            named.free();
            local.free();
            return new Answer(asked, obtained, memory.placement(node.id()).reason());
        } finally {
            memory.close();
        }
    }

    private static String told(final NodeMemory of) {
        return of.blocks() + " blocks of " + of.used() / MIB + " MiB on " + of.node();
    }

    /** Base pages, and hugepages, spread over all nodes that have memory: to the page. */
    static Answer interleaved(final Platform platform) {
        final String nodes = platform.topology().nodes().stream().filter(node -> node.memoryAllowed() && node.memoryBytes() > 0)
                .map(node -> Integer.toString(node.id())).collect(Collectors.joining(", "));
        final String asked = "an equal share to the page on " + nodes;
        return Answer.of("base pages: " + asked + "; 2 MiB pages: " + asked,
                "base pages: " + shares(platform, Rung.NORMAL, 4 * MIB, 1)
                        + "; 2 MiB pages: " + shares(platform, Rung.HUGETLB_2M, 16 * MIB, (int) (2 * MIB / 4096)));
    }

    /** In words what each node holds, where one page more or less than another counts as equal. */
    private static String shares(final Platform platform, final Rung rung, final long bytes, final int pagesOfOne) {
        final NumaAllocator memory = new NumaAllocator(platform, rung, LIMIT);
        try {
            final Block block = memory.allocateInterleaved(bytes);
            final Map<Integer, Integer> shares = new Pages().add(block.segment()).byNode(platform);
            block.free();
            final Collection<Integer> counts = shares.values();
            return Collections.max(counts) - Collections.min(counts) <= pagesOfOne
                    ? "an equal share to the page on " + shares.keySet().stream().map(String::valueOf).collect(Collectors.joining(", "))
                    : "shares of " + shares + ", " + memory.placement(NumaAllocator.INTERLEAVED).reason();
        } finally {
            memory.close();
        }
    }
}
