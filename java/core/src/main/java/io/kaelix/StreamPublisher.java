// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * Sends messages to many topics, through one lane: a publisher of a million streams takes the memory of one.
 *
 * <p>A topic is a stream with a number, which {@link #stream} tells; messages name the number.
 *
 * {@snippet :
 * StreamPublisher publisher = streamer.streamPublisher();
 * int eu = publisher.stream("orders.eu");
 * int us = publisher.stream("orders.us");
 * publisher.offer(eu, segment);
 * publisher.tryClaim(us, 8).putDouble(0, price).commit();
 * }
 *
 * <p><b>What it shares</b>: all its streams go through one lane, so that a {@link SlowSubscriberPolicy#BLOCK} subscriber of one of them
 * that stops reading stops them all. Topics that must not slow one another down have a {@link Publisher} each.
 *
 * <p><b>Threads</b>: belongs to the thread that first sends with it; another gets an {@link IllegalStateException}. Only {@link #close},
 * {@link #stream}, {@link #id}, {@link #maxLength} and {@link #dropped} may be called from anywhere.
 *
 * <p><b>Blocking</b>: {@code offer} and {@code tryClaim} never wait for a subscriber, and take a bounded number of steps. The first message
 * of each stream is the exception: it takes the lock of the streamer, to introduce the stream to its subscribers.
 *
 * <p><b>Ordering</b>: every subscriber gets the messages of a publisher in the order they were sent, those of different streams among one
 * another too. {@link Message#sequence()} counts each stream by itself.
 *
 * <p><b>Results</b>: a position, at least 0, or {@link Publisher#BACK_PRESSURED}, {@link Publisher#CLOSED}, {@link Publisher#TOO_LONG},
 * {@link Publisher#DROPPED}, which mean what they mean there, or {@link #EXPIRED}. A call on a publisher that was closed throws
 * {@link IllegalStateException}.
 *
 * <p><b>Stream numbers</b> are those of the streamer: one publisher's may be used with another's, and what {@link Message#streamId()} says.
 * Any other number throws {@link IllegalArgumentException}. The first message of a stream throws {@link KaelixException} if a subscriber of
 * it finds no room among the readers of the lane; nothing was sent then, and it may be tried again.
 */
public interface StreamPublisher extends AutoCloseable {

    /**
     * The stream was idle for too long, and is no more: nothing was sent. Ask {@link #stream} for the topic's number again, and send to
     * that; the old number may soon be another topic's. Only where {@link StreamerConfig#withStreamExpiry} asks for it.
     *
     * <p><b>Which streams expire</b>: those that no publisher of many has sent to or asked for within that time, and a quarter more at
     * most, that no open publisher of one topic has, and that are no partitions. An offer at the very moment goes through, or answers this.
     *
     * <p><b>When the number is used again</b>: once each open publisher that was asked for it, or sent to it, has answered this, was told
     * to {@link #forget} it, or is closed, and no lane holds a message of it that anybody could still read; else never. So a number reaches
     * the topic that it was asked for, or nobody. With expiry, use no number with a publisher that was not asked for it.
     */
    long EXPIRED = -5;

    /**
     * Number of the stream of a topic; a topic that has none gets one, under the lock of the streamer. A topic that is known is looked up
     * without the lock, unless {@linkplain StreamerConfig#withStreamExpiry streams expire}.
     *
     * @throws IllegalArgumentException if the topic has partitions: see {@link #streamOfKey(Topic, byte[])}
     * @throws IllegalStateException after this publisher or its streamer was closed
     */
    int stream(Topic topic);

    /** The same by name. */
    default int stream(final String topic) {
        return stream(Topic.of(topic));
    }

    /**
     * Number of the stream of the partition that a key chooses; see {@link MemoryStreamer#declare} and {@link Message#partition}. Takes no
     * lock, unless {@linkplain StreamerConfig#withStreamExpiry streams expire}, and allocates nothing; but if the topic is new, it gets a
     * stream, without partitions. The key itself is not sent: a message that
     * shall carry its hash is built with {@link MessageBuilder#partitionKey(byte[])}.
     *
     * @throws IllegalStateException after this publisher or its streamer was closed
     */
    int streamOfKey(Topic topic, byte[] key);

    /** The same for a number as key: for its 8 bytes, little-endian. */
    int streamOfKey(Topic topic, long key);

    /** The same for a text as key: for its bytes in UTF-8. Allocates if there are more than 256. */
    int streamOfKey(Topic topic, String key);

    /**
     * Number of the stream of a partition.
     *
     * @param partition from 0
     * @throws IllegalArgumentException if the topic has no such partition
     * @throws IllegalStateException after this publisher or its streamer was closed
     */
    int streamOfPartition(Topic topic, int partition);

    /** Number of this publisher, unique within the streamer: {@link Message#publisherId()} of what it sends. */
    int id();

    /** Most bytes of payload in a claim. As {@link Publisher#maxLength}. */
    int maxLength();

    /** Most bytes of payload in an offer. As {@link Publisher#maxOfferLength}. */
    default int maxOfferLength() {
        return maxLength();
    }

    /** Most bytes of payload in a message. As {@link Publisher#maxMessageLength}. */
    default int maxMessageLength() {
        return maxOfferLength();
    }
    /**
     * This publisher will not send to a stream any more, unless it asks for it again: whoever has sent to a topic for the last time says
     * so, and keeps its number from being held for ever. It does not end the stream, which others may use, but lets it expire; without
     * {@link StreamerConfig#withStreamExpiry} it has no effect. Takes the lock of the streamer.
     *
     * <p>If this publisher sends to the stream again before it has expired, {@link Message#sequence()} begins at 0.
     *
     * @throws IllegalArgumentException if there is no such stream
     * @throws IllegalStateException on another thread than the publisher's, while a claim is open, or after this publisher was closed
     */
    void forget(int stream);

    /** Sends the bytes of a segment. */
    default long offer(final int stream, final MemorySegment payload) {
        // An int cast would turn 4 GiB into 0: what no int holds is too long in any case.
        return offer(stream, payload, 0, (int) Math.min(payload.byteSize(), Integer.MAX_VALUE));
    }

    /** Sends {@code length} bytes of a segment, from an offset on. */
    default long offer(final int stream, final MemorySegment payload, final long offset, final int length) {
        return offer(stream, payload, offset, length, Message.NO_TIMESTAMP);
    }

    /**
     * Sends {@code length} bytes of a segment, stamped with a time.
     *
     * @param stream number of the stream
     * @param timestamp as in {@link Publisher#offer(MemorySegment, long, int, long)}
     * @throws IndexOutOfBoundsException if the range is not inside the segment
     */
    long offer(int stream, MemorySegment payload, long offset, int length, long timestamp);

    /** Sends an array. */
    default long offer(final int stream, final byte[] payload) {
        return offer(stream, payload, 0, payload.length);
    }

    /**
     * Sends {@code length} bytes of an array, from an offset on.
     *
     * @throws IndexOutOfBoundsException if the range is not inside the array
     */
    long offer(int stream, byte[] payload, int offset, int length);

    /**
     * Sends what a builder holds, and leaves the builder as it is.
     *
     * @return a position, or a negative result; {@link Publisher#TOO_LONG} as {@link Publisher#offer(MessageBuilder)} says
     * @throws IllegalArgumentException if the builder names another topic than the stream's
     */
    long offer(int stream, MessageBuilder message);

    /** Sends a payload, without copying it. */
    default long offer(final int stream, final Payload payload) {
        return offer(stream, payload, Message.NO_TIMESTAMP);
    }

    /** Sends a payload, stamped with a time. As {@link Publisher#offer(Payload, long)}. */
    long offer(int stream, Payload payload, long timestamp);

    /** Claims space for a message of {@code length} bytes, to be written in place. See {@link Claim}. */
    default Claim tryClaim(final int stream, final int length) {
        return tryClaim(stream, length, Message.NO_TIMESTAMP);
    }

    /**
     * Claims space for a message, stamped with a time.
     *
     * @return this publisher's claim, open if the space was granted; else its {@link Claim#result()} says why not
     * @throws IllegalStateException if the last claim was neither committed nor aborted
     * @throws IllegalArgumentException if {@code length} is negative
     */
    Claim tryClaim(int stream, int length, long timestamp);

    /**
     * Sends {@code length} bytes of a segment, stamped with a time, unless less of the lane is free than their priority asks for. The lane
     * is that of all streams: what one of them holds up, lower priorities of the others are dropped for. What is dropped gets no number:
     * the sequence of its stream goes on.
     *
     * {@snippet :
     * StreamPublisher quotes = streamer.streamPublisher(PublisherConfig.defaults());
     * int eu = quotes.stream("quotes.eu");
     * if (quotes.offer(MessagePriority.LOW, eu, "101.25".getBytes(), 0, 6) == Publisher.DROPPED) {
     *     System.out.println(quotes.dropped(MessagePriority.LOW) + " quotes were dropped");
     * }
     * }
     *
     * @return as {@link Publisher#offer(MessagePriority, MemorySegment, long, int, long)}
     * @throws IndexOutOfBoundsException if the range is not inside the segment
     */
    long offer(MessagePriority priority, int stream, MemorySegment payload, long offset, int length, long timestamp);

    /** The same for an array. */
    long offer(MessagePriority priority, int stream, byte[] payload, int offset, int length);

    /** The same for space to be written in place: {@link Claim#result()} may be {@link Publisher#DROPPED}. */
    Claim tryClaim(MessagePriority priority, int stream, int length, long timestamp);

    /** Messages of a priority that were dropped, of all streams. May be called from any thread. */
    long dropped(MessagePriority priority);

    /** From here on what is sent, to whatever stream, is held back until {@link #endBatch}. As {@link Publisher#beginBatch}. */
    void beginBatch();

    /** Publishes what was held back. As {@link Publisher#endBatch}. */
    long endBatch();

    /** Sends the bytes of a segment, waiting for space if it must. As {@link Publisher#publish}. */
    long publish(int stream, MemorySegment payload, long offset, int length, Duration timeout);

    /** No more will be sent. What was sent is still received. May be called from any thread and again; as {@link Publisher#close}. */
    @Override
    void close();
}
