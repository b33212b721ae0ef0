// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Claim;
import io.kaelix.Headers;
import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.MessageBuilder;
import io.kaelix.Publisher;
import io.kaelix.RetainedMessage;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.TopicPattern;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The shortest and the longest of everything, by every way of sending, under every policy, as it is shown and as it is retained.
 *
 * <pre>
 *   array, segment, claim, builder ──► Publisher, StreamPublisher ──► lane ──► BLOCK, LOSSY, DISCONNECT ──► Message ──► RetainedMessage
 * </pre>
 */
class ExtremeMessagesTest {

    /** Holds 65,528 bytes of headers, and what a builder adds to them. */
    private static final int WIDE_LANE = 1 << 20;
    private static final int EMPTY_HEADER = 3;
    private static final int BEFORE_HEADERS = 8;

    private final MemoryStreamer streamer = MemoryStreamer.launch(EngineFixture.config().withLaneCapacity(WIDE_LANE));
    private final MessageBuilder builder = Message.builder();
    private Subscriber subscriber;
    private Publisher publisher;
    private StreamPublisher streams;

    @AfterEach
    void close() {
        streamer.close();
    }

    private void launch(final SlowSubscriberPolicy policy) {
        subscriber = streamer.subscriber(TopicPattern.of("a.*"), policy);
        publisher = streamer.publisher("a.single");
        streams = streamer.streamPublisher();
    }

    /** Shows the one message that is there, then a copy of it when the lane has moved on. */
    private void assertReceived(final Consumer<Message> check) {
        final List<RetainedMessage> retained = new ArrayList<>();
        assertThat(subscriber.poll(message -> {
            check.accept(message);
            retained.add(message.retain());
        }, 10)).isEqualTo(1);
        publisher.offer(new byte[] {1, 2, 3});
        assertThat(subscriber.poll(message -> assertThat(message.length()).isEqualTo(3), 10)).isEqualTo(1);
        try (RetainedMessage copy = retained.getFirst()) {
            check.accept(copy);
        }
    }

    private static byte[] bytes(final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + length);
        }
        return bytes;
    }

    private static Consumer<Message> holding(final byte[] payload, final long timestamp) {
        return message -> {
            assertThat(message.length()).isEqualTo(payload.length);
            assertThat(message.toByteArray()).isEqualTo(payload);
            assertThat(message.payload().mismatch(MemorySegment.ofArray(payload))).isEqualTo(-1);
            assertThat(message.timestamp()).isEqualTo(timestamp);
            assertThatThrownBy(() -> message.getByte(payload.length)).isInstanceOf(IndexOutOfBoundsException.class);
        };
    }

    @ParameterizedTest
    @EnumSource
    void shouldArriveFromNoByteToTheLongest(final SlowSubscriberPolicy policy) {
        launch(policy);
        final int stream = streams.stream("a.stream");
        final int longest = publisher.maxLength();
        assertThat(streams.maxLength()).isEqualTo(longest);
        for (final int length : new int[] {0, 1, 7, 8, 9, longest - 1, longest}) {
            final byte[] payload = bytes(length);
            final MemorySegment segment = MemorySegment.ofArray(payload);

            assertThat(publisher.offer(payload)).isPositive();
            assertReceived(holding(payload, Message.NO_TIMESTAMP));
            assertThat(publisher.offer(segment, 0, length, Long.MAX_VALUE)).isPositive();
            assertReceived(holding(payload, Long.MAX_VALUE));
            write(publisher.tryClaim(length, -1), segment);
            assertReceived(holding(payload, -1));
            assertThat(publisher.offer(builder.clear().payload(payload).timestamp(5))).isPositive();
            assertReceived(holding(payload, 5));

            assertThat(streams.offer(stream, payload)).isPositive();
            assertReceived(holding(payload, Message.NO_TIMESTAMP));
            assertThat(streams.offer(stream, segment, 0, length, 0)).isPositive();
            assertReceived(holding(payload, 0));
            write(streams.tryClaim(stream, length), segment);
            assertReceived(holding(payload, Message.NO_TIMESTAMP));
            assertThat(streams.offer(stream, builder.clear().payload(segment).timestamp(6))).isPositive();
            assertReceived(holding(payload, 6));
        }
    }

    private static void write(final Claim claim, final MemorySegment payload) {
        assertThat(claim.isOpen()).isTrue();
        claim.putBytes(0, payload, 0, (int) payload.byteSize());
        assertThat(claim.commit()).isPositive();
    }

    @ParameterizedTest
    @EnumSource
    void shouldCarryAsManyHeadersAsFit(final SlowSubscriberPolicy policy) {
        launch(policy);
        final int most = (Headers.MAX_LENGTH - BEFORE_HEADERS) / EMPTY_HEADER;
        for (final int count : new int[] {0, 1, 16, 300, most}) {
            builder.clear().payload("p");
            for (int i = 0; i < count; i++) {
                builder.header(i == 300 || count == most ? "" : "h" + i, count == most ? new byte[0] : new byte[] {(byte) i});
            }
            final Consumer<Message> check = message -> {
                assertThat(message.headers().count()).isEqualTo(count);
                assertThat(message.asString()).isEqualTo("p");
                if (count == 300) {
                    assertThat(message.headers().getBytes("h299")).containsExactly((byte) 299);
                }
            };
            assertThat(publisher.offer(builder)).isPositive();
            assertReceived(check);
            assertThat(streams.offer(streams.stream("a.s" + count), builder)).isPositive();
            assertReceived(check);
        }
        assertThatThrownBy(() -> builder.header("", "")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("65528");
        assertThat(publisher.offer(builder)).as("it is as it was").isPositive();
        assertThat(subscriber.poll(message -> assertThat(message.headers().count()).isEqualTo(most), 10)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeNamesOfAnyBytesAndTheLongestValue(final SlowSubscriberPolicy policy) {
        launch(policy);
        final byte[] allButOne = new byte[Headers.MAX_NAME_LENGTH];
        for (int i = 0; i < allButOne.length; i++) {
            allButOne[i] = (byte) i;
        }
        final byte[] last = {(byte) 0xFF, 0, 0x0A, (byte) 0xC3, (byte) 0x28};
        final byte[] rest = bytes(Headers.MAX_LENGTH - BEFORE_HEADERS - 3 * EMPTY_HEADER - allButOne.length - 2 * last.length);
        builder.payload("p").header(allButOne, last).header(last, new byte[0]).header(new byte[0], rest);
        assertThat(publisher.offer(builder)).isPositive();
        assertReceived(message -> {
            final Headers headers = message.headers();
            assertThat(headers.getBytes(allButOne)).isEqualTo(last);
            assertThat(headers.getBytes(last)).isEmpty();
            assertThat(headers.getBytes(new byte[0])).isEqualTo(rest);
            assertThat(headers.valueLength("")).isEqualTo(rest.length);
            assertThat(headers.contains(Arrays.copyOf(allButOne, 254))).isFalse();
            final List<byte[]> names = new ArrayList<>();
            headers.forEach(header -> names.add(header.nameBytes()));
            assertThat(names).containsExactly(allButOne, last, new byte[0]);
            assertThat(message.asString()).isEqualTo("p");
        });
    }

    /** What headers take, the payload cannot have. */
    @Test
    void shouldSayThatHeadersAndPayloadTogetherAreTooLong() {
        launch(SlowSubscriberPolicy.BLOCK);
        final int stream = streams.stream("a.stream");
        builder.header("h", new byte[1000]).payload(new byte[publisher.maxOfferLength()]);

        assertThat(publisher.offer(builder)).isEqualTo(Publisher.TOO_LONG);
        assertThat(streams.offer(stream, builder)).isEqualTo(Publisher.TOO_LONG);

        builder.payload(new byte[publisher.maxOfferLength() - 1024]);
        assertThat(publisher.offer(builder)).isPositive();
        assertThat(streams.offer(stream, builder)).isPositive();
        assertThat(subscriber.poll(message -> assertThat(message.sequence()).as("no number for what was not sent").isZero(), 10)).isEqualTo(2);
    }

    @Test
    void shouldCountStreamsOfBuiltMessagesAndRefuseTheWrongOne() {
        launch(SlowSubscriberPolicy.BLOCK);
        final int stream = streams.stream("a.stream");
        final int other = streams.stream("a.other");
        builder.topic("a.stream").payload("p");

        assertThatThrownBy(() -> streams.offer(other, builder)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a.stream").hasMessageContaining("a.other");
        assertThatThrownBy(() -> streams.offer(other + 1, builder)).isInstanceOf(IllegalArgumentException.class);
        for (int i = 0; i < 3; i++) {
            assertThat(streams.offer(stream, builder)).isPositive();
        }

        final List<String> received = new ArrayList<>();
        subscriber.poll(message -> received.add(message.topic() + " " + message.sequence()), 10);
        assertThat(received).containsExactly("a.stream 0", "a.stream 1", "a.stream 2");
    }
}
