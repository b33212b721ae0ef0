// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import io.kaelix.PagePreference;

/**
 * {@code [memory]}: how much, in which pages and where. Comes from a {@link KaelixConfig}, which has checked it.
 *
 * @param limit most bytes of native memory that lanes may take, two buffers at least
 * @param pageSize pages to try first
 * @param nodePolicy whether memory is bound to a node
 * @param node number of that node; -1, which the streamer takes for the local one, unless it is bound
 */
public record MemoryConfig(long limit, PagePreference pageSize, NodePolicy nodePolicy, int node) {

    /** Where memory is. */
    public enum NodePolicy {
        /** On the node of the launching thread. */
        LOCAL,
        /** On the node that is named. */
        BIND
    }

    static MemoryConfig of(final Draft draft) {
        return new MemoryConfig(
                draft.number(ConfigKey.MEMORY_LIMIT),
                switch (draft.text(ConfigKey.MEMORY_PAGE_SIZE)) {
                    case "1G" -> PagePreference.HUGE_1G;
                    case "2M" -> PagePreference.HUGE_2M;
                    case "transparent" -> PagePreference.TRANSPARENT;
                    default -> PagePreference.NORMAL;
                },
                NodePolicy.valueOf(draft.constant(ConfigKey.MEMORY_NODE_POLICY)),
                draft.whole(ConfigKey.MEMORY_NODE));
    }
}
