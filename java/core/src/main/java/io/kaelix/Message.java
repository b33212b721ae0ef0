// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.lang.foreign.MemorySegment;

/**
 * A message as it lies in memory: a view, not a copy. Reading allocates nothing, but for the methods that say so.
 *
 * <p><b>Threads and lifetime</b>: valid inside {@link MessageHandler#onMessage}, on the polling thread. Reading it after the poll or on
 * another thread throws {@link IllegalStateException}. The same object shows the next message in the next call of the handler.
 *
 * <p><b>Units</b>: offsets and lengths are bytes of the payload, numbers are little-endian and may be at any offset. An offset
 * outside the payload throws {@link IndexOutOfBoundsException}.
 *
 * {@snippet :
 * subscriber.poll(message -> sum += message.getLong(0), 100);
 * }
 */
public interface Message {

    /** In place of a timestamp where a message has none. */
    long NO_TIMESTAMP = Long.MIN_VALUE;

    /** In place of a partition key where a message has none. */
    long NO_PARTITION_KEY = -1;

    /**
     * A builder, for one thread, to be kept and used again. Allocates.
     *
     * @throws KaelixException if the library is not complete
     */
    static MessageBuilder builder() {
        return InstalledBuilders.FACTORY.create();
    }

    /**
     * Partition of a key: the hash, taken as a number without sign, times the number of partitions, and of that product of 64 bits the high
     * 32. The same in every language that can multiply.
     *
     * @param partitionKey hash of the key, as {@link #partitionKey} tells it
     * @param partitions of the topic, at least 1
     * @return from 0 to {@code partitions - 1}
     */
    static int partition(final long partitionKey, final int partitions) {
        return (int) ((partitionKey & 0xFFFF_FFFFL) * partitions >>> Integer.SIZE);
    }

    /** Topic that it was published to. */
    Topic topic();

    /** Number of the stream that carries the topic, unique within the streamer. */
    int streamId();

    /** Number of the publisher that sent it, unique within the streamer. Order holds among messages of one publisher. */
    int publisherId();

    /** How many messages its publisher sent to this stream before it, modulo 2<sup>32</sup>. */
    long sequence();

    /** Nanoseconds that the publisher stamped it with, on the publisher's clock, or {@link #NO_TIMESTAMP}. */
    long timestamp();

    /**
     * The 32-bit hash of the key that it was sent with, from 0 on, or {@link #NO_PARTITION_KEY}. See
     * {@link MessageBuilder#partitionKey(byte[])}.
     *
     * @throws KaelixException as {@link #headers}
     */
    long partitionKey();

    /**
     * Its headers; none is no special case. The same object each time, valid as long as the message.
     *
     * @throws KaelixException if they are corrupt: if they do not fit into the frame
     */
    Headers headers();

    /** Bytes of payload. */
    int length();

    /** The byte at an offset. */
    byte getByte(int offset);

    /** The 32-bit integer at an offset. */
    int getInt(int offset);

    /** The 64-bit integer at an offset. */
    long getLong(int offset);

    /** The double at an offset. */
    double getDouble(int offset);

    /**
     * The payload as a read-only segment: a view that may be passed to other libraries. It does not know when the message ends:
     * after the handler returned it shows whatever the memory holds then, and once that is unmapped it throws. While another
     * thread is inside a native call or an input-output operation on it, the memory stays mapped.
     * Allocates the segment object, unless the JIT compiler can do without.
     */
    MemorySegment payload();

    /**
     * Copies {@code length} bytes of the payload.
     *
     * @throws IndexOutOfBoundsException if either range is not inside
     */
    void copyTo(int offset, MemorySegment target, long targetOffset, int length);

    /** Copies bytes of the payload into an array. */
    void copyTo(int offset, byte[] target, int targetOffset, int length);

    /** The payload as a new array. Allocates. */
    byte[] toByteArray();

    /** The payload decoded as UTF-8, malformed bytes replaced. Allocates. */
    String asString();

    /**
     * Keeps it for later and for other threads: copies it into pooled memory, or, if it is a {@link Payload}, takes one more reference to
     * that and copies only what stands before it. Blocks only while memory is mapped, which is rare. Allocates the handle.
     *
     * @return a copy with one reference, to be released
     * @throws KaelixException if the pool is full, because too much was retained and not released, or the memory cannot be had; it says
     *     how much is outstanding, and the limit
     * @throws IllegalStateException if no memory is given any more, because the streamer is closed
     */
    RetainedMessage retain();
}
