// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.numa;

import io.kaelix.MemoryStreamer;
import io.kaelix.MessageHandler;
import io.kaelix.Placement;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Carries messages from a thread on one NUMA node to a thread on another, in batches.
 *
 * <pre>
 *   node 0: writer ──offer──► batch ──flush──►┐
 *                                             │ interconnect
 *   node 1:          ring of the lane, in memory of this node ──poll──► reader
 * </pre>
 *
 * <p>The ring lies on the reader's node: the writer's stores travel while it goes on, the reader's loads would have to be waited for. A
 * batch becomes visible with one store, so that the line which the reader polls crosses the interconnect once for each batch, and not
 * once for each message. The ring is a lane with one publisher and one subscriber; nothing here copies a message once more.
 *
 * <p>What is offered is held back until its batch is flushed: by count, by time, by {@link #flush}, by {@link #close}, or because there is
 * no more room. There is no thread that would do it: time is looked at with each {@code offer} and {@link #flushIfDue}, so a writer that
 * has nothing to offer for a while calls one of the flushes.
 *
 * {@snippet :
 * CrossNumaChannel channel = CrossNumaChannel.open(CrossNumaChannelConfig.toNode(1).withBatchSize(128));
 * Thread reader = Thread.ofPlatform().start(() -> {
 *     try (Pinned pinned = Affinity.ofThisMachine().pinToNode(1)) {
 *         while (channel.poll(message -> sum += message.getLong(0), 256) != CrossNumaChannel.CLOSED) {
 *             Thread.onSpinWait();
 *         }
 *     }
 * });
 * while (channel.offer(segment, 0, length) == CrossNumaChannel.BACK_PRESSURED) {
 *     Thread.onSpinWait();
 * }
 * channel.close(); // flushes; the reader gets everything, then CLOSED
 * }
 *
 * <p><b>Threads</b>: one writes ({@code offer}, {@link #flush}, {@link #flushIfDue}) and one reads ({@link #poll}): whichever does so
 * first; another gets an {@link IllegalStateException}. All else may be called from anywhere.
 *
 * <p><b>Blocking</b>: nothing but {@link #open} and {@link #close} blocks. <b>Ordering</b>: the reader gets every message, in the order of
 * the offers. <b>Results</b>: at least 0, or one of the negative constants, which are expected outcomes and never thrown.
 */
public final class CrossNumaChannel implements AutoCloseable {

    /** The ring is full of messages that were not read: try again. What was held back is flushed. */
    public static final long BACK_PRESSURED = Publisher.BACK_PRESSURED;

    /** The channel was closed: nothing was sent, and nothing will be. */
    public static final long CLOSED = Publisher.CLOSED;

    /** The message is longer than {@link #maxLength()}: send less at a time, or open with a larger ring. */
    public static final long TOO_LONG = Publisher.TOO_LONG;

    private static final Topic TOPIC = Topic.of("cross-numa");

    private final CrossNumaChannelConfig config;
    private final LongSupplier clock;
    private final MemoryStreamer streamer;
    private final Subscriber subscriber;
    private final Publisher publisher;
    private final int batchSize;
    private final int halfCapacity;
    /** 0 for never. */
    private final long delayNanos;

    /** Set by its first offer, once the publisher took it for its owner. */
    private Thread writer;

    // By the writer.
    private int held;
    private long heldSince;
    private long position;
    private long flushedPosition;

    // Counted by one thread each, read by any.
    private final AtomicLong messages = new AtomicLong();
    private final AtomicLong flushed = new AtomicLong();
    private final AtomicLong byCount = new AtomicLong();
    private final AtomicLong byTime = new AtomicLong();
    private final AtomicLong byCall = new AtomicLong();
    private final AtomicLong bySpace = new AtomicLong();
    private final AtomicLong received = new AtomicLong();

    /** Set under the lock, by the first poll. */
    private Thread reader;
    // By the reader: what the poll under way has handed over, and to whom.
    private int handed;
    private MessageHandler handler;
    private final MessageHandler counting = message -> {
        handed++;
        handler.onMessage(message);
    };

    private volatile boolean closed;
    /** Whether nobody will read any more. Under the lock, or by the reader. */
    private boolean released;

    private CrossNumaChannel(final CrossNumaChannelConfig config, final LongSupplier clock) {
        this.config = config;
        this.clock = clock;
        this.batchSize = config.batchSize();
        this.halfCapacity = config.capacity() / 2;
        this.delayNanos = nanos(config.maxDelay());
        // The reader does not linger at the tail: batches keep it away from there already.
        this.streamer = MemoryStreamer.launch(StreamerConfig.defaults().withLaneCapacity(config.capacity())
                .withMemoryLimit(2L * config.capacity() + StreamerConfig.defaults().laneCapacity() * 8L).withNode(config.readerNode())
                .withPages(config.pages()).withLinger(Duration.ZERO).withMaxMessageLength(1));
        this.subscriber = streamer.subscriber(TopicPattern.of(TOPIC.name()), SlowSubscriberPolicy.BLOCK);
        this.publisher = streamer.publisher(TOPIC);
    }

    private static long nanos(final Duration delay) {
        // What does not fit into nanoseconds is later than the end of any process.
        return delay.compareTo(Duration.ofNanos(Long.MAX_VALUE)) >= 0 ? 0 : delay.toNanos();
    }

    /**
     * Opens a channel: maps its memory on the reader's node. Takes some milliseconds.
     *
     * @throws io.kaelix.KaelixException if native access is not enabled, the node does not exist, or the memory cannot be had
     */
    public static CrossNumaChannel open(final CrossNumaChannelConfig config) {
        return open(config, System::nanoTime);
    }

    static CrossNumaChannel open(final CrossNumaChannelConfig config, final LongSupplier clock) {
        return new CrossNumaChannel(config, clock);
    }

    /** What it was opened with. */
    public CrossNumaChannelConfig config() {
        return config;
    }

    /** Where the ring really is, as read back from the kernel: its node is the reader's, or the reason says why not. */
    public Placement placement() {
        return streamer.placement();
    }

    /** Most bytes in a message. */
    public int maxLength() {
        return publisher.maxLength();
    }

    /** Sends an array: by the writer. See {@link #offer(MemorySegment, long, int)}. */
    public long offer(final byte[] payload) {
        if (closed) {
            return CLOSED;
        }
        try {
            begin();
            return taken(publisher.offer(payload));
        } catch (final IllegalStateException refused) {
            return closedOrThrow(refused);
        }
    }

    /**
     * Adds a message to the batch, and flushes the batch if it is full or old enough: by the writer.
     *
     * @return position behind the message; {@link #BACK_PRESSURED}, {@link #CLOSED} or {@link #TOO_LONG}
     * @throws IndexOutOfBoundsException if the range is not inside the segment
     */
    public long offer(final MemorySegment payload, final long offset, final int length) {
        if (closed) {
            return CLOSED;
        }
        try {
            begin();
            return taken(publisher.offer(payload, offset, length));
        } catch (final IllegalStateException refused) {
            return closedOrThrow(refused);
        }
    }

    /** The publisher, too, throws where it was closed; and where another thread writes, which is a mistake, closed or not. */
    private long closedOrThrow(final IllegalStateException refused) {
        if (closed) {
            return CLOSED;
        }
        throw refused;
    }

    private void begin() {
        if (Thread.currentThread() != writer) {
            publisher.beginBatch(); // refuses a second writer
            writer = Thread.currentThread();
        } else if (held == 0) {
            publisher.beginBatch();
        }
    }

    private long taken(final long result) {
        if (result < 0) {
            if (result == BACK_PRESSURED && held > 0) {
                // The lane has published what it held back, so that the reader can make room.
                count(bySpace);
            }
            return result;
        }
        position = result;
        messages.lazySet(messages.getPlain() + 1);
        final long now = delayNanos == 0 ? 0 : clock.getAsLong();
        if (held++ == 0) {
            heldSince = now;
        }
        if (held == batchSize) {
            return flush(byCount, result);
        }
        if (result - flushedPosition >= halfCapacity) {
            return flush(bySpace, result);
        }
        if (delayNanos != 0 && now - heldSince >= delayNanos) {
            return flush(byTime, result);
        }
        return result;
    }

    /**
     * Makes what is held back visible to the reader: by the writer.
     *
     * @return how many messages that were, or {@link #CLOSED}
     */
    public long flush() {
        if (closed) {
            return CLOSED;
        }
        return isForOthers() || held == 0 ? 0 : flush(byCall, held);
    }

    /**
     * Does so if the batch is as old as the settings allow: by a writer that has nothing to offer at the moment.
     *
     * @return how many messages were flushed, or {@link #CLOSED}
     */
    public long flushIfDue() {
        if (closed) {
            return CLOSED;
        }
        return isForOthers() || held == 0 || delayNanos == 0 || clock.getAsLong() - heldSince < delayNanos ? 0 : flush(byTime, held);
    }

    /** Whether nothing was ever offered; throws where another thread does that. */
    private boolean isForOthers() {
        final Thread owner = writer;
        if (owner != null && owner != Thread.currentThread()) {
            throw new IllegalStateException("this channel is written by thread \"" + owner.getName() + "\": thread \""
                    + Thread.currentThread().getName() + "\" needs a channel of its own");
        }
        return owner == null;
    }

    /** Answers the result, or {@link #CLOSED} if the reader is gone and nothing was flushed. */
    private long flush(final AtomicLong cause, final long result) {
        try {
            if (publisher.endBatch() == CLOSED) {
                return CLOSED;
            }
        } catch (final IllegalStateException refused) {
            closedOrThrow(refused);
            // Closed by another thread since this call began: the publisher flushed the batch as it ended.
            return result;
        }
        count(cause);
        return result;
    }

    private void count(final AtomicLong cause) {
        held = 0;
        flushedPosition = position;
        flushed.lazySet(messages.getPlain());
        cause.lazySet(cause.getPlain() + 1);
    }

    /**
     * Hands over what was flushed, at most {@code limit} messages, and returns: by the reader.
     *
     * @param handler called on this thread, once for each message
     * @param limit most messages, at least 1
     * @return how many messages were handed over; 0 if there were none; {@link #CLOSED} if there will be none
     */
    public int poll(final MessageHandler handler, final int limit) {
        // Before the poll: what was sent before the close is found by the poll behind it.
        final boolean ended = closed;
        if (Thread.currentThread() != reader) {
            becomeReader();
        }
        if (released) {
            return (int) CLOSED;
        }
        final int count;
        handed = 0;
        this.handler = handler;
        try {
            count = subscriber.poll(counting, limit);
        } finally {
            // A handler that throws had its message: so it counts.
            received.lazySet(received.getPlain() + handed);
        }
        if (count == 0 && ended && subscriber.lanes().isEmpty()) {
            release();
            return (int) CLOSED;
        }
        return count;
    }

    private synchronized void becomeReader() {
        if (!released) {
            if (reader != null) {
                throw new IllegalStateException("this channel is read by thread \"" + reader.getName() + "\": thread \""
                        + Thread.currentThread().getName() + "\" needs a channel of its own");
            }
            reader = Thread.currentThread();
        }
    }

    /** Nobody reads any more: gives the memory back. Again is without effect. */
    private synchronized void release() {
        released = true;
        subscriber.close();
        streamer.close();
    }

    /**
     * What is held back is flushed, and no more is sent: from now on the writer gets {@link #CLOSED}. The reader, even one that comes only
     * later, still gets what was sent, and then {@link #CLOSED}; the memory is given back with that, or when the channel is forgotten and
     * found by the garbage collector. Closed by the reader itself, or when its thread has ended, nothing more is received and the memory is
     * given back at once. From any thread, and again.
     */
    @Override
    public synchronized void close() {
        closed = true;
        publisher.close();
        if (reader != null && (reader == Thread.currentThread() || !reader.isAlive())) {
            release();
        }
    }

    /** What went through so far. From any thread; also when it is closed. */
    public CrossNumaChannelStatistics statistics() {
        final boolean ended = closed;
        final long flushedBefore = flushed.get();
        final long sent = messages.get();
        return new CrossNumaChannelStatistics(sent, received.get(), byCount.get(), byTime.get(), byCall.get(), bySpace.get(),
                ended && sent > flushedBefore ? 1 : 0);
    }
}
