// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.lab;

import io.kaelix.CpuSet;
import io.kaelix.platform.MappedMemory;
import io.kaelix.platform.MemoryRequest;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Rung;
import io.kaelix.platform.topology.NumaTopology;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;

/** Memory, hugepages and threads of one node. */
final class PlacementChecks {

    private static final long MEMORY_BYTES = 16L << 20;
    private static final long HUGE_BYTES = 8L << 20;

    private PlacementChecks() {
    }

    /** Normal pages of the node, counted by the node that the kernel says each of them lies on. */
    static Answer memory(final Platform platform, final NumaTopology.Node node) {
        return mapped(platform, new MemoryRequest(MEMORY_BYTES, node.id(), Rung.NORMAL));
    }

    /** Reserved hugepages of the node. */
    static Answer hugepages(final Platform platform, final NumaTopology.Node node) {
        return mapped(platform, new MemoryRequest(HUGE_BYTES, node.id(), Rung.HUGETLB_2M));
    }

    private static Answer mapped(final Platform platform, final MemoryRequest request) {
        final MappedMemory memory = platform.map(request);
        try {
            final int count = (int) (memory.bytes() / memory.pageBytes());
            final Map<Integer, Integer> pagesByNode = new TreeMap<>();
            Arrays.stream(platform.pageNodes(memory.address(), memory.pageBytes(), count))
                    .forEach(node -> pagesByNode.merge(node, 1, Integer::sum));
            final String obtained = pagesByNode.entrySet().stream()
                    .map(pages -> pages(pages.getValue(), memory.rung(), pages.getKey())).collect(Collectors.joining(" + "));
            final long askedPageBytes = request.firstRung() == Rung.HUGETLB_2M ? 2L << 20 : memory.pageBytes();
            final String asked = pages((int) (request.bytes() / askedPageBytes), request.firstRung(), request.node());
            return new Answer(asked, obtained, memory.reason());
        } finally {
            platform.unmap(memory);
        }
    }

    private static String pages(final int count, final Rung rung, final int node) {
        return count + switch (rung) {
            case HUGETLB_1G -> " of 1 GiB";
            case HUGETLB_2M -> " of 2 MiB";
            case TRANSPARENT -> " transparent";
            case NORMAL -> " pages";
        } + " on " + node;
    }

    /** A thread pinned to the node's CPUs: where it may run, and where it is found to run. */
    static Answer thread(final Platform platform, final NumaTopology.Node node) throws Exception {
        if (node.cpus().isEmpty()) {
            return Answer.of("no CPU", "no CPU");
        }
        final CpuSet wanted = platform.topology().usableCpuSet(node.id());
        return onThread(() -> {
            final CpuSet allowed = platform.pin(wanted);
            final int cpu = platform.currentCpu();
            final String obtained = "CPUs " + allowed + " of " + platform.currentNode();
            return new Answer("CPUs " + wanted + " of " + node.id(),
                    wanted.contains(cpu) ? obtained : obtained + ", but runs on " + cpu, "");
        });
    }

    /** A thread of its own, so that no pinning outlives the question. */
    static <T> T onThread(final Callable<T> question) throws Exception {
        final FutureTask<T> task = new FutureTask<>(question);
        Thread.ofPlatform().name("kaelix-lab").daemon().start(task);
        return task.get();
    }
}
