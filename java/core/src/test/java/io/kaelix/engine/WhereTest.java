// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.drain;
import static io.kaelix.engine.EngineFixture.fill;
import static io.kaelix.engine.EngineFixture.number;
import static io.kaelix.engine.EngineFixture.pollOnce;
import static io.kaelix.engine.EngineFixture.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Field;
import io.kaelix.MessageBatch;
import io.kaelix.Predicate;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.TopicPattern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Subscribers that say what they want of their messages. */
class WhereTest {

    private static final Field.Int64 NUMBER = Field.int64(0);
    private static final SubscriberConfig DISCONNECT = SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.DISCONNECT);

    private final EngineFixture fixture = new EngineFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void shouldHandOverWhatThePredicateHoldsFor() {
        final Subscriber subscriber = fixture.subscriber("a").where(NUMBER.atLeast(1_990)).where(NUMBER.notEqualTo(1_995));
        final Publisher publisher = fixture.publisher("a");
        publisher.offer(new byte[] {-1, -1}, 0, 2);
        send(publisher, LongStream.range(0, 2_000).toArray());
        assertThat(drain(subscriber)).containsExactly(1990L, 1991L, 1992L, 1993L, 1994L, 1996L, 1997L, 1998L, 1999L);
        assertThat(subscriber.passedOver()).isEqualTo(1 + 1_990 + 1);
        assertThat(subscriber.lost()).isZero();
        assertThat(subscriber.lanes().getFirst().lagBytes()).as("what was passed over is read").isZero();
    }

    @Test
    void shouldKeepToTheLimitAndGoOnBehindIt() {
        final Subscriber subscriber = fixture.subscriber("a").where(NUMBER.between(100, 1_000));
        send(fixture.publisher("a"), LongStream.range(0, 2_000).toArray());
        final List<Long> received = new ArrayList<>();
        for (int limit = 1; received.size() < 901; limit = limit % 7 + 1) {
            final List<Long> some = pollOnce(subscriber, limit);
            assertThat(some.size()).isLessThanOrEqualTo(limit);
            received.addAll(some);
        }
        assertThat(received).isEqualTo(LongStream.rangeClosed(100, 1_000).boxed().toList());
        assertThat(drain(subscriber)).isEmpty();
    }

    @Test
    void shouldNotFreeMessagesThatAreStillToBeHandedOver() {
        final Subscriber subscriber = fixture.subscriber("a").where(NUMBER.greaterThan(-1));
        final Publisher publisher = fixture.publisher("a");
        final int sent = fill(publisher);
        final List<Long> received = new ArrayList<>();
        for (int turns = 0; received.size() < 3 * sent; turns++) {
            received.addAll(pollOnce(subscriber, 5));
            long next = sent + turns;
            while (publisher.offer(number(next)) > 0) {
                next++;
            }
        }
        assertThat(received.subList(0, sent)).as("none was overwritten").isEqualTo(LongStream.range(0, sent).boxed().toList());
    }

    @Test
    void shouldKeepAPublisherGoingThatSendsNothingItWants() {
        final Subscriber subscriber = fixture.subscriber("a").where(NUMBER.lessThan(0));
        final Publisher publisher = fixture.publisher("a");
        for (int turn = 0; turn < 20; turn++) {
            assertThat(fill(publisher)).isPositive();
            assertThat(drain(subscriber)).isEmpty();
        }
        send(publisher, -5);
        assertThat(drain(subscriber)).containsExactly(-5L);
    }

    @Test
    void shouldBeSaidBeforeTheFirstPoll() {
        final Subscriber subscriber = fixture.subscriber("a");
        assertThat(subscriber.where(NUMBER.equalTo(1))).isSameAs(subscriber);
        subscriber.poll(message -> { }, 1);
        assertThatThrownBy(() -> subscriber.where(NUMBER.equalTo(1))).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("before its first poll");
        final Subscriber closed = fixture.subscriber("a");
        closed.close();
        assertThatThrownBy(() -> closed.where(NUMBER.equalTo(1))).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        assertThatThrownBy(() -> fixture.subscriber("a").where(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void shouldRefusePredicatesThatMakeNoSense() {
        final Predicate one = NUMBER.equalTo(1);
        final Predicate most = new Predicate(Collections.nCopies(Predicate.MOST_COMPARISONS, one.comparisons().getFirst()));
        assertThatThrownBy(() -> most.and(one)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("16");
        final Subscriber subscriber = fixture.subscriber("a").where(most);
        assertThatThrownBy(() -> subscriber.where(one)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Field.int64(-1)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("-1");
        assertThatThrownBy(() -> new Predicate(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Predicate.OfInteger(null, Predicate.Relation.EQUAL_TO, 0, 0)).hasMessage("field");
        assertThatThrownBy(() -> new Predicate.OfDouble(Field.float64(0), null, 0, 0)).hasMessage("relation");
        assertThatThrownBy(() -> new Predicate.OfInteger(Field.float64(0), Predicate.Relation.EQUAL_TO, 1, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Predicate.OfInteger(Field.int32(0), Predicate.Relation.EQUAL_TO, 1L << 40, 1L << 40))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldSelectAmongTheStreamsThatItHears() {
        final StreamPublisher publisher = fixture.streamer.streamPublisher();
        final Subscriber subscriber = fixture.subscriber("x").where(NUMBER.greaterThan(900));
        final Subscriber lossy = fixture.lossy("x").where(NUMBER.greaterThan(900));
        final int x = publisher.stream("x");
        final int y = publisher.stream("y");
        for (int i = 0; i < 1_000; i++) {
            assertThat(publisher.offer(i % 2 == 0 ? x : y, number(i))).isPositive();
        }
        final List<Long> expected = LongStream.range(901, 1_000).filter(i -> i % 2 == 0).boxed().toList();
        assertThat(drain(subscriber)).isEqualTo(expected);
        assertThat(drain(lossy)).isEqualTo(expected);
    }

    @Test
    void shouldCountWhatALossySubscriberLosesAndPassesOver() {
        final Subscriber lossy = fixture.lossy("a").where(NUMBER.lessThan(3));
        final Publisher publisher = fixture.publisher("a");
        final int sent = EngineFixture.LANE_CAPACITY / 4;
        for (int i = 0; i < sent; i++) {
            send(publisher, i % 10);
        }
        final List<Long> received = drain(lossy);
        assertThat(received).isNotEmpty().allMatch(value -> value < 3);
        assertThat(lossy.lost()).isPositive();
        assertThat(lossy.lost() + lossy.passedOver() + received.size()).isEqualTo(sent);
    }

    @Test
    void shouldGoOnBehindAMessageWhoseHandlerThrows() {
        final Subscriber subscriber = fixture.subscriber("a").where(NUMBER.atLeast(5));
        send(fixture.publisher("a"), LongStream.range(0, 100).toArray());
        for (int i = 5; i < 50; i++) {
            final long expected = i;
            assertThatThrownBy(() -> subscriber.poll(message -> {
                assertThat(message.getLong(0)).isEqualTo(expected);
                throw new IllegalArgumentException("mine");
            }, 10)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(drain(subscriber)).startsWith(50L).hasSize(50);
    }

    @Test
    void shouldEndWithTheStreamer() {
        final Subscriber subscriber = fixture.subscriber("a").where(NUMBER.atLeast(50));
        send(fixture.publisher("a"), LongStream.range(0, 100).toArray());
        fixture.streamer.close();
        assertThat(pollOnce(subscriber, 30)).hasSize(30);
        assertThat(pollOnce(subscriber, 30)).hasSize(20);
        int result;
        do {
            result = subscriber.poll(message -> { }, 10);
        } while (result == 0);
        assertThat(result).isEqualTo(Subscriber.CLOSED);
    }

    /** Fills the lane, and goes on when the one that is in the way was cut off. */
    private static void overrun(final Publisher publisher) {
        for (int i = 0; i < EngineFixture.LANE_CAPACITY / 8; i++) {
            while (publisher.offer(number(7)) == Publisher.BACK_PRESSURED) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void shouldBeCutOffWithMatchesAtHand() {
        final Subscriber slow = fixture.streamer.subscriber(TopicPattern.of("a"), DISCONNECT.withMaxStall(Duration.ZERO))
                .where(NUMBER.atLeast(0));
        final Publisher publisher = fixture.publisher("a");
        fill(publisher);
        for (int i = 0; i < 100; i++) {
            pollOnce(slow, 1);
        }
        overrun(publisher);
        assertThat(slow.poll(message -> {
            throw new AssertionError("what was overwritten");
        }, 10)).isEqualTo(Subscriber.DISCONNECTED);
    }

    @Test
    void shouldSurviveThatItsBatchIsOverwritten() {
        final Subscriber slow = fixture.streamer.subscriber(TopicPattern.of(">"), DISCONNECT.withMaxStall(Duration.ZERO));
        final Publisher publisher = fixture.publisher("a");
        final Publisher other = fixture.publisher("b");
        fill(publisher);
        send(other, 1, 2, 3);
        final MessageBatch batch = slow.batch(10_000);
        final int size = slow.poll(batch);
        assertThat(size).isPositive();
        overrun(publisher);
        // Whatever there is now: nothing outside of the lane is read.
        assertThat(batch.size()).isEqualTo(size);
        batch.where(NUMBER.atLeast(0)).whereChecksumHolds().clearSelection().sum(NUMBER);
        batch.countByStream((stream, count) -> assertThat(count).isPositive());
        batch.where(TopicPattern.of("a")).forEachSelected(message -> message.length());
        int result;
        do {
            result = slow.poll(batch);
        } while (result > 0);
        assertThat(result).isEqualTo(Subscriber.DISCONNECTED);
        assertThat(slow.poll(batch)).isEqualTo(Subscriber.DISCONNECTED);
        assertThat(batch.sum(NUMBER)).isZero();
    }
}
