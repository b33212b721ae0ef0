// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.Start;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who subscribes, and to which lanes: subscriptions come, meet the lanes that have carried what they want, and leave them.
 *
 * <p><b>Threads</b>: under the registry's lock, which is taken where it is not said to be held.
 */
final class Readership {

    private final Registry registry;
    private final StreamDirectory streams;
    private final Neighbours neighbours;
    private final Leftovers leftovers;
    private final Set<Subscription> subscriptions = new HashSet<>();
    /** Lanes that subscriptions read, those that ended included. */
    private int attached;
    private long lastInterest;
    private long lastSubscription;

    Readership(final Registry registry, final Leftovers leftovers) {
        this.registry = registry;
        this.streams = registry.streams;
        this.neighbours = registry.neighbours;
        this.leftovers = leftovers;
    }

    /** For who holds the lock. */
    Set<Subscription> subscriptions() {
        return subscriptions;
    }

    /** Whether nobody reads a lane. Under the lock. */
    boolean isEmpty() {
        return attached == 0;
    }

    /**
     * Attaches all that want a stream to a lane that is about to carry it. Under the lock.
     *
     * @param streamId {@link Channel#MANY} for a lane that does not carry any yet
     */
    void attachAll(final Channel channel, final int streamId) {
        // Empty for nearly every stream of a lane of many: its readers are attached already.
        final Map<Subscription, LaneFeed> feeds = new LinkedHashMap<>(0);
        try {
            if (streamId != Channel.MANY) {
                streams.match(streamId, interest -> {
                    if (interest.takes(channel.hops())) {
                        prepare(interest.subscription, channel, feeds);
                    }
                });
            }
            if (neighbours != null) {
                neighbours.lanes().meet(channel, streamId);
            }
        } catch (final RuntimeException | Error e) {
            leaveAgain(feeds);
            throw e;
        }
        feeds.forEach(this::attach);
    }

    /** Of lanes that others read, too, the slots are taken still, until it is settled. */
    private void leaveAgain(final Map<?, LaneFeed> feeds) {
        feeds.values().forEach(feed -> feed.reader.leave());
        if (neighbours != null && !feeds.isEmpty()) {
            neighbours.unsettle();
        }
    }

    /** Joins the lane. All or none are attached: nobody may begin to poll a lane that is left again as another reader found no room. */
    private void prepare(final Subscription subscription, final Channel channel, final Map<Subscription, LaneFeed> feeds) {
        if (!subscription.closed && !subscription.isDisconnected() && !channel.feeds().containsKey(subscription)
                && !feeds.containsKey(subscription)) {
            feeds.put(subscription, feed(subscription, channel, Start.latest()));
        }
    }

    /** Gives a subscription a lane. Under the lock. */
    void attach(final Subscription subscription, final LaneFeed feed) {
        feed.channel.feeds().put(subscription, feed);
        subscription.add(feed);
        attached++;
    }

    /**
     * Adds what a subscription wants. Topics are looked through without the lock, but for those that appear meanwhile.
     *
     * @throws io.kaelix.KaelixException if a lane has no room for its reader; then nothing has changed
     */
    void enrol(final Interest interest) {
        synchronized (registry) {
            registry.checkOpen();
            streams.beginCatchUp(interest);
        }
        try {
            interest.catchUp(streams.table());
            registry.change(() -> addCaughtUp(interest));
        } finally {
            synchronized (registry) {
                streams.endCatchUp(interest);
            }
        }
    }

    private Subscription addCaughtUp(final Interest interest) {
        registry.checkOpen();
        final Subscription subscription = interest.subscription;
        final Map<Channel, LaneFeed> feeds = new LinkedHashMap<>();
        streams.add(interest);
        try {
            if (neighbours != null) {
                neighbours.number(subscription);
            }
            for (final Channel channel : registry.channels()) {
                if (!channel.feeds().containsKey(subscription) && interest.concerns(channel)) {
                    feeds.put(channel, feed(subscription, channel, subscription.config.start()));
                }
            }
            if (neighbours != null) {
                neighbours.enrol(interest, feeds);
            }
        } catch (final RuntimeException | Error e) {
            leaveAgain(feeds);
            streams.remove(interest);
            throw e;
        }
        feeds.values().forEach(feed -> attach(subscription, feed));
        interest.number = ++lastInterest;
        subscription.interests.add(interest);
        subscription.version++;
        if (subscriptions.add(subscription) && subscription.number == 0) {
            subscription.number = ++lastSubscription;
        }
        return subscription;
    }

    /** Takes away what a subscription wanted; the lanes stay until {@link #leaveUnwanted}. Again is without effect. */
    void withdraw(final Interest interest) {
        synchronized (registry) {
            if (interest.subscription.interests.remove(interest)) {
                drop(interest);
                interest.subscription.version++;
            }
        }
    }

    private void drop(final Interest interest) {
        streams.remove(interest);
        if (neighbours != null) {
            neighbours.withdrawn(interest);
        }
    }

    /**
     * Leaves the lanes that a subscription has no interest in any more. By its polling thread, outside of a poll.
     *
     * @return false if others are changing the directory: to be tried again
     */
    boolean leaveUnwanted(final Subscription subscription) {
        final boolean done = neighbours != null ? neighbours.tryChange(() -> leaveUnwantedLocked(subscription))
                : leaveUnwantedLocked(subscription);
        registry.freeUnused();
        return done;
    }

    /** In a directory within a change: who sends a wanted stream on the lane first counts on a reader that is there. */
    private boolean leaveUnwantedLocked(final Subscription subscription) {
        synchronized (registry) {
            for (final LaneFeed feed : subscription.feeds) {
                if (subscription.interests.stream().noneMatch(interest -> interest.concerns(feed.channel))) {
                    leave(subscription, feed);
                }
            }
            return true;
        }
    }

    /** Those of a subscription's interests that a stream matches, the oldest first. */
    List<Interest> interested(final Subscription subscription, final int streamId) {
        registry.learnOf(streamId);
        final List<Interest> found = new ArrayList<>();
        synchronized (registry) {
            if (neighbours != null && registry.isClosed() && streamId >= streams.limit()) {
                // Named since the streamer was closed.
                return found;
            }
            streams.match(streamId, interest -> {
                if (interest.subscription == subscription) {
                    found.add(interest);
                }
            });
        }
        found.sort(Comparator.comparingLong(interest -> interest.number));
        return found;
    }

    /** From here on it is given no more lanes, and its reader stops before the next frame. */
    void close(final Subscription subscription) {
        synchronized (registry) {
            subscription.closed = true;
            for (final LaneFeed feed : subscription.feeds) {
                feed.reader.requestLeave();
            }
        }
    }

    /** Leaves all its lanes. Nobody polls it any more. Again is without effect. */
    void detachAll(final Subscription subscription) {
        synchronized (registry) {
            subscriptions.remove(subscription);
            subscription.interests.forEach(this::drop);
            subscription.interests.clear();
            for (final LaneFeed feed : subscription.feeds) {
                leave(subscription, feed);
            }
        }
        registry.freeUnused();
    }

    /** Leaves all lanes because it was evicted in one: what it is handed would not be whole. By its polling thread. */
    void disconnect(final Subscription subscription) {
        synchronized (registry) {
            subscription.lastStatus = Statuses.ofLanes(subscription);
            if (neighbours != null) {
                subscription.interests.forEach(neighbours::withdrawn);
            }
            for (final LaneFeed feed : subscription.feeds) {
                leave(subscription, feed);
            }
        }
        registry.freeUnused();
    }

    /** Leaves a lane, unless it was left already. */
    void detach(final Subscription subscription, final LaneFeed feed) {
        synchronized (registry) {
            leave(subscription, feed);
        }
        registry.freeUnused();
    }

    private void leave(final Subscription subscription, final LaneFeed feed) {
        if (feed.channel.feeds().remove(subscription, feed)) {
            subscription.remove(feed);
            if (feed.message.hasParts()) {
                leftovers.add(feed.message);
            }
            attached--;
            feed.reader.leave();
            if (neighbours != null) {
                neighbours.unsettle();
            }
        }
    }

    /** A lane as a subscription reads it, which it joins. Under the lock. */
    LaneFeed feed(final Subscription subscription, final Channel channel, final Start start) {
        return registry.feed(subscription, channel, LaneFeed.join(channel.lane(), subscription, start,
                neighbours == null ? 0 : neighbours.lanes().owner(subscription)));
    }
}
