// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Receives the messages of the topics that match its pattern, from all their publishers, those there are and those to come.
 *
 * <p><b>Threads</b>: belongs to the thread that first polls it; another gets an {@link IllegalStateException}. Only
 * {@link #close}, {@link #lost} and {@link #lanes} may be called from anywhere.
 *
 * <p><b>Where it starts</b>: with the messages sent after it was created, unless it was made with another {@link Start}. A message sent
 * by a publisher that was created after the subscriber, or the first of a stream of a {@link StreamPublisher}, is never missed.
 *
 * <p><b>Ordering</b>: per publisher, nothing twice. Under {@link SlowSubscriberPolicy#BLOCK} nothing is missed either.
 *
 * {@snippet :
 * while (running) {
 *     if (subscriber.poll(handler, 256) == 0) {
 *         Thread.onSpinWait();
 *     }
 * }
 * }
 */
public interface Subscriber extends AutoCloseable {

    /** The streamer was closed and everything that was sent before is received: no more will come. */
    int CLOSED = -1;

    /**
     * It was too slow, under {@link SlowSubscriberPolicy#DISCONNECT}, and was cut off: no more will come from any publisher. {@link #lanes}
     * says where, when and why. Close it; a new one may start at {@link Start#oldest}.
     */
    int DISCONNECTED = -2;

    /** Topics that it receives. */
    TopicPattern pattern();

    /** What happens when it is slow. */
    SlowSubscriberPolicy policy();

    /**
     * Hands over what has arrived, at most {@code limit} messages, and returns. Does not block; while messages keep coming, a poll that
     * found the last ones waits up to the streamer's {@linkplain StreamerConfig#linger linger} before it looks again. Publishers' lanes
     * take turns, each with its share of the limit.
     *
     * @param handler called on this thread, once for each message
     * @param limit most messages, at least 1
     * @return how many messages were handed over; 0 if there were none; {@link #CLOSED} if there will be none; {@link #DISCONNECTED}
     *     if it was cut off, from the next poll on: of the last message that was handed over before, nothing is sure. Beyond 64 publishers,
     *     those that were idle are looked at in turn, each at least every 16th poll; and 4096 messages of a {@link StreamPublisher} that
     *     are of other topics, or of any publisher that {@link #where} does not hold for, are passed over in a poll; and of a message
     *     longer than a quarter of the lane, so much is read in a poll as a lane holds: 0 then does not mean that nothing is there
     * @throws KaelixException if a lane is corrupt; or if there is no memory to put a long message together, which stays in the lane: the
     *     next poll tries again
     * @throws IllegalStateException if called from its own handler, from another thread than before, or after {@link #close}
     */
    int poll(MessageHandler handler, int limit);

    /**
     * Hands over only messages that a predicate holds for. The others are read and passed over, without a call of the handler: many times
     * faster than a test in it, where few match. Called again, both have to hold.
     *
     * {@snippet :
     * Subscriber large = streamer.subscriber("trades.*").where(Field.int64(8).greaterThan(100));
     * }
     *
     * @return this
     * @throws IllegalStateException if it was polled before
     * @throws IllegalArgumentException if that makes more than {@value Predicate#MOST_COMPARISONS} comparisons
     */
    Subscriber where(Predicate predicate);

    /**
     * Messages that were passed over because {@link #where} does not hold for them; of a {@link StreamPublisher}, some of other topics may
     * be among them. 0 without one. A snapshot, from any thread.
     */
    long passedOver();

    /**
     * Makes a batch, to be filled by {@link #poll(MessageBatch)}. It takes 32 bytes of native memory for each message, and up to 160 KiB;
     * half a lane besides under {@link SlowSubscriberPolicy#LOSSY}, or from the first long message or {@link Payload} in it on; and while
     * there is a message in it that is longer than that, as much as it is long. That is not part of {@link StreamerConfig#memoryLimit}, and
     * given back by the garbage collector.
     *
     * @param maxMessages most messages that it takes, 1 to {@link MessageBatch#MAX_MESSAGES}
     * @throws KaelixException if there is no memory for it
     */
    MessageBatch batch(int maxMessages);

    /**
     * Fills a batch with what has arrived, instead of handing it to a handler: at most so many messages as it takes, and of each publisher
     * at most half of its lane. What was in it is released first, unless that was {@linkplain MessageBatch#retain retained}. Does not
     * block, and does not linger.
     *
     * <p>A message that is longer than a quarter of the lane, or is a {@link Payload}, is the only one of its publisher in a batch: it is
     * copied there, and those before and behind it come with other polls.
     *
     * @param batch of this subscriber
     * @return how many messages are in it; 0, {@link #CLOSED} or {@link #DISCONNECTED} as {@link #poll(MessageHandler, int)}
     * @throws KaelixException as {@link #poll(MessageHandler, int)}, or if there is no memory for the copy of a message, or it is longer
     *     than 2 GiB with its headers: it stays in the lane, and may be polled for a handler; or if it is one of a file that was cut: then
     *     it counts as read. Only if the batch would be empty else; it is told by the next poll otherwise
     * @throws IllegalStateException as {@link #poll(MessageHandler, int)}, or if the batch is closed, or is retained and was not released
     * @throws IllegalArgumentException if the batch is another subscriber's
     */
    int poll(MessageBatch batch);

    /**
     * Messages sent since it started that this subscriber will not receive, exactly: those that were overwritten, wholly or in part, and
     * those it passed over to catch up. One that was longer than a quarter of the lane, and under way when it started, is among them.
     * Always 0 under {@link SlowSubscriberPolicy#BLOCK}; under {@link SlowSubscriberPolicy#DISCONNECT}, too: nobody counts what a
     * subscriber misses once it was cut off. The exception are messages of a {@link Payload} that nobody holds any more: a subscriber that
     * starts in the past, or is {@link SlowSubscriberPolicy#LOSSY}, loses those that all who gate the lane had passed.
     *
     * <p>What was overwritten can't be asked for its topic: of a {@link StreamPublisher}, the messages that its pattern does not match
     * count too. What is lost of one stream shows in the gaps of {@link Message#sequence()}.
     */
    long lost();

    /**
     * How far it is with each publisher that it hears. A snapshot, for reports. Of one that was {@linkplain #DISCONNECTED cut off}, how far
     * it was.
     */
    List<LaneStatus> lanes();

    /**
     * Ends it: nothing waits for it any longer. From inside its own handler, that message is the last. May be called from any
     * thread and again; from another thread than the subscriber's while that is polling, the poll ends after the message it is at.
     */
    @Override
    void close();

    /**
     * A subscriber's state in one publisher's lane.
     *
     * @param publisherId number of the publisher
     * @param topic that the publisher sends to, or null if it is a {@link StreamPublisher}
     * @param start position that the subscriber really started at: 0 for all there ever was
     * @param messagesBefore messages that the publisher had sent before that, exactly; to any topic, if it sends to many
     * @param position up to which it has read
     * @param lagBytes written by the publisher and not read yet
     * @param lost messages of this lane that it will not receive, of whatever topic
     * @param disconnection how it was cut off in this lane, if it was
     */
    record LaneStatus(int publisherId, Topic topic, long start, long messagesBefore, long position, long lagBytes, long lost,
            Optional<Disconnection> disconnection) {
    }

    /**
     * How a subscriber was cut off.
     *
     * @param time when, by the wall clock
     * @param lagBytes how far it was behind then
     * @param stall how long it had held the publisher up, if it was cut off for that; zero if it was for its lag
     */
    record Disconnection(Instant time, long lagBytes, Duration stall) {
    }
}
