// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.drain;
import static io.kaelix.engine.EngineFixture.fill;
import static io.kaelix.engine.EngineFixture.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.Message;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Subscriber;
import io.kaelix.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who hears whom, and from where on. */
class SubscriptionTest {

    private final EngineFixture engine = new EngineFixture();

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void shouldHearPublishersThatAreCreatedLater() {
        final Subscriber subscriber = engine.subscriber("a.>");
        final Publisher first = engine.publisher("a.x");
        send(first, 1, 2);
        assertThat(drain(subscriber)).containsExactly(1L, 2L);

        final Publisher second = engine.publisher("a.x");
        final Publisher third = engine.publisher("a.y.z");
        send(second, 3);
        send(third, 4);
        send(first, 5);

        assertThat(drain(subscriber)).containsExactlyInAnyOrder(3L, 4L, 5L);
    }

    @Test
    void shouldStartWithTheMessagesSentAfterItWasCreated() {
        final Publisher publisher = engine.publisher("a");
        send(publisher, 1, 2, 3);
        final Subscriber subscriber = engine.subscriber("a");
        final Subscriber lossy = engine.lossy("a");

        send(publisher, 4, 5);

        assertThat(drain(subscriber)).containsExactly(4L, 5L);
        assertThat(drain(lossy)).containsExactly(4L, 5L);
        assertThat(lossy.lost()).isZero();
    }

    @Test
    void shouldHearOnlyWhatItsPatternMatches() {
        final Subscriber one = engine.subscriber("orders.eu");
        final Subscriber any = engine.subscriber("orders.*");
        final Subscriber rest = engine.subscriber("orders.>");
        final Subscriber all = engine.subscriber(">");
        final List<Publisher> publishers = List.of("orders.eu", "orders.us", "orders.eu.new", "orders", "trades.eu").stream()
                .map(engine::publisher).toList();

        for (int i = 0; i < publishers.size(); i++) {
            send(publishers.get(i), i);
        }

        assertThat(drain(one)).containsExactly(0L);
        assertThat(drain(any)).containsExactlyInAnyOrder(0L, 1L);
        assertThat(drain(rest)).containsExactlyInAnyOrder(0L, 1L, 2L);
        assertThat(drain(all)).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L);
    }

    @Test
    void shouldShowTopicPublisherSequenceAndTimestampOfEachMessage() {
        final Subscriber subscriber = engine.subscriber(">");
        final Publisher a = engine.publisher("a");
        final Publisher alsoA = engine.publisher("a");
        final Publisher b = engine.publisher("b");
        record Seen(Topic topic, int stream, int publisher, long sequence, long timestamp) {
        }
        final List<Seen> seen = new ArrayList<>();

        send(a, 0);
        a.tryClaim(3).abort();
        a.tryClaim(0, 77).commit();
        send(alsoA, 0);
        b.tryClaim(0, -5).commit();
        while (subscriber.poll(message -> seen.add(new Seen(message.topic(), message.streamId(), message.publisherId(),
                message.sequence(), message.timestamp())), 10) > 0) {
            // Until all are there.
        }

        final int streamOfA = seen.getFirst().stream;
        assertThat(seen).containsExactlyInAnyOrder(
                new Seen(Topic.of("a"), streamOfA, a.id(), 0, Message.NO_TIMESTAMP),
                new Seen(Topic.of("a"), streamOfA, a.id(), 1, 77),
                new Seen(Topic.of("a"), streamOfA, alsoA.id(), 0, Message.NO_TIMESTAMP),
                new Seen(Topic.of("b"), seen.getLast().stream, b.id(), 0, -5));
        assertThat(seen.getLast().stream).isNotEqualTo(streamOfA);
        assertThat(List.of(a.id(), alsoA.id(), b.id())).doesNotHaveDuplicates();
        assertThat(a.topic()).isEqualTo(Topic.of("a"));
        assertThat(subscriber.pattern().text()).isEqualTo(">");
        assertThat(subscriber.policy()).isEqualTo(SlowSubscriberPolicy.BLOCK);
    }

    @Test
    void shouldKeepTheOrderOfEachPublisher() {
        final Subscriber subscriber = engine.subscriber(">");
        final List<Publisher> publishers = IntStream.range(0, 5).mapToObj(i -> engine.publisher("p" + i)).toList();
        final long[] sent = new long[5];
        final long[] expected = new long[5];
        for (int round = 0; round < 2_000; round++) {
            final int which = round * 7 % 5;
            send(publishers.get(which), which * 1_000_000L + sent[which]++);
            if (round % 3 == 0) {
                subscriber.poll(message -> {
                    final int from = (int) (message.getLong(0) / 1_000_000);
                    assertThat(message.getLong(0) % 1_000_000).isEqualTo(expected[from]++);
                }, 1 + round % 11);
            }
        }
        drain(subscriber).forEach(value -> expected[(int) (value / 1_000_000)]++);
        assertThat(expected).isEqualTo(sent);
    }

    @Test
    void shouldHoldThePublisherUpForBlockAlone() {
        final Publisher publisher = engine.publisher("a");
        final Subscriber lossy = engine.lossy("a");
        final Subscriber block = engine.subscriber("a");

        final int fitting = fill(publisher);

        // Each message is 16 bytes of header and 8 of payload; the word behind the last needs 8 more.
        assertThat(fitting).isEqualTo((EngineFixture.LANE_CAPACITY - 8) / 24);
        assertThat(drain(block)).isEqualTo(LongStream.range(0, fitting).boxed().toList());
        for (int round = 0; round < 5; round++) {
            assertThat(fill(publisher)).isBetween(fitting - 1, fitting);
            assertThat(drain(block)).isNotEmpty();
        }
        assertThat(block.lost()).isZero();
        assertThat(lossy.policy()).isEqualTo(SlowSubscriberPolicy.LOSSY);
        assertThat(drain(lossy)).isNotEmpty();
        assertThat(lossy.lost()).isPositive();
    }

    @Test
    void shouldCountWhatALossySubscriberLosesExactly() {
        final Subscriber lossy = engine.lossy("*");
        final Publisher a = engine.publisher("a");
        final Publisher b = engine.publisher("b");
        for (int i = 0; i < 50_000; i++) {
            send(a, i);
            if (i % 2 == 0) {
                send(b, i);
            }
        }
        long received = drain(lossy).size();
        assertThat(lossy.lost()).isPositive();
        assertThat(received + lossy.lost()).isEqualTo(75_000);

        a.close();
        send(b, 1);
        received += drain(lossy).size();
        assertThat(lossy.lanes()).as("the lane of the closed publisher is left").hasSize(1);
        assertThat(received + lossy.lost()).as("its losses still count").isEqualTo(75_001);
    }

    @Test
    void shouldReportWhereItIsInEachLane() {
        final Publisher publisher = engine.publisher("a");
        send(publisher, 1, 2);
        final Subscriber subscriber = engine.subscriber("*");
        engine.publisher("b");
        send(publisher, 3, 4, 5);
        EngineFixture.pollOnce(subscriber, 2);

        assertThat(subscriber.lanes()).containsExactlyInAnyOrder(
                new Subscriber.LaneStatus(publisher.id(), Topic.of("a"), 48, 2, 72, 48, 0, Optional.empty()),
                new Subscriber.LaneStatus(publisher.id() + 1, Topic.of("b"), 0, 0, 0, 0, 0, Optional.empty()));
    }

    @Test
    void shouldRefuseThe65thBlockingSubscriberOfAPublisherAndLeaveNothingBehind() {
        final Publisher publisher = engine.publisher("a");
        final List<Subscriber> subscribers = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            subscribers.add(engine.subscriber("a"));
        }
        for (int attempt = 0; attempt < 3; attempt++) {
            assertThatThrownBy(() -> engine.subscriber("a")).isInstanceOf(KaelixException.class).hasMessageContaining("64");
        }
        engine.lossy("a").close();
        subscribers.removeLast().close();
        subscribers.add(engine.subscriber("a"));

        send(publisher, 9);
        subscribers.forEach(subscriber -> assertThat(drain(subscriber)).containsExactly(9L));
    }

    @Test
    void shouldLeaveTheLanesThatHadRoomWhenOneHasNot() {
        final Publisher full = engine.publisher("full");
        final List<Subscriber> readers = IntStream.range(0, 64).mapToObj(i -> engine.subscriber("full")).toList();
        final List<Publisher> others = IntStream.range(0, 8).mapToObj(i -> engine.publisher("other" + i)).toList();

        for (int attempt = 0; attempt < 10; attempt++) {
            assertThatThrownBy(() -> engine.subscriber("*")).isInstanceOf(KaelixException.class);
        }

        for (final Publisher other : others) {
            for (int i = 0; i < 5_000; i++) {
                send(other, i);
            }
        }
        // Until now: what nobody holds is closed when it is collected.
        readers.forEach(Subscriber::close);
        full.close();
    }

    @Test
    void shouldRefuseAPublisherThatMoreThan64BlockingSubscribersWaitForAndFreeItsLane() {
        final List<Subscriber> subscribers = IntStream.range(0, 65).mapToObj(i -> engine.subscriber("a")).toList();
        final Publisher other = engine.publisher("b");

        for (int attempt = 0; attempt < 100; attempt++) {
            assertThatThrownBy(() -> engine.publisher("a")).isInstanceOf(KaelixException.class);
        }

        assertThat(engine.mappedBytes()).as("100 lanes of 76 KiB would not fit").isLessThanOrEqualTo(4L << 20);
        subscribers.getFirst().close();
        final Publisher publisher = engine.publisher("a");
        send(publisher, 1);
        subscribers.stream().skip(1).forEach(subscriber -> assertThat(drain(subscriber)).containsExactly(1L));
        send(other, 1);
    }
}
