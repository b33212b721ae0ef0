// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.Topic;
import io.kaelix.message.PartitionKey;

/**
 * A part of all streams, chosen by a hash of their names: each stream is in one shard of as many as there are, the same one on all hosts
 * and in all versions of this library.
 *
 * <p>The hash is XXH32, with the seed 0, of the topic's text in UTF-8; of a topic with partitions, of that text, {@code #} and the
 * partition's number in decimal, so that the partitions spread. As a fraction of 2^32 it falls into one of {@code count} equal parts.
 *
 * @param index from 0 on
 * @param count of shards, 1 if there is one for all
 */
public record Shard(int index, int count) {

    /** Most shards that there may be. */
    public static final int MAX_COUNT = 0xFFFF;

    /** All streams. */
    public static final Shard ALL = new Shard(0, 1);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if there is no such shard
     */
    public Shard {
        if (count < 1 || count > MAX_COUNT || index < 0 || index >= count) {
            throw new IllegalArgumentException("shard " + index + " of " + count + ": there are up to " + MAX_COUNT
                    + ", numbered from 0 on");
        }
    }

    /** Whether it has all streams. */
    public boolean isAll() {
        return count == 1;
    }

    /**
     * Whether a stream is in it.
     *
     * @param topic of the stream
     * @param partition of the topic, 0 if it has none
     * @param partitions of the topic, 1 if it has none
     */
    public boolean has(final Topic topic, final int partition, final int partitions) {
        return count == 1 || index(topic, partition, partitions, count) == index;
    }

    /** The one of {@code count} shards that a stream is in. */
    public static int index(final Topic topic, final int partition, final int partitions, final int count) {
        final String name = partitions > 1 ? topic.name() + '#' + partition : topic.name();
        return (int) (Integer.toUnsignedLong(PartitionKey.hash(name)) * count >>> Integer.SIZE);
    }
}
