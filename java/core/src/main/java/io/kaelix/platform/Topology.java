// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import io.kaelix.CpuSet;
import java.util.List;

/**
 * The machine as this process may use it.
 *
 * @param nodes those with CPUs or memory, ascending by number; at least one
 * @param source where this was read from, or why it is one node: a sentence for a report
 */
public record Topology(List<Node> nodes, String source) {

    /** In place of a node: wherever the kernel likes. */
    public static final int ANY_NODE = -1;

    public Topology {
        nodes = List.copyOf(nodes);
        if (nodes.isEmpty()) {
            throw new IllegalArgumentException("a machine has at least one node");
        }
    }

    /** Whether there is more than one place for memory to be. */
    public boolean isNuma() {
        return nodes.size() > 1;
    }

    /**
     * One NUMA node.
     *
     * @param id as the kernel numbers it
     * @param cpus of this node that the process may use; may be empty
     * @param memoryBytes installed, 0 if not known
     * @param freeBytes free when it was read, 0 if not known
     * @param distances to each node of the topology, in its order; 10 is local (ACPI SLIT)
     */
    public record Node(int id, CpuSet cpus, long memoryBytes, long freeBytes, List<Integer> distances) {

        public Node {
            distances = List.copyOf(distances);
        }
    }
}
