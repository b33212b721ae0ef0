// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.Topic;
import io.kaelix.stream.StreamTable;

/**
 * How publishers ask for the numbers of streams: without the registry's lock for those that are known, unless streams expire.
 *
 * <p><b>Threads</b>: any.
 */
final class StreamNumbers {

    private final Registry registry;
    private final StreamDirectory streams;
    /** Null if streams do not expire. */
    private final StreamExpiry expiry;

    StreamNumbers(final Registry registry, final StreamDirectory streams, final StreamExpiry expiry) {
        this.registry = registry;
        this.streams = streams;
        this.expiry = expiry;
    }

    /**
     * Number of a topic's stream, which appears if there is none.
     *
     * @param asking whose publisher may send to it from here on
     */
    int stream(final Channel asking, final Topic topic) {
        registry.checkOpen();
        // Where streams expire, what is found without the lock may be no more.
        final int known = expiry == null ? streams.find(topic) : StreamTable.NOT_FOUND;
        return known >= 0 ? known : declare(asking, topic);
    }

    private int declare(final Channel asking, final Topic topic) {
        return registry.change(() -> declareLocked(asking, topic));
    }

    private int declareLocked(final Channel asking, final Topic topic) {
        registry.checkOpen();
        final int stream = registry.declare(topic);
        if (expiry != null) {
            asking.known().add(stream);
            expiry.touch(stream);
        }
        return stream;
    }

    /** The same of the partition that the hash of a key chooses. */
    int streamOfKey(final Channel asking, final Topic topic, final int hash) {
        registry.checkOpen();
        if (expiry == null) {
            final int known = streams.findByKey(topic, hash);
            return known >= 0 ? known : streamOfNewKey(asking, topic, hash);
        }
        synchronized (registry) {
            registry.checkOpen();
            return partitionOrStream(asking, topic, streams.findByKey(topic, hash));
        }
    }

    /** The topic is not known, or was named by another process a moment ago, or is at this moment. */
    private int streamOfNewKey(final Channel asking, final Topic topic, final int hash) {
        registry.learn();
        final int known = streams.findByKey(topic, hash);
        return known >= 0 ? known : registry.change(() -> {
            final int meanwhile = streams.findByKey(topic, hash);
            return meanwhile >= 0 ? meanwhile : declareLocked(asking, topic);
        });
    }

    /** The same of a partition, which there must be. */
    int streamOfPartition(final Channel asking, final Topic topic, final int partition) {
        registry.checkOpen();
        registry.learn();
        if (expiry == null) {
            return streams.partition(topic, partition);
        }
        synchronized (registry) {
            registry.checkOpen();
            return partitionOrStream(asking, topic, streams.partition(topic, partition));
        }
    }

    /** Partitions do not expire, so that nobody has to know who knows them. */
    private int partitionOrStream(final Channel asking, final Topic topic, final int found) {
        return found >= 0 && streams.isPartition(found) ? found : declare(asking, topic);
    }

    /** Numbers of the streams of a topic with so many partitions, which appear if there are none. */
    int[] declare(final Topic topic, final int partitions) {
        return registry.change(() -> declareLocked(topic, partitions));
    }

    private int[] declareLocked(final Topic topic, final int partitions) {
        registry.checkOpen();
        final int[] declared = registry.declare(topic, partitions);
        for (int i = 0; expiry != null && i < partitions; i++) {
            expiry.touch(declared[i]);
        }
        return declared;
    }

    /** How many partitions a topic has, 0 if there is no such topic. */
    int partitions(final Topic topic) {
        registry.checkOpen();
        registry.learn();
        if (expiry == null) {
            return streams.partitions(topic);
        }
        synchronized (registry) {
            return streams.partitions(topic);
        }
    }
}
