// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import io.kaelix.CpuSet;
import java.util.ArrayList;
import java.util.List;

/** Puts the topology together from what libnuma tells of the machine and the kernel of the process. */
final class TopologyReader {

    private static final int LOCAL_DISTANCE = 10;
    private static final int REMOTE_DISTANCE = 20;

    private TopologyReader() {
    }

    /** Nodes by libnuma, or one node with the reason. */
    static Topology read(final NumaLibrary numa, final ProcessStatus process) {
        try {
            if (!numa.available()) {
                return oneNode(process, "one node: the kernel tells of no NUMA nodes (built without, /sys not mounted, "
                        + "or a container's seccomp profile)");
            }
            final List<Topology.Node> nodes = nodes(numa, process);
            return nodes.isEmpty()
                    ? oneNode(process, "one node: libnuma names no node that this process may use")
                    : new Topology(nodes, "libnuma");
        } catch (final LinkageError absent) {
            return oneNode(process, "one node: libnuma.so.1 cannot be opened (install libnuma1 or numactl-libs)");
        }
    }

    /** Node 0 with every CPU of the process. */
    static Topology oneNode(final ProcessStatus process, final String source) {
        return new Topology(List.of(new Topology.Node(0, process.cpus(), 0, 0, List.of(LOCAL_DISTANCE))), source);
    }

    private static List<Topology.Node> nodes(final NumaLibrary numa, final ProcessStatus process) {
        final CpuSet allowed = process.cpus();
        final int max = numa.maxNode();
        final List<Integer> ids = new ArrayList<>();
        final List<CpuSet> cpus = new ArrayList<>();
        final List<long[]> memory = new ArrayList<>();
        for (int id = 0; id <= max; id++) {
            final long[] found = numa.memory(id);
            if (found == null) {
                continue; // node numbers may have gaps
            }
            final long[] usable = process.mayAllocateOn(id) ? found : new long[2];
            final CpuSet own = numa.cpus(id).intersect(allowed);
            if (usable[0] > 0 || !own.isEmpty()) {
                ids.add(id);
                cpus.add(own);
                memory.add(usable);
            }
        }
        final List<Topology.Node> nodes = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            final int from = ids.get(i);
            final List<Integer> distances = ids.stream().map(to -> distance(numa, from, to)).toList();
            nodes.add(new Topology.Node(from, cpus.get(i), memory.get(i)[0], memory.get(i)[1], distances));
        }
        return nodes;
    }

    private static int distance(final NumaLibrary numa, final int from, final int to) {
        final int told = numa.distance(from, to);
        return told != 0 ? told : from == to ? LOCAL_DISTANCE : REMOTE_DISTANCE;
    }
}
