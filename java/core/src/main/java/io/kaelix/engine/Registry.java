// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.KaelixException;
import io.kaelix.Placement;
import io.kaelix.PoolStatistics;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Subscriber;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.lane.Lane;
import io.kaelix.lane.LaneDescriptor;
import io.kaelix.lane.LaneReader;
import io.kaelix.lane.PollableLane;
import io.kaelix.memory.Block;
import io.kaelix.memory.RegionArena;
import io.kaelix.message.MessagePool;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Who publishes and who subscribes: the one place where lanes and subscriptions meet, each pair exactly once.
 *
 * <p><b>Threads</b>: any; one lock, held for the time of a few array copies. The hot paths of publishers and subscribers never take it. Memory
 * is mapped, cleared and unmapped outside of it: what a lane leaves is freed by the thread that ended it, once it let the lock go.
 */
final class Registry {

    private final RegionArena arena;
    private final int laneCapacity;
    private final long lingerNanos;
    private final MessagePool pool;
    private final Set<Channel> channels = new HashSet<>();
    private final Set<Subscription> subscriptions = new HashSet<>();
    private final Map<Topic, Integer> streamIds = new HashMap<>();

    /** Memory of lanes that ended, to be freed without the lock. */
    private final Queue<Block> unused = new ConcurrentLinkedQueue<>();

    /** By stream id. Replaced, never changed. */
    private volatile Topic[] topics = {};
    private volatile boolean closed;
    private int lastPublisherId;

    Registry(final RegionArena arena, final int laneCapacity) {
        this(arena, laneCapacity, 0, new MessagePool(arena, Long.MAX_VALUE, LocalStreamer.CLEANER));
    }

    Registry(final RegionArena arena, final int laneCapacity, final long lingerNanos, final MessagePool pool) {
        this.pool = pool;
        this.arena = arena;
        this.laneCapacity = laneCapacity;
        this.lingerNanos = lingerNanos;
    }

    boolean isClosed() {
        return closed;
    }

    Placement placement() {
        return arena.placement();
    }

    PoolStatistics pool() {
        return pool.statistics();
    }

    Topic topic(final int streamId) {
        final Topic[] topics = this.topics;
        if (streamId < 0 || streamId >= topics.length) {
            throw new KaelixException("corrupt frame: it names stream " + streamId + ", there are " + topics.length);
        }
        return topics[streamId];
    }

    /** Makes a lane, and attaches every subscription that matches before its first frame. The caller becomes its writer. */
    Channel openChannel(final Topic topic) {
        checkOpen();
        // Outside of the lock: the kernel may have to clear pages first.
        final Block block = arena.allocate(LaneDescriptor.laneBytes(laneCapacity));
        try {
            return openChannel(topic, block);
        } catch (final RuntimeException | Error e) {
            freeUnused();
            throw e;
        }
    }

    private synchronized Channel openChannel(final Topic topic, final Block block) {
        if (closed) {
            unused.add(block);
        }
        checkOpen();
        final Lane lane = new Lane(block, laneCapacity, ++lastPublisherId, unused::add);
        lane.hold();
        final Channel channel = new Channel(lane, topic, streamId(topic));
        attachAll(channel);
        channels.add(channel);
        return channel;
    }

    /** All or none: nobody may begin to poll a lane that is given back because another reader found no room. */
    private void attachAll(final Channel channel) {
        final Map<Subscription, LaneFeed> feeds = new HashMap<>();
        try {
            for (final Subscription subscription : subscriptions) {
                if (!subscription.closed && subscription.pattern.matches(channel.topic())) {
                    feeds.put(subscription, feed(subscription, channel));
                }
            }
        } catch (final RuntimeException | Error e) {
            feeds.values().forEach(feed -> feed.reader.leave());
            channel.lane().release();
            throw e;
        }
        feeds.forEach(Subscription::add);
    }

    /** The publisher is gone: its lane ends, and goes when its readers have read it. Again is without effect. */
    void closeChannel(final Channel channel) {
        synchronized (this) {
            if (channels.remove(channel)) {
                channel.lane().close();
                channel.lane().release();
            }
        }
        freeUnused();
    }

    /** Makes a subscription to all lanes that match, from their tails on, and to all that will. */
    synchronized Subscription subscribe(final TopicPattern pattern, final SlowSubscriberPolicy policy) {
        checkOpen();
        final Subscription subscription = new Subscription(pattern, policy);
        try {
            for (final Channel channel : channels) {
                if (pattern.matches(channel.topic())) {
                    subscription.add(feed(subscription, channel));
                }
            }
        } catch (final RuntimeException | Error e) {
            detachAll(subscription);
            throw e;
        }
        subscriptions.add(subscription);
        return subscription;
    }

    /** From here on it is given no more lanes, and its reader stops before the next frame. */
    synchronized void close(final Subscription subscription) {
        subscription.closed = true;
        for (final LaneFeed feed : subscription.feeds) {
            feed.reader.requestLeave();
        }
    }

    /** Leaves all its lanes. Nobody polls it any more. Again is without effect. */
    void detachAll(final Subscription subscription) {
        synchronized (this) {
            subscriptions.remove(subscription);
            for (final LaneFeed feed : subscription.feeds) {
                leave(subscription, feed);
            }
        }
        freeUnused();
    }

    /** Leaves a lane, unless it was left already. */
    void detach(final Subscription subscription, final LaneFeed feed) {
        synchronized (this) {
            leave(subscription, feed);
        }
        freeUnused();
    }

    private void leave(final Subscription subscription, final LaneFeed feed) {
        if (subscription.has(feed)) {
            subscription.remove(feed);
            feed.reader.leave();
        }
    }

    /** Clears and gives back what lanes left. Under the lock it does nothing: whoever holds it does this when it has let go. */
    private void freeUnused() {
        while (!Thread.holdsLock(this)) {
            final Block block = unused.poll();
            if (block == null) {
                return;
            }
            block.free();
        }
    }

    synchronized long lost(final Subscription subscription) {
        return subscription.lostBefore
                + Arrays.stream(subscription.feeds).mapToLong(feed -> feed.reader.lost()).sum();
    }

    /** Under the lock, because it reads memory of lanes that must not be left meanwhile. */
    synchronized List<Subscriber.LaneStatus> status(final Subscription subscription) {
        return Arrays.stream(subscription.feeds).map(feed -> {
            final long position = feed.reader.position();
            return new Subscriber.LaneStatus(feed.channel.lane().publisherId(), feed.channel.topic(), feed.reader.start(), position,
                    Math.max(0, feed.channel.lane().tail() - position), feed.reader.lost());
        }).toList();
    }

    /** Runs under the lock: for decisions that must not overlap with joining, leaving or closing. */
    void locked(final Runnable action) {
        try {
            synchronized (this) {
                action.run();
            }
        } finally {
            freeUnused();
        }
    }

    private LaneFeed feed(final Subscription subscription, final Channel channel) {
        final PollableLane reader = switch (subscription.policy) {
            case BLOCK -> channel.lane().join();
            case LOSSY -> channel.lane().joinLossy();
        };
        return new LaneFeed(channel, reader, this::topic, pool, new Linger(lingerNanos));
    }

    private int streamId(final Topic topic) {
        return streamIds.computeIfAbsent(topic, added -> {
            final int id = topics.length;
            final Topic[] longer = Arrays.copyOf(topics, id + 1);
            longer[id] = added;
            topics = longer;
            return id;
        });
    }

    /** Whether a thread is inside a handler of one of these subscriptions. */
    synchronized boolean isPolling(final Thread thread) {
        return subscriptions.stream().anyMatch(subscription -> subscription.owner == thread && subscription.polling);
    }

    /**
     * For a thread that waits for space in a lane, from inside a handler: tells the writer that all before the handler's message is read.
     *
     * @return whether that thread itself is what holds the writer up, so that waiting is in vain
     */
    synchronized boolean blocksItself(final Thread thread, final Channel channel) {
        boolean blocks = false;
        for (final Subscription subscription : subscriptions) {
            if (subscription.owner == thread && subscription.polling
                    && subscription.of(channel) instanceof final LaneFeed feed
                    && feed.reader instanceof final LaneReader reader) {
                reader.publishCurrent();
                blocks |= channel.lane().isSlowest(reader);
            }
        }
        return blocks;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the streamer is closed");
        }
    }

    /** Ends all lanes. Waits for nobody; memory goes with the last participant. */
    void close() {
        synchronized (this) {
            closed = true;
            for (final Channel channel : channels) {
                channel.lane().close();
            }
        }
        pool.close();
        arena.close();
    }
}
