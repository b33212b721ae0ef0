// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scenario;

/**
 * A producer's own messages for a queue that carries references, written again and again in the same order.
 *
 * <p>When the offer of message {@code n - 1} has succeeded, a queue of capacity {@code C} has given out the message {@code C} places
 * before it, and the consumer, which takes at most {@code T} at a time, has read to its end whatever lay more than {@code C + T - 1} places
 * before it. Of a producer's own messages no more lie between than of all. So with {@code C + T + 1} messages the one whose turn it is can
 * no longer be read by anyone, however many producers there are.
 *
 * <p>Of one thread. The reads happen before the rewrite by the queue's own ordering: the consumer reads, then takes the next one.
 */
final class MessagePool {

    private final long[][] messages;
    private int turn;

    /**
     * Allocates all of it.
     *
     * @param words of each message
     * @param capacity of the queue
     * @param takenAtOnce messages that the consumer takes out at most before it reads the first of them
     */
    MessagePool(final int words, final int capacity, final int takenAtOnce) {
        messages = new long[capacity + takenAtOnce + 1][words];
    }

    /** The message whose turn it is, written; the same again until {@link #advance}, so that it can be offered until there is room. */
    long[] write(final long first) {
        final long[] message = messages[turn];
        write(message, first);
        return message;
    }

    /** After the message was taken by the queue. */
    void advance() {
        final int next = turn + 1;
        turn = next == messages.length ? 0 : next;
    }

    /** Writes all words of a message. */
    static void write(final long[] message, final long first) {
        for (int i = 0; i < message.length; i++) {
            message[i] = first + i;
        }
    }

    /** Reads all words of a message. */
    static long sum(final long[] message) {
        long sum = 0;
        for (final long word : message) {
            sum += word;
        }
        return sum;
    }
}
