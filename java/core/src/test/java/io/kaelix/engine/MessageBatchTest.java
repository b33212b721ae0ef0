// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.drain;
import static io.kaelix.engine.EngineFixture.fill;
import static io.kaelix.engine.EngineFixture.number;
import static io.kaelix.engine.EngineFixture.onThread;
import static io.kaelix.engine.EngineFixture.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Field;
import io.kaelix.Message;
import io.kaelix.MessageBatch;
import io.kaelix.Publisher;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.TopicPattern;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Batches as users meet them. */
class MessageBatchTest {

    private static final Field.Int64 NUMBER = Field.int64(0);

    private final EngineFixture fixture = new EngineFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private static List<Long> numbers(final MessageBatch batch) {
        final List<Long> numbers = new ArrayList<>();
        assertThat(batch.forEachSelected(message -> numbers.add(message.getLong(0)))).isEqualTo(numbers.size()).isEqualTo(batch.selected());
        return numbers;
    }

    @Test
    void shouldHoldWhatArrived() {
        final Subscriber subscriber = fixture.subscriber("a");
        final Publisher publisher = fixture.publisher("a");
        final MessageBatch batch = subscriber.batch(10);
        assertThat(subscriber.poll(batch)).isZero();
        assertThat(batch.sum(NUMBER)).isZero();
        send(publisher, 5, 6, 7);
        publisher.offer(new byte[] {1, 2}, 0, 2);

        assertThat(subscriber.poll(batch)).isEqualTo(4);

        assertThat(batch.size()).isEqualTo(4);
        assertThat(batch.capacity()).isEqualTo(10);
        assertThat(batch.selected()).isEqualTo(4);
        assertThat(batch.isCopy()).isFalse();
        assertThat(batch.lengths().toArray(ValueLayout.JAVA_INT)).containsExactly(8, 8, 8, 2);
        assertThat(batch.sequences().toArray(ValueLayout.JAVA_INT)).containsExactly(0, 1, 2, 3);
        assertThat(batch.streamIds().toArray(ValueLayout.JAVA_INT)).hasSize(4).containsOnly(batch.streamIds().get(ValueLayout.JAVA_INT, 0));
        assertThat(batch.timestamps().toArray(ValueLayout.JAVA_LONG)).hasSize(4).containsOnly(Message.NO_TIMESTAMP);
        assertThat(batch.count(NUMBER)).isEqualTo(3);
        assertThat(batch.sum(NUMBER)).isEqualTo(18);
        assertThat(batch.min(NUMBER)).isEqualTo(5);
        assertThat(batch.max(NUMBER)).isEqualTo(7);
        assertThat(batch.sum(Field.int32(4))).isZero();
        assertThat(batch.max(Field.int32(0))).isEqualTo(7);
        assertThat(batch.count(Field.int64(Integer.MAX_VALUE))).isZero();
        assertThat(batch.min(Field.int32(100))).isEqualTo(Integer.MAX_VALUE);
        assertThat(batch.max(Field.float64(100))).isEqualTo(Double.NEGATIVE_INFINITY);
    }

    @Test
    void shouldNarrowTheSelection() {
        final Subscriber subscriber = fixture.subscriber("a");
        send(fixture.publisher("a"), LongStream.range(0, 100).toArray());
        final MessageBatch batch = subscriber.batch(1000);
        assertThat(subscriber.poll(batch)).isEqualTo(100);

        batch.where(NUMBER.atLeast(90)).where(NUMBER.notEqualTo(95).and(NUMBER.lessThan(98)));

        assertThat(batch.selected()).isEqualTo(7);
        assertThat(numbers(batch)).containsExactly(90L, 91L, 92L, 93L, 94L, 96L, 97L);
        assertThat(batch.index(5)).isEqualTo(96);
        assertThat(batch.sum(NUMBER)).isEqualTo(90 + 91 + 92 + 93 + 94 + 96 + 97);
        assertThatThrownBy(() -> batch.index(7)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(batch.clearSelection().selected()).isEqualTo(100);
        assertThat(batch.where(NUMBER.between(3, 1)).selected()).isZero();
        assertThat(numbers(batch)).isEmpty();
        assertThat(batch.clearSelection().index(99)).isEqualTo(99);
    }

    @Test
    void shouldAddUpDoubles() {
        final Subscriber subscriber = fixture.subscriber("a");
        final Publisher publisher = fixture.publisher("a");
        for (int i = 0; i < 1_000; i++) {
            send(publisher, Double.doubleToRawLongBits(0.5 * i - 100));
        }
        final Field.Float64 value = Field.float64(0);
        final MessageBatch batch = subscriber.batch(1_000);
        assertThat(subscriber.poll(batch)).isEqualTo(1_000);
        assertThat(batch.sum(value)).as("exact, in whatever order").isEqualTo(0.5 * 999 * 500 - 100_000);
        assertThat(batch.where(value.atMost(-99)).sum(value)).isEqualTo(-100 - 99.5 - 99);
        assertThat(batch.min(value)).isEqualTo(-100);
        assertThat(batch.max(value)).isEqualTo(-99);
        assertThat(batch.where(value.equalTo(7)).sum(value)).isZero();
    }

    @Test
    void shouldHoldUpThePublisherUntilItIsReleased() {
        final Subscriber subscriber = fixture.subscriber("a");
        final Publisher publisher = fixture.publisher("a");
        final int sent = fill(publisher);
        final MessageBatch batch = subscriber.batch(MessageBatch.MAX_MESSAGES);

        final int first = subscriber.poll(batch);

        assertThat(first * 24).as("half of the lane").isBetween(EngineFixture.LANE_CAPACITY / 2 - 24, EngineFixture.LANE_CAPACITY / 2);
        assertThat(publisher.offer(number(1))).isEqualTo(Publisher.BACK_PRESSURED);
        assertThat(subscriber.lanes().getFirst().position()).isZero();
        assertThat(batch.sum(NUMBER)).isEqualTo(LongStream.range(0, first).sum());
        batch.release();
        assertThat(subscriber.lanes().getFirst().position()).isEqualTo(first * 24L);
        assertThat(publisher.offer(number(1))).isPositive();
        assertThat(batch.size()).isZero();
        assertThatThrownBy(() -> batch.sum(NUMBER)).isInstanceOf(IllegalStateException.class).hasMessageContaining("released");
        assertThat(batch.lengths().byteSize()).isZero();
        batch.release();
        int rest = 0;
        while (subscriber.poll(batch) > 0) {
            assertThat(batch.size()).isLessThanOrEqualTo(first);
            rest += batch.size();
        }
        assertThat(rest).isEqualTo(sent + 1 - first);
    }

    @Test
    void shouldBeReleasedByTheNextPollWhateverWith() {
        final Subscriber subscriber = fixture.subscriber("a");
        final Publisher publisher = fixture.publisher("a");
        send(publisher, 1, 2, 3);
        final MessageBatch one = subscriber.batch(1);
        final MessageBatch other = subscriber.batch(1);
        assertThat(subscriber.poll(one)).isEqualTo(1);
        assertThat(subscriber.poll(other)).isEqualTo(1);
        assertThatThrownBy(() -> one.where(NUMBER.equalTo(1))).isInstanceOf(IllegalStateException.class);
        assertThat(numbers(other)).containsExactly(2L);
        assertThat(drain(subscriber)).containsExactly(3L);
        assertThatThrownBy(() -> numbers(other)).isInstanceOf(IllegalStateException.class);
        assertThat(subscriber.lanes().getFirst().lagBytes()).isZero();
    }

    @Test
    void shouldTakeTheLanesOfAllPublishersInTurn() {
        final Subscriber subscriber = fixture.subscriber(">");
        final Publisher a = fixture.publisher("a");
        final Publisher b = fixture.publisher("b");
        send(a, LongStream.range(0, 50).toArray());
        send(b, LongStream.range(100, 150).toArray());
        final MessageBatch batch = subscriber.batch(20);
        final List<Long> received = new ArrayList<>();
        while (subscriber.poll(batch) > 0) {
            received.addAll(numbers(batch));
            assertThat(batch.where(TopicPattern.of("b")).where(NUMBER.lessThan(100)).selected()).isZero();
        }
        assertThat(received).hasSize(100).doesNotHaveDuplicates();
        assertThat(received.stream().filter(value -> value < 50).toList()).isSorted();
        assertThat(received.stream().filter(value -> value >= 50).toList()).isSorted();
        assertThat(received.subList(0, 20)).as("both at first").contains(0L, 100L);
    }

    @Test
    void shouldCountAndSelectStreams() {
        final StreamPublisher publisher = fixture.streamer.streamPublisher();
        final Subscriber subscriber = fixture.subscriber("x.>");
        final int a = publisher.stream("x.a");
        final int b = publisher.stream("x.b");
        final int other = publisher.stream("y");
        for (int i = 0; i < 30; i++) {
            assertThat(publisher.offer(i % 3 == 0 ? a : i % 3 == 1 ? other : b, number(i))).isPositive();
        }
        final MessageBatch batch = subscriber.batch(100);
        assertThat(subscriber.poll(batch)).as("not those of y").isEqualTo(20);
        final Map<Integer, Integer> counts = new HashMap<>();
        batch.countByStream(counts::put);
        assertThat(counts).isEqualTo(Map.of(a, 10, b, 10));
        assertThat(batch.where(TopicPattern.of("*.b")).selected()).isEqualTo(10);
        assertThat(batch.sum(NUMBER)).isEqualTo(LongStream.range(0, 30).filter(i -> i % 3 == 2).sum());
        assertThat(batch.clearSelection().whereStream(a, -3, Integer.MAX_VALUE).selected()).isEqualTo(10);
        assertThat(batch.clearSelection().whereStream(a, other).sum(NUMBER)).isEqualTo(LongStream.range(0, 30).filter(i -> i % 3 == 0).sum());
        assertThat(batch.whereStream().selected()).isZero();
        counts.clear();
        batch.countByStream(counts::put);
        assertThat(counts).isEmpty();
    }

    @Test
    void shouldFindThoseWhoseChecksumIsWrong() {
        final Subscriber subscriber = fixture.subscriber("a");
        final Publisher publisher = fixture.publisher("a");
        final int[] lengths = {4, 5, 20, 300, 3, 0, 16_000};
        for (final int length : lengths) {
            final ByteBuffer payload = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < length; i++) {
                payload.put(i, (byte) (i * 7));
            }
            if (length >= 4) {
                final CRC32C crc = new CRC32C();
                crc.update(payload.array(), 0, length - 4);
                payload.putInt(length - 4, (int) crc.getValue() ^ (length == 20 ? 1 : 0));
            }
            assertThat(publisher.offer(payload.array())).isPositive();
        }
        final MessageBatch batch = subscriber.batch(100);
        assertThat(subscriber.poll(batch)).isEqualTo(lengths.length);
        batch.whereChecksumHolds();
        final List<Integer> intact = new ArrayList<>();
        batch.forEachSelected(message -> intact.add(message.length()));
        assertThat(intact).containsExactly(4, 5, 300, 16_000);
    }

    @Test
    void shouldHoldACopyForASubscriberThatMayLose() {
        final Subscriber subscriber = fixture.lossy("a");
        final Publisher publisher = fixture.publisher("a");
        send(publisher, LongStream.range(0, 100).toArray());
        final MessageBatch batch = subscriber.batch(1000);
        assertThat(subscriber.poll(batch)).isEqualTo(100);
        assertThat(batch.isCopy()).isTrue();
        for (int i = 0; i < EngineFixture.LANE_CAPACITY / 8; i++) {
            send(publisher, -1);
        }
        assertThat(batch.where(NUMBER.atLeast(98)).sum(NUMBER)).isEqualTo(98 + 99);
        assertThat(numbers(batch)).containsExactly(98L, 99L);
        assertThat(subscriber.poll(batch)).isPositive();
        assertThat(batch.max(NUMBER)).isEqualTo(-1);
        assertThat(subscriber.lost()).isPositive();
    }

    @Test
    void shouldShowMessagesAsAPollDoes() {
        final Subscriber subscriber = fixture.subscriber("a");
        final Publisher publisher = fixture.publisher("a");
        assertThat(publisher.offer(Message.builder().payload(number(4)).header("k", "v").timestamp(77))).isPositive();
        final MessageBatch batch = subscriber.batch(5);
        assertThat(subscriber.poll(batch)).isEqualTo(1);
        assertThat(batch.timestamps().get(ValueLayout.JAVA_LONG, 0)).isEqualTo(77);
        assertThat(batch.sum(NUMBER)).isEqualTo(4);
        final Message[] kept = new Message[1];
        batch.forEachSelected(message -> {
            kept[0] = message;
            assertThat(message.topic().name()).isEqualTo("a");
            assertThat(message.timestamp()).isEqualTo(77);
            assertThat(message.headers().getString("k")).isEqualTo("v");
            assertThat(message.publisherId()).isEqualTo(publisher.id());
            message.retain().release();
        });
        assertThatThrownBy(() -> kept[0].length()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldBelongToTheThreadAndTheSubscriberThatItIsOf() throws Exception {
        final Subscriber subscriber = fixture.subscriber("a");
        final Subscriber stranger = fixture.subscriber("a");
        send(fixture.publisher("a"), 1);
        final MessageBatch batch = subscriber.batch(5);
        assertThatThrownBy(() -> batch.sum(NUMBER)).isInstanceOf(IllegalStateException.class).hasMessageContaining("poll into it");
        assertThatThrownBy(() -> stranger.poll(batch)).isInstanceOf(IllegalArgumentException.class);
        assertThat(subscriber.poll(batch)).isEqualTo(1);
        onThread(() -> {
            assertThatThrownBy(() -> batch.sum(NUMBER)).isInstanceOf(IllegalStateException.class).hasMessageContaining("thread");
            assertThatThrownBy(() -> batch.forEachSelected(message -> { })).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(batch::release).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> subscriber.poll(batch)).isInstanceOf(IllegalStateException.class);
            return null;
        });
        assertThat(batch.sum(NUMBER)).isEqualTo(1);
        assertThatThrownBy(() -> subscriber.batch(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> subscriber.batch(MessageBatch.MAX_MESSAGES + 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> subscriber.poll((MessageBatch) null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void shouldRefuseToBeUsedFromItsOwnHandler() {
        final Subscriber subscriber = fixture.subscriber("a");
        send(fixture.publisher("a"), 1, 2);
        final MessageBatch batch = subscriber.batch(5);
        subscriber.poll(batch);
        final int[] calls = new int[1];
        batch.forEachSelected(message -> {
            calls[0]++;
            assertThatThrownBy(() -> batch.where(NUMBER.equalTo(1))).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> batch.forEachSelected(other -> { })).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(batch::release).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> subscriber.poll(batch)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> subscriber.poll(other -> { }, 1)).isInstanceOf(IllegalStateException.class);
            assertThat(message.getLong(0)).isEqualTo(calls[0]);
        });
        assertThat(calls[0]).isEqualTo(2);
        assertThatThrownBy(() -> batch.forEachSelected(message -> {
            throw new IllegalArgumentException("mine");
        })).isInstanceOf(IllegalArgumentException.class).hasMessage("mine");
        assertThat(batch.sum(NUMBER)).as("still there").isEqualTo(3);
    }

    @Test
    void shouldNotGiveItsMessagesBackToAPublisherThatItsHandlerUses() {
        final Subscriber subscriber = fixture.subscriber("a");
        final Publisher publisher = fixture.publisher("a");
        final int sent = fill(publisher);
        final MessageBatch batch = subscriber.batch(100);
        subscriber.poll(batch);
        batch.forEachSelected(message -> {
            if (message.sequence() == 50) {
                assertThat(publisher.publish(MemorySegment.ofArray(number(-1)), 0, Long.BYTES, Duration.ofSeconds(30))).isEqualTo(Publisher.BACK_PRESSURED);
            }
        });
        assertThat(batch.sum(NUMBER)).isEqualTo(LongStream.range(0, 100).sum());
        batch.close();
        assertThat(publisher.offer(number(-1))).isPositive();
        assertThat(drain(subscriber)).hasSize(sent - 100 + 1);
    }

    @Test
    void shouldEndWithItsSubscriber() throws Exception {
        final Subscriber subscriber = fixture.subscriber("a");
        final Publisher publisher = fixture.publisher("a");
        fill(publisher);
        final MessageBatch batch = subscriber.batch(100);
        subscriber.poll(batch);
        final List<Long> handed = new ArrayList<>();
        batch.forEachSelected(message -> {
            handed.add(message.getLong(0));
            if (handed.size() == 3) {
                assertThat(onThreadQuietly(subscriber)).isTrue();
                assertThat(message.getLong(0)).isEqualTo(2);
            }
        });
        assertThat(handed).hasSize(3);
        send(publisher, LongStream.range(0, 3 * EngineFixture.LANE_CAPACITY / 24).toArray());
        assertThatThrownBy(() -> batch.sum(NUMBER)).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        assertThatThrownBy(() -> subscriber.poll(batch)).isInstanceOf(IllegalStateException.class);
        batch.release();
        batch.close();
        batch.close();
        assertThat(batch.size()).isZero();
    }

    private static boolean onThreadQuietly(final Subscriber subscriber) {
        try {
            return onThread(() -> {
                subscriber.close();
                return true;
            });
        } catch (final Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldBeOfNoUseOnceItIsClosed() {
        final Subscriber subscriber = fixture.subscriber("a");
        send(fixture.publisher("a"), 1);
        final MessageBatch batch = subscriber.batch(5);
        subscriber.poll(batch);
        batch.close();
        assertThatThrownBy(() -> batch.sum(NUMBER)).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        assertThatThrownBy(() -> subscriber.poll(batch)).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        assertThat(subscriber.lanes().getFirst().lagBytes()).isZero();
    }

    @Test
    void shouldOutliveItsPublisherAndItsStreamer() {
        final Subscriber subscriber = fixture.subscriber("a");
        final Publisher publisher = fixture.publisher("a");
        send(publisher, 1, 2, 3);
        final MessageBatch batch = subscriber.batch(2);
        assertThat(subscriber.poll(batch)).isEqualTo(2);
        publisher.close();
        fixture.streamer.close();
        assertThat(batch.sum(NUMBER)).isEqualTo(3);
        assertThat(subscriber.poll(batch)).isEqualTo(1);
        assertThat(batch.sum(NUMBER)).isEqualTo(3);
        int result;
        do {
            result = subscriber.poll(batch);
        } while (result == 0);
        assertThat(result).isEqualTo(Subscriber.CLOSED);
        assertThat(batch.sum(NUMBER)).isZero();
    }
}
