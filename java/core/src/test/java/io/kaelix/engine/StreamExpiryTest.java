// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.drain;
import static io.kaelix.engine.EngineFixture.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Claim;
import io.kaelix.Message;
import io.kaelix.MessageBatch;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Start;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.memory.RegionArena;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Streams that expire, with looks that the test takes. */
class StreamExpiryTest {

    private final RegionArena arena = new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, 64 << 20);
    private final Registry registry = new Registry(arena, EngineFixture.LANE_CAPACITY);
    private final StreamExpiry expiry = registry.expireStreams(1_000);
    private final StreamPublisher publisher = LaneStreamPublisher.create(null, registry, null);

    @AfterEach
    void close() {
        registry.close();
    }

    private Subscriber subscriber(final String pattern) {
        return LaneSubscriber.create(null, registry, TopicPattern.of(pattern), SlowSubscriberPolicy.BLOCK);
    }

    private void look(final int times) {
        for (int i = 0; i < times; i++) {
            expiry.look();
        }
    }

    /** Enough for whatever is idle. */
    private void expireIdle() {
        look(StreamExpiry.LOOKS + 1);
    }

    private void send(final int stream, final long... values) {
        for (final long value : values) {
            assertThat(publisher.offer(stream, number(value))).isPositive();
        }
    }

    /** Writes over all that the lane holds, with messages of a stream that then goes on. */
    private void turn(final StreamPublisher of, final int stream, final Subscriber... passingOver) {
        for (int i = 0; i < 2 * EngineFixture.LANE_CAPACITY / 24; i++) {
            if (of.offer(stream, number(-1)) == Publisher.BACK_PRESSURED) {
                for (final Subscriber subscriber : passingOver) {
                    assertThat(drain(subscriber)).isEmpty();
                }
                assertThat(of.offer(stream, number(-1))).isPositive();
            }
        }
    }

    @Test
    void shouldExpireAStreamThatWasIdleForFourLooks() {
        final Subscriber subscriber = subscriber(">");
        final int old = publisher.stream("a");
        send(old, 1);
        look(1);
        send(old, 2);
        look(StreamExpiry.LOOKS);
        send(old, 3);
        look(StreamExpiry.LOOKS);
        send(old, 4);
        expireIdle();
        assertThat(publisher.offer(old, number(5))).isEqualTo(StreamPublisher.EXPIRED);
        assertThat(publisher.offer(old, number(5))).isEqualTo(StreamPublisher.EXPIRED);
        final int again = publisher.stream("a");
        assertThat(again).isNotEqualTo(old);
        send(again, 6);
        final List<String> received = new ArrayList<>();
        subscriber.poll(message -> received.add(message.topic() + "#" + message.sequence() + "=" + message.getLong(0)), 10);
        assertThat(received).containsExactly("a#0=1", "a#1=2", "a#2=3", "a#3=4", "a#0=6");
    }

    @Test
    void shouldKeepWhatIsAskedForOrHasAPublisherOrPartitions() {
        final Publisher own = LanePublisher.create(null, registry, Topic.of("own"));
        final int ofOwn = publisher.stream("own");
        final int[] partitions = registry.numbers().declare(Topic.of("orders"), 2);
        final int asked = publisher.stream("asked");
        for (int i = 0; i < 20; i++) {
            look(1);
            if (i % 3 == 0) {
                assertThat(publisher.stream("asked")).isEqualTo(asked);
            }
        }
        send(ofOwn, 1);
        send(asked, 1);
        send(partitions[0], 1);
        send(publisher.streamOfPartition(Topic.of("orders"), 1), 1);
        assertThat(publisher.streamOfKey(Topic.of("orders"), 7)).isIn(partitions[0], partitions[1]);
        own.close();
        expireIdle();
        assertThat(publisher.offer(ofOwn, number(2))).isEqualTo(StreamPublisher.EXPIRED);
    }

    @Test
    void shouldAnswerExpiredHoweverItIsSent() {
        final int kept = publisher.stream("kept");
        final List<Integer> idle = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            idle.add(publisher.stream("idle." + i));
        }
        idle.forEach(stream -> send(stream, 1));
        expireIdle();
        assertThat(publisher.offer(idle.get(0), number(1))).isEqualTo(StreamPublisher.EXPIRED);
        assertThat(publisher.offer(idle.get(1), MemorySegment.ofArray(number(1)))).isEqualTo(StreamPublisher.EXPIRED);
        assertThat(publisher.offer(idle.get(2), Message.builder().payload(number(1)))).isEqualTo(StreamPublisher.EXPIRED);
        final Claim claim = publisher.tryClaim(idle.get(3), 8);
        assertThat(claim.isOpen()).isFalse();
        assertThat(claim.result()).isEqualTo(StreamPublisher.EXPIRED);
        assertThat(publisher.publish(idle.get(4), MemorySegment.ofArray(number(1)), 0, 8, Duration.ofSeconds(1)))
                .isEqualTo(StreamPublisher.EXPIRED);
        assertThat(publisher.offer(kept, number(1))).as("asked for, never sent to").isEqualTo(StreamPublisher.EXPIRED);
        publisher.tryClaim(publisher.stream("kept"), 8).putLong(0, 1).commit();
    }

    /** The first message behind the expiry is told, also where it finds a claim's or a batch's end on its way. */
    @Test
    void shouldEndClaimsAndBatchesThatWereBegunBefore() {
        final Subscriber subscriber = subscriber("a");
        final int a = publisher.stream("a");
        send(a, 1);
        publisher.beginBatch();
        send(a, 2);
        final Claim claim = publisher.tryClaim(a, 8);
        expireIdle();
        assertThat(claim.putLong(0, 3).commit()).isPositive();
        assertThat(publisher.offer(a, number(4))).isEqualTo(StreamPublisher.EXPIRED);
        assertThat(publisher.endBatch()).isPositive();
        assertThat(drain(subscriber)).containsExactly(1L, 2L, 3L);
    }

    @Test
    void shouldUseANumberAgainWhenNobodyHoldsIt() {
        final int a = publisher.stream("a");
        final int busy = publisher.stream("busy");
        send(a, 1);
        send(busy, 1);
        expireIdle();
        assertThat(publisher.offer(a, number(2))).isEqualTo(StreamPublisher.EXPIRED);
        look(1);
        assertThat(publisher.stream("b")).as("the lane has its message").isNotEqualTo(a);
        turn(publisher, publisher.stream("busy"));
        look(1);
        assertThat(publisher.stream("c")).isEqualTo(a);
        send(a, 3);
    }

    /** The user of a publisher that was not told yet has the number in hand. */
    @Test
    void shouldNotUseANumberAgainThatAPublisherKnows() {
        final StreamPublisher other = LaneStreamPublisher.create(null, registry, null);
        final int a = publisher.stream("a");
        assertThat(other.stream("a")).isEqualTo(a);
        send(a, 1);
        expireIdle();
        assertThat(publisher.offer(a, number(2))).isEqualTo(StreamPublisher.EXPIRED);
        turn(publisher, publisher.stream("busy"));
        look(3);
        assertThat(publisher.stream("b")).isNotEqualTo(a);
        assertThat(other.offer(a, number(2))).isEqualTo(StreamPublisher.EXPIRED);
        look(1);
        assertThat(publisher.stream("c")).isEqualTo(a);
    }

    @Test
    void shouldFreeANumberThatIsForgottenOrWhosePublisherIsClosed() {
        final StreamPublisher other = LaneStreamPublisher.create(null, registry, null);
        final int a = publisher.stream("a");
        other.stream("a");
        other.offer(a, number(1));
        final int b = other.stream("b");
        publisher.forget(a);
        other.forget(b);
        expireIdle();
        look(1);
        assertThat(publisher.stream("c")).as("what nobody has sent to").isEqualTo(b);
        assertThat(publisher.stream("d")).isNotEqualTo(a);
        other.close();
        look(1);
        assertThat(publisher.stream("e")).isEqualTo(a);
    }

    @Test
    void shouldBeginAgainWhatWasForgottenTooEarly() {
        final Subscriber subscriber = subscriber("a");
        final int a = publisher.stream("a");
        send(a, 1, 2);
        publisher.forget(a);
        publisher.forget(a);
        send(a, 3);
        final List<Long> sequences = new ArrayList<>();
        subscriber.poll(message -> sequences.add(message.sequence()), 10);
        assertThat(sequences).containsExactly(0L, 1L, 0L);
        assertThatThrownBy(() -> publisher.forget(99)).isInstanceOf(IllegalArgumentException.class);
        final Claim claim = publisher.tryClaim(a, 8);
        assertThatThrownBy(() -> publisher.forget(a)).isInstanceOf(IllegalStateException.class);
        claim.abort();
        publisher.close();
        assertThatThrownBy(() -> publisher.forget(a)).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
    }

    /** Frames of an ended lane name the number until the last reader has left it. */
    @Test
    void shouldNotUseANumberAgainWhileAClosedLaneIsRead() {
        final Subscriber subscriber = subscriber("a");
        final StreamPublisher other = LaneStreamPublisher.create(null, registry, null);
        final int a = other.stream("a");
        other.offer(a, number(1));
        other.close();
        expireIdle();
        look(2);
        assertThat(publisher.stream("b")).isNotEqualTo(a);
        assertThat(subscriber.poll(message -> assertThat(message.topic().name()).isEqualTo("a"), 10)).isEqualTo(1);
        subscriber.poll(message -> { }, 10);
        look(1);
        assertThat(publisher.stream("c")).isEqualTo(a);
    }

    /** A lossy reader holds nobody up: its handler may be at a message that the writer has long passed. */
    @Test
    void shouldNotUseANumberAgainWhileALossyReaderIsAtItsMessage() {
        final Subscriber lossy = LaneSubscriber.create(null, registry, TopicPattern.of(">"), SlowSubscriberPolicy.LOSSY);
        final int a = publisher.stream("a");
        final int busy = publisher.stream("busy");
        send(a, 1);
        publisher.forget(a);
        final int polled = lossy.poll(message -> {
            expireIdle();
            turn(publisher, publisher.stream("busy"));
            look(2);
            assertThat(publisher.stream("b")).isNotEqualTo(a);
            assertThat(message.topic().name()).isEqualTo("a");
        }, 1);
        assertThat(polled).isEqualTo(1);
        lossy.close();
        look(1);
        assertThat(publisher.stream("c")).isEqualTo(a);
        assertThat(busy).isNotEqualTo(a);
    }

    /** So may a batch of copies be, whose reader has gone on since. */
    @Test
    void shouldNotUseANumberAgainWhileABatchHoldsACopyOfItsMessage() {
        final Subscriber lossy = LaneSubscriber.create(null, registry, TopicPattern.of(">"), SlowSubscriberPolicy.LOSSY);
        final MessageBatch batch = lossy.batch(2);
        final int a = publisher.stream("a");
        send(a, 1);
        publisher.forget(a);
        send(publisher.stream("busy"), 2);
        assertThat(lossy.poll(batch)).isEqualTo(2);
        expireIdle();
        turn(publisher, publisher.stream("busy"));
        look(2);
        assertThat(publisher.stream("b")).isNotEqualTo(a);
        final List<String> topics = new ArrayList<>();
        batch.forEachSelected(message -> topics.add(message.topic().name()));
        assertThat(topics).containsExactly("a", "busy");
        batch.release();
        look(1);
        assertThat(publisher.stream("c")).isEqualTo(a);
    }

    /** The reader has gone on since, and left: the publisher is closed, and all is read. */
    @Test
    void shouldNotUseANumberAgainWhileABatchIsRetainedThatHasAMessageOfIt() {
        final Subscriber subscriber = subscriber(">");
        final StreamPublisher other = LaneStreamPublisher.create(null, registry, null);
        final MessageBatch batch = subscriber.batch(2);
        final MessageBatch second = subscriber.batch(1);
        final int a = other.stream("a");
        assertThat(other.offer(a, number(1))).isPositive();
        assertThat(other.offer(a, number(2))).isPositive();
        assertThat(other.offer(a, number(3))).isPositive();
        subscriber.poll(batch);
        batch.retain();
        subscriber.poll(second);
        second.retain();
        other.close();
        drain(subscriber);
        expireIdle();
        look(1);
        assertThat(publisher.stream("b")).isNotEqualTo(a);
        batch.release();
        look(1);
        assertThat(publisher.stream("c")).as("the other one has it still").isNotEqualTo(a);
        second.whereStream(a).forEachSelected(message -> assertThat(message.topic().name()).isEqualTo("a"));
        assertThat(second.selected()).isEqualTo(1);
        second.close();
        look(1);
        assertThat(publisher.stream("d")).isEqualTo(a);
    }

    @Test
    void shouldHaveHandlersLookedUpAgainOnlyWhenANumberIsFree() {
        final Subscription elsewhere = registry.subscribe(TopicPattern.of("elsewhere"), SlowSubscriberPolicy.BLOCK);
        final int a = publisher.stream("a");
        send(a, 1);
        expireIdle();
        final int before = elsewhere.version;
        look(3);
        assertThat(elsewhere.version).as("the publisher holds what has expired").isEqualTo(before);
        publisher.forget(a);
        turn(publisher, publisher.stream("busy"));
        look(1);
        assertThat(publisher.stream("b")).isEqualTo(a);
        assertThat(elsewhere.version).isGreaterThan(before);
    }

    @Test
    void shouldMatchPatternsAgainWithTheNextTopicOfANumber() {
        final Subscriber exact = subscriber("a.x");
        final Subscriber some = subscriber("a.*");
        final Subscriber others = subscriber("b.*");
        final int number = publisher.stream("a.x");
        send(number, 1);
        drain(exact);
        drain(some);
        publisher.forget(number);
        expireIdle();
        turn(publisher, publisher.stream("busy"), exact, some);
        look(1);
        assertThat(publisher.stream("b.y")).isEqualTo(number);
        send(number, 2);
        assertThat(drain(exact)).isEmpty();
        assertThat(drain(some)).isEmpty();
        assertThat(others.poll(message -> assertThat(message.topic().name()).isEqualTo("b.y"), 10)).isEqualTo(1);
        final int other = publisher.stream("a.x");
        send(other, 3);
        assertThat(drain(exact)).containsExactly(3L);
        assertThat(drain(some)).containsExactly(3L);
        assertThat(drain(others)).isEmpty();
    }

    /** Replay finds frames of streams that have expired, and their topics. */
    @Test
    void shouldReplayWhatHasExpired() {
        final int a = publisher.stream("a");
        send(a, 1, 2);
        publisher.forget(a);
        expireIdle();
        look(2);
        final int b = publisher.stream("b");
        send(b, 3);
        final Subscriber all = LaneSubscriber.create(null, registry, TopicPattern.of(">"),
                SubscriberConfig.defaults().withStart(Start.oldest()));
        final List<String> received = new ArrayList<>();
        all.poll(message -> received.add(message.topic() + "=" + message.getLong(0)), 10);
        assertThat(received).containsExactly("a=1", "a=2", "b=3");
    }

    @Test
    void shouldSurviveTheEndOfTheStreamer() {
        final int a = publisher.stream("a");
        final int b = publisher.stream("b");
        send(a, 1);
        expireIdle();
        registry.close();
        expireIdle();
        assertThat(publisher.offer(a, number(2))).isEqualTo(Publisher.CLOSED);
        assertThat(publisher.offer(b, number(2))).isEqualTo(Publisher.CLOSED);
        assertThat(publisher.tryClaim(a, 8).result()).isEqualTo(Publisher.CLOSED);
        publisher.forget(a);
        publisher.close();
        expireIdle();
        assertThat(arena.mappedBytes()).isZero();
    }
}
