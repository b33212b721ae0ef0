// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.lane.LaneReader;
import io.kaelix.lane.LaneRuns;
import io.kaelix.lane.RunScan;
import io.kaelix.net.FlowLane;
import io.kaelix.net.FlowSource;
import io.kaelix.net.LanePosition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The lanes of a flow: those of its subscription, numbered in the order in which they came, and which of them the receiver knows.
 *
 * <p><b>Threads</b>: the session's.
 */
final class FlowLanes {

    private final Registry registry;
    private final Subscription subscription;
    private final RunScan scan;
    private final long epoch;
    /** Where the receiver stood, by publisher, until all lanes that there were then have been looked at. */
    private final Map<Integer, LanePosition> resume;
    /** By number; null for those that have ended. */
    private final List<FlowLane> lanes = new ArrayList<>();
    private final ArrayDeque<Integer> ended = new ArrayDeque<>(0);

    /** The subscription's, as they were looked at last, and each as the flow has it. */
    private LaneFeed[] seen = {};
    private FlowFeed[] feeds = {};
    /** Lanes that are not announced. */
    private int fresh;
    private long gone;
    /** The last one of those that ended that was asked for: its record is still wanted. */
    private int told = FlowSource.NONE;

    /** @param resume where the receiver stood, by publisher */
    FlowLanes(final Registry registry, final Subscription subscription, final RunScan scan, final long epoch,
            final Map<Integer, LanePosition> resume) {
        this.registry = registry;
        this.subscription = subscription;
        this.scan = scan;
        this.epoch = epoch;
        this.resume = new HashMap<>(resume);
    }

    /** The lanes that there are: goes to where the receiver stood, and only then holds them to the subscription's limits. */
    void begin() {
        if (!resume.isEmpty()) {
            look();
            registry.locked(() -> subscription.setPatient(false));
            look();
            if (subscription.policy == SlowSubscriberPolicy.DISCONNECT) {
                for (final FlowFeed feed : feeds) {
                    ((LaneReader) feed.feed.reader).patience(subscription.patience());
                }
            }
            resume.clear();
        }
    }

    /** Takes note of lanes that came and went. */
    FlowFeed[] look() {
        final LaneFeed[] now = subscription.feeds;
        if (now != seen) {
            final Map<LaneFeed, FlowFeed> before = new HashMap<>();
            for (final FlowFeed feed : feeds) {
                before.put(feed.feed, feed);
            }
            final FlowFeed[] changed = new FlowFeed[now.length];
            fresh = 0;
            for (int i = 0; i < now.length; i++) {
                final FlowFeed known = before.get(now[i]);
                changed[i] = known == null ? join(now[i]) : known;
                fresh += changed[i].announced ? 0 : 1;
            }
            seen = now;
            feeds = changed;
        }
        return feeds;
    }

    private FlowFeed join(final LaneFeed joined) {
        final LaneRuns runs = new LaneRuns(joined.reader, joined.streams, joined.message);
        final int publisher = joined.channel.lane().publisherId();
        final LanePosition position = resume.get(publisher);
        if (position != null && !runs.skipTo(position.position()) && runs.position() > position.position()) {
            gone += Math.max(0, runs.messages() - position.messages());
        }
        final FlowLane lane = new FlowLane(lanes.size(), epoch, publisher, runs.position(), runs.messages());
        lanes.add(lane);
        return new FlowFeed(joined, runs, lane);
    }

    /** As they were looked at last. */
    FlowFeed[] feeds() {
        return feeds;
    }

    /** Messages that were overwritten since the receiver stood before them. */
    long gone() {
        return gone;
    }

    /** The receiver is told of a lane; whether it was not before. */
    boolean announce(final FlowFeed feed) {
        if (feed.announced) {
            return false;
        }
        feed.announced = true;
        fresh--;
        return true;
    }

    /** The receiver may have forgotten all of them. */
    void forgetAnnounced() {
        for (final FlowFeed feed : feeds) {
            feed.announced = false;
        }
        fresh = feeds.length;
    }

    /** One that the receiver is told of by that; or {@link FlowSource#NONE}. */
    int newLane() {
        look();
        for (int i = 0; fresh > 0 && i < feeds.length; i++) {
            if (announce(feeds[i])) {
                return feeds[i].lane.number();
            }
        }
        return FlowSource.NONE;
    }

    FlowLane lane(final int number) {
        return lanes.get(number);
    }

    /** One that was left, once; or {@link FlowSource#NONE}. */
    int endedLane() {
        if (told != FlowSource.NONE) {
            lanes.set(told, null);
            told = FlowSource.NONE;
        }
        if (!ended.isEmpty()) {
            told = ended.poll();
        }
        return told;
    }

    void leave(final FlowFeed feed) {
        scan.interrupt(feed.runs);
        final FlowLane lane = feed.lane;
        lanes.set(lane.number(), new FlowLane(lane.number(), lane.epoch(), lane.publisher(), feed.runs.position(), feed.runs.messages()));
        ended.add(lane.number());
        registry.detach(subscription, feed.feed);
        look();
    }

    /** Whether the flow was too slow for one of them. */
    boolean isAnyEvicted() {
        for (final FlowFeed feed : feeds) {
            if (feed.runs.isEvicted()) {
                return true;
            }
        }
        return false;
    }
}
