// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.drain;
import static io.kaelix.engine.EngineFixture.number;
import static io.kaelix.engine.EngineFixture.onThread;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Claim;
import io.kaelix.KaelixException;
import io.kaelix.Message;
import io.kaelix.Publisher;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One publisher of many streams. */
class StreamPublisherTest {

    private final EngineFixture fixture = new EngineFixture();
    private final StreamPublisher publisher = fixture.streamer.streamPublisher();

    @AfterEach
    void close() {
        fixture.close();
    }

    private void send(final int stream, final long... values) {
        for (final long value : values) {
            assertThat(publisher.offer(stream, number(value))).isPositive();
        }
    }

    @Test
    void shouldNumberStreamsByTopicForAllPublishers() {
        final int a = publisher.stream("a");
        final int b = publisher.stream("b");
        assertThat(b).isNotEqualTo(a);
        assertThat(publisher.stream("a")).isEqualTo(a);
        assertThat(fixture.streamer.streamPublisher().stream("b")).isEqualTo(b);
        final Subscriber subscriber = fixture.subscriber(">");
        EngineFixture.send(fixture.publisher("a"), 1);
        subscriber.poll(message -> assertThat(message.streamId()).isEqualTo(a), 1);
    }

    @Test
    void shouldTellTopicAndSequenceOfEachStream() {
        final Subscriber subscriber = fixture.subscriber(">");
        final int a = publisher.stream("a");
        final int b = publisher.stream("b");
        send(a, 10, 11);
        send(b, 20);
        send(a, 12);
        send(b, 21);
        final List<String> received = new ArrayList<>();
        subscriber.poll(message -> received.add(message.topic() + "#" + message.sequence() + "=" + message.getLong(0)), 10);
        assertThat(received).containsExactly("a#0=10", "a#1=11", "b#0=20", "a#2=12", "b#1=21");
    }

    @Test
    void shouldHandOverWhatMatchesAlone() {
        final Subscriber exact = fixture.subscriber("x.a");
        final Subscriber some = fixture.subscriber("*.a");
        final Subscriber lossy = fixture.lossy("x.>");
        final Subscriber none = fixture.subscriber("z");
        final int xa = publisher.stream("x.a");
        final int xb = publisher.stream("x.b");
        final int ya = publisher.stream("y.a");
        for (int i = 0; i < 10; i++) {
            send(xa, i);
            send(xb, 100 + i);
            send(ya, 200 + i);
        }
        assertThat(drain(exact)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        assertThat(drain(some)).startsWith(0L, 200L, 1L, 201L).hasSize(20);
        assertThat(drain(lossy)).startsWith(0L, 100L, 1L, 101L).hasSize(20);
        assertThat(drain(none)).isEmpty();
        assertThat(none.lanes()).as("a lane that carries nothing for it").isEmpty();
        assertThat(lossy.lost()).isZero();
    }

    @Test
    void shouldReachWhoSubscribesBeforeAndAfterAStreamIsUsed() {
        final int a = publisher.stream("a");
        final Subscriber before = fixture.subscriber("a");
        final Subscriber wildcard = fixture.subscriber("*");
        send(a, 1);
        final Subscriber after = fixture.subscriber("a");
        final Subscriber rest = fixture.subscriber(">");
        send(a, 2);
        assertThat(drain(before)).containsExactly(1L, 2L);
        assertThat(drain(wildcard)).containsExactly(1L, 2L);
        assertThat(drain(after)).containsExactly(2L);
        assertThat(drain(rest)).containsExactly(2L);
    }

    @Test
    void shouldAttachASubscriberOfManyStreamsOnce() {
        final Subscriber subscriber = fixture.subscriber("s.*");
        for (int i = 0; i < 10_000; i++) {
            assertThat(publisher.offer(publisher.stream("s." + i), number(i))).isPositive();
            if (i % 1_000 == 999) {
                assertThat(drain(subscriber)).hasSize(1_000);
            }
        }
        assertThat(subscriber.lanes()).singleElement().satisfies(lane -> {
            assertThat(lane.publisherId()).isEqualTo(publisher.id());
            assertThat(lane.topic()).as("of a lane of many").isNull();
            assertThat(lane.lagBytes()).isZero();
        });
    }

    @Test
    void shouldBeHeldUpBySubscribersOfUsedStreamsAlone() {
        fixture.subscriber("declared");
        publisher.stream("declared");
        final int used = publisher.stream("used");
        for (int i = 0; i < 10_000; i++) {
            send(used, i);
        }
        final Subscriber slow = fixture.subscriber("used");
        long result;
        do {
            result = publisher.offer(used, number(0));
        } while (result > 0);
        assertThat(result).isEqualTo(Publisher.BACK_PRESSURED);
        assertThat(publisher.publish(used, MemorySegment.ofArray(number(1)), 0, Long.BYTES, Duration.ofMillis(1)))
                .isEqualTo(Publisher.BACK_PRESSURED);
        assertThat(publisher.tryClaim(used, 8).result()).isEqualTo(Publisher.BACK_PRESSURED);
        slow.close();
        send(used, 1);
    }

    @Test
    void shouldCountNoSequenceForWhatWasNotSent() {
        final int a = publisher.stream("a");
        final Subscriber subscriber = fixture.subscriber("a");
        long sent = 0;
        while (publisher.offer(a, number(sent)) > 0) {
            sent++;
        }
        assertThat(publisher.offer(a, new byte[publisher.maxOfferLength() + 1])).isEqualTo(Publisher.TOO_LONG);
        publisher.tryClaim(a, 8);
        assertThat(drain(subscriber)).hasSize((int) sent);
        publisher.tryClaim(a, 8).abort();
        publisher.offer(a, new byte[publisher.maxLength()]);
        final long expected = sent;
        assertThat(subscriber.poll(message -> assertThat(message.sequence()).isEqualTo(expected), 1)).isEqualTo(1);
    }

    @Test
    void shouldWriteClaimsOfEachStreamInPlace() {
        final Subscriber subscriber = fixture.subscriber(">");
        final int a = publisher.stream("a");
        final int b = publisher.stream("b");
        publisher.tryClaim(a, 8).putLong(0, 1).commit();
        publisher.tryClaim(b, 16, 77).putLong(0, 2).commit(8);
        publisher.tryClaim(b, 8).abort();
        final Claim claim = publisher.tryClaim(a, 8);
        assertThatThrownBy(() -> publisher.offer(b, number(9))).isInstanceOf(IllegalStateException.class).hasMessageContaining("still open");
        assertThatThrownBy(() -> publisher.offer(publisher.stream("new"), number(9))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> publisher.tryClaim(b, 8)).isInstanceOf(IllegalStateException.class);
        claim.putLong(0, 3).commit();
        final List<String> received = new ArrayList<>();
        subscriber.poll(message -> received.add(message.topic() + "#" + message.sequence() + "=" + message.getLong(0)
                + (message.timestamp() == Message.NO_TIMESTAMP ? "" : "@" + message.timestamp())), 10);
        assertThat(received).containsExactly("a#0=1", "b#0=2@77", "a#1=3");
    }

    @Test
    void shouldPublishABatchOfSeveralStreamsTogether() {
        final Subscriber subscriber = fixture.subscriber(">");
        final int a = publisher.stream("a");
        publisher.beginBatch();
        send(a, 1);
        send(publisher.stream("b"), 2);
        assertThat(drain(subscriber)).isEmpty();
        assertThat(publisher.endBatch()).isPositive();
        assertThat(drain(subscriber)).containsExactly(1L, 2L);
    }

    @Test
    void shouldRefuseWhatIsNoStream() {
        final int a = publisher.stream("a");
        for (final int stream : new int[] {-1, a + 1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> publisher.offer(stream, number(1))).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("there is no stream " + stream);
            assertThatThrownBy(() -> publisher.tryClaim(stream, 1)).isInstanceOf(IllegalArgumentException.class);
        }
        send(a, 1);
    }

    @Test
    void shouldBelongToOneThread() throws Exception {
        final int a = publisher.stream("a");
        final int unused = publisher.stream("unused");
        send(a, 1);
        final Subscriber subscriber = fixture.subscriber("*");
        onThread(() -> {
            assertThat(publisher.stream("a")).isEqualTo(a);
            assertThatThrownBy(() -> publisher.offer(a, number(2))).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> publisher.offer(unused, number(2))).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> publisher.tryClaim(unused, 2)).isInstanceOf(IllegalStateException.class);
            return null;
        });
        send(unused, 3);
        assertThat(drain(subscriber)).containsExactly(3L);
    }

    @Test
    void shouldThrowOnceItIsClosed() throws Exception {
        final int a = publisher.stream("a");
        final int unused = publisher.stream("unused");
        final Subscriber subscriber = fixture.subscriber("*");
        send(a, 1);
        onThread(() -> {
            publisher.close();
            return null;
        });
        assertThatThrownBy(() -> publisher.offer(a, number(2))).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        assertThatThrownBy(() -> publisher.offer(unused, number(2))).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        assertThatThrownBy(() -> publisher.tryClaim(unused, 2)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> publisher.stream("c")).isInstanceOf(IllegalStateException.class);
        assertThat(drain(subscriber)).containsExactly(1L);
        assertThat(subscriber.lanes()).as("drained").isEmpty();
        publisher.close();
    }

    @Test
    void shouldAnswerClosedWhenTheStreamerIs() {
        final int a = publisher.stream("a");
        final int unused = publisher.stream("unused");
        send(a, 1);
        fixture.streamer.close();
        assertThat(publisher.offer(a, number(2))).isEqualTo(Publisher.CLOSED);
        assertThat(publisher.offer(unused, number(2))).isEqualTo(Publisher.CLOSED);
        assertThat(publisher.tryClaim(unused, 2).result()).isEqualTo(Publisher.CLOSED);
        publisher.close();
    }

    /** A stream whose subscriber finds no room is not sent; the others are, and it is when there is room. */
    @Test
    void shouldRefuseAStreamWhoseSubscriberFindsNoRoom() {
        final List<Subscriber> readers = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            readers.add(fixture.subscriber("crowded"));
        }
        final Subscriber other = fixture.subscriber("other");
        final Subscriber both = fixture.lossy(">");
        final int crowded = publisher.stream("crowded");
        final int last = publisher.stream("other");
        send(crowded, 1);
        assertThatThrownBy(() -> publisher.offer(last, number(2))).isInstanceOf(KaelixException.class).hasMessageContaining("64");
        send(crowded, 3);
        readers.removeFirst().close();
        send(last, 4);
        assertThat(drain(other)).containsExactly(4L);
        assertThat(drain(both)).containsExactly(1L, 3L, 4L);
        assertThat(drain(readers.getFirst())).containsExactly(1L, 3L);
    }

    @Test
    void shouldNotBeAskedForAClaimOfNegativeLength() {
        final int a = publisher.stream("a");
        assertThatThrownBy(() -> publisher.tryClaim(a, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> publisher.offer(a, new byte[4], 2, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        send(a, 1);
    }

    /** As if so many messages had been sent. */
    private void skipTo(final int stream, final int sequence) {
        ((LaneStreamPublisher) publisher).chunks[0][stream] = sequence + 1;
    }

    @Test
    void shouldCountOnWhereTheSequenceWraps() {
        final int a = publisher.stream("a");
        final Subscriber subscriber = fixture.subscriber("a");
        send(a, 1);
        skipTo(a, -2);
        send(a, 2, 3, 4);
        publisher.tryClaim(a, 8).putLong(0, 5).commit();
        final List<Long> sequences = new ArrayList<>();
        subscriber.poll(message -> sequences.add(message.sequence()), 10);
        assertThat(sequences).containsExactly(0L, (1L << 32) - 2, (1L << 32) - 1, 0L, 1L);
        skipTo(a, -1);
        publisher.tryClaim(a, 8).putLong(0, 6).commit();
        subscriber.poll(message -> assertThat(message.sequence()).isEqualTo((1L << 32) - 1), 10);
    }
}
