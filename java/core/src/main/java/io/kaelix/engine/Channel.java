// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.Topic;
import io.kaelix.lane.Lane;
import io.kaelix.lane.StreamSet;
import java.util.IdentityHashMap;
import java.util.Map;

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
    private final StreamSet used = new StreamSet();
    private final Map<Subscription, LaneFeed> feeds = new IdentityHashMap<>(2);

    /**
     * @param lane that it writes
     * @param topic that it sends to, or null if it sends to many
     * @param streamId number of that topic, or {@link #MANY}
     */
    Channel(final Lane lane, final Topic topic, final int streamId) {
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

    int streamId() {
        return streamId;
    }

    /** Whether its readers may find streams that they do not want. */
    boolean isMixed() {
        return streamId == MANY;
    }

    /** Streams that its lane has carried, or is about to. */
    StreamSet used() {
        return used;
    }

    /** Who reads the lane. */
    Map<Subscription, LaneFeed> feeds() {
        return feeds;
    }
}
