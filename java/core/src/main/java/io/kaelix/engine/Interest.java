// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.lane.StreamSet;
import io.kaelix.net.FlowRequest;
import io.kaelix.net.Shard;
import io.kaelix.stream.StreamTable;
import java.util.BitSet;
import java.util.function.IntConsumer;

/**
 * A pattern that somebody wants to hear of, and the streams there are that match it.
 *
 * <p><b>Threads</b>: changed under the registry's lock; the streams may be asked by any.
 */
class Interest {

    final TopicPattern pattern;
    /** Whose lanes the streams come by. */
    final Subscription subscription;
    /** Those that match; null for all streams, those to come included. */
    final StreamSet streams;
    /** Partitions that are wanted of them; null for all. */
    private final BitSet partitions;
    /** Tells which of two was enrolled first. */
    long number;
    /** Streams with lower numbers were looked at. By the thread that made it, until it is enrolled. */
    private int seen;
    /** Streams that are no more, while it looks at them. Under the registry's lock. */
    private BitSet gone;

    Interest(final TopicPattern pattern, final Subscription subscription) {
        this(pattern, subscription, null, pattern.text().equals(">"));
    }

    /**
     * @param learns told of streams that are not wanted, as they may be new; null if nobody is
     * @param all whether all streams are wanted, of which only the partitions may be some
     */
    Interest(final TopicPattern pattern, final Subscription subscription, final IntConsumer learns, final boolean all) {
        this.pattern = pattern;
        this.subscription = subscription;
        this.partitions = subscription.config.partitions().isEmpty() ? null : new BitSet();
        subscription.config.partitions().forEach(number -> partitions.set(number));
        this.streams = all && partitions == null ? null : new StreamSet(learns);
    }

    /** From here to {@link #endCatchUp} it must be told what {@linkplain #isGone is gone}. */
    void beginCatchUp() {
        gone = new BitSet();
    }

    /** A stream is no more; its number may soon be another's. */
    void isGone(final int streamId) {
        if (gone != null) {
            gone.set(streamId);
        } else if (streams != null) {
            streams.remove(streamId);
        }
    }

    /** Looks again at what changed while it looked. From here on it is told of all. */
    void endCatchUp(final StreamTable declared) {
        catchUp(declared);
        final BitSet again = gone;
        gone = null;
        if (streams != null) {
            again.stream().forEach(id -> {
                streams.remove(id);
                look(declared, id);
            });
        }
    }

    /** Looks at the streams that were not looked at yet. */
    void catchUp(final StreamTable declared) {
        if (streams != null && !isExact()) {
            for (final int limit = declared.limit(); seen < limit; seen++) {
                look(declared, seen);
            }
        }
    }

    private void look(final StreamTable declared, final int id) {
        final Topic topic = declared.topicUnkept(id);
        if (topic != null && pattern.matches(topic) && wants(topic, declared.partition(id), declared.partitions(id))) {
            streams.add(id);
        }
    }

    /** Whether one topic alone can match. */
    boolean isExact() {
        return pattern.text().indexOf('*') < 0 && pattern.text().indexOf('>') < 0;
    }

    /** Whether a partition is wanted of a topic that matches, which has so many. */
    boolean wants(final Topic topic, final int partition, final int partitions) {
        return this.partitions == null || this.partitions.get(partition);
    }

    /** Whether lanes are read whose messages came here by so many hops. */
    boolean takes(final int hops) {
        return hops < mostHops();
    }

    /** Lanes with so many hops or more are not read. */
    int mostHops() {
        return FlowRequest.ANY_HOPS;
    }

    /** Which of all streams are wanted. */
    Shard shard() {
        return Shard.ALL;
    }

    /** The one topic. */
    Topic exactTopic() {
        return new Topic(pattern.text());
    }

    /** A stream appeared that matches. */
    void appeared(final int streamId) {
        if (streams != null) {
            streams.add(streamId);
        }
    }

    /** Whether a lane has carried what is wanted. */
    boolean concerns(final Channel channel) {
        return concerns(channel.used(), channel.hops());
    }

    /** Whether any of some streams is wanted of a lane. */
    boolean concerns(final StreamSet used, final int hops) {
        return takes(hops) && (streams == null ? !used.isEmpty() : streams.intersects(used));
    }
}
