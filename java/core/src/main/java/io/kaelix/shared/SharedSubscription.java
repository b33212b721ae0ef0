// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.shared;

import java.util.List;

/**
 * What a subscriber wants, as others of the directory read it.
 *
 * @param participant whose subscriber it is
 * @param number of the subscriber, which has an entry for each of its patterns
 * @param gates whether publishers wait for it
 * @param maxLag bytes that it may be behind
 * @param maxStallNanos time for which it may hold a publisher up
 * @param partitions that it wants; empty for all
 * @param maxHops lanes whose messages came by so many hosts or more are none of it
 * @param shard of all streams that it wants, of {@code shards}
 */
public record SharedSubscription(int participant, long number, String pattern, boolean gates, long maxLag, long maxStallNanos,
        List<Integer> partitions, int maxHops, int shard, int shards) {

    /** Whether it wants a partition of a topic that matches. */
    public boolean wants(final int partition) {
        return partitions.isEmpty() || partitions.contains(partition);
    }
}
