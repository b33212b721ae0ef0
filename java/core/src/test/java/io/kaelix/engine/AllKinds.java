// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Field;
import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.MessageBuilder;
import io.kaelix.Payload;
import io.kaelix.Publisher;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.zip.CRC32C;

/**
 * Messages of each kind that a lane carries: in one frame, in parts, and as a reference to a payload. All begin with a number and a mark, and end
 * with a checksum; every byte between follows from the number.
 */
final class AllKinds {

    /** The number of a message, ascending. */
    static final Field.Int64 NUMBER = Field.int64(0);

    /** 0 or 1. */
    static final Field.Int32 MARK = Field.int32(8);

    /** Shortest message. */
    static final int SHORTEST = 16;

    /** How it is sent. */
    enum Kind { PLAIN, PARTS, SHARED }

    private AllKinds() {
    }

    static byte[] bytes(final long number, final int mark, final int length) {
        final ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN).putLong(number).putInt(mark);
        while (bytes.remaining() > Integer.BYTES) {
            bytes.put((byte) (number + bytes.position() * 11 + (bytes.position() >>> 8) * 5));
        }
        return bytes.putInt(checksum(bytes.array())).array();
    }

    private static int checksum(final byte[] bytes) {
        final CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length - Integer.BYTES);
        return (int) crc.getValue();
    }

    /** The number of a message, all its bytes and its headers checked. */
    static long check(final Message message) {
        final byte[] received = message.toByteArray();
        final long number = message.getLong(0);
        assertThat(received).as("message %d", number).isEqualTo(bytes(number, message.getInt(8), received.length));
        assertThat(message.payload().byteSize()).isEqualTo(received.length);
        if (message.timestamp() != Message.NO_TIMESTAMP) {
            assertThat(message.timestamp()).isEqualTo(-number);
            assertThat(message.headers().getString("name")).isEqualTo("of " + number);
        } else {
            assertThat(message.headers().count()).isZero();
        }
        return number;
    }

    /** A length at which a message is of a kind. */
    static int length(final Random random, final Kind kind, final Publisher publisher) {
        final int longest = publisher.maxLength();
        return switch (kind) {
            case PLAIN -> SHORTEST + random.nextInt(100);
            case PARTS -> longest + 1 + random.nextInt(longest / 2);
            case SHARED -> PayloadSender.COPIED_BELOW + random.nextInt(longest + longest / 2);
        };
    }

    /** Sends a message, with headers and timestamp or without. What the publisher says. */
    static long send(final MemoryStreamer streamer, final Publisher publisher, final Kind kind, final boolean headers, final byte[] bytes) {
        final long number = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        final MessageBuilder builder = Message.builder().header("name", "of " + number).timestamp(-number);
        if (kind != Kind.SHARED) {
            return headers ? publisher.offer(builder.payload(bytes)) : publisher.offer(bytes);
        }
        try (Payload payload = streamer.payload(bytes.length)) {
            payload.writable().copyFrom(MemorySegment.ofArray(bytes));
            return headers ? publisher.offer(builder.payload(payload)) : publisher.offer(payload);
        }
    }
}
