// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import io.kaelix.CpuSet;

/**
 * The few questions that the topology asks of libnuma: a seam, so that tests can describe machines that are not at
 * hand.
 */
interface NumaLibrary {

    /** Whether the kernel offers NUMA calls and tells its nodes; if false, nothing else may be called. */
    boolean available();

    /** Highest node number. */
    int maxNode();

    /**
     * Memory of a node.
     *
     * @param node 0 to {@link #maxNode}
     * @return installed and free bytes, or null if there is no such node
     */
    long[] memory(int node);

    /**
     * CPUs of a node, whether or not the process may use them.
     *
     * @param node one that exists: libnuma would complain on stderr about another
     */
    CpuSet cpus(int node);

    /** ACPI SLIT distance, 0 if not known. */
    int distance(int from, int to);
}
