// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.DEADLINE_SECONDS;
import static io.kaelix.engine.EngineFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.MessageBuilder;
import io.kaelix.Payload;
import io.kaelix.Publisher;
import io.kaelix.RetainedMessage;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Payloads through publishers and subscribers: what they show, and who copies. */
@Timeout(value = DEADLINE_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PayloadTest {

    private static final int LONG = 10_000;

    private final EngineFixture engine = new EngineFixture();

    @AfterEach
    void close() {
        engine.close();
    }

    /** Bytes that tell where they stand. */
    static byte[] bytes(final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = at(i);
        }
        return bytes;
    }

    static byte at(final long offset) {
        return (byte) (offset * 7 + (offset >> 8));
    }

    private long outstanding() {
        return engine.streamer.pool().outstanding();
    }

    static void assertShows(final Message message, final byte[] expected) {
        assertThat(message.length()).isEqualTo(expected.length);
        assertThat(message.toByteArray()).isEqualTo(expected);
        assertThat(message.payload().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(expected);
        assertThat(message.asString()).isEqualTo(new String(expected, StandardCharsets.UTF_8));
        final MemorySegment whole = MemorySegment.ofArray(expected);
        final int last = expected.length - Long.BYTES;
        assertThat(message.getByte(3)).isEqualTo(expected[3]);
        assertThat(message.getInt(1)).isEqualTo(whole.get(ValueLayout.JAVA_INT_UNALIGNED, 1));
        assertThat(message.getLong(last)).isEqualTo(whole.get(ValueLayout.JAVA_LONG_UNALIGNED, last));
        assertThat(message.getDouble(last)).isEqualTo(whole.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, last));
        assertThatThrownBy(() -> message.getLong(last + 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> message.getByte(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        final byte[] part = new byte[20];
        message.copyTo(5, part, 2, 10);
        assertThat(MemorySegment.ofArray(part).asSlice(2, 10).mismatch(whole.asSlice(5, 10))).isEqualTo(-1);
        final MemorySegment target = MemorySegment.ofArray(new byte[20]);
        message.copyTo(5, target, 3, 10);
        assertThat(target.asSlice(3, 10).mismatch(whole.asSlice(5, 10))).isEqualTo(-1);
        assertThatThrownBy(() -> message.copyTo(last, part, 0, Long.BYTES + 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {PayloadSender.COPIED_BELOW - 1, PayloadSender.COPIED_BELOW, LONG, EngineFixture.LANE_CAPACITY, 3 << 20})
    void shouldShowTheBytesThatWereWritten(final int length) {
        final byte[] expected = bytes(length);
        final Subscriber subscriber = engine.subscriber("a");
        final Publisher publisher = engine.publisher("a");
        final Payload payload = engine.streamer.payload(length);
        payload.writable().copyFrom(MemorySegment.ofArray(expected));
        assertThat(publisher.offer(payload, 42)).isPositive();
        payload.release();
        final List<Long> sequences = new ArrayList<>();
        assertThat(subscriber.poll(message -> {
            assertShows(message, expected);
            assertThat(message.timestamp()).isEqualTo(42);
            assertThat(message.topic()).isEqualTo(publisher.topic());
            assertThat(message.headers().count()).isZero();
            assertThat(message.partitionKey()).isEqualTo(Message.NO_PARTITION_KEY);
            assertThatThrownBy(() -> message.payload().set(ValueLayout.JAVA_BYTE, 0, (byte) 1))
                    .isInstanceOfAny(UnsupportedOperationException.class, IllegalArgumentException.class);
            sequences.add(message.sequence());
        }, 10)).isEqualTo(1);
        assertThat(sequences).containsExactly(0L);
    }

    @Test
    void shouldCarryHeadersKeyAndTimestamp() {
        final byte[] expected = bytes(LONG);
        final Subscriber subscriber = engine.subscriber("a");
        final Payload payload = engine.streamer.payload(expected);
        final MessageBuilder builder = Message.builder().payload(payload).header("name", "value").partitionKey("abc").timestamp(7);
        final Publisher publisher = engine.publisher("a");
        final List<RetainedMessage> retained = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            assertThat(publisher.offer(builder)).isPositive();
        }
        payload.release();
        assertThatThrownBy(() -> publisher.offer(builder)).isInstanceOf(IllegalStateException.class).hasMessageContaining("released");
        assertThat(subscriber.poll(message -> retained.add(message.retain()), 10)).isEqualTo(2);
        subscriber.close();
        publisher.close();
        for (final RetainedMessage message : retained) {
            assertShows(message, expected);
            assertThat(message.headers().getString("name")).isEqualTo("value");
            assertThat(message.partitionKey()).isEqualTo(0x32D153FFL);
            assertThat(message.timestamp()).isEqualTo(7);
            assertThat(message.sequence()).isEqualTo(retained.indexOf(message));
            assertThat(message.streamId()).isZero();
            assertThat(message.release()).isTrue();
            assertThatThrownBy(() -> message.getByte(0)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(message::headers).isInstanceOf(IllegalStateException.class);
        }
        assertThat(outstanding()).isZero();
    }

    @Test
    void shouldShowTheSameMemoryToAllAndCopyNothing() {
        final int mebibyte = 1 << 20;
        final List<Subscriber> subscribers = List.of(engine.subscriber("a"), engine.subscriber("*"), engine.subscriber(">"));
        final Publisher publisher = engine.publisher("a");
        final Payload payload = engine.streamer.payload(bytes(mebibyte));
        final long mapped = engine.mappedBytes();
        final long reserved = engine.streamer.pool().reservedBytes();
        final Set<Long> addresses = new HashSet<>();
        final AtomicInteger seen = new AtomicInteger();
        for (int i = 0; i < 1000; i++) {
            assertThat(publisher.offer(payload)).isPositive();
            for (final Subscriber subscriber : subscribers) {
                subscriber.poll(message -> {
                    addresses.add(message.payload().address());
                    assertThat(message.length()).isEqualTo(mebibyte);
                    assertThat(message.getByte(mebibyte - 1)).isEqualTo(at(mebibyte - 1));
                    seen.incrementAndGet();
                }, 10);
            }
        }
        assertThat(seen).hasValue(3000);
        assertThat(addresses).containsExactly(payload.segment().address());
        assertThat(engine.mappedBytes()).isEqualTo(mapped);
        assertThat(engine.streamer.pool().reservedBytes()).isEqualTo(reserved);
        assertThat(outstanding()).isEqualTo(1);
        assertThat(payload.toString()).as("its own, and that of the last frame").contains("2 references");
        payload.release();
    }

    @Test
    void shouldSendSlicesOfSlices() {
        final byte[] expected = bytes(LONG);
        final Subscriber subscriber = engine.subscriber("a");
        final Publisher publisher = engine.publisher("a");
        final Payload whole = engine.streamer.payload(expected);
        final Payload slice = whole.slice(1_000, 9_000);
        final Payload part = slice.slice(500, 2_500);
        assertThat(part.segment().address()).isEqualTo(whole.segment().address() + 1_500);
        whole.release();
        slice.release();
        assertThat(publisher.offer(part)).isPositive();
        part.release();
        final byte[] middle = Arrays.copyOfRange(expected, 1_500, 3_500);
        assertThat(subscriber.poll(message -> assertShows(message, middle), 10)).isEqualTo(1);
    }

    @Test
    void shouldSendToStreamsAndCountEachByItself() {
        final Subscriber subscriber = engine.subscriber("s.*");
        final StreamPublisher publisher = engine.streamer.streamPublisher();
        final int a = publisher.stream("s.a");
        final int b = publisher.stream("s.b");
        final List<String> seen = new ArrayList<>();
        try (Payload payload = engine.streamer.payload(bytes(LONG))) {
            publisher.offer(a, payload);
            publisher.offer(b, payload, 5);
            publisher.offer(a, Message.builder().payload(payload));
            publisher.offer(b, EngineFixture.number(3));
        }
        subscriber.poll(message -> seen.add(message.topic().name() + message.sequence() + " " + message.length()), 10);
        assertThat(seen).containsExactly("s.a0 " + LONG, "s.b0 " + LONG, "s.a1 " + LONG, "s.b1 8");
    }

    @Test
    void shouldMixWithMessagesThatAreCopied() {
        final Subscriber subscriber = engine.subscriber("a");
        final Publisher publisher = engine.publisher("a");
        final List<Integer> lengths = new ArrayList<>();
        final List<Integer> expected = new ArrayList<>();
        try (Payload payload = engine.streamer.payload(bytes(LONG))) {
            for (int i = 0; i < 5_000; i++) {
                assertThat(i % 3 == 0 ? publisher.offer(payload) : publisher.offer(bytes(i % 100))).isPositive();
                expected.add(i % 3 == 0 ? LONG : i % 100);
                if (i % 7 == 0) {
                    subscriber.poll(message -> {
                        if (message.length() > 0) {
                            assertThat(message.getByte(message.length() - 1)).isEqualTo(at(message.length() - 1));
                        }
                        assertThat(message.payload().byteSize()).isEqualTo(message.length());
                        lengths.add(message.length());
                    }, 100);
                }
            }
            subscriber.poll(message -> lengths.add(message.length()), 100);
        }
        assertThat(lengths).isEqualTo(expected);
    }

    @Test
    void shouldRetainByOneMoreReference() {
        final Subscriber subscriber = engine.subscriber("a");
        final Publisher publisher = engine.publisher("a");
        final Payload payload = engine.streamer.payload(bytes(1 << 20));
        final long address = payload.segment().address();
        final List<RetainedMessage> retained = new ArrayList<>();
        final long reserved = engine.streamer.pool().reservedBytes();
        for (int i = 0; i < 100; i++) {
            publisher.offer(payload);
            subscriber.poll(message -> retained.add(message.retain()), 1);
        }
        payload.release();
        assertThat(engine.streamer.pool().reservedBytes() - reserved).as("a slab of what stands before").isLessThanOrEqualTo(64 << 10);
        engine.close();
        publisher.close();
        subscriber.close();
        retained.forEach(message -> {
            assertThat(message.payload().address()).isEqualTo(address);
            assertThat(message.getByte(77)).isEqualTo(at(77));
            message.release();
        });
        assertThat(outstanding()).isZero();
        assertThat(engine.mappedBytes()).isZero();
    }

    @Test
    void shouldCopyInPartsForALossySubscriberWhatIsLongerThanAFrame() {
        final Subscriber block = engine.subscriber("a");
        final Subscriber lossy = engine.lossy("a");
        final Publisher publisher = engine.publisher("a");
        final byte[] expected = bytes(publisher.maxLength() + 1);
        try (Payload whole = engine.streamer.payload(bytes(expected.length + 7)); Payload payload = engine.streamer.payload(expected)) {
            assertThat(publisher.offer(payload)).isPositive();
            assertThat(block.poll(message -> assertShows(message, expected), 10)).isEqualTo(1);
            assertThat(lossy.poll(message -> assertShows(message, expected), 10)).isEqualTo(1);
            try (Payload slice = whole.slice(3, 3 + expected.length)) {
                assertThat(publisher.offer(Message.builder().payload(slice).header("h", 4))).isPositive();
                final byte[] bytes = slice.segment().toArray(ValueLayout.JAVA_BYTE);
                for (final Subscriber subscriber : List.of(block, lossy)) {
                    assertThat(subscriber.poll(message -> {
                        assertShows(message, bytes);
                        assertThat(message.headers().getLong("h", 0)).isEqualTo(4);
                    }, 10)).isEqualTo(1);
                }
            }
            assertThat(payload.toString()).contains("1 references");
        }
        publisher.close();
    }

    @Test
    void shouldCopyForALossySubscriberAndReferAgainWhenItIsGone() {
        final Subscriber block = engine.subscriber("a");
        final Subscriber lossy = engine.lossy("a");
        final Publisher publisher = engine.publisher("a");
        final byte[] expected = bytes(LONG);
        try (Payload payload = engine.streamer.payload(expected);
                Payload huge = engine.streamer.payload(bytes(publisher.maxOfferLength() + 1))) {
            assertThat(publisher.offer(payload)).isPositive();
            assertThat(publisher.offer(Message.builder().payload(payload).header("h", 4))).isPositive();
            assertThat(publisher.offer(huge)).isEqualTo(Publisher.TOO_LONG);
            assertThat(publisher.offer(Message.builder().payload(huge))).isEqualTo(Publisher.TOO_LONG);
            for (final Subscriber subscriber : List.of(block, lossy)) {
                assertThat(subscriber.poll(message -> {
                    assertShows(message, expected);
                    assertThat(message.payload().address()).isNotEqualTo(payload.segment().address());
                }, 10)).isEqualTo(2);
            }
            lossy.close();
            assertThat(publisher.offer(huge)).isPositive();
            assertThat(block.poll(message ->
                    assertThat(message.payload().address()).isEqualTo(huge.segment().address()), 10)).isEqualTo(1);
        }
    }

    @Test
    void shouldReachHandlersThatArePushed() throws Exception {
        final AtomicInteger count = new AtomicInteger();
        final AtomicInteger wrong = new AtomicInteger();
        final byte[] expected = bytes(LONG);
        final Publisher publisher = engine.publisher("p");
        engine.streamer.subscribe("p", message -> {
            if (MemorySegment.ofArray(expected).mismatch(message.payload()) != -1) {
                wrong.incrementAndGet();
            }
            count.incrementAndGet();
        });
        for (int i = 0; i < 1_000; i++) {
            try (Payload payload = engine.streamer.payload(expected)) {
                while (publisher.offer(payload) < 0) {
                    Thread.onSpinWait();
                }
            }
        }
        await("all messages", () -> count.get() == 1_000);
        assertThat(wrong).hasValue(0);
    }

    @Test
    void shouldRefuseAPayloadOfAnotherMaking() {
        final Publisher publisher = engine.publisher("a");
        final Payload foreign = new Payload() {
            @Override
            public long length() {
                return 0;
            }

            @Override
            public MemorySegment segment() {
                return MemorySegment.NULL;
            }

            @Override
            public MemorySegment writable() {
                return MemorySegment.NULL;
            }

            @Override
            public Payload seal() {
                return this;
            }

            @Override
            public Payload share() {
                return this;
            }

            @Override
            public Payload slice(final long from, final long to) {
                return this;
            }

            @Override
            public boolean release() {
                return false;
            }
        };
        assertThatThrownBy(() -> publisher.offer(foreign)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("MemoryStreamer.payload");
        assertThatThrownBy(() -> Message.builder().payload(foreign)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> publisher.offer((Payload) null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void shouldRefuseWhatIsReleasedAndSendNothing() {
        final Publisher publisher = engine.publisher("a");
        final Subscriber subscriber = engine.subscriber("a");
        final Payload payload = engine.streamer.payload(LONG);
        payload.release();
        assertThatThrownBy(() -> publisher.offer(payload)).isInstanceOf(IllegalStateException.class).hasMessageContaining("released");
        assertThatThrownBy(() -> Message.builder().payload(payload)).isInstanceOf(IllegalStateException.class);
        EngineFixture.send(publisher, 5);
        assertThat(EngineFixture.drain(subscriber)).containsExactly(5L);
    }

    @Test
    void shouldCopyFromSegmentsOfAnyKind() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment source = arena.allocate(LONG).copyFrom(MemorySegment.ofArray(bytes(LONG)));
            try (Payload payload = engine.streamer.payload(source)) {
                source.fill((byte) 0);
                assertThat(MemorySegment.ofArray(bytes(LONG)).mismatch(payload.segment())).isEqualTo(-1);
            }
        }
        final MemorySegment endless = MemorySegment.ofAddress(8).reinterpret(1L << 40);
        assertThatThrownBy(() -> engine.streamer.payload(endless)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not 1099511627776");
        assertThatThrownBy(() -> engine.streamer.payload(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(outstanding()).isZero();
    }
}
