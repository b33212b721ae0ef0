// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.drain;
import static io.kaelix.engine.EngineFixture.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Claim;
import io.kaelix.Message;
import io.kaelix.MessageBuilder;
import io.kaelix.MessagePriority;
import io.kaelix.Publisher;
import io.kaelix.PublisherConfig;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Topics with partitions. */
class PartitionTest {

    private static final Topic ORDERS = Topic.of("orders");

    private final EngineFixture fixture = new EngineFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private Subscriber subscriber(final String pattern, final int... partitions) {
        return fixture.streamer.subscriber(pattern, SubscriberConfig.defaults().withPartitions(partitions));
    }

    private static MessageBuilder message(final String key, final long value) {
        return Message.builder().partitionKey(key).payload(number(value));
    }

    /** Every message of a key reaches the subscriber of its partition, no other, and in order; whoever wants all gets all. */
    @Property(tries = 60)
    void shouldKeepTheOrderOfEachKeyInItsPartition(@ForAll @IntRange(min = 1, max = 20) final int partitions,
            @ForAll @IntRange(min = 1, max = 40) final int keys, @ForAll final long seed) {
        final Random random = new Random(seed);
        try (EngineFixture engine = new EngineFixture()) {
            final Subscriber early = engine.subscriber("*");
            engine.streamer.declare(ORDERS, partitions);
            final List<Subscriber> consumers = new ArrayList<>();
            for (int i = 0; i < partitions; i++) {
                consumers.add(engine.streamer.subscriber("orders", SubscriberConfig.defaults().withPartitions(i)));
            }
            final Publisher publisher = engine.publisher("orders");
            final StreamPublisher streams = engine.streamer.streamPublisher();
            final Map<Integer, List<Long>> sent = new HashMap<>();
            for (int i = 0; i < 300; i++) {
                final int key = random.nextInt(keys);
                final long value = (long) key << 32 | i;
                final String text = "key-" + key;
                final MessageBuilder built = message(text, value);
                final int stream = streams.streamOfKey(ORDERS, text);
                assertThat(streams.streamOfKey(ORDERS, text.getBytes(StandardCharsets.UTF_8))).isEqualTo(stream);
                // All of a key by one publisher: between publishers there is no order.
                assertThat(key % 2 == 0 ? publisher.offer(built) : streams.offer(stream, built)).isPositive();
                sent.computeIfAbsent(engine.streamer.partition(stream), added -> new ArrayList<>()).add(value);
            }
            for (int i = 0; i < partitions; i++) {
                final int partition = i;
                final List<Long> received = new ArrayList<>();
                while (consumers.get(i).poll(message -> {
                    assertThat(message.topic()).isEqualTo(ORDERS);
                    assertThat(engine.streamer.partition(message.streamId())).isEqualTo(partition);
                    assertThat(Message.partition(message.partitionKey(), partitions)).isEqualTo(partition);
                    received.add(message.getLong(0));
                }, 100) > 0) {
                    assertThat(received).isNotEmpty();
                }
                for (int key = 0; key < keys; key++) {
                    final int of = key;
                    final List<Long> expected = sent.getOrDefault(i, List.of()).stream().filter(value -> value >> 32 == of).toList();
                    assertThat(received.stream().filter(value -> value >> 32 == of)).containsExactlyElementsOf(expected);
                }
                assertThat(received).hasSize(sent.getOrDefault(i, List.of()).size());
            }
            assertThat(drain(early)).hasSize(300);
        }
    }

    /** Values that any language must come to. */
    @Test
    void shouldChooseThePartitionByTheHighHalfOfTheProduct() {
        assertThat(Message.partition(0, 7)).isZero();
        assertThat(Message.partition(0xFFFF_FFFFL, 7)).isEqualTo(6);
        assertThat(Message.partition(-1, 7)).as("a hash as an int").isEqualTo(6);
        assertThat(Message.partition(0x8000_0000L, 4)).isEqualTo(2);
        assertThat(Message.partition(0x7FFF_FFFFL, 4)).isEqualTo(1);
        assertThat(Message.partition(0xFFFF_FFFFL, 65_535)).isEqualTo(65_534);
        assertThat(Message.partition(123_456_789, 1)).isZero();
    }

    @Test
    void shouldSendWhatHasNoKeyToThePartitionsInTurn() {
        fixture.streamer.declare("orders", 3);
        final List<Subscriber> consumers = List.of(subscriber("orders", 0), subscriber("*", 1), subscriber(">", 2));
        final Publisher publisher = fixture.publisher("orders");
        assertThat(publisher.offer(number(0))).isPositive();
        assertThat(publisher.offer(MemorySegment.ofArray(number(1)))).isPositive();
        assertThat(publisher.offer(Message.builder().payload(number(2)))).isPositive();
        publisher.tryClaim(8).putLong(0, 3).commit();
        publisher.tryClaim(8).abort();
        assertThat(publisher.publish(MemorySegment.ofArray(number(5)), 0, 8, Duration.ZERO)).isPositive();
        assertThat(publisher.offer(MessagePriority.LOW, number(6), 0, 8)).isPositive();
        assertThat(drain(consumers.get(0))).containsExactly(0L, 3L, 6L);
        assertThat(drain(consumers.get(1))).containsExactly(1L);
        assertThat(drain(consumers.get(2))).containsExactly(2L, 5L);
    }

    @Test
    void shouldOfferWhatWasRefusedToTheSamePartition() {
        fixture.streamer.declare("orders", 2);
        final Subscriber all = fixture.subscriber("orders");
        final Publisher publisher = fixture.publisher("orders");
        int sent = 0;
        while (publisher.offer(number(sent)) > 0) {
            sent++;
        }
        assertThat(publisher.offer(number(sent))).isEqualTo(Publisher.BACK_PRESSURED);
        assertThat(publisher.tryClaim(8).result()).isEqualTo(Publisher.BACK_PRESSURED);
        final int expected = sent;
        assertThat(drain(all)).hasSize(sent);
        publisher.offer(number(sent));
        all.poll(message -> assertThat(fixture.streamer.partition(message.streamId())).isEqualTo(expected % 2), 1);
    }

    @Test
    void shouldDropWhatItsPriorityAsksFor() {
        fixture.streamer.declare("orders", 2);
        final Subscriber all = fixture.subscriber("orders");
        try (Publisher publisher = fixture.streamer.publisher(ORDERS, PublisherConfig.defaults())) {
            while (publisher.offer(number(0)) > 0) {
                assertThat(publisher.offer(MessagePriority.CRITICAL, number(1), 0, 8)).isNotEqualTo(Publisher.DROPPED);
            }
            assertThat(publisher.offer(MessagePriority.LOW, number(1), 0, 8)).isEqualTo(Publisher.DROPPED);
            final Claim dropped = publisher.tryClaim(MessagePriority.LOW, 8, Message.NO_TIMESTAMP);
            assertThat(dropped.result()).isEqualTo(Publisher.DROPPED);
            assertThat(publisher.dropped(MessagePriority.LOW)).isEqualTo(2);
            assertThat(drain(all)).isNotEmpty();
        }
    }

    @Test
    void shouldRefuseAnotherNumberOfPartitions() {
        fixture.streamer.declare("orders", 3);
        fixture.streamer.declare("orders", 3);
        assertThatThrownBy(() -> fixture.streamer.declare("orders", 4)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("topic orders has 3 partitions, not 4: all who use it must agree");
        assertThatThrownBy(() -> fixture.streamer.declare("orders", 2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> fixture.streamer.declare("orders", 1)).isInstanceOf(IllegalArgumentException.class);
        fixture.publisher("plain").close();
        assertThatThrownBy(() -> fixture.streamer.declare("plain", 2)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has 1 partitions, not 2");
        for (final int wrong : new int[] {0, -1, 65_536, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> fixture.streamer.declare("new", wrong)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("from 1 to 65535");
        }
        assertThat(fixture.streamer.partitions(ORDERS)).isEqualTo(3);
        assertThat(fixture.streamer.partitions(Topic.of("plain"))).isEqualTo(1);
        assertThat(fixture.streamer.partitions(Topic.of("new"))).isZero();
    }

    @Test
    void shouldAskForAPartitionWhereThereAreSeveral() {
        fixture.streamer.declare("orders", 2);
        final StreamPublisher publisher = fixture.streamer.streamPublisher();
        assertThatThrownBy(() -> publisher.stream("orders")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("2 partitions");
        assertThat(publisher.streamOfPartition(ORDERS, 0)).isNotEqualTo(publisher.streamOfPartition(ORDERS, 1));
        for (final int wrong : new int[] {-1, 2, 65_536}) {
            assertThatThrownBy(() -> publisher.streamOfPartition(ORDERS, wrong)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no partition " + wrong);
        }
        assertThatThrownBy(() -> publisher.streamOfPartition(Topic.of("unknown"), 0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not known");
        assertThat(publisher.streamOfKey(Topic.of("plain"), 7)).as("one that appears").isEqualTo(publisher.stream("plain"));
        assertThatThrownBy(() -> fixture.streamer.partition(99)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SubscriberConfig.defaults().withPartitions()).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SubscriberConfig.defaults().withPartitions(1, -2)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-2");
        assertThatThrownBy(() -> SubscriberConfig.defaults().withPartitions(65_535)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Whichever comes first: subscriber, topic or publisher. */
    @Test
    void shouldReachWhoSubscribesBeforeAndAfterTheTopicIsDeclared() {
        final List<Subscriber> before = List.of(subscriber("orders", 1), subscriber("*", 1), subscriber(">", 1, 0));
        fixture.streamer.declare("orders", 2);
        final Publisher publisher = fixture.publisher("orders");
        EngineFixture.send(publisher, 0, 1);
        final List<Subscriber> after = List.of(subscriber("orders", 1), subscriber("*", 1), subscriber(">", 1, 0));
        EngineFixture.send(publisher, 2, 3);
        assertThat(drain(before.get(0))).containsExactly(1L, 3L);
        assertThat(drain(before.get(1))).containsExactly(1L, 3L);
        assertThat(drain(before.get(2))).containsExactly(0L, 1L, 2L, 3L);
        assertThat(drain(after.get(0))).containsExactly(3L);
        assertThat(drain(after.get(1))).containsExactly(3L);
        assertThat(drain(after.get(2))).containsExactly(2L, 3L);
    }

    @Test
    void shouldBeHeldUpByTheSubscriberOfNoPartitionThatItDoesNotUse() {
        fixture.streamer.declare("orders", 2);
        final Subscriber slow = subscriber("orders", 1);
        final Subscriber unpartitioned = subscriber("plain", 1);
        final StreamPublisher publisher = fixture.streamer.streamPublisher();
        final int first = publisher.streamOfPartition(ORDERS, 0);
        for (int i = 0; i < 10_000; i++) {
            assertThat(publisher.offer(first, number(i))).isPositive();
        }
        final Publisher plain = fixture.publisher("plain");
        for (int i = 0; i < 10_000; i++) {
            assertThat(plain.offer(number(i))).isPositive();
        }
        assertThat(drain(slow)).isEmpty();
        assertThat(unpartitioned.lanes()).as("a topic without partitions is its partition 0").isEmpty();
    }

    @Test
    void shouldBehaveAsAnyPublisherAtItsEnd() throws Exception {
        fixture.streamer.declare("orders", 2);
        final Subscriber push = fixture.subscriber("orders");
        final Publisher publisher = fixture.publisher("orders");
        assertThat(publisher.topic()).isEqualTo(ORDERS);
        publisher.beginBatch();
        EngineFixture.send(publisher, 1);
        assertThat(drain(push)).isEmpty();
        publisher.endBatch();
        EngineFixture.onThread(() -> {
            assertThatThrownBy(() -> publisher.offer(number(2))).isInstanceOf(IllegalStateException.class).hasMessageContaining("belongs to");
            return null;
        });
        assertThatThrownBy(() -> publisher.offer(Message.builder().topic("other"))).isInstanceOf(IllegalArgumentException.class);
        publisher.close();
        publisher.close();
        assertThatThrownBy(() -> publisher.offer(number(3))).isInstanceOf(IllegalStateException.class)
                .hasMessage("this publisher of orders was closed");
        final Publisher second = fixture.publisher("orders");
        fixture.streamer.close();
        assertThat(second.offer(number(4))).isEqualTo(Publisher.CLOSED);
        assertThat(second.offer(message("key", 5))).isEqualTo(Publisher.CLOSED);
        assertThat(second.tryClaim(8).result()).isEqualTo(Publisher.CLOSED);
        assertThatThrownBy(() -> fixture.streamer.declare("orders", 2)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> fixture.streamer.partitions(ORDERS)).isInstanceOf(IllegalStateException.class);
        assertThat(drain(push)).containsExactly(1L);
        second.close();
        assertThat(fixture.mappedBytes()).isZero();
        assertThatThrownBy(() -> fixture.streamer.partition(0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldHandAllPartitionsToHandlers() throws Exception {
        final List<Long> received = new ArrayList<>();
        fixture.streamer.declare("orders", 8);
        fixture.streamer.subscribe(TopicPattern.of("orders").text(), message -> {
            synchronized (received) {
                received.add(message.getLong(0));
            }
        });
        final Publisher publisher = fixture.publisher("orders");
        for (int i = 0; i < 100; i++) {
            assertThat(publisher.offer(message("k" + i, i))).isPositive();
        }
        EngineFixture.await("all messages", () -> {
            synchronized (received) {
                return received.size() == 100;
            }
        });
        for (int i = 0; i < 100; i++) {
            assertThat(received.get(i)).isEqualTo(i);
        }
    }
}
