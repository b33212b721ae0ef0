// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.lab;

import io.kaelix.platform.Platform;
import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A set of base pages, and where the kernel says that each of them lies. For one thread. */
final class Pages {

    /** Whatever the size of the pages that back them: the kernel tells the node of each address. */
    private static final long BYTES = 4096;

    private final Collection<Long> addresses = new TreeSet<>();

    /** Adds the pages that hold a segment. */
    Pages add(final MemorySegment segment) {
        final long end = segment.address() + segment.byteSize();
        for (long page = segment.address() & -BYTES; page < end; page += BYTES) {
            addresses.add(page);
        }
        return this;
    }

    /** All of them on one node, in the words of {@link #obtained}. */
    String askedOn(final int node) {
        return addresses.size() + " pages on " + node;
    }

    /** How many lie on each node. */
    Map<Integer, Integer> byNode(final Platform platform) {
        final Map<Integer, Integer> counts = new TreeMap<>();
        addresses.forEach(page -> counts.merge(platform.pageNodes(page, BYTES, 1)[0], 1, Integer::sum));
        return counts;
    }

    /** The same in words. */
    String obtained(final Platform platform) {
        return byNode(platform).entrySet().stream().map(count -> count.getValue() + " pages on " + count.getKey())
                .collect(Collectors.joining(" + "));
    }
}
