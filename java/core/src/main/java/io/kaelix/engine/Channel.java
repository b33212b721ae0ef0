// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.StreamerConfig;
import io.kaelix.Topic;
import io.kaelix.lane.Lane;
import io.kaelix.lane.LaneReader;
import io.kaelix.lane.LaneWriter;
import io.kaelix.lane.StreamSet;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * A publisher as the registry knows it: its lane, what that has carried, and who reads it.
 *
 * <p><b>Threads</b>: under the registry's lock, but for what never changes.
 */
final class Channel {

    /** In place of a stream id where a lane carries many. */
    static final int MANY = -1;

    private final Lane lane;
    private final Topic topic;
    private final int streamId;
    private final Provenance provenance;
    private final StreamSet used;
    private final Map<Subscription, LaneFeed> feeds = new IdentityHashMap<>(2);
    /** Numbers that its publisher was asked for or has used, and that it was not rid of: it may send to them. Where streams expire. */
    private final StreamSet known = new StreamSet();
    /** Positions of the lane behind the last frame of streams that its publisher is rid of, in ascending order. */
    private final LinkedHashMap<Integer, Long> retired = new LinkedHashMap<>(0);
    /** Streams that have expired, and that its publisher was not told of yet. */
    private final BitSet expired = new BitSet();
    /** By stream: what changes with each message that is sent to it. */
    private volatile int[][] counts = {};
    /** Of the lane, if this streamer writes it. */
    private LaneWriter writer;

    /**
     * @param lane that it writes
     * @param topic that it sends to, or null if it sends to many
     * @param streamId number of that topic, or {@link #MANY}
     */
    Channel(final Lane lane, final Topic topic, final int streamId, final Provenance provenance) {
        this(lane, topic, streamId, provenance, new StreamSet());
    }

    /** @param used streams that the lane is known to have carried */
    Channel(final Lane lane, final Topic topic, final int streamId, final Provenance provenance, final StreamSet used) {
        this.provenance = provenance;
        this.used = used;
        this.lane = lane;
        this.topic = topic;
        this.streamId = streamId;
        if (streamId != MANY) {
            used.add(streamId);
        }
    }

    Lane lane() {
        return lane;
    }

    Topic topic() {
        return topic;
    }

    /** The publisher has made its writer. */
    LaneWriter writer(final LaneWriter made) {
        writer = made;
        return made;
    }

    /** Position behind the last frame that readers can see. By the publisher's thread, as the next. */
    long visiblePosition() {
        return writer.visible();
    }

    /** Messages that end before that. */
    long visibleFrames() {
        return writer.visibleFrames();
    }

    /** Has the lane follow settings. */
    void configure(final StreamerConfig config) {
        lane.sampleLatency(config.latencySamplingBytes());
        lane.tellBackpressure(config.backpressureEvent().toNanos());
    }

    int streamId() {
        return streamId;
    }

    /** Where its messages come from. */
    Provenance provenance() {
        return provenance;
    }

    /** By how many hops. */
    int hops() {
        return provenance.hops();
    }

    /** Whether its readers may find streams that they do not want. */
    boolean isMixed() {
        return streamId == MANY;
    }

    /** Streams that its lane has carried, or is about to. */
    StreamSet used() {
        return used;
    }

    StreamSet known() {
        return known;
    }

    /** By stream, in chunks: what changes with each message that is sent to it. Read as it is being written; there may be nulls. */
    int[][] counts() {
        return counts;
    }

    void counts(final int[][] byStream) {
        counts = byStream;
    }

    /** Has its publisher told, before its next frame, that a stream has expired, if it has sent to it. */
    void tellExpired(final int stream) {
        if (used.contains(stream) && !retired.containsKey(stream)) {
            expired.set(stream);
            lane.requestAttention();
        }
    }

    /** Tells which streams have expired, once, and that no frame of those lies at a position or behind. */
    void takeExpired(final long position, final IntConsumer told) {
        lane.clearAttention();
        final int[] streams = expired.stream().toArray();
        expired.clear();
        for (final int stream : streams) {
            told.accept(stream);
            retire(stream, position);
        }
    }

    /** No frame of the stream will lie at this position or behind. */
    void retire(final int stream, final long position) {
        expired.clear(stream);
        if (used.contains(stream)) {
            retired.putIfAbsent(stream, position);
        }
    }

    /** The publisher sends to the stream again; whether it had been rid of it. */
    boolean unretire(final int stream) {
        return retired.remove(stream) != null;
    }

    /**
     * Takes out of {@link #used} what nobody can read any more: behind all of it are the readers, their batches, and those that may join.
     */
    void dropPassed() {
        final Iterator<Map.Entry<Integer, Long>> oldestFirst = retired.entrySet().iterator();
        while (oldestFirst.hasNext()) {
            final Map.Entry<Integer, Long> entry = oldestFirst.next();
            if (!lane.hasPassed(entry.getValue()) || !areAllBehind(entry.getValue())) {
                return;
            }
            used.remove(entry.getKey());
            oldestFirst.remove();
        }
    }

    private boolean areAllBehind(final long position) {
        return feeds.values().stream().allMatch(feed -> feed.isBehind(position));
    }

    /** Whether its publisher may send to a stream, or somebody read a frame of it. */
    boolean holds(final int stream) {
        return known.contains(stream) || used.contains(stream);
    }

    /**
     * For a thread that waits for space in the lane, from inside a handler: tells its writer that all before the handler's message is read.
     *
     * @return whether that thread itself is what holds the writer up
     */
    boolean isBlockedBy(final Thread thread) {
        boolean blocks = false;
        for (final Map.Entry<Subscription, LaneFeed> entry : feeds.entrySet()) {
            if (entry.getKey().standsStillWith(thread) && entry.getValue().reader instanceof final LaneReader reader) {
                reader.publishCurrent();
                blocks |= reader.isSlowest();
            }
        }
        return blocks;
    }

    /** Who reads the lane. */
    Map<Subscription, LaneFeed> feeds() {
        return feeds;
    }
}
