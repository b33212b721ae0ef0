// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.LongMessages.LONG;
import static io.kaelix.engine.LongMessages.bytes;
import static io.kaelix.engine.LongMessages.check;
import static io.kaelix.engine.LongMessages.drain;
import static io.kaelix.engine.LongMessages.publish;
import static io.kaelix.engine.LongMessages.receive;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.kaelix.Message;
import io.kaelix.MessageBuilder;
import io.kaelix.MessageHandler;
import io.kaelix.MessagePriority;
import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.PublisherConfig;
import io.kaelix.RetainedMessage;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.Subscription;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.engine.LongMessages.Received;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Messages that are longer than a quarter of the lane, of which they take several frames. */
class LongMessageTest {

    private static final int LIMIT = 300_000;

    private final MemoryStreamer streamer = MemoryStreamer.launch(EngineFixture.config().withMaxMessageLength(LIMIT));
    private final Publisher publisher = streamer.publisher("a");

    @AfterEach
    void close() {
        streamer.close();
    }

    @Test
    void shouldOfferLengthsAroundEveryBoundary() {
        final Subscriber subscriber = streamer.subscriber("a");
        final int frame = publisher.maxLength();
        final int most = publisher.maxOfferLength();
        assertThat(most).isBetween(EngineFixture.LANE_CAPACITY * 31 / 64, EngineFixture.LANE_CAPACITY / 2);
        final int[] lengths = {0, 1, frame - 1, frame, frame + 1, frame + 8, frame + 9, (frame + most) / 2, most - 9, most - 8, most - 1, most};
        int number = 0;
        for (final int length : lengths) {
            assertThat(publisher.offer(bytes(number, length))).as("%d bytes", length).isPositive();
            assertThat(receive(subscriber, 1)).containsExactly(new Received(length == 0 ? -1 : number, length, number));
            number++;
            final long timestamp = length;
            assertThat(publisher.offer(MemorySegment.ofArray(bytes(number, length)), 0, length, timestamp)).isPositive();
            assertThat(receive(subscriber, 1, message -> assertThat(message.timestamp()).isEqualTo(timestamp))).hasSize(1);
            number++;
        }
        assertThat(publisher.offer(new byte[most + 1])).isEqualTo(Publisher.TOO_LONG);
        assertThat(publisher.tryClaim(frame + 1).result()).isEqualTo(Publisher.TOO_LONG);
        assertThat(drain(subscriber)).isEmpty();
    }

    @Test
    void shouldOfferFromWhereverTheLaneStands() {
        final Subscriber subscriber = streamer.subscriber("a");
        final int most = publisher.maxOfferLength();
        for (int number = 0; number < 200; number++) {
            assertThat(publisher.offer(bytes(number, number * 211 % most))).isPositive();
            assertThat(receive(subscriber, 1)).hasSize(1);
            assertThat(publisher.offer(bytes(number, most))).as("an empty lane takes what one offer takes").isPositive();
            assertThat(receive(subscriber, 1)).hasSize(1);
            number++;
        }
    }

    @Test
    void shouldOfferAllOrNothing() {
        final Subscriber subscriber = streamer.subscriber("a");
        final int most = publisher.maxOfferLength();
        int sent = 0;
        while (publisher.offer(bytes(sent, most)) > 0) {
            sent++;
        }
        assertThat(sent).isBetween(1, 2);
        while (publisher.offer(bytes(sent, 1000)) > 0) {
            sent++;
        }
        assertThat(publisher.offer(bytes(0, most))).isEqualTo(Publisher.BACK_PRESSURED);
        final List<Received> received = drain(subscriber);
        assertThat(received).extracting(Received::number).containsExactlyElementsOf(IntStream.range(0, sent).boxed().toList());
        assertThat(received).extracting(Received::sequence).containsExactlyElementsOf(IntStream.range(0, sent).mapToObj(i -> (long) i).toList());
        assertThat(publisher.offer(bytes(sent, most))).isPositive();
        assertThat(drain(subscriber)).containsExactly(new Received(sent, most, sent));
    }

    @Test
    void shouldPublishMoreThanTheLaneHolds() throws Exception {
        final Subscriber subscriber = streamer.subscriber("a");
        final int[] lengths = {publisher.maxLength(), publisher.maxLength() + 1, publisher.maxOfferLength(), publisher.maxOfferLength() + 1,
            EngineFixture.LANE_CAPACITY, LIMIT - 1, LIMIT, 5, LIMIT};
        assertThat(publisher.maxMessageLength()).isEqualTo(LIMIT);
        final Thread sender = Thread.ofPlatform().daemon().start(() -> {
            for (int number = 0; number < lengths.length; number++) {
                publish(publisher, number, lengths[number], LONG);
            }
            publish(publisher, 77, LIMIT + 1, LONG);
            publish(publisher, 78, 1, LONG);
        });
        final List<Received> received = receive(subscriber, lengths.length + 1);
        for (int number = 0; number < lengths.length; number++) {
            assertThat(received.get(number)).isEqualTo(new Received(number, lengths[number], number));
        }
        assertThat(received.getLast()).as("behind one over the limit").isEqualTo(new Received(78, 1, lengths.length));
        sender.join();
    }

    @Test
    void shouldSayThatAMessageIsTooLong() {
        assertThat(publish(publisher, 1, LIMIT + 1, LONG)).isEqualTo(Publisher.TOO_LONG);
        assertThat(publisher.publish(MemorySegment.NULL.reinterpret(1L << 32), 0, Integer.MAX_VALUE, LONG)).isEqualTo(Publisher.TOO_LONG);
        try (MemoryStreamer small = MemoryStreamer.launch(EngineFixture.config().withMaxMessageLength(1))) {
            final Publisher unsplit = small.publisher("a");
            assertThat(unsplit.maxMessageLength()).isEqualTo(unsplit.maxOfferLength()).isEqualTo(unsplit.maxLength());
            assertThat(unsplit.offer(new byte[unsplit.maxLength() + 1])).isEqualTo(Publisher.TOO_LONG);
        }
        try (MemoryStreamer little = MemoryStreamer.launch(EngineFixture.config().withMemoryLimit(8 << 20))) {
            assertThat(little.publisher("a").maxMessageLength()).as("what the pool holds").isBetween(1 << 20, 2 << 20);
        }
    }

    @Test
    void shouldKeepHeadersKeyAndTimestampOfWhatWasBuilt() throws Exception {
        final Subscriber subscriber = streamer.subscriber("a");
        final MessageBuilder builder = Message.builder();
        final int most = publisher.maxOfferLength() - 600;
        final ByteBuffer direct = ByteBuffer.allocateDirect(most);
        direct.put(bytes(3, most)).flip();
        final List<MessageBuilder> payloads = List.of(
                Message.builder().payload(bytes(1, most)),
                Message.builder().payload(MemorySegment.ofArray(bytes(2, most))),
                Message.builder().payload(direct));
        for (final MessageBuilder payload : payloads) {
            payload.header("name", "value").header("n", 42).partitionKey(7).timestamp(99);
            assertThat(publisher.offer(payload)).isPositive();
            assertThat(receive(subscriber, 1, message -> {
                assertThat(message.headers().getString("name")).isEqualTo("value");
                assertThat(message.headers().getLong("n", 0)).isEqualTo(42);
                assertThat(message.partitionKey()).isNotEqualTo(Message.NO_PARTITION_KEY);
                assertThat(message.timestamp()).isEqualTo(99);
                assertThat(message.payload().byteSize()).isEqualTo(most);
                assertThat(message.payload().isReadOnly()).isTrue();
                assertThat(message.topic()).isEqualTo(Topic.of("a"));
            })).hasSize(1);
        }
        final String text = "grüße, 世界 😀 ".repeat(900);
        publisher.offer(builder.payload(text));
        final List<String> texts = new ArrayList<>();
        while (texts.isEmpty()) {
            subscriber.poll(message -> texts.add(message.asString()), 1);
        }
        assertThat(texts).containsExactly(text);
        assertThat(text.length()).as("long enough to be split").isGreaterThan(publisher.maxLength() / 2);
    }

    @Test
    void shouldSplitWhatFitsIntoAFrameButForItsHeaders() {
        final Subscriber subscriber = streamer.subscriber("a");
        final byte[] value = bytes(9, 9_000);
        final MessageBuilder builder = Message.builder().payload(bytes(1, publisher.maxLength())).header("h", value);
        assertThat(publisher.offer(builder)).isPositive();
        assertThat(receive(subscriber, 1, message -> assertThat(message.headers().getBytes("h")).isEqualTo(value)))
                .containsExactly(new Received(1, publisher.maxLength(), 0));
    }

    @Test
    void shouldCountMessagesAndNotParts() throws Exception {
        final Subscriber blocking = streamer.subscriber("a");
        final Subscriber lossy = streamer.subscriber(TopicPattern.of("a"), SlowSubscriberPolicy.LOSSY);
        final int most = publisher.maxOfferLength();
        for (int number = 0; number < 300; number++) {
            final int length = number % 3 == 0 ? most - number : number;
            assertThat(publisher.offer(bytes(number, length))).isPositive();
            assertThat(streamer.subscribers().stream().filter(status -> status.policy() == SlowSubscriberPolicy.BLOCK).findFirst().orElseThrow()
                    .lagMessages()).isEqualTo(1);
            assertThat(receive(blocking, 1).getFirst().sequence()).isEqualTo(number);
        }
        final List<Received> rest = drain(lossy);
        assertThat(rest).isNotEmpty();
        assertThat(rest.size() + lossy.lost()).isEqualTo(300);
        assertThat(rest.getLast().sequence()).isEqualTo(299);
        assertThat(blocking.lost()).isZero();
    }

    @Test
    void shouldLetOthersGoOnMeanwhile() throws Exception {
        final Subscriber subscriber = streamer.subscriber(">");
        final Publisher other = streamer.publisher("b");
        final Thread sender = Thread.ofPlatform().daemon().start(() -> publish(publisher, 1, LIMIT, LONG));
        EngineFixture.await("its lane to be full", () -> streamer.subscribers().getFirst().lagBytes() > EngineFixture.LANE_CAPACITY * 3 / 4);
        other.offer(bytes(2, 50));
        final List<Received> received = receive(subscriber, 2);
        assertThat(received).extracting(Received::number).as("the short one came first").containsExactly(2, 1);
        sender.join();
    }

    @Test
    void shouldSendLongMessagesOfManyStreams() throws Exception {
        final Subscriber all = streamer.subscriber(">");
        final Subscriber some = streamer.subscriber("s.1");
        final Thread sender = Thread.ofPlatform().daemon().start(() -> {
            final StreamPublisher streams = streamer.streamPublisher();
            final int[] ids = {streams.stream("s.0"), streams.stream("s.1"), streams.stream("s.2")};
            for (int number = 0; number < 60; number++) {
                final int length = number % 4 == 0 ? LIMIT - number : number % 4 == 1 ? streams.maxLength() + number : number;
                streams.publish(ids[number % 3], MemorySegment.ofArray(bytes(number, length)), 0, length, LONG);
            }
        });
        final List<Received> ofAll = new ArrayList<>();
        final List<Received> ofSome = new ArrayList<>();
        while (ofAll.size() < 60 || ofSome.size() < 20) {
            all.poll(message -> ofAll.add(check(message)), 10);
            some.poll(message -> ofSome.add(check(message)), 10);
        }
        sender.join();
        for (int number = 1; number < 60; number++) {
            assertThat(ofAll.get(number).number()).isEqualTo(number);
            assertThat(ofAll.get(number).sequence()).as("each stream by itself").isEqualTo(number / 3);
        }
        assertThat(ofSome).extracting(Received::number).containsExactlyElementsOf(IntStream.range(0, 20).mapToObj(i -> 3 * i + 1).toList());
    }

    @Test
    void shouldHandThemToHandlers() throws Exception {
        final BlockingQueue<Received> queue = new LinkedBlockingQueue<>();
        try (Subscription first = streamer.subscribe("a", message -> queue.add(check(message)));
                Subscription second = streamer.subscribe(">", message -> queue.add(check(message)))) {
            for (int number = 0; number < 20; number++) {
                publish(publisher, number, LIMIT - number, LONG);
                for (int handler = 0; handler < 2; handler++) {
                    assertThat(queue.poll(EngineFixture.DEADLINE_SECONDS, TimeUnit.SECONDS)).isEqualTo(new Received(number, LIMIT - number, number));
                }
            }
            assertThat(first.errors() + second.errors()).isZero();
        }
    }

    @Test
    void shouldRetainThemWithoutACopy() throws Exception {
        final Subscriber subscriber = streamer.subscriber("a");
        final Thread sender = Thread.ofPlatform().daemon().start(() -> {
            for (int number = 0; number < 4; number++) {
                publish(publisher, number, LIMIT, LONG);
            }
        });
        final List<RetainedMessage> retained = new ArrayList<>();
        receive(subscriber, 4, message -> {
            retained.add(message.retain());
            retained.add(message.retain());
            message.retain().release();
            assertThat(check(message).number()).as("still there").isEqualTo(retained.size() / 2 - 1);
        });
        sender.join();
        assertThat(streamer.pool().outstanding()).as("one buffer each").isEqualTo(4);
        for (int i = 0; i < 8; i++) {
            assertThat(check(retained.get(i))).isEqualTo(new Received(i / 2, LIMIT, i / 2));
            assertThat(retained.get(i).release()).isEqualTo(i % 2 == 1);
        }
        assertThat(streamer.pool().outstanding()).isZero();
    }

    @Test
    void shouldUseTheSameMemoryAgain() throws Exception {
        final Subscriber subscriber = streamer.subscriber("a");
        for (int number = 0; number < 50; number++) {
            assertThat(publisher.offer(bytes(number, publisher.maxOfferLength()))).isPositive();
            receive(subscriber, 1);
        }
        assertThat(streamer.pool().outstanding()).isZero();
        assertThat(streamer.pool().allocations()).isEqualTo(1);
    }

    @Test
    void shouldKeepTheMemoryOfTheLongestForTheNext() throws Exception {
        final MemoryStreamer large = MemoryStreamer.launch(EngineFixture.config());
        final Subscriber subscriber = large.subscriber("a");
        final Publisher sending = large.publisher("a");
        final int length = 5 << 20;
        assertThat(sending.maxMessageLength()).isEqualTo(16 << 20);
        final Thread sender = Thread.ofPlatform().daemon().start(() -> {
            for (int number = 0; number < 10; number++) {
                publish(sending, number, length, LONG);
            }
        });
        assertThat(receive(subscriber, 10)).extracting(Received::length).containsOnly(length);
        sender.join();
        assertThat(large.pool().allocations()).isEqualTo(1);
        large.close();
        assertThat(large.pool().reservedBytes()).isZero();
    }

    @Test
    void shouldHoldThemBackInABatchThatTheyFitInto() throws Exception {
        final Subscriber subscriber = streamer.subscriber("a");
        publisher.beginBatch();
        publisher.offer(bytes(0, 10));
        publisher.offer(bytes(1, publisher.maxLength() + 100));
        assertThat(drain(subscriber)).isEmpty();
        publisher.endBatch();
        assertThat(drain(subscriber)).extracting(Received::number).containsExactly(0, 1);
    }

    @Test
    void shouldDropThemByPriority() {
        final Subscriber subscriber = streamer.subscriber("a");
        final Publisher dropping = streamer.publisher(Topic.of("a"), PublisherConfig.defaults().withLow(75));
        final int most = dropping.maxOfferLength();
        assertThat(dropping.offer(MessagePriority.LOW, bytes(0, most), 0, most)).isPositive();
        assertThat(dropping.offer(MessagePriority.LOW, bytes(1, most), 0, most)).isEqualTo(Publisher.DROPPED);
        assertThat(dropping.dropped(MessagePriority.LOW)).isEqualTo(1);
        assertThat(drain(subscriber)).containsExactly(new Received(0, most, 0));
    }

    @Test
    void shouldEndAPollBehindALimitOfWholeMessages() {
        final Subscriber subscriber = streamer.subscriber("a");
        final int length = publisher.maxLength() + 1;
        for (int number = 0; number < 3; number++) {
            assertThat(publisher.offer(bytes(number, length))).isPositive();
        }
        int polls = 0;
        for (int count = 0; count < 3; polls++) {
            final int got = subscriber.poll(LongMessages::check, 1);
            assertThat(got).isBetween(0, 1);
            count += got;
        }
        assertThat(polls).as("a poll takes a ring of parts").isLessThan(6);
    }

    @Test
    void shouldSendFromMemoryOfAnyKind() {
        final Subscriber subscriber = streamer.subscriber("a");
        final int length = publisher.maxOfferLength();
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment segment = arena.allocate(length + 3L);
            MemorySegment.copy(bytes(5, length), 0, segment, ValueLayout.JAVA_BYTE, 3, length);
            assertThat(publisher.offer(segment, 3, length)).isPositive();
            assertThat(receive(subscriber, 1)).containsExactly(new Received(5, length, 0));
        }
        assertThat(publisher.offer(bytes(0, length + 5), 0, length)).isPositive();
        assertThat(receive(subscriber, 1)).hasSize(1);
    }

    @Test
    void shouldAllocateNothingToSendAndToPutTogether() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final Subscriber subscriber = streamer.subscriber("a");
        final int length = publisher.maxOfferLength();
        final MemorySegment payload = MemorySegment.ofArray(bytes(1, length));
        final long[] sum = {0};
        final MessageHandler handler = message -> sum[0] += message.getLong(length - 8) + message.length();
        double least = Double.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 20_000; i++) {
                if (i % 2 == 0) {
                    publisher.offer(payload, 0, length);
                } else {
                    publisher.publish(payload, 0, length, LONG);
                }
                while (subscriber.poll(handler, 1) == 0) {
                    Thread.onSpinWait();
                }
            }
            least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / 20_000.0);
        }
        assertThat(least).as("bytes allocated per message").isLessThan(1);
    }
}
