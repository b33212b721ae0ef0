// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.lab;

import io.kaelix.CpuSet;
import io.kaelix.platform.MappedMemory;
import io.kaelix.platform.MemoryRequest;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Rung;
import io.kaelix.platform.topology.NumaTopology;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A platform made up for tests: two nodes of two CPUs, and as many faults as are wanted. */
final class MachineOfTwoNodes {

    private static final long PAGE_BYTES = 4096;

    private static final NumaTopology TOPOLOGY = new NumaTopology(List.of(node(0, List.of(10, 21)), node(1, List.of(21, 10))),
            IntStream.range(0, 4).mapToObj(cpu -> new NumaTopology.Cpu(cpu, cpu / 2, cpu / 2, cpu, true, true)).toList(), List.of(),
            new NumaTopology.Limits(List.of(0, 1, 2, 3), List.of(0, 1), Double.POSITIVE_INFINITY, "none"), List.of());

    /** Rung that every request gets; null: the one it asked for. */
    Rung rung;
    /** Pages of each mapping, from its end, that lie on the other node. */
    int strayPages;
    /** CPUs that a thread is on, whatever it is pinned to; null: those it is pinned to. */
    CpuSet stuckOn;
    int mapped;

    private int node;
    private CpuSet pinned = CpuSet.of(0, 1, 2, 3);

    Platform platform() {
        return (Platform) Proxy.newProxyInstance(Platform.class.getClassLoader(), new Class<?>[] {Platform.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "topology" -> TOPOLOGY;
                    case "map" -> map((MemoryRequest) arguments[0]);
                    case "unmap" -> mapped--;
                    case "pageNodes" -> pageNodes((int) arguments[2]);
                    case "pin" -> pinned = stuckOn == null ? (CpuSet) arguments[0] : stuckOn;
                    case "currentCpu" -> pinned.stream().findFirst().orElseThrow();
                    case "currentNode" -> pinned.stream().findFirst().orElseThrow() / 2;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    static NumaTopology.Node node(final int id, final List<Integer> distances) {
        return new NumaTopology.Node(id, List.of(2 * id, 2 * id + 1), 1L << 30, 1L << 29, distances, List.of(), true);
    }

    private MappedMemory map(final MemoryRequest request) {
        final Rung obtained = rung == null ? request.firstRung() : rung;
        mapped++;
        node = request.node();
        // What is claimed of the node is always what was asked: the truth is in pageNodes.
        return new MappedMemory(1L << 30, request.bytes(), obtained == Rung.HUGETLB_2M ? 2L << 20 : PAGE_BYTES, obtained,
                request.node(), "got what was to be had");
    }

    private int[] pageNodes(final int count) {
        final int[] nodes = new int[count];
        Arrays.fill(nodes, 0, count - strayPages, node);
        Arrays.fill(nodes, count - strayPages, count, 1 - node);
        return nodes;
    }
}
