// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.numa;

import java.util.Locale;

/** What a plan is made for. */
public enum PlacementGoal {

    /**
     * As many bytes a second as the machine can move: workers and lanes are spread over all nodes, so that all memory channels and all
     * caches serve. The cost: what one worker sends another may cross nodes.
     */
    HIGH_THROUGHPUT,

    /**
     * As few nanoseconds as possible from one worker to another: workers and lanes are kept on one node, on cores that share a cache. SMT
     * siblings are used only when no node has whole cores for all. The cost: the other nodes idle.
     */
    LOW_LATENCY,

    /**
     * A core for each worker, as near to each other as that allows: nodes are filled one after the other, the nearest next, whole cores on
     * all of them before any SMT sibling; lanes are on the nodes of the workers in turn.
     */
    BALANCED;

    /** As the command line writes it: {@code low-latency}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
