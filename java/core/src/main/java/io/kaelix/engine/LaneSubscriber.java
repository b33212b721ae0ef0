// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.KaelixException;
import io.kaelix.MessageBatch;
import io.kaelix.MessageHandler;
import io.kaelix.MemoryStreamer;
import io.kaelix.Predicate;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.lane.LaneReader;
import io.kaelix.memory.Handshake;
import io.kaelix.memory.Padded;
import io.kaelix.message.FrameFilter;
import io.kaelix.message.ThreadNames;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Objects;

/** A subscriber over the lanes of its subscription. */
final class LaneSubscriber extends Padded implements Subscriber {

    /** Whether a subscriber was cut off in a lane. A test's may do that behind its answer. */
    @FunctionalInterface
    interface CutOff {

        boolean isIn(LaneFeed feed);
    }

    /** From this many lanes on, those that were idle are visited in turn. */
    private static final int MANY_LANES = 64;

    /** Every lane is visited at least each this many polls. */
    private static final int IDLE_VISIT_INTERVAL = 16;

    private final MemoryStreamer streamer;
    private final Registry registry;
    /** Null if there are none. */
    private final Neighbours neighbours;
    private final TopicPattern pattern;
    private final Subscription subscription;
    private final Cleaner.Cleanable cleanable;

    private Thread owner;
    /** Index of the feed that the next poll begins with. */
    private int next;
    private int turn;
    /** What its messages have to hold, or null for all. Set before the first poll, under the registry's lock. */
    private FrameFilter filter;
    /** The batch that holds what the last poll took; or null. */
    private LaneBatch filled;
    /** Whether it was cut off in a lane that it was handed something of, which may not be whole: the next poll says nothing but that. */
    private boolean cutOff;
    /** Asked of a lane that is drained. */
    private final CutOff drained;

    /** Over a subscription that lives as long as this does. */
    LaneSubscriber(final MemoryStreamer streamer, final Registry registry, final TopicPattern pattern,
            final Subscription subscription) {
        this(streamer, registry, pattern, subscription, LaneSubscriber::isCutOff);
    }

    LaneSubscriber(final MemoryStreamer streamer, final Registry registry, final TopicPattern pattern,
            final Subscription subscription, final CutOff drained) {
        this.drained = drained;
        this.pattern = pattern;
        // Held, so that a streamer is not taken for forgotten while what came from it is in use.
        this.streamer = streamer;
        this.registry = registry;
        this.neighbours = registry.neighbours;
        this.subscription = subscription;
        this.cleanable = LocalStreamer.CLEANER.register(this, () -> {
            registry.close(subscription);
            registry.detachAll(subscription);
        });
    }

    static LaneSubscriber create(final MemoryStreamer streamer, final Registry registry, final TopicPattern pattern,
            final SlowSubscriberPolicy policy) {
        return new LaneSubscriber(streamer, registry, pattern, registry.subscribe(pattern, policy));
    }

    static LaneSubscriber create(final MemoryStreamer streamer, final Registry registry, final TopicPattern pattern,
            final SubscriberConfig config) {
        return new LaneSubscriber(streamer, registry, pattern, registry.subscribe(pattern, config));
    }

    @Override
    public TopicPattern pattern() {
        return pattern;
    }

    @Override
    public SlowSubscriberPolicy policy() {
        return subscription.policy;
    }

    @Override
    public int poll(final MessageHandler handler, final int limit) {
        if (Thread.currentThread() != owner) {
            claim();
        }
        Objects.requireNonNull(handler, "handler");
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, not " + limit);
        }
        if (subscription.polling) {
            throw new IllegalStateException("poll was called from its own handler: return from it first");
        }
        subscription.polling = true;
        // SYNC: pairs with close(): see there why no fence is needed between the store above and this load.
        if (subscription.closed) {
            subscription.polling = false;
            registry.detachAll(subscription);
            throw closedException();
        }
        try {
            if (filled != null) {
                letGo();
            }
            return pollFeeds(handler, limit);
        } finally {
            subscription.polling = false;
            if (subscription.closed) {
                registry.detachAll(subscription);
            }
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public Subscriber where(final Predicate predicate) {
        Objects.requireNonNull(predicate, "predicate");
        registry.locked(() -> {
            if (subscription.closed) {
                throw closedException();
            }
            if (subscription.owner != null) {
                throw new IllegalStateException("this subscriber was polled before: say what it wants before its first poll");
            }
            filter = new FrameFilter(filter == null ? predicate : filter.predicate().and(predicate));
        });
        return this;
    }

    @Override
    public long passedOver() {
        final FrameFilter filter = this.filter;
        return filter == null ? 0 : filter.passedOver();
    }

    @Override
    public MessageBatch batch(final int maxMessages) {
        try {
            return new LaneBatch(this, maxMessages);
        } catch (final OutOfMemoryError e) {
            throw new KaelixException("no memory for a batch of " + maxMessages + " messages (" + e.getMessage()
                    + "): make a smaller one, or start Java with a larger -XX:MaxDirectMemorySize", e);
        }
    }

    @Override
    public int poll(final MessageBatch batch) {
        Objects.requireNonNull(batch, "batch");
        if (Thread.currentThread() != owner) {
            claim();
        }
        enter();
        try {
            if (!(batch instanceof final LaneBatch own) || !own.isOf(this)) {
                throw new IllegalArgumentException("this batch was not made by this subscriber: fill one of its own");
            }
            own.checkFillable();
            if (filled != null) {
                letGo();
            }
            filled = own;
            return fill(own);
        } finally {
            exit();
        }
    }

    /** As {@link #pollFeeds}, but that lanes are not lingered at: a batch is what brings many messages at a time. */
    private int fill(final LaneBatch batch) {
        if (neighbours != null && neighbours.haveNews()) {
            neighbours.absorb();
        }
        final boolean streamerClosed = registry.isClosed();
        final LaneFeed[] feeds = subscription.feeds;
        final int lanes = feeds.length;
        if (lanes == 0) {
            return subscription.isDisconnected() ? DISCONNECTED : streamerClosed ? CLOSED : 0;
        }
        if (cutOff) {
            return tellCutOff();
        }
        final int share = Math.max(1, batch.capacity() / lanes);
        final boolean skipIdle = lanes > MANY_LANES;
        final int turn = this.turn++;
        int at = next < lanes ? next : 0;
        for (int passed = 0; passed < lanes && batch.size() < batch.capacity() && !subscription.closed; passed++) {
            final int visited = at;
            final LaneFeed feed = feeds[visited];
            at = at + 1 < lanes ? at + 1 : 0;
            next = at;
            if (!(skipIdle && feed.idle && turn - feed.visited < IDLE_VISIT_INTERVAL)) {
                feed.visited = turn;
                final int got;
                try {
                    got = batch.take(feed, filter, Math.min(share, batch.capacity() - batch.size()));
                } catch (final KaelixException wrong) {
                    if (batch.size() == 0) {
                        throw wrong;
                    }
                    // What other lanes had is not to be lost for it: told by the next poll.
                    next = visited;
                    break;
                }
                if (batch.isOutOfRoom()) {
                    // Those that had no turn come first next time.
                    next = got == 0 ? visited : at;
                    break;
                }
                feed.idle = got == 0 && !feed.passedOver();
                if (got == 0 && leaveIfDrained(feed, batch.size() > 0) < 0) {
                    return DISCONNECTED;
                }
            }
        }
        return batch.size();
    }

    /** Behind what was handed over of a lane. */
    void noteCutOff(final LaneFeed feed) {
        if (subscription.policy == SlowSubscriberPolicy.DISCONNECT && isCutOff(feed)) {
            cutOff = true;
        }
    }

    private int tellCutOff() {
        registry.disconnect(subscription);
        return DISCONNECTED;
    }

    static boolean isCutOff(final LaneFeed feed) {
        return feed.reader instanceof final LaneReader reader && reader.isEvicted();
    }

    /** Before a batch touches what it holds: from here to {@link #exit} its lanes stay. */
    void enter() {
        begin();
        if (subscription.closed) {
            exit();
            throw closedException();
        }
    }

    private void begin() {
        if (Thread.currentThread() != owner) {
            throw strangerException();
        }
        if (subscription.polling) {
            throw new IllegalStateException("neither the subscriber nor its batch may be used from inside their own handler: return first");
        }
        // SYNC: as in poll: whoever closes it finds this, or this finds it closed behind here.
        subscription.polling = true;
    }

    void exit() {
        subscription.polling = false;
        if (subscription.closed) {
            registry.detachAll(subscription);
        }
        Reference.reachabilityFence(this);
    }

    /** Whether a batch holds what the last poll took. */
    boolean holds(final LaneBatch batch) {
        return filled == batch;
    }

    /** Whether the batch of another thread, or what a handler is at, is to end. */
    boolean isClosed() {
        return subscription.closed;
    }

    /** For what only looks at a batch: that it is of this thread, once it was polled. */
    void checkThread() {
        if (owner != null && Thread.currentThread() != owner) {
            throw strangerException();
        }
    }

    private IllegalStateException strangerException() {
        return new IllegalStateException("a batch belongs to the thread that polls its subscriber"
                + (owner == null ? ": poll into it first" : ", " + ThreadNames.of(owner)) + ", until it is retained");
    }

    /** The topics of streams, for a batch that is to know them by itself. Between enter and exit. */
    KeptTopics keepTopics(final MemorySegment streams, final int count) {
        return new KeptTopics(registry, streams, count);
    }

    /** The batch that holds what the last poll took has it for itself now. Between enter and exit. */
    void leaveFilled() {
        final LaneBatch batch = filled;
        filled = null;
        batch.leaveLanes(subscription.closed);
    }

    /** Publishers may write again where the batch lies. */
    void release() {
        begin();
        try {
            letGo();
        } finally {
            exit();
        }
    }

    /** Inside of a poll, or between begin and exit. */
    private void letGo() {
        final LaneBatch batch = filled;
        filled = null;
        batch.letGo(subscription.closed);
    }

    /** All numbers of streams are below it. */
    int streamLimit() {
        return registry.streamLimit();
    }

    /** Topic of a stream. */
    Topic topic(final int streamId) {
        return registry.topic(streamId);
    }

    private int pollFeeds(final MessageHandler handler, final int limit) {
        if (neighbours != null && neighbours.haveNews()) {
            neighbours.absorb();
        }
        // Closed first: a lane that was opened before the close is found by the load behind it.
        final boolean streamerClosed = registry.isClosed();
        final LaneFeed[] feeds = subscription.feeds;
        final int lanes = feeds.length;
        if (lanes == 0) {
            return subscription.isDisconnected() ? DISCONNECTED : streamerClosed ? CLOSED : 0;
        }
        if (cutOff) {
            return tellCutOff();
        }
        final int share = lanes == 1 ? limit : Math.max(1, limit / lanes);
        final boolean skipIdle = lanes > MANY_LANES;
        final int turn = this.turn++;
        int at = next < lanes ? next : 0;
        boolean lingers = false;
        int count = 0;
        for (int passed = 0; passed < lanes && count < limit && !subscription.closed; passed++) {
            final LaneFeed feed = feeds[at];
            at = at + 1 < lanes ? at + 1 : 0;
            // Before the lane is polled: one that throws does not come first again.
            next = at;
            if (!(skipIdle && feed.idle && turn - feed.visited < IDLE_VISIT_INTERVAL)) {
                if (feed.linger.isOn()) {
                    lingers = true;
                } else {
                    feed.visited = turn;
                    final int got = pollFeed(feed, handler, Math.min(share, limit - count));
                    if (got < 0) {
                        return count > 0 ? count : got;
                    }
                    count += got;
                    if (cutOff && count > 0) {
                        return count;
                    }
                }
            }
        }
        return count == 0 && lingers ? pollLingering(feeds, turn, handler, share) : count;
    }

    /** There was nothing else: waits until lanes that were left alone may be looked at, so that no poll answers 0 where messages are. */
    private int pollLingering(final LaneFeed[] feeds, final int turn, final MessageHandler handler, final int limit) {
        for (final LaneFeed feed : feeds) {
            while (feed.linger.isOn() && !subscription.closed) {
                Thread.onSpinWait();
            }
            if (feed.visited != turn && !subscription.closed) {
                feed.visited = turn;
                final int count = pollFeed(feed, handler, limit);
                if (count != 0) {
                    return count;
                }
            }
        }
        return 0;
    }

    /** How many messages were handed over; {@link #DISCONNECTED} if it found itself cut off, and has no lanes any more. */
    private int pollFeed(final LaneFeed feed, final MessageHandler handler, final int limit) {
        feed.message.open(owner);
        final int count;
        try {
            count = filter != null
                    ? feed.reader.pollWhere(feed.message, handler, limit, feed.streams, feed.matches(filter))
                    : feed.streams == null
                    ? feed.reader.poll(feed.message, handler, limit)
                    : feed.reader.pollMatching(feed.message, handler, limit, feed.streams);
            feed.message.checkWhole();
        } catch (final InternalError fault) {
            throw feed.message.explain(fault);
        } finally {
            feed.message.clear();
            noteCutOff(feed);
        }
        feed.linger.polled(count, count == limit);
        feed.idle = count == 0 && !feed.passedOver();
        return count == 0 ? leaveIfDrained(feed, false) : count;
    }

    /** Leaves a lane that has nothing more for this, or all if it was cut off in it: then {@link #DISCONNECTED}, else 0. */
    private int leaveIfDrained(final LaneFeed feed, final boolean holdsMessages) {
        if (feed.reader.isDrained() && !subscription.closed) {
            // Asked once, behind isDrained: it may be cut off at any time, and whoever holds messages of other lanes must not leave those.
            if (drained.isIn(feed)) {
                if (holdsMessages) {
                    return 0;
                }
                registry.disconnect(subscription);
                return DISCONNECTED;
            }
            registry.detach(subscription, feed);
        }
        return 0;
    }

    private void claim() {
        final Thread current = Thread.currentThread();
        registry.locked(() -> {
            if (subscription.closed) {
                throw closedException();
            }
            if (subscription.owner != null) {
                throw new IllegalStateException("this subscriber is polled by thread " + ThreadNames.of(subscription.owner)
                        + ": give thread " + ThreadNames.of(current) + " a subscriber of its own");
            }
            subscription.owner = current;
        });
        owner = current;
    }

    private IllegalStateException closedException() {
        return new IllegalStateException("this subscriber of " + pattern() + " was closed");
    }

    @Override
    public long lost() {
        return registry.lost(subscription);
    }

    @Override
    public List<LaneStatus> lanes() {
        return Statuses.ofLanes(registry, subscription);
    }

    /**
     * The owner's own call detaches at once, or, from inside a handler, when the poll returns. Another thread's must find out whether the
     * owner is inside a poll, whose lanes may not be taken from under it.
     */
    @Override
    public void close() {
        registry.close(subscription);
        final Thread polling = subscription.owner;
        if (polling == null || polling == Thread.currentThread() || !polling.isAlive()) {
            if (polling == null || !subscription.polling || !polling.isAlive()) {
                cleanable.clean();
            }
            return;
        }
        // SYNC: the owner stores 'polling', then loads 'closed'; this stored 'closed', and loads 'polling' behind the handshake. Either
        // this finds the owner inside a poll, or the owner finds it closed: who finds it detaches.
        Handshake.withAllThreads();
        if (!subscription.polling) {
            cleanable.clean();
        }
    }
}
