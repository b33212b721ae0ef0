// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * Sends messages to one topic, through a lane of its own.
 *
 * <p><b>Threads</b>: belongs to the thread that first sends with it; another gets an {@link IllegalStateException}. Only
 * {@link #close} and {@link #dropped} may be called from anywhere. Give each thread a publisher: they never wait for one another. For
 * very many topics there is {@link StreamPublisher}.
 *
 * <p><b>Blocking</b>: {@code offer} and {@code tryClaim} never block, and take a bounded number of steps; only a thread's first call takes
 * a lock, to claim the publisher. {@code publish} waits.
 *
 * <p><b>Ordering</b>: every subscriber gets the messages of a publisher in the order they were sent. Between publishers there is
 * no order.
 *
 * <p><b>Results</b>: a position, at least 0, or one of the negative constants here, which are expected outcomes and never
 * thrown. A call on a publisher that was closed throws {@link IllegalStateException}.
 *
 * {@snippet :
 * long result = publisher.offer(segment, 0, length);
 * if (result == Publisher.BACK_PRESSURED) {
 *     Thread.onSpinWait(); // and offer it again
 * }
 * }
 */
public interface Publisher extends AutoCloseable {

    /** The lane is full of messages that a {@link SlowSubscriberPolicy#BLOCK} subscriber has not read: try again. */
    long BACK_PRESSURED = -1;

    /** The streamer was closed: nothing was sent, and nothing will be. */
    long CLOSED = -2;

    /**
     * The message is longer than this call takes: {@link #maxLength} for a claim, {@link #maxOfferLength} for an offer,
     * {@link #maxMessageLength} for {@code publish}. Use one that takes more, send less at a time, or launch with larger lanes.
     */
    long TOO_LONG = -3;

    /**
     * The lane is so full that a message of this priority is dropped: it was not sent, and was counted. Go on with the next one. Only
     * calls with a {@link MessagePriority}, of a publisher with a {@link PublisherConfig}, answer this.
     */
    long DROPPED = -4;

    /** Topic that it sends to. */
    Topic topic();

    /** Number of this publisher, unique within the streamer: {@link Message#publisherId()} of what it sends. */
    int id();

    /**
     * Most bytes of payload in a claim: what fits into a quarter of the lane. Messages up to here are written and read in place. Longer
     * ones are sent in parts, which subscribers put together again: twice the work, in memory of the
     * streamer's, and for a handler no difference.
     */
    int maxLength();

    /**
     * Most bytes of payload in an offer: what fits into half the lane, unless {@link StreamerConfig#maxMessageLength} is less. All of it is
     * sent, or nothing.
     */
    default int maxOfferLength() {
        return maxLength();
    }

    /** Most bytes of payload in a message, which {@link #publish publish} takes. See {@link StreamerConfig#maxMessageLength}. */
    default int maxMessageLength() {
        return maxOfferLength();
    }

    /** Sends the bytes of a segment. */
    default long offer(final MemorySegment payload) {
        // An int cast would turn 4 GiB into 0: what no int holds is too long in any case.
        return offer(payload, 0, (int) Math.min(payload.byteSize(), Integer.MAX_VALUE));
    }

    /** Sends {@code length} bytes of a segment, from an offset on. */
    default long offer(final MemorySegment payload, final long offset, final int length) {
        return offer(payload, offset, length, Message.NO_TIMESTAMP);
    }

    /**
     * Sends {@code length} bytes of a segment, stamped with a time.
     *
     * @param timestamp nanoseconds on a clock that publisher and subscriber agree on, often {@link System#nanoTime()}; it costs 8
     *     bytes in the lane, {@link Message#NO_TIMESTAMP} none
     * @throws IndexOutOfBoundsException if the range is not inside the segment
     */
    long offer(MemorySegment payload, long offset, int length, long timestamp);

    /** Sends an array. */
    default long offer(final byte[] payload) {
        return offer(payload, 0, payload.length);
    }

    /**
     * Sends {@code length} bytes of an array, from an offset on.
     *
     * @throws IndexOutOfBoundsException if the range is not inside the array
     */
    long offer(byte[] payload, int offset, int length);

    /**
     * Sends what a builder holds, and leaves the builder as it is.
     *
     * @return a position, or a negative result; {@link #TOO_LONG} if the payload is longer than {@link #maxOfferLength()}, headers and
     *     payload together than half the lane, or the headers alone than a quarter of it. A text that does not fit into a quarter of the
     *     lane is encoded into an array first
     * @throws IllegalArgumentException if it names another topic than this publisher's
     */
    long offer(MessageBuilder message);

    /** Sends a payload, without copying it. */
    default long offer(final Payload payload) {
        return offer(payload, Message.NO_TIMESTAMP);
    }

    /**
     * Sends a payload, stamped with a time. The message refers to its bytes: only 24 bytes of them go through the lane, so that it may be
     * longer than {@link #maxLength()}, up to 2<sup>31</sup> - 1 bytes. Ends its {@linkplain Payload#writable writing}. The caller keeps
     * its own reference; the lane holds another one until every subscriber that gates it has passed the message and this publisher
     * sends more, or all have closed. {@link #BACK_PRESSURED} does not count that memory: what is in flight is bounded by the memory
     * that payloads can have.
     *
     * <p>The bytes are copied into the lane instead if they are less than 1 KiB, or while a {@link SlowSubscriberPolicy#LOSSY} subscriber
     * reads the lane, which nobody waits for. Then the length is limited as with other offers. A subscriber that is lossy, or starts in
     * the past, and meets a payload that all others have passed, counts the message as {@linkplain Subscriber#lost lost}.
     *
     * @param timestamp as in {@link #offer(MemorySegment, long, int, long)}
     * @return a position, or a negative result, as with other offers
     * @throws IllegalStateException if the payload was released, or is written by another thread
     * @throws KaelixException if bytes of a file have to be copied, and it was cut
     */
    long offer(Payload payload, long timestamp);

    /**
     * Sends {@code length} bytes of a segment, stamped with a time, unless less of the lane is free than their priority asks for.
     *
     * <p>What may be dropped never answers {@link #BACK_PRESSURED}: if there is no room for it at all, it is dropped, too. Without a
     * {@link PublisherConfig}, priorities make no difference.
     *
     * @return as {@link #offer(MemorySegment, long, int, long)}, or {@link #DROPPED}
     * @throws IndexOutOfBoundsException if the range is not inside the segment
     */
    long offer(MessagePriority priority, MemorySegment payload, long offset, int length, long timestamp);

    /** The same for an array. */
    long offer(MessagePriority priority, byte[] payload, int offset, int length);

    /** The same for space to be written in place: {@link Claim#result()} may be {@link #DROPPED}. */
    Claim tryClaim(MessagePriority priority, int length, long timestamp);

    /** Messages of a priority that were dropped. May be called from any thread. */
    long dropped(MessagePriority priority);

    /** Claims space for a message of {@code length} bytes, to be written in place. See {@link Claim}. */
    default Claim tryClaim(final int length) {
        return tryClaim(length, Message.NO_TIMESTAMP);
    }

    /**
     * Claims space for a message, stamped with a time.
     *
     * @return this publisher's claim, open if the space was granted; else its {@link Claim#result()} says why not
     * @throws IllegalStateException if the last claim was neither committed nor aborted
     * @throws IllegalArgumentException if {@code length} is negative
     */
    Claim tryClaim(int length, long timestamp);

    /**
     * From here on what is sent is held back and becomes visible together, at {@link #endBatch}, for the price of one message's
     * publication: what makes small messages cheap. A batch that runs out of space, or grows beyond half the lane, is published up
     * to there and goes on: batches save time, they are no transactions.
     */
    void beginBatch();

    /**
     * Publishes what was held back since {@link #beginBatch}. Only then are the messages of a batch sent, whatever position their offers
     * answered.
     *
     * @return the position behind the last message; {@link #CLOSED} if the streamer was closed meanwhile, and what was held back is dropped
     */
    long endBatch();

    /**
     * Sends the bytes of a segment, waiting for space if it must: spins, then yields, then sleeps for tens of microseconds. A thread that
     * is interrupted does not wait; it stays interrupted.
     *
     * <p>Called from inside a handler, the message that this handler is at counts as the last one read by its subscriber: if that
     * subscriber itself is what holds up this publisher, waiting would be for ever, and the answer is {@link #BACK_PRESSURED} at
     * once. So it is in a task of a worker that calls {@linkplain MemoryStreamer#subscribe handlers}, if those are what holds up the
     * publisher.
     *
     * <p>A message that is longer than {@link #maxLength()} is sent part by part, as its subscribers make room: it may be longer than the
     * lane. Other publishers go on meanwhile, and subscribers receive from them. If the time is over in the middle of it, no subscriber
     * receives it: {@link #BACK_PRESSURED} means that it was not sent, as always. So does an exception: if the publisher is closed by
     * another thread meanwhile, or the payload's memory is.
     *
     * @return a position, {@link #BACK_PRESSURED} when the time is over, {@link #CLOSED} or {@link #TOO_LONG}
     */
    long publish(MemorySegment payload, long offset, int length, Duration timeout);

    /**
     * No more will be sent. What was sent is still received; a batch that was begun is published, a claim that is open is
     * aborted. May be called from any thread and again.
     *
     * <p>Closed by another thread than its own, an {@code offer} that is under way is still sent. A claim that is open then keeps the lane
     * until its thread commits or aborts it; the commit throws. Such a close blocks until every thread of the
     * process has passed a safepoint.
     */
    @Override
    void close();
}
