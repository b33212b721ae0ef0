// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import java.util.Objects;
import java.util.Set;

/**
 * Memory to be mapped.
 *
 * @param bytes at least this many, 1 to 2<sup>46</sup>
 * @param policy where its pages shall be
 * @param node NUMA node of {@link MemoryPolicy#BIND} and {@link MemoryPolicy#PREFER}, else {@link Platform#ANY_NODE}; with BIND that is
 *     allowed too, and means wherever the calling thread's policy puts it
 * @param nodes of {@link MemoryPolicy#INTERLEAVE}; empty for all that the process may use, and with every other policy
 * @param firstRung where the memory ladder starts; each rung that cannot be had steps down one
 */
public record MemoryRequest(long bytes, MemoryPolicy policy, int node, Set<Integer> nodes, Rung firstRung) {

    private static final long MAX_BYTES = 1L << 46;

    public MemoryRequest {
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(firstRung, "firstRung");
        nodes = Set.copyOf(nodes);
        if (bytes < 1 || bytes > MAX_BYTES) {
            throw new IllegalArgumentException("bytes must be 1 to 2^46, not " + bytes);
        }
        if (node < Platform.ANY_NODE) {
            throw new IllegalArgumentException("node must be -1 (any) or a node's number, not " + node);
        }
        if (nodes.stream().anyMatch(named -> named < 0)) {
            throw new IllegalArgumentException("nodes must be numbers of nodes, not " + nodes);
        }
        final boolean namesOne = node != Platform.ANY_NODE;
        final boolean fits = switch (policy) {
            case BIND -> nodes.isEmpty();
            case PREFER -> namesOne && nodes.isEmpty();
            case INTERLEAVE -> !namesOne;
            case LOCAL -> !namesOne && nodes.isEmpty();
        };
        if (!fits) {
            throw new IllegalArgumentException("policy " + policy + " does not go with node " + node + " and nodes " + nodes);
        }
    }

    /** Bound to one node, or with {@link Platform#ANY_NODE} to none. */
    public MemoryRequest(final long bytes, final int node, final Rung firstRung) {
        this(bytes, MemoryPolicy.BIND, node, Set.of(), firstRung);
    }

    /** Spread page by page over these nodes; over all that the process may use, if none is named. */
    public static MemoryRequest interleaved(final long bytes, final Set<Integer> nodes, final Rung firstRung) {
        return new MemoryRequest(bytes, MemoryPolicy.INTERLEAVE, Platform.ANY_NODE, nodes, firstRung);
    }

    /** Highest number of a node that it names, or {@link Platform#ANY_NODE}. */
    int highestNode() {
        return Math.max(node, nodes.stream().mapToInt(Integer::intValue).max().orElse(Platform.ANY_NODE));
    }
}
