// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamStatistics;
import io.kaelix.StreamerConfig;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.lane.Lane;
import io.kaelix.lane.LaneDescriptor;
import io.kaelix.lane.PollableLane;
import io.kaelix.memory.Block;
import io.kaelix.memory.RegionArena;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.MessagePool;
import io.kaelix.shared.SharedDirectory;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * Who publishes and who subscribes: the one place where lanes and subscriptions meet, each pair exactly once.
 *
 * <p><b>Threads</b>: any; one lock, held for the time of a few array copies. The hot paths of publishers and subscribers never take it.
 * Memory is mapped, cleared and unmapped outside of it: what a lane leaves is freed by the thread that ended it, once it let the lock go.
 */
final class Registry {

    private final RegionArena arena;
    private final int laneCapacity;
    private final MessagePool pool;
    private final int maxMessageLength;
    private final Set<Channel> channels = new HashSet<>();
    /** Closed with the last participant. */
    final StreamDirectory streams;
    /** Other streamers of a directory; null if the streamer lives in its process alone. */
    final Neighbours neighbours;
    private final IntFunction<Topic> topics;
    private final Leftovers leftovers = new Leftovers();
    private final Readership readership;
    private volatile boolean closed;
    /** Null if streams do not expire. */
    private StreamExpiry expiry;
    /** Of which some can change. */
    private volatile StreamerConfig config;
    private int lastPublisherId;

    Registry(final RegionArena arena, final int laneCapacity) {
        this(arena, laneCapacity, StreamerConfig.defaults().withLinger(Duration.ZERO),
                new MessagePool(arena, Long.MAX_VALUE, LocalStreamer.CLEANER));
    }

    Registry(final RegionArena arena, final int laneCapacity, final StreamerConfig config, final MessagePool pool) {
        this(arena, laneCapacity, config, pool, null);
    }

    /** @param directory that it shares with others, or null */
    Registry(final RegionArena arena, final int laneCapacity, final StreamerConfig config, final MessagePool pool,
            final SharedDirectory directory) {
        this.config = config;
        this.laneCapacity = laneCapacity;
        // What fits into a frame is always sent, and may be split if its headers do not; what the pool never holds could not be received.
        this.maxMessageLength = (int) Math.max(
                LaneDescriptor.maxFrameLength(laneCapacity) - FrameDescriptor.HEADER_LENGTH - FrameDescriptor.TIMESTAMP_LENGTH,
                Math.min(config.maxMessageLength(), pool.longest() - FrameDescriptor.MAX_HEADER_LENGTH));
        this.pool = pool;
        this.arena = arena;
        this.streams = new StreamDirectory(arena);
        this.neighbours = directory == null ? null : new Neighbours(this, directory);
        this.topics = directory == null ? streams::topic : this::topic;
        this.readership = new Readership(this, leftovers);
    }

    /** Has streams expire that are idle for so long. Before there are any; once. */
    StreamExpiry expireStreams(final long nanos) {
        expiry = new StreamExpiry(this, nanos);
        return expiry;
    }

    boolean isClosed() {
        return closed;
    }

    StreamerConfig config() {
        return config;
    }

    /** Has settings that can change be others, for all that is there. */
    synchronized void reconfigure(final StreamerConfig changed) {
        config = changed;
        channels.forEach(channel -> channel.configure(changed));
        subscriptions().forEach(subscription -> subscription.linger(changed.linger().toNanos()));
    }

    /** Longest payload that is put together. */
    int maxMessageLength() {
        return maxMessageLength;
    }

    Topic topic(final int streamId) {
        learnOf(streamId);
        if (neighbours != null && closed && streamId >= streams.limit()) {
            final Topic late = neighbours.lateTopic(streamId);
            if (late != null) {
                return late;
            }
        }
        return streams.topic(streamId);
    }

    /** A stream may be one that another process has just named. */
    void learnOf(final int streamId) {
        if (neighbours != null) {
            neighbours.learnOf(streamId);
        }
    }

    /** Other processes may have named streams. */
    void learn() {
        learnOf(Integer.MAX_VALUE);
    }

    /** Takes over what others of the directory changed. For who reads lanes, with each look at them. */
    void absorb() {
        if (neighbours != null && neighbours.haveNews()) {
            neighbours.absorb();
        }
    }

    /** Changes what others see. Under all locks that there are, with what others changed taken over. */
    <T> T change(final Supplier<T> change) {
        if (neighbours != null) {
            return neighbours.change(change);
        }
        synchronized (this) {
            return change.get();
        }
    }

    /** Number of a topic's stream, which appears if there is none. Within a change. */
    int declare(final Topic topic) {
        return neighbours == null ? streams.declare(topic) : neighbours.declare(topic);
    }

    /** Numbers of its partitions, which appear if there are none. Within a change. */
    int[] declare(final Topic topic, final int partitions) {
        return neighbours == null ? streams.declare(topic, partitions) : neighbours.declare(topic, partitions);
    }

    /** How publishers ask for streams. */
    StreamNumbers numbers() {
        return new StreamNumbers(this, streams, expiry);
    }

    /** Makes a lane for one topic, and attaches every subscription that matches before its first frame. The caller becomes its writer. */
    Channel openChannel(final Topic topic) {
        return openChannel(topic, topic.name(), Provenance.HERE);
    }

    /** Makes a lane for many streams: subscriptions are attached by {@link #use}. The caller becomes its writer. */
    Channel openChannel(final String name) {
        return openChannel(name, Provenance.HERE);
    }

    /** The same for what comes from elsewhere. */
    Channel openChannel(final String name, final Provenance provenance) {
        return openChannel(null, name, provenance);
    }

    private Channel openChannel(final Topic topic, final String name, final Provenance provenance) {
        checkOpen();
        // Outside of the lock: the kernel may have to clear pages first.
        final long bytes = LaneDescriptor.laneBytes(laneCapacity);
        final Block block = neighbours == null ? arena.allocate(bytes) : neighbours.newLane(bytes);
        try {
            return change(() -> openChannel(topic, name, provenance, block));
        } catch (final RuntimeException | Error e) {
            leftovers.add(block);
            freeUnused();
            throw e;
        }
    }

    /** Within a change. */
    private Channel openChannel(final Topic topic, final String name, final Provenance provenance, final Block block) {
        checkOpen();
        final Lane lane = neighbours == null ? newLane(name, block) : neighbours.lanes().open(block, laneCapacity, name);
        lane.hold();
        try {
            final Channel channel = new Channel(lane, topic, topic == null ? Channel.MANY : declare(topic), provenance);
            channel.configure(config);
            if (topic != null || neighbours != null) {
                readership.attachAll(channel, channel.streamId());
            }
            if (topic != null) {
                if (expiry != null) {
                    expiry.touch(channel.streamId());
                }
            }
            channels.add(channel);
            return channel;
        } catch (final RuntimeException | Error e) {
            lane.release();
            throw e;
        }
    }

    private Lane newLane(final String name, final Block block) {
        final int number = ++lastPublisherId;
        return new Lane(block, laneCapacity, number, name + "#" + number, leftovers::add);
    }

    /** Memory of a lane that nobody takes part in any more. */
    void dispose(final Block block) {
        leftovers.add(block);
    }

    /**
     * Before the first frame of a stream on a lane of many: attaches every subscription that matches and does not read the lane yet.
     *
     * @return whether it is the first, or the first again; false, too, if the lane has ended and carries nothing more, or the stream has
     *     expired: then the sender has to {@linkplain #attend look up}
     * @throws io.kaelix.KaelixException if a subscription finds no room; the stream can't be sent then, and may be tried again
     */
    boolean use(final Channel channel, final int streamId) {
        return change(() -> meet(channel, streamId));
    }

    private boolean meet(final Channel channel, final int streamId) {
        if (closed || !channels.contains(channel)) {
            return false;
        }
        if (expiry != null) {
            if (!streams.isActive(streamId)) {
                channel.lane().requestAttention();
                return false;
            }
            channel.known().add(streamId);
            expiry.touch(streamId);
            if (channel.unretire(streamId)) {
                return true;
            }
        }
        if (channel.used().contains(streamId)) {
            return false;
        }
        readership.attachAll(channel, streamId);
        return channel.used().add(streamId);
    }

    /**
     * For a publisher that was asked to look up: takes what it must know, and clears what it counts of streams that have expired.
     *
     * @param position of its lane that no frame of those lies behind
     * @return whether the stream that it is about to send to is there still; if not, the publisher tells so, and knows it no more
     */
    synchronized boolean attend(final Channel channel, final long position, final IntConsumer clear, final int streamId) {
        channel.takeExpired(position, clear);
        if (streams.isActive(streamId)) {
            return true;
        }
        channel.known().remove(streamId);
        return false;
    }

    /**
     * A publisher is rid of a stream.
     *
     * @return whether that matters: whether streams expire
     */
    synchronized boolean forget(final Channel channel, final long position, final int streamId) {
        if (expiry == null) {
            return false;
        }
        channel.known().remove(streamId);
        channel.retire(streamId, position);
        return true;
    }

    /** All numbers of streams are below it. */
    int streamLimit() {
        learn();
        return streams.limit();
    }

    /** The publisher is gone: its lane ends, and goes when its readers have read it. Again is without effect. */
    void closeChannel(final Channel channel) {
        synchronized (this) {
            if (channels.remove(channel)) {
                if (expiry != null) {
                    expiry.ended(channel);
                }
                channel.lane().close();
                channel.lane().release();
                if (neighbours != null) {
                    neighbours.lanes().closed(channel);
                }
            }
        }
        freeUnused();
    }

    /** Makes a subscription to all lanes that have carried what matches, from their tails on, and to all that will. */
    Subscription subscribe(final TopicPattern pattern, final SlowSubscriberPolicy policy) {
        return subscribe(pattern, SubscriberConfig.defaults().withPolicy(policy));
    }

    /** Is told of streams that somebody finds in a lane and does not want: another process may just have named them. Null if none can. */
    IntConsumer learns() {
        return neighbours == null ? null : neighbours::learnOf;
    }

    /** The same from elsewhere. */
    Subscription subscribe(final TopicPattern pattern, final SubscriberConfig config) {
        final Subscription subscription = new Subscription(config);
        final Interest interest = new Interest(pattern, subscription, learns(), pattern.text().equals(">"));
        subscription.wanted = interest.streams;
        enrol(interest);
        return subscription;
    }

    /** As {@link Readership#enrol}. */
    void enrol(final Interest interest) {
        readership.enrol(interest);
    }

    /** As {@link Readership#withdraw}. */
    void withdraw(final Interest interest) {
        readership.withdraw(interest);
    }

    /** As {@link Readership#leaveUnwanted}. */
    boolean leaveUnwanted(final Subscription subscription) {
        return readership.leaveUnwanted(subscription);
    }

    /** As {@link Readership#interested}. */
    List<Interest> interested(final Subscription subscription, final int streamId) {
        return readership.interested(subscription, streamId);
    }

    /** As {@link Readership#close}. */
    void close(final Subscription subscription) {
        readership.close(subscription);
    }

    /** As {@link Readership#detachAll}. */
    void detachAll(final Subscription subscription) {
        readership.detachAll(subscription);
    }

    /** As {@link Readership#disconnect}. */
    void disconnect(final Subscription subscription) {
        readership.disconnect(subscription);
    }

    /** As {@link Readership#detach}. */
    void detach(final Subscription subscription, final LaneFeed feed) {
        readership.detach(subscription, feed);
    }

    /**
     * Clears and gives back what lanes left, and, with the last of them after a close, the streams. Under the lock it does nothing: whoever
     * holds it does this when it has let go.
     */
    void freeUnused() {
        if (Thread.holdsLock(this)) {
            return;
        }
        if (neighbours != null) {
            neighbours.settle();
        }
        leftovers.free();
        if (closed && isDeserted() && (neighbours == null || neighbours.hasLeft())) {
            streams.close();
        }
    }

    /** Whether nobody can send or be handed a message, which would name its stream. Stays so, once it was closed. */
    synchronized boolean isDeserted() {
        return channels.isEmpty() && readership.isEmpty();
    }

    synchronized long lost(final Subscription subscription) {
        return subscription.lostBefore + Arrays.stream(subscription.feeds).mapToLong(feed -> feed.reader.lost()).sum();
    }

    /** How many streams there are, and were. */
    StreamStatistics statistics() {
        learn();
        return new StreamStatistics(streams.table().count(), expiry == null ? 0 : expiry.expired());
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

    /** A lane as a subscription reads it, whose reader has joined. */
    LaneFeed feed(final Subscription subscription, final Channel channel, final PollableLane reader) {
        return new LaneFeed(channel, reader, channel.isMixed() ? subscription.wanted : null, topics, pool, maxMessageLength,
                new Linger(config.linger().toNanos()));
    }

    /** Publishers that are open, for who holds the lock. */
    Set<Channel> channels() {
        return channels;
    }

    Readership readership() {
        return readership;
    }

    /** Subscribers and readers of handlers, for who holds the lock. */
    Set<Subscription> subscriptions() {
        return readership.subscriptions();
    }

    /** Handlers are looked up again, since numbers of streams mean others. Under the lock. */
    void streamsChanged() {
        for (final Subscription subscription : subscriptions()) {
            subscription.version++;
        }
    }

    /** Whether a thread is inside a handler of one of these subscriptions, or has to call handlers when it is done. */
    synchronized boolean isPolling(final Thread thread) {
        return subscriptions().stream().anyMatch(subscription -> subscription.standsStillWith(thread));
    }

    /**
     * For a thread that waits for space in a lane, from inside a handler: tells the writer that all before the handler's message is read.
     *
     * @return whether that thread itself is what holds the writer up, so that waiting is in vain
     */
    synchronized boolean blocksItself(final Thread thread, final Channel channel) {
        return channel.isBlockedBy(thread);
    }

    void checkOpen() {
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
            if (neighbours != null) {
                neighbours.closing();
            }
        }
        if (expiry != null) {
            expiry.stop();
        }
        pool.close();
        arena.close();
        freeUnused();
    }
}
