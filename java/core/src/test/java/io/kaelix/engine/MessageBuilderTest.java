// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Message;
import io.kaelix.MessageBuilder;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A message that is built is the message that arrives. */
class MessageBuilderTest {

    private final EngineFixture engine = new EngineFixture();
    private final Subscriber subscriber = engine.subscriber("a");
    private final Publisher publisher = engine.publisher("a");
    private final MessageBuilder builder = Message.builder();

    @AfterEach
    void close() {
        engine.close();
    }

    /** Sends it, and shows it as it arrives. */
    private void offer(final Consumer<Message> check) {
        assertThat(publisher.offer(builder)).isPositive();
        assertThat(subscriber.poll(check::accept, 10)).isEqualTo(1);
    }

    private void assertPayload(final byte[] expected) {
        offer(message -> assertThat(message.toByteArray()).isEqualTo(expected));
    }

    private static byte[] bytes(final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + 7);
        }
        return bytes;
    }

    @Test
    void shouldArriveWithAllThatWasGiven() {
        builder.topic("a").payload("Grüße 🦊").header("unit", "ms").header("n", 4).partitionKey("k").timestamp(99);
        offer(message -> {
            assertThat(message.topic().name()).isEqualTo("a");
            assertThat(message.asString()).isEqualTo("Grüße 🦊");
            assertThat(message.headers().getString("unit")).isEqualTo("ms");
            assertThat(message.headers().getLong("n", 0)).isEqualTo(4);
            assertThat(message.timestamp()).isEqualTo(99);
            assertThat(message.partitionKey()).isNotEqualTo(Message.NO_PARTITION_KEY);
        });
        assertThat(builder).hasToString("MessageBuilder[a, 2 headers, 12 bytes]");
    }

    @Test
    void shouldBeEmptyWhenNewAndWhenCleared() {
        final Consumer<Message> empty = message -> {
            assertThat(message.length()).isZero();
            assertThat(message.headers().count()).isZero();
            assertThat(message.timestamp()).isEqualTo(Message.NO_TIMESTAMP);
            assertThat(message.partitionKey()).isEqualTo(Message.NO_PARTITION_KEY);
        };
        offer(empty);
        builder.payload("x").header("a", "b").partitionKey(1).timestamp(2).topic("b").clear();
        offer(empty);
        assertThat(builder).hasToString("MessageBuilder[any topic, 0 headers, 0 bytes]");
    }

    @Test
    void shouldTakePayloadsOfEveryKindAndLength() {
        for (int length = 0; length < 40; length++) {
            final byte[] expected = bytes(length);
            builder.payload(expected);
            assertPayload(expected);

            final byte[] wide = new byte[length + 9];
            System.arraycopy(expected, 0, wide, 4, length);
            builder.payload(wide, 4, length);
            assertPayload(expected);
            builder.payload(MemorySegment.ofArray(wide), 4, length);
            assertPayload(expected);
            builder.payload(MemorySegment.ofArray(expected));
            assertPayload(expected);

            builder.payload(ByteBuffer.wrap(wide, 4, length));
            assertPayload(expected);
            builder.payload(ByteBuffer.wrap(wide, 1, length + 8).slice().position(3).limit(3 + length));
            assertPayload(expected);
            builder.payload(ByteBuffer.wrap(wide, 4, length).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN));
            assertPayload(expected);
            final ByteBuffer direct = ByteBuffer.allocateDirect(length + 9).put(4, expected).position(4).limit(4 + length);
            builder.payload(direct);
            assertPayload(expected);
            assertThat(direct.position()).as("stays").isEqualTo(4);
        }
    }

    @Test
    void shouldSendWhatThePayloadHoldsWhenItIsOffered() {
        final byte[] payload = {1};
        builder.payload(payload).header("h", payload);
        payload[0] = 2;
        offer(message -> {
            assertThat(message.toByteArray()).containsExactly(2);
            assertThat(message.headers().getBytes("h")).as("encoded when it was given").containsExactly(1);
        });
    }

    @Test
    void shouldBeSentAgainAsItIs() {
        builder.payload("same").header("h", 1);
        for (int i = 0; i < 3; i++) {
            offer(message -> assertThat(message.asString() + message.headers().getLong("h", 0)).isEqualTo("same1"));
        }
    }

    @Test
    void shouldCarrySixteenAndThreeHundredHeaders() {
        for (final int count : new int[] {16, 300}) {
            builder.clear().payload(bytes(50));
            for (int i = 0; i < count; i++) {
                builder.header("header-" + i, i);
            }
            offer(message -> {
                assertThat(message.headers().count()).isEqualTo(count);
                for (int i = 0; i < count; i++) {
                    assertThat(message.headers().getLong("header-" + i, -1)).isEqualTo(i);
                }
                assertThat(message.toByteArray()).isEqualTo(bytes(50));
            });
        }
    }

    @Test
    void shouldRefuseAnotherTopic() {
        builder.topic("b").payload("x");
        assertThatThrownBy(() -> publisher.offer(builder)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is for b").hasMessageContaining("sends to a");
        assertThat(subscriber.poll(message -> { }, 10)).isZero();
        builder.topic("a");
        assertPayload(new byte[] {'x'});
        final MessageBuilder.Factory foreign = () -> null;
        assertThatThrownBy(() -> publisher.offer(foreign.create())).isInstanceOf(NullPointerException.class);
    }

    @Test
    void shouldAnswerTooLongBackPressuredAndClosed() {
        builder.payload(new byte[publisher.maxOfferLength() + 1]);
        assertThat(publisher.offer(builder)).isEqualTo(Publisher.TOO_LONG);
        builder.payload(new byte[publisher.maxOfferLength()]).header("h", new byte[100]);
        assertThat(publisher.offer(builder)).as("together more than half the lane").isEqualTo(Publisher.TOO_LONG);
        builder.clear().payload("x").header("h", new byte[publisher.maxLength()]);
        assertThat(publisher.offer(builder)).as("headers longer than any frame").isEqualTo(Publisher.TOO_LONG);
        builder.clear().payload(new byte[publisher.maxLength()]).timestamp(1);
        offer(message -> assertThat(message.length()).isEqualTo(publisher.maxLength()));
        try (Arena arena = Arena.ofConfined()) {
            // Nobody touches what lies behind its first bytes.
            builder.payload(arena.allocate(1).reinterpret(1L << 32));
            assertThat(publisher.offer(builder)).as("as an int, that length is 0").isEqualTo(Publisher.TOO_LONG);
        }
        builder.clear().payload(new byte[1000]).header("h", 1);
        long result;
        do {
            result = publisher.offer(builder);
        } while (result > 0);
        assertThat(result).isEqualTo(Publisher.BACK_PRESSURED);
        engine.close();
        assertThat(publisher.offer(builder)).isEqualTo(Publisher.CLOSED);
    }

    @Test
    void shouldSendNothingWhenThePayloadIsGone() {
        final Arena arena = Arena.ofConfined();
        builder.payload(arena.allocate(8)).header("h", 1);
        arena.close();
        assertThatThrownBy(() -> publisher.offer(builder)).isInstanceOf(IllegalStateException.class);
        final ByteBuffer buffer = ByteBuffer.allocateDirect(100);
        builder.payload(buffer);
        buffer.limit(20);
        assertThatThrownBy(() -> publisher.offer(builder)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(subscriber.poll(message -> { }, 10)).isZero();
        builder.payload("fine");
        assertPayload("fine".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldRefuseRangesOutside() {
        final byte[] payload = new byte[10];
        final MemorySegment segment = MemorySegment.ofArray(payload);
        builder.payload("kept");
        for (final int[] range : new int[][] {{-1, 2}, {0, 11}, {10, 1}, {5, -1}, {Integer.MAX_VALUE, 1}, {1, Integer.MAX_VALUE}}) {
            assertThatThrownBy(() -> builder.payload(payload, range[0], range[1])).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> builder.payload(segment, range[0], range[1])).isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertPayload("kept".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldBelongToTheThreadThatFirstUsesIt() throws Exception {
        final MessageBuilder others = EngineFixture.onThread(() -> Message.builder().clear());
        final List<Runnable> uses = List.of(() -> others.topic("a"), () -> others.payload(new byte[1]), () -> others.payload("x"),
                () -> others.payload(ByteBuffer.allocate(1)), () -> others.payload(MemorySegment.NULL), () -> others.header("a", 1),
                () -> others.header("a", "b"), () -> others.header("a", new byte[1]), () -> others.header(new byte[1], new byte[1]),
                () -> others.partitionKey(1), () -> others.partitionKey("a"), () -> others.partitionKey(new byte[1]),
                () -> others.timestamp(1), others::clear, () -> publisher.offer(others));
        for (final Runnable use : uses) {
            assertThatThrownBy(use::run).isInstanceOf(IllegalStateException.class).hasMessageContaining("belongs to thread another thread");
        }
    }

    @Test
    void shouldHashKeysOfEveryKindAlike() {
        final String longKey = "k".repeat(1000);
        final Set<Long> keys = new TreeSet<>();
        for (final Consumer<MessageBuilder> key : List.<Consumer<MessageBuilder>>of(
                b -> b.partitionKey(longKey), b -> b.partitionKey(longKey.getBytes(StandardCharsets.UTF_8)))) {
            key.accept(builder.clear());
            offer(message -> keys.add(message.partitionKey()));
        }
        assertThat(keys).hasSize(1);
        final long number = 0x0102_0304_0506_0708L;
        final byte[] bytes = new byte[Long.BYTES];
        MemorySegment.ofArray(bytes).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, number);
        builder.clear().partitionKey(number);
        offer(message -> keys.add(message.partitionKey()));
        builder.clear().partitionKey(bytes);
        offer(message -> keys.add(message.partitionKey()));
        assertThat(keys).hasSize(2);
        builder.clear().partitionKey("abc");
        offer(message -> assertThat(message.partitionKey()).isEqualTo(0x32D153FFL));
    }

    @Test
    void shouldGoIntoBatchesAndAroundTheRing() {
        final List<String> sent = new ArrayList<>();
        final List<String> received = new ArrayList<>();
        publisher.beginBatch();
        for (int i = 0; i < 5_000; i++) {
            builder.clear().payload("m" + i).header("i", i);
            if (i % 3 == 0) {
                builder.header("pad", new byte[i % 200]).timestamp(i);
            }
            sent.add("m" + i + " " + i + " " + (i % 3 == 0));
            assertThat(publisher.offer(builder)).isNotNegative();
            if (i % 64 == 63) {
                publisher.endBatch();
                subscriber.poll(message -> received.add(message.asString() + " " + message.headers().getLong("i", -1) + " "
                        + (message.timestamp() != Message.NO_TIMESTAMP)), 1000);
                publisher.beginBatch();
            }
        }
        publisher.endBatch();
        subscriber.poll(message -> received.add(message.asString() + " " + message.headers().getLong("i", -1) + " "
                + (message.timestamp() != Message.NO_TIMESTAMP)), 1000);
        assertThat(received).isEqualTo(sent);
    }
}
