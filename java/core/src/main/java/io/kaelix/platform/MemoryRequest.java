// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import java.util.Objects;

/**
 * Memory to be mapped.
 *
 * @param bytes at least this many, 1 to 2<sup>46</sup>
 * @param node NUMA node to bind to, or {@link Topology#ANY_NODE} for wherever the calling thread's policy puts it
 * @param firstRung where the memory ladder starts; each rung that cannot be had steps down one
 */
public record MemoryRequest(long bytes, int node, Rung firstRung) {

    private static final long MAX_BYTES = 1L << 46;

    public MemoryRequest {
        Objects.requireNonNull(firstRung, "firstRung");
        if (bytes < 1 || bytes > MAX_BYTES) {
            throw new IllegalArgumentException("bytes must be 1 to 2^46, not " + bytes);
        }
        if (node < Topology.ANY_NODE) {
            throw new IllegalArgumentException("node must be -1 (any) or a node's number, not " + node);
        }
    }
}
