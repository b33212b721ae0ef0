// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Message;
import io.kaelix.Topic;
import io.kaelix.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A flyweight over a frame: right values inside, an exception everywhere else. */
class FrameMessageTest {

    private static final int PUBLISHER = 9;
    private static final int STREAM = 4;

    /** All that reads the frame. */
    private static final List<Consumer<Message>> READS = List.of(
            Message::topic, Message::streamId, Message::publisherId, Message::sequence, Message::timestamp, Message::length,
            message -> message.getByte(0), message -> message.getInt(0), message -> message.getLong(0),
            message -> message.getDouble(0), Message::payload, Message::toByteArray, Message::asString,
            message -> message.copyTo(0, new byte[1], 0, 1),
            message -> message.copyTo(0, MemorySegment.ofArray(new byte[1]), 0, 1));

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory = arena.allocate(4096, 8);
    private final FrameMessage message = new FrameMessage(memory.asReadOnly(), PUBLISHER, id -> Topic.of("t" + id));

    @AfterEach
    void close() {
        arena.close();
    }

    /** Writes a frame at an offset, and points the message at it. */
    private FrameMessage show(final long offset, final byte[] payload, final long timestamp) {
        final long frame = memory.address() + offset;
        final int header = FrameEncoder.headerLength(timestamp);
        final int flags = FrameEncoder.flags(header);
        NativeMemory.putLong(frame, FrameDescriptor.firstWord(header + payload.length, flags));
        NativeMemory.putLong(frame + FrameDescriptor.STREAM_ID_OFFSET, FrameDescriptor.secondWord(STREAM, -2));
        FrameEncoder.putTimestamp(frame, timestamp);
        FrameEncoder.putPayload(frame + header, payload, 0, payload.length);
        message.open(Thread.currentThread());
        assertThat(message.wrap(frame, header + payload.length, flags)).isTrue();
        return message;
    }

    private static byte[] bytes(final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 37 + 1);
        }
        return bytes;
    }

    @Test
    void shouldShowHeaderFields() {
        show(64, bytes(10), Message.NO_TIMESTAMP);
        assertThat(message.topic()).isEqualTo(Topic.of("t4"));
        assertThat(message.streamId()).isEqualTo(STREAM);
        assertThat(message.publisherId()).isEqualTo(PUBLISHER);
        assertThat(message.sequence()).as("unsigned").isEqualTo(0xFFFF_FFFEL);
        assertThat(message.timestamp()).isEqualTo(Message.NO_TIMESTAMP);
        assertThat(message.length()).isEqualTo(10);
        assertThat(message.frame()).isEqualTo(memory.address() + 64);
        assertThat(message).hasToString("Message[t4 #4294967294 of publisher 9, 10 bytes]");
    }

    @Test
    void shouldShowTimestampsOfAnyValue() {
        for (final long timestamp : new long[] {0, -1, 1, Long.MAX_VALUE, Long.MIN_VALUE + 1}) {
            show(0, bytes(5), timestamp);
            assertThat(message.timestamp()).isEqualTo(timestamp);
            assertThat(message.toByteArray()).isEqualTo(bytes(5));
        }
    }

    @Test
    void shouldReadNumbersAtAnyOffset() {
        final byte[] payload = bytes(40);
        final MemorySegment expected = MemorySegment.ofArray(payload);
        show(8, payload, Message.NO_TIMESTAMP);
        for (int offset = 0; offset <= 32; offset++) {
            assertThat(message.getByte(offset)).isEqualTo(payload[offset]);
            assertThat(message.getInt(offset)).isEqualTo(expected.get(ValueLayout.JAVA_INT_UNALIGNED, offset));
            assertThat(message.getLong(offset)).isEqualTo(expected.get(ValueLayout.JAVA_LONG_UNALIGNED, offset));
            assertThat(message.getDouble(offset)).isEqualTo(expected.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, offset));
        }
    }

    @Test
    void shouldRefuseOffsetsOutsideThePayload() {
        // Full bytes before and behind: a read that slips through would not find zeros.
        memory.fill((byte) 0x5A);
        for (final int length : new int[] {0, 1, 3, 4, 7, 8, 9, 40}) {
            show(128, bytes(length), 7);
            for (final int offset : new int[] {-1, length, length + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -8}) {
                assertOutside(() -> message.getByte(offset));
            }
            for (final int bad : new int[] {-1, length - 3, length, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                assertOutside(() -> message.getInt(bad));
            }
            for (final int bad : new int[] {-1, length - 7, length, Integer.MAX_VALUE - 7, Integer.MIN_VALUE}) {
                assertOutside(() -> message.getLong(bad));
                assertOutside(() -> message.getDouble(bad));
            }
        }
    }

    private static void assertOutside(final ThrowingCallable read) {
        assertThatThrownBy(read).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void shouldCopyRangesAndRefuseThoseOutside() {
        final byte[] payload = bytes(20);
        show(0, payload, Message.NO_TIMESTAMP);
        final byte[] target = new byte[10];
        message.copyTo(5, target, 2, 8);
        assertThat(target).containsExactly(0, 0, payload[5], payload[6], payload[7], payload[8], payload[9], payload[10],
                payload[11], payload[12]);
        final MemorySegment segment = MemorySegment.ofArray(new byte[10]);
        message.copyTo(5, segment, 2, 8);
        assertThat(segment.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(target);
        message.copyTo(20, target, 10, 0);

        final int[][] outside = {{-1, 0, 1}, {0, -1, 1}, {13, 0, 8}, {0, 3, 8}, {20, 0, 1}, {0, 10, 1}, {0, 0, -1}, {21, 0, 0},
            {Integer.MAX_VALUE, 0, 2}, {0, 0, Integer.MAX_VALUE}, {Integer.MIN_VALUE, 0, 1}};
        for (final int[] range : outside) {
            assertOutside(() -> message.copyTo(range[0], target, range[1], range[2]));
            assertOutside(() -> message.copyTo(range[0], segment, range[1], range[2]));
        }
        assertThat(segment.toArray(ValueLayout.JAVA_BYTE)).as("nothing was copied").isEqualTo(target);
    }

    @Test
    void shouldShowThePayloadAsAReadOnlySegment() {
        final byte[] payload = bytes(21);
        show(256, payload, 3);
        final MemorySegment view = message.payload();
        assertThat(view.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(payload);
        assertThat(view.address()).isEqualTo(memory.address() + 256 + 24);
        assertThatThrownBy(() -> view.set(ValueLayout.JAVA_BYTE, 0, (byte) 1)).isInstanceOf(IllegalArgumentException.class);
        assertOutside(() -> view.get(ValueLayout.JAVA_BYTE, 21));
    }

    @Test
    void shouldDecodeUtf8AndReplaceWhatIsMalformed() {
        show(0, "Grüße, 世界 🦊".getBytes(StandardCharsets.UTF_8), Message.NO_TIMESTAMP);
        assertThat(message.asString()).isEqualTo("Grüße, 世界 🦊");
        show(0, new byte[] {'a', (byte) 0xFF, 'b'}, Message.NO_TIMESTAMP);
        assertThat(message.asString()).isEqualTo("a\uFFFDb");
    }

    @Test
    void shouldThrowBeforeItIsOpenedAndAfterItHasEnded() {
        assertEnded();
        show(0, bytes(16), 1);
        READS.forEach(read -> read.accept(message));
        message.clear();
        assertEnded();
    }

    private void assertEnded() {
        for (final Consumer<Message> read : READS) {
            assertThatThrownBy(() -> read.accept(message)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("this message has ended");
        }
        assertThat(message).hasToString("Message[ended]");
    }

    @Test
    void shouldThrowOnAnotherThread() throws Exception {
        show(0, bytes(16), 1);
        final FutureTask<Void> other = new FutureTask<>(() -> {
            for (final Consumer<Message> read : READS) {
                assertThatThrownBy(() -> read.accept(message)).isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("copy it for other threads");
            }
            assertThat(message).hasToString("Message[ended]");
            return null;
        });
        Thread.ofPlatform().daemon().start(other);
        other.get();
    }

    @Test
    void shouldNotPointAtAFrameWhoseHeadersEndBehindIt() {
        show(1024, bytes(7), 1);
        final long frame = memory.address();
        assertThat(message.wrap(frame, 39, FrameDescriptor.VERSION_BITS | 24 << 16)).isFalse();
        assertThat(message.wrap(frame, 1000, 0xFFFF_0000)).isFalse();
        final int timestamped = FrameDescriptor.VERSION_BITS | FrameDescriptor.FLAG_TIMESTAMP;
        assertThat(message.wrap(frame, 23, timestamped)).isFalse();
        assertThat(message.toByteArray()).as("it shows what it did").isEqualTo(bytes(7));
        assertThat(message.wrap(frame, 24, timestamped)).isTrue();
        assertThat(message.length()).isZero();
    }
}
