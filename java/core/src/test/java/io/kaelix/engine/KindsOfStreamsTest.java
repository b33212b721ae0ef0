// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Message;
import io.kaelix.MemoryStreamer;
import io.kaelix.Payload;
import io.kaelix.Publisher;
import io.kaelix.StreamPublisher;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Short, long and shared messages, to partitions and to streams that expire. */
@Timeout(60)
class KindsOfStreamsTest {

    private static final Duration WAIT = Duration.ofSeconds(30);

    private final MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults().withLaneCapacity(1 << 16)
            .withMemoryLimit(64 << 20).withStreamExpiry(StreamerConfig.MIN_STREAM_EXPIRY.multipliedBy(20)));

    @AfterEach
    void close() {
        streamer.close();
    }

    /** What tells two messages apart, however long they are. */
    private static String describe(final Message message) {
        return message.topic() + "#" + message.sequence() + "=" + message.getInt(0) + "," + message.length();
    }

    private static byte[] bytes(final int length, final int number) {
        final byte[] bytes = new byte[length];
        MemorySegment.ofArray(bytes).set(ValueLayout.JAVA_INT_UNALIGNED, 0, number);
        return bytes;
    }

    private static List<String> receive(final Subscriber subscriber, final int count) {
        final List<String> received = new ArrayList<>();
        while (received.size() < count) {
            assertThat(subscriber.poll(message -> received.add(describe(message)), count)).isNotNegative();
        }
        return received;
    }

    @Test
    void shouldSendAllKindsToPartitionsInTurnAndByKey() {
        streamer.declare(Topic.of("orders"), 2);
        final Subscriber first = streamer.subscriber(TopicPattern.of("orders"), SubscriberConfig.defaults().withPartitions(0));
        final Subscriber second = streamer.subscriber(TopicPattern.of("orders"), SubscriberConfig.defaults().withPartitions(1));
        try (Publisher publisher = streamer.publisher("orders"); Payload shared = streamer.payload(bytes(5_000, 4))) {
            final int longer = publisher.maxLength() + 1;
            assertThat(publisher.offer(bytes(8, 1))).isPositive();
            assertThat(publisher.offer(bytes(longer, 2))).isPositive();
            assertThat(publisher.offer(bytes(8, 3))).isPositive();
            assertThat(publisher.offer(shared)).isPositive();
            assertThat(receive(first, 2)).containsExactly("orders#0=1,8", "orders#1=3,8");
            assertThat(receive(second, 2)).containsExactly("orders#0=2," + longer, "orders#1=4,5000");

            assertThat(publisher.publish(MemorySegment.ofArray(bytes(longer, 5)), 0, longer, WAIT)).isPositive();
            assertThat(publisher.offer(Message.builder().partitionKey("key").payload(bytes(longer, 6)))).isPositive();
            assertThat(publisher.offer(Message.builder().partitionKey("key").payload(shared))).isPositive();
            final List<String> both = new ArrayList<>(receive(first, 1));
            final int before = both.size();
            while (both.size() < before + 2) {
                first.poll(message -> both.add(describe(message)), 10);
                second.poll(message -> both.add(describe(message)), 10);
            }
            assertThat(both).extracting(text -> text.replaceAll(".*=", "")).containsExactly("5," + longer, "6," + longer, "4,5000");
        }
    }

    @Test
    void shouldRefuseAllKindsOnceTheStreamHasExpired() throws InterruptedException {
        final Subscriber subscriber = streamer.subscriber(">");
        try (StreamPublisher publisher = streamer.streamPublisher(); Payload shared = streamer.payload(bytes(5_000, 4))) {
            final int longer = publisher.maxLength() + 1;
            final int offered = publisher.stream("a.offered");
            final int published = publisher.stream("a.published");
            final int referred = publisher.stream("a.referred");
            final int built = publisher.stream("a.built");
            assertThat(publisher.offer(offered, bytes(longer, 1))).isPositive();
            assertThat(publisher.offer(published, bytes(8, 2))).isPositive();
            assertThat(publisher.offer(referred, shared)).isPositive();
            assertThat(publisher.offer(built, Message.builder().payload(shared))).isPositive();
            final MemorySegment segment = MemorySegment.ofArray(bytes(longer, 5));
            final int last = publisher.stream("a.last");
            Thread.sleep(100);
            while (publisher.offer(last, bytes(8, 9)) != StreamPublisher.EXPIRED) {
                Thread.sleep(100);
            }
            assertThat(publisher.offer(offered, bytes(longer, 1))).isEqualTo(StreamPublisher.EXPIRED);
            assertThat(publisher.publish(published, segment, 0, longer, WAIT)).isEqualTo(StreamPublisher.EXPIRED);
            assertThat(publisher.offer(referred, shared)).isEqualTo(StreamPublisher.EXPIRED);
            assertThat(publisher.offer(built, Message.builder().payload(shared))).isEqualTo(StreamPublisher.EXPIRED);
            assertThat(publisher.offer(publisher.stream("a.offered"), bytes(longer, 7))).isPositive();
            final List<String> received = receive(subscriber, 5);
            received.removeIf(text -> text.startsWith("a.last"));
            while (received.size() < 5) {
                subscriber.poll(message -> received.add(describe(message)), 1);
            }
            assertThat(received).containsExactly("a.offered#0=1," + longer, "a.published#0=2,8", "a.referred#0=4,5000", "a.built#0=4,5000",
                    "a.offered#0=7," + longer);
        }
    }
}
