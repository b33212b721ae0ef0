// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.Message;
import io.kaelix.MemoryStreamer;
import io.kaelix.MessageHandler;
import io.kaelix.Payload;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Start;
import io.kaelix.StreamPublisher;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Subscription;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.message.PartitionKey;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Two streamers of one JVM in one directory, which are to each other as those of two processes are. */
class SharedStreamsTest extends SharedFixture {

    private static final int ROUNDS = 2_000_000;

    private static List<String> drain(final Subscriber subscriber, final int count) {
        final List<String> got = new ArrayList<>();
        final MessageHandler handler = message -> got.add(message.topic() + ":" + message.sequence() + ":" + message.asString());
        for (int round = 0; round < ROUNDS && got.size() < count; round++) {
            if (subscriber.poll(handler, 100) <= 0) {
                Thread.onSpinWait();
            }
        }
        // Nothing more than that.
        subscriber.poll(handler, 100);
        return got;
    }

    private static byte[] bytes(final int number) {
        return Integer.toString(number).getBytes();
    }

    @Test
    void shouldHandOverFromTheFirstMessageOnBothWays() {
        final Subscriber atSecond = keep(second.subscriber("a.*"));
        final Subscriber atFirst = keep(first.subscriber("b.*"));
        final Publisher ofFirst = keep(first.publisher("a.x"));
        final Publisher ofSecond = keep(second.publisher("b.x"));
        for (int i = 0; i < 50; i++) {
            assertThat(ofFirst.offer(bytes(i))).isPositive();
            assertThat(ofSecond.offer(bytes(-i))).isPositive();
        }
        assertThat(drain(atSecond, 50)).isEqualTo(IntStream.range(0, 50).mapToObj(i -> "a.x:" + i + ":" + i).toList());
        assertThat(drain(atFirst, 50)).isEqualTo(IntStream.range(0, 50).mapToObj(i -> "b.x:" + i + ":" + -i).toList());
    }

    @Test
    void shouldHoldUpAPublisherForASubscriberThatHasNeverPolled() {
        final Subscriber slow = keep(second.subscriber("a"));
        final Publisher publisher = keep(first.publisher("a"));
        int sent = 0;
        while (publisher.offer(new byte[1000]) > 0) {
            sent++;
        }
        assertThat(sent).isBetween(LANE / 1100, LANE / 1000);
        assertThat(drain(slow, sent)).hasSize(sent);
        assertThat(publisher.offer(new byte[1000])).isPositive();
    }

    @Test
    void shouldJoinAPublisherThatWasThereBefore() {
        final Publisher publisher = keep(first.publisher("a"));
        publisher.offer(bytes(1));
        final Subscriber late = keep(second.subscriber(">"));
        final Subscriber earlier = keep(second.subscriber(TopicPattern.of("a"),
                SubscriberConfig.defaults().withStart(Start.oldest())));
        publisher.offer(bytes(2));
        assertThat(drain(late, 1)).containsExactly("a:1:2");
        assertThat(drain(earlier, 2)).containsExactly("a:0:1", "a:1:2");
    }

    @Test
    void shouldNotHoldUpAPublisherOfOtherTopics() {
        keep(second.subscriber("b.>"));
        final Publisher publisher = keep(first.publisher("a"));
        for (int i = 0; i < 1000; i++) {
            assertThat(publisher.offer(new byte[1000])).isPositive();
        }
    }

    @Test
    void shouldFreeAPublisherWhenTheSubscriberOfAnotherStreamerCloses() {
        final Subscriber slow = second.subscriber("a");
        final Publisher publisher = keep(first.publisher("a"));
        for (int round = 0; round < 200; round++) {
            // More than there are slots: each that was left is taken again.
            second.subscriber("a").close();
        }
        while (publisher.offer(new byte[1000]) > 0) {
            Thread.onSpinWait();
        }
        slow.close();
        assertThat(publisher.offer(new byte[1000])).isPositive();
    }

    @Test
    void shouldHandOverManyStreamsOfOneLaneWithoutALoss() {
        final Subscriber some = keep(second.subscriber("s.even.*"));
        final Subscriber all = keep(second.subscriber(">"));
        final StreamPublisher publisher = keep(first.streamPublisher());
        final List<String> even = new ArrayList<>();
        final List<String> every = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            final String topic = "s." + (i % 2 == 0 ? "even." : "odd.") + i;
            assertThat(publisher.offer(publisher.stream(Topic.of(topic)), bytes(i))).isPositive();
            every.add(topic + ":0:" + i);
            if (i % 2 == 0) {
                even.add(topic + ":0:" + i);
            }
            if (i % 7 == 0) {
                // One that reads it already meets streams that it does not know.
                some.poll(message -> assertThat(even.removeFirst()).isEqualTo(message.topic() + ":0:" + message.asString()), 10);
            }
        }
        assertThat(drain(some, even.size())).isEqualTo(even);
        assertThat(drain(all, 300)).isEqualTo(every);
    }

    @Test
    void shouldMeetStreamsThatAreNamedWhileItLooks() throws InterruptedException {
        final int count = 10_000;
        final Subscriber all = keep(second.subscriber(">"));
        final StreamPublisher publisher = keep(first.streamPublisher());
        final Thread naming = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < count; i++) {
                final int stream = publisher.stream(Topic.of("s." + i));
                while (publisher.offer(stream, bytes(i)) < 0) {
                    Thread.onSpinWait();
                }
            }
        });
        final int[] got = new int[1];
        while (naming.isAlive() || got[0] < count) {
            all.poll(message -> assertThat(message.topic().name()).isEqualTo("s." + got[0]++), 100);
        }
        naming.join();
    }

    @Test
    void shouldAgreeOnNumbersOfStreamsAndOnPartitions() {
        first.declare("orders", 4);
        assertThat(second.partitions(Topic.of("orders"))).isEqualTo(4);
        assertThatThrownBy(() -> second.declare("orders", 3)).isInstanceOf(IllegalArgumentException.class);
        final Subscriber of2 = keep(second.subscriber(TopicPattern.of("orders"), SubscriberConfig.defaults().withPartitions(2)));
        final Publisher publisher = keep(first.publisher("orders"));
        int expected = 0;
        for (int i = 0; i < 100; i++) {
            publisher.offer(Message.builder().partitionKey("k" + i).payload("p" + i));
            expected += Message.partition(PartitionKey.hash("k" + i), 4) == 2 ? 1 : 0;
        }
        assertThat(expected).isPositive();
        assertThat(drain(of2, expected)).hasSize(expected);
        assertThat(second.streams()).isEqualTo(first.streams());
    }

    @Test
    void shouldTellALossySubscriberExactlyWhatItMissed() {
        final Subscriber lossy = keep(second.subscriber(TopicPattern.of("a"), SlowSubscriberPolicy.LOSSY));
        final Publisher publisher = keep(first.publisher("a"));
        for (int i = 0; i < 1000; i++) {
            assertThat(publisher.offer(new byte[1000])).isPositive();
        }
        int got = 0;
        for (int round = 0; round < 100; round++) {
            got += Math.max(0, lossy.poll(message -> { }, 1000));
        }
        assertThat(got).isPositive();
        assertThat(got + lossy.lost()).isEqualTo(1000);
    }

    @Test
    void shouldCutOffADisconnectSubscriberThatIsTooSlow() {
        final Subscriber slow = keep(second.subscriber(TopicPattern.of("a"),
                SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.DISCONNECT).withMaxLag(LANE / 2)));
        final Publisher publisher = keep(first.publisher("a"));
        for (int i = 0; i < 1000; i++) {
            assertThat(publisher.offer(new byte[1000])).isPositive();
        }
        assertThat(slow.poll(message -> { }, 10)).isEqualTo(Subscriber.DISCONNECTED);
    }

    @Test
    void shouldCallHandlersForMessagesOfAnotherStreamer() {
        final AtomicInteger sum = new AtomicInteger();
        keep(second.subscribe("a.*", message -> sum.addAndGet(Integer.parseInt(message.asString()))));
        final StreamPublisher many = keep(first.streamPublisher());
        final Publisher one = keep(first.publisher("a.one"));
        for (int i = 0; i < 100; i++) {
            assertThat(one.offer(bytes(1))).isPositive();
            assertThat(many.offer(many.stream(Topic.of("a.s" + i)), bytes(1))).isPositive();
        }
        final long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (sum.get() < 200 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(sum).hasValue(200);
    }

    @Test
    void shouldMissNothingOfStreamsThatHandlersWantAgain() {
        final AtomicInteger sum = new AtomicInteger();
        final StreamPublisher many = keep(first.streamPublisher());
        int expected = 0;
        for (int round = 0; round < 50; round++) {
            final int number = round;
            try (Subscription handler = second.subscribe("r" + round, message -> sum.incrementAndGet())) {
                assertThat(many.offer(many.stream(Topic.of("r" + number)), bytes(1))).isPositive();
                expected++;
                final long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
                while (sum.get() < expected && System.nanoTime() < deadline) {
                    Thread.onSpinWait();
                }
                assertThat(handler.errors()).isZero();
            }
        }
        assertThat(sum).hasValue(50);
    }

    @Test
    void shouldSplitLongMessages() {
        final Subscriber subscriber = keep(second.subscriber("a"));
        final Publisher publisher = keep(first.publisher("a"));
        final byte[] longest = new byte[publisher.maxOfferLength()];
        longest[longest.length - 1] = 7;
        assertThat(longest.length).isGreaterThan(publisher.maxLength());
        assertThat(publisher.offer(longest)).isPositive();
        final List<Integer> got = new ArrayList<>();
        for (int round = 0; round < 100 && got.isEmpty(); round++) {
            subscriber.poll(message -> got.addAll(List.of(message.length(), message.getInt(message.length() - 4) >>> 24)), 1);
        }
        assertThat(got).containsExactly(longest.length, 7);
    }

    @Test
    void shouldCopyPayloads() {
        final Subscriber subscriber = keep(second.subscriber("a"));
        final Publisher publisher = keep(first.publisher("a"));
        final Payload payload = first.payload(20_000);
        assertThat(publisher.offer(payload)).isPositive();
        final int[] lengths = new int[1];
        assertThat(subscriber.poll(message -> lengths[0] = message.length(), 1)).isOne();
        assertThat(lengths[0]).isEqualTo(20_000);
        payload.close();
    }

    @Test
    void shouldHandOverWhatWasSentBeforeThePublisherClosed() {
        final Subscriber subscriber = keep(second.subscriber("a"));
        final Publisher publisher = first.publisher("a");
        publisher.offer(bytes(1));
        publisher.close();
        first.close();
        assertThat(drain(subscriber, 1)).containsExactly("a:0:1");
        assertThat(subscriber.lanes()).isEmpty();
        assertThat(subscriber.poll(message -> { }, 1)).as("others may come").isZero();
        second.close();
        assertThat(subscriber.poll(message -> { }, 1)).isEqualTo(Subscriber.CLOSED);
    }

    @Test
    void shouldEndWhatItReadsOfOthersWhenItCloses() {
        final Subscriber subscriber = keep(second.subscriber("a"));
        final Publisher publisher = keep(first.publisher("a"));
        publisher.offer(bytes(1));
        assertThat(drain(subscriber, 1)).hasSize(1);
        second.close();
        while (publisher.offer(new byte[1000]) > 0) {
            Thread.onSpinWait();
        }
        assertThat(subscriber.poll(message -> { }, 1)).isZero();
        assertThat(subscriber.poll(message -> { }, 1)).isEqualTo(Subscriber.CLOSED);
        assertThat(publisher.offer(new byte[1000])).isPositive();
    }

    @Test
    void shouldLeaveNoFileBehindWhenTheLastOneCloses() throws IOException {
        final Subscriber subscriber = second.subscriber(">");
        final Publisher publisher = first.publisher("a");
        final StreamPublisher many = first.streamPublisher();
        many.offer(many.stream(Topic.of("b")), bytes(1));
        publisher.offer(bytes(1));
        assertThat(drain(subscriber, 2)).hasSize(2);
        publisher.close();
        many.close();
        first.close();
        assertThat(folder).exists();
        assertThat(drain(subscriber, 1)).isEmpty();
        try (var files = Files.list(folder)) {
            assertThat(files.map(path -> path.getFileName().toString()).sorted()).containsExactly("control", "lock", "streams");
        }
        subscriber.close();
        second.close();
        assertThat(folder).doesNotExist();
        first = MemoryStreamer.launch(config());
        second = MemoryStreamer.attach(folder);
    }

    @Test
    void shouldLeaveThoughOthersNamedMoreStreamsThanItKnewWhenItWasClosed() throws InterruptedException {
        first.declare("p", 50_000);
        first.publisher("a").close();
        final MemoryStreamer third = MemoryStreamer.attach(config());
        third.close();
        first.close();
        second.close();
        EngineFixture.await("all have left", () -> !Files.exists(folder));
    }

    @Test
    void shouldRefuseToLaunchWhereOthersLiveAndToAttachWhereNobodyDoes() {
        assertThatThrownBy(() -> MemoryStreamer.launch(config())).isInstanceOf(KaelixException.class).hasMessageContaining("attach");
        assertThatThrownBy(() -> MemoryStreamer.attach(parent.resolve("none"))).isInstanceOf(KaelixException.class)
                .hasMessageContaining("launch");
        assertThatThrownBy(() -> MemoryStreamer.attach(StreamerConfig.defaults())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> config().withStreamExpiry(Duration.ofSeconds(1))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("directory");
    }

    @Test
    void shouldRefuseCallsAfterItWasClosed() {
        second.close();
        assertThatThrownBy(() -> second.publisher("a")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> second.subscriber("a")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> second.declare("a", 2)).isInstanceOf(IllegalStateException.class);
    }
}
