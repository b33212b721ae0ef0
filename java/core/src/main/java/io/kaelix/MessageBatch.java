// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.lang.foreign.MemorySegment;

/**
 * Many messages at once, as columns in native memory: what {@link Subscriber#poll(MessageBatch)} received, to be selected, added up and
 * checked by vector instructions before one of them is looked at by itself.
 *
 * {@snippet :
 * try (MessageBatch batch = subscriber.batch(1_000)) {
 *     while (running) {
 *         if (subscriber.poll(batch) > 0) {
 *             sum += batch.where(Field.int32(0).equalTo(7)).sum(Field.int64(8));
 *             batch.forEachSelected(handler);
 *         }
 *     }
 * }
 * }
 *
 * <p><b>Lifetime</b>: made once by {@link Subscriber#batch}, filled again by each poll. Its messages are there until the subscriber polls
 * again, whatever with, until {@link #release} or {@link #close}, or until the subscriber is closed. Used after that, it throws {@link
 * IllegalStateException}; the columns keep what they showed. What is to live longer is {@linkplain #retain retained}.
 *
 * <p><b>What it holds up</b>: the messages stay where the publisher wrote them, and that memory is not written again until the batch is
 * released. It takes at most half of a publisher's lane, so that the other half is free to be written; the rest comes with the next poll.
 * Release it, or poll, before you wait for anybody: a thread that publishes into a lane that its own batch holds gets {@link
 * Publisher#BACK_PRESSURED} once that lane is full. Of a {@link SlowSubscriberPolicy#LOSSY} subscriber it holds a copy, and nobody
 * up; so it does of a message that is longer than a quarter of the lane, and of a {@link Payload}; and so does one that is retained. Of a
 * {@link SlowSubscriberPolicy#DISCONNECT} one that is cut off meanwhile, it may find bytes of later messages; the next poll tells.
 *
 * <p><b>Selection</b>: at first all messages. Each {@code where} narrows it, {@link #clearSelection} restores it. What counts, adds up and
 * hands over does so with those selected, in the order in which they were received.
 *
 * <p><b>Threads</b>: the subscriber's, checked. One that is retained is for any, one at a time: who hands it to another thread does so in a
 * way that orders what both do, as a queue does. Use by two at once throws, but for what only looks at numbers and columns: that
 * shows what it finds. <b>Blocking</b>: never, but for {@link #retain}. <b>Allocation</b>: none per message. <b>Results</b> are the same to
 * the last bit whichever instruction set computes them.
 */
public interface MessageBatch extends AutoCloseable {

    /** Most messages that a batch can be made for. */
    int MAX_MESSAGES = 100_000;

    /** Most messages that it takes. */
    int capacity();

    /** Messages in it, selected or not; 0 once it is released. */
    int size();

    /** Messages that are selected. */
    int selected();

    /**
     * Whether messages in it lie in its own memory, all or some: those of a {@link SlowSubscriberPolicy#LOSSY} subscriber, long ones and
     * {@link Payload}s. It holds no publisher up for them. True for all that is {@linkplain #retain retained}.
     */
    boolean isCopy();

    /**
     * Keeps its messages for later and for other threads, all of them, selected or not: copies those that lie in lanes into pooled memory,
     * and lets the publishers write there. From here on it lives until {@link #release} or {@link #close}, whatever becomes of its
     * subscriber and the streamer. The selection stays as it is, and so do the columns, and the numbers of its streams: they are no other
     * topics' until then.
     *
     * {@snippet :
     * MessageBatch batch = subscriber.batch(1_000);
     * if (subscriber.poll(batch) > 0) {
     *     MessageBatch kept = batch.retain();
     *     Thread.ofVirtual().start(() -> {
     *         try (kept) {
     *             kept.where(Field.int32(0).equalTo(7)).forEachSelected(handler);
     *         }
     *     });
     *     batch = subscriber.batch(1_000); // a retained one is not filled before it is released
     * }
     * }
     *
     * <p>What is copied counts as retained messages do, against a quarter of {@link StreamerConfig#memoryLimit}: the frames of each
     * publisher, rounded up to a power of two or, beyond 1 MiB, to pages. What {@linkplain #isCopy lies in the batch's own memory} already
     * stays there and does not count. If it is never released, the collector finds it, and the memory is taken back with a warning, as of
     * {@link Message#retain}; until then it keeps its subscriber from being found forgotten.
     *
     * <p>{@link Subscriber#poll(MessageBatch)} refuses one that is retained, so that nothing is lost that was to be kept. Once it is
     * released it is its subscriber's again, empty, and may be filled. Again is without effect. Blocks only while memory is mapped, which
     * is rare. Allocates some small objects for each publisher and each stream in it.
     *
     * @return this
     * @throws KaelixException if there is no memory for all of it, because too much was retained and not released; it says how much is
     *     outstanding, and the limit. Then the batch is as it was
     * @throws IllegalStateException if memory is needed, and no more is given because the streamer is closed: then it is as it was; or if
     *     it holds nothing, because it was released or not filled yet
     */
    MessageBatch retain();

    /**
     * Keeps of the selection what a predicate holds for.
     *
     * @return this
     */
    MessageBatch where(Predicate predicate);

    /**
     * Keeps of the selection the messages of the topics that match.
     *
     * @return this
     */
    MessageBatch where(TopicPattern pattern);

    /**
     * Keeps of the selection the messages of these streams.
     *
     * @param streamIds as {@link Message#streamId} tells them
     * @return this
     */
    MessageBatch whereStream(int... streamIds);

    /**
     * Keeps of the selection the messages whose checksum is right: the last four bytes of the payload are the CRC32C of those before, as
     * {@link java.util.zip.CRC32C} has it, as an int32. A payload of less than four bytes has none. What
     * {@link #selected} falls by were not intact.
     *
     * @return this
     */
    MessageBatch whereChecksumHolds();

    /**
     * Selects all messages again.
     *
     * @return this
     */
    MessageBatch clearSelection();

    /** Selected messages that are long enough to have the field. */
    int count(Field field);

    /** The sum of the field over the selection; wraps around. */
    long sum(Field.Int64 field);

    /** The least value of the field; {@link Long#MAX_VALUE} of none. */
    long min(Field.Int64 field);

    /** The greatest value of the field; {@link Long#MIN_VALUE} of none. */
    long max(Field.Int64 field);

    /** The sum of the field over the selection, as a long. */
    long sum(Field.Int32 field);

    /** The least value of the field; {@link Integer#MAX_VALUE} of none. */
    int min(Field.Int32 field);

    /** The greatest value of the field; {@link Integer#MIN_VALUE} of none. */
    int max(Field.Int32 field);

    /**
     * The sum of the field over the selection; NaN if one value is. Added up in eight partial sums, in an order that depends on nothing but
     * the batch: the last bits may differ from those of a loop.
     */
    double sum(Field.Float64 field);

    /** The least value of the field that is a number; infinity of none. -0.0 is less than 0.0. */
    double min(Field.Float64 field);

    /** The greatest value of the field that is a number; minus infinity of none. */
    double max(Field.Float64 field);

    /** Counts the selected messages of each stream. The streams come in the order of their first message in the selection. */
    void countByStream(StreamCount each);

    /**
     * Hands over the selected messages, one after the other, as a poll does. The handler may do as it likes but use the batch or, unless
     * that is retained, poll the subscriber. An exception that it throws ends this and reaches the caller; closing the subscriber ends it
     * after the message it is at, unless the batch is retained.
     *
     * @return how many were handed over; of a subscriber that was cut off, messages that were written over may be left out
     */
    int forEachSelected(MessageHandler handler);

    /** Index of a message in the columns, given its index in the selection. */
    int index(int selectedIndex);

    /** Lengths of the payloads: an int32 for each message. A view, read-only; what it shows changes when the batch is filled again. */
    MemorySegment lengths();

    /** Streams, as {@link #lengths}: an int32 for each message. */
    MemorySegment streamIds();

    /** Low 32 bits of the sequences, as {@link #lengths}: an int32 for each message. */
    MemorySegment sequences();

    /** Timestamps, as {@link #lengths}: an int64 for each message, {@link Message#NO_TIMESTAMP} where there is none. */
    MemorySegment timestamps();

    /**
     * Lets go of the messages: publishers may write over them, and what was retained goes back to the pool. The batch is empty then, and
     * may be filled again. Again is without effect.
     */
    void release();

    /** Releases it, for good. Again is without effect. */
    @Override
    void close();

    /** Receives the count of one stream. */
    @FunctionalInterface
    interface StreamCount {

        /** One stream: how many messages of it are selected, at least 1. */
        void count(int streamId, int messages);
    }
}
