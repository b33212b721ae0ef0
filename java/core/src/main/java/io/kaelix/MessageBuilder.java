// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Puts a message together, and is sent by {@link Publisher#offer(MessageBuilder)}: then it is written straight into the lane, without an
 * object in between. Keep one and use it again and again; {@link #clear()} begins the next message.
 *
 * {@snippet :
 * MessageBuilder builder = Message.builder();
 * while (running) {
 *     builder.clear().payload("42").header("unit", "ms").timestamp(System.nanoTime());
 *     if (publisher.offer(builder) == Publisher.BACK_PRESSURED) {
 *         Thread.onSpinWait(); // and offer it again: it is still complete
 *     }
 * }
 * }
 *
 * <p><b>Threads</b>: belongs to the thread that first uses it, another gets an {@link IllegalStateException}. Nothing blocks.
 *
 * <p><b>Allocation</b>: none, once its buffer has grown to the headers that it is used for; 1 KiB of them fits from the start, which is
 * 16 headers of 60 bytes.
 *
 * <p><b>What is copied when</b>: headers and key are encoded when they are given. Of the payload only the reference is kept, and the
 * bytes that it has when it is offered are sent; the builder lets go of it with {@link #clear()} or the next payload.
 *
 * <p><b>Errors</b>: what cannot be sent is refused when it is given, by {@link IllegalArgumentException}, and leaves the builder as it was.
 */
public interface MessageBuilder {

    /**
     * The topic that it is for. Needed only where a publisher has none of its own; that of another publisher is refused when it is offered.
     *
     * @param topic of the message, or null for that of the publisher
     */
    MessageBuilder topic(Topic topic);

    /** The same by name. Allocates. */
    default MessageBuilder topic(final String topic) {
        return topic(Topic.of(topic));
    }

    /** An array as payload. */
    default MessageBuilder payload(final byte[] bytes) {
        return payload(bytes, 0, bytes.length);
    }

    /**
     * {@code length} bytes of an array as payload, from an offset on.
     *
     * @throws IndexOutOfBoundsException if the range is not inside the array
     */
    MessageBuilder payload(byte[] bytes, int offset, int length);

    /** What a buffer holds from its position to its limit as payload. Its position stays where it is; its byte order is of no concern. */
    MessageBuilder payload(ByteBuffer buffer);

    /** A segment as payload. */
    default MessageBuilder payload(final MemorySegment segment) {
        // An int cast would turn 4 GiB into 0: what no int holds is too long in any case.
        return payload(segment, 0, (int) Math.min(segment.byteSize(), Integer.MAX_VALUE));
    }

    /**
     * {@code length} bytes of a segment as payload, from an offset on.
     *
     * @throws IndexOutOfBoundsException if the range is not inside the segment
     */
    MessageBuilder payload(MemorySegment segment, long offset, int length);

    /**
     * Bytes in memory that is shared as payload: sent as {@link Publisher#offer(Payload)} does. The builder takes no reference of its own:
     * release the payload when the message was sent. One that is released before makes the offer throw.
     */
    MessageBuilder payload(Payload payload);

    /**
     * A text as payload, encoded as UTF-8 into the lane itself, unless it is longer than a quarter of it: then into an array first. What
     * UTF-8 cannot express, half a surrogate pair, becomes '?'.
     */
    MessageBuilder payload(String text);

    /**
     * One more header, with bytes as value.
     *
     * @throws IllegalArgumentException if the name is longer than {@link Headers#MAX_NAME_LENGTH}, the value than
     *     {@link Headers#MAX_VALUE_LENGTH}, or all headers together than {@link Headers#MAX_LENGTH}
     */
    MessageBuilder header(String name, byte[] value);

    /** One more header, with a text as value, in UTF-8. */
    MessageBuilder header(String name, String value);

    /** One more header, with a number as value: 8 bytes, little-endian. */
    MessageBuilder header(String name, long value);

    /** One more header, whose name is any bytes. */
    MessageBuilder header(byte[] name, byte[] value);

    /**
     * What the message is about: messages of the same key belong together. A hash of it is sent, {@link Message#partitionKey()}, which
     * is the same on every machine and in every release: XXH32 of its bytes, seed 0.
     */
    MessageBuilder partitionKey(byte[] key);

    /** A number as key: as its 8 bytes, little-endian. */
    MessageBuilder partitionKey(long key);

    /** A text as key: as its bytes in UTF-8. */
    MessageBuilder partitionKey(String key);

    /**
     * When the message was made.
     *
     * @param nanos on a clock that publisher and subscriber agree on, often {@link System#nanoTime()}, or {@link Message#NO_TIMESTAMP}
     */
    MessageBuilder timestamp(long nanos);

    /** As it was when it was made: no topic, headers, key or timestamp, an empty payload. */
    MessageBuilder clear();

    /** What {@link Message#builder()} finds as a service: implemented by the library, of no use to others. */
    interface Factory {

        /** A builder that belongs to no thread yet. */
        MessageBuilder create();
    }
}
