// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.drain;
import static io.kaelix.engine.EngineFixture.fill;
import static io.kaelix.engine.EngineFixture.number;
import static io.kaelix.engine.EngineFixture.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Publisher;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.Topic;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The ways to send, their results, and what they refuse. */
class PublishingTest {

    private final EngineFixture engine = new EngineFixture();
    private final Publisher publisher = engine.publisher("a");
    private final Subscriber subscriber = engine.subscriber("a");

    @AfterEach
    void close() {
        engine.close();
    }

    private List<String> texts() {
        final List<String> texts = new ArrayList<>();
        subscriber.poll(message -> texts.add(message.asString()), 1000);
        return texts;
    }

    @Test
    void shouldSendSlicesOfArraysAndSegments() {
        final byte[] bytes = "0123456789".getBytes();
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment segment = arena.allocateFrom("abcdefghij");
            assertThat(publisher.offer(bytes)).isEqualTo(32);
            assertThat(publisher.offer(bytes, 3, 4)).isEqualTo(56);
            assertThat(publisher.offer(bytes, 10, 0)).isEqualTo(72);
            assertThat(publisher.offer(segment.asSlice(0, 10))).isEqualTo(104);
            assertThat(publisher.offer(segment, 2, 3)).isEqualTo(128);
            assertThat(publisher.offer(MemorySegment.ofArray(bytes), 5, 5)).isEqualTo(152);
            assertThat(publisher.publish(segment, 9, 1, Duration.ZERO)).isEqualTo(176);
        }
        assertThat(texts()).containsExactly("0123456789", "3456", "", "abcdefghij", "cde", "56789", "j");
    }

    @Test
    void shouldRefuseRangesOutsideTheSourceAndSendNothing() {
        final byte[] bytes = new byte[10];
        final MemorySegment segment = MemorySegment.ofArray(bytes);
        final int[][] ranges = {{-1, 1}, {0, 11}, {10, 1}, {11, 0}, {0, -1}, {5, Integer.MAX_VALUE}, {Integer.MAX_VALUE, 1},
            {Integer.MIN_VALUE, 1}, {1, Integer.MIN_VALUE}};
        for (final int[] range : ranges) {
            assertThatThrownBy(() -> publisher.offer(bytes, range[0], range[1])).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> publisher.offer(segment, range[0], range[1])).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> publisher.publish(segment, range[0], range[1], Duration.ofMillis(1)))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertThatThrownBy(() -> publisher.offer(segment, Long.MAX_VALUE, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> publisher.offer(segment, 1L << 32, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        send(publisher, 1);
        assertThat(drain(subscriber)).containsExactly(1L);
    }

    @Test
    void shouldSayThatAMessageIsTooLong() {
        final byte[] longest = new byte[publisher.maxLength()];
        longest[longest.length - 1] = 1;
        assertThat(publisher.maxLength()).isEqualTo(EngineFixture.LANE_CAPACITY / 4 - 24);

        assertThat(publisher.offer(longest)).isPositive();
        assertThat(publisher.offer(MemorySegment.ofArray(longest), 0, longest.length, 5)).isPositive();
        assertThat(publisher.offer(new byte[publisher.maxOfferLength() + 1])).isEqualTo(Publisher.TOO_LONG);
        assertThat(publisher.tryClaim(longest.length + 1).result()).isEqualTo(Publisher.TOO_LONG);
        assertThat(publisher.tryClaim(Integer.MAX_VALUE).result()).isEqualTo(Publisher.TOO_LONG);

        assertThat(subscriber.poll(message -> assertThat(message.toByteArray()).isEqualTo(longest), 10)).isEqualTo(2);
    }

    @Test
    void shouldSayThatASegmentLongerThanAnIntIsTooLong() {
        // Address space alone: nothing of it is touched.
        final MemorySegment huge = MemorySegment.NULL.reinterpret(1L << 32);
        assertThat(publisher.offer(huge)).isEqualTo(Publisher.TOO_LONG);
        assertThat(publisher.offer(MemorySegment.NULL.reinterpret((1L << 32) + 8))).isEqualTo(Publisher.TOO_LONG);
        assertThat(drain(subscriber)).isEmpty();
    }

    @Test
    void shouldSendEmptyMessages() {
        assertThat(publisher.offer(new byte[0])).isEqualTo(16);
        assertThat(publisher.offer(MemorySegment.NULL)).isEqualTo(32);
        publisher.tryClaim(0).commit();
        assertThat(subscriber.poll(message -> {
            assertThat(message.length()).isZero();
            assertThat(message.toByteArray()).isEmpty();
            assertThat(message.payload().byteSize()).isZero();
        }, 10)).isEqualTo(3);
    }

    @Test
    void shouldSendNothingWhenTheSourceIsGone() {
        final Arena arena = Arena.ofShared();
        final MemorySegment closed = arena.allocate(16);
        arena.close();
        assertThatThrownBy(() -> publisher.offer(closed)).isInstanceOf(IllegalStateException.class);
        send(publisher, 1);
        assertThat(drain(subscriber)).containsExactly(1L);
    }

    @Test
    void shouldAnswerBackPressureUntilTheSubscriberHasRead() {
        final int fitting = fill(publisher);
        assertThat(publisher.offer(number(1))).isEqualTo(Publisher.BACK_PRESSURED);
        assertThat(publisher.tryClaim(8).result()).isEqualTo(Publisher.BACK_PRESSURED);
        assertThat(publisher.publish(MemorySegment.ofArray(number(1)), 0, 8, Duration.ofMillis(2)))
                .isEqualTo(Publisher.BACK_PRESSURED);
        assertThat(publisher.publish(MemorySegment.ofArray(number(1)), 0, 8, Duration.ofMillis(-5)))
                .isEqualTo(Publisher.BACK_PRESSURED);
        assertThat(drain(subscriber)).hasSize(fitting);
        send(publisher, 1);
    }

    @Test
    void shouldWaitForSpaceForAsLongAsItTakes() throws Exception {
        final int fitting = fill(publisher);
        final Thread reader = Thread.ofPlatform().daemon().start(() -> {
            for (int read = 0; read <= fitting;) {
                final int count = subscriber.poll(message -> { }, 1);
                read += count;
                if (count == 0) {
                    Thread.yield();
                }
            }
        });
        assertThat(publisher.publish(MemorySegment.ofArray(number(7)), 0, 8, ChronoUnit.FOREVER.getDuration())).isPositive();
        reader.join();
    }

    @Test
    void shouldNameTheTimeoutThatIsMissing() {
        engine.streamer.declare(Topic.of("parts"), 2);
        final StreamPublisher many = engine.streamer.streamPublisher();
        final int stream = many.stream("a");
        final MemorySegment payload = MemorySegment.ofArray(number(1));
        final Publisher parts = engine.publisher("parts");
        assertThatThrownBy(() -> publisher.publish(payload, 0, 8, null)).isInstanceOf(NullPointerException.class).hasMessage("timeout");
        assertThatThrownBy(() -> parts.publish(payload, 0, 8, null)).isInstanceOf(NullPointerException.class).hasMessage("timeout");
        assertThatThrownBy(() -> many.publish(stream, payload, 0, 8, null)).isInstanceOf(NullPointerException.class).hasMessage("timeout");
        assertThat(drain(subscriber)).isEmpty();
    }

    @Test
    void shouldHoldBackABatchUntilItsEnd() {
        publisher.beginBatch();
        send(publisher, 1, 2);
        publisher.tryClaim(8).putLong(0, 3).commit();
        publisher.tryClaim(8).putLong(0, 99).abort();
        assertThat(drain(subscriber)).isEmpty();
        assertThat(publisher.endBatch()).isEqualTo(72);
        send(publisher, 4);
        assertThat(drain(subscriber)).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void shouldPublishABatchThatRunsOutOfSpace() {
        publisher.beginBatch();
        int sent = 0;
        int read = 0;
        for (int round = 0; round < 5; round++) {
            sent += fill(publisher);
            read += drain(subscriber).size();
            assertThat(read).isEqualTo(sent);
        }
        publisher.endBatch();
        assertThat(drain(subscriber)).isEmpty();
    }
}
