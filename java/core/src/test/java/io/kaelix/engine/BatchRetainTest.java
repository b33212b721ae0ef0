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
import io.kaelix.KaelixException;
import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.MessageBatch;
import io.kaelix.MessageBuilder;
import io.kaelix.Payload;
import io.kaelix.Publisher;
import io.kaelix.RetainedMessage;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.TopicPattern;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches that outlive the next poll, their lanes, their subscriber and their streamer. */
class BatchRetainTest {

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

    /** Writes over all that lies in a lane. */
    private static void turn(final Publisher publisher, final Subscriber subscriber) {
        for (int i = 0; i < EngineFixture.LANE_CAPACITY / 8; i++) {
            if (publisher.offer(number(-1)) == Publisher.BACK_PRESSURED) {
                drain(subscriber);
            }
        }
        drain(subscriber);
    }

    @Test
    void shouldLetThePublisherGoOnAndStayAsItIs() {
        final Subscriber subscriber = fixture.subscriber("a");
        final Publisher publisher = fixture.publisher("a");
        fill(publisher);
        final MessageBatch batch = subscriber.batch(1_000);
        assertThat(subscriber.poll(batch)).isEqualTo(1_000);
        batch.where(NUMBER.atLeast(990)).where(NUMBER.notEqualTo(995));
        assertThat(publisher.offer(number(1))).isEqualTo(Publisher.BACK_PRESSURED);

        assertThat(batch.retain()).isSameAs(batch);

        assertThat(batch.isCopy()).isTrue();
        assertThat(subscriber.lanes().getFirst().position()).isEqualTo(1_000 * 24L);
        turn(publisher, subscriber);
        assertThat(batch.size()).isEqualTo(1_000);
        assertThat(numbers(batch)).containsExactly(990L, 991L, 992L, 993L, 994L, 996L, 997L, 998L, 999L);
        assertThat(batch.index(5)).isEqualTo(996);
        assertThat(batch.clearSelection().sum(NUMBER)).isEqualTo(LongStream.range(0, 1_000).sum());
        assertThat(batch.where(TopicPattern.of("a")).where(NUMBER.lessThan(3)).selected()).isEqualTo(3);
        assertThat(batch.where(TopicPattern.of("b")).selected()).isZero();
        assertThat(batch.retain()).as("again").isSameAs(batch);
        assertThat(fixture.streamer.pool().outstanding()).isEqualTo(1);
        batch.release();
        batch.release();
        assertThat(fixture.streamer.pool().outstanding()).isZero();
        assertThat(batch.size()).isZero();
        assertThat(batch.isCopy()).isFalse();
        assertThatThrownBy(() -> batch.sum(NUMBER)).isInstanceOf(IllegalStateException.class).hasMessageContaining("released");
        assertThatThrownBy(batch::retain).isInstanceOf(IllegalStateException.class).hasMessageContaining("released");
    }

    @Test
    void shouldNotBeFilledBeforeItIsReleased() {
        final Subscriber subscriber = fixture.subscriber("a");
        final Publisher publisher = fixture.publisher("a");
        final MessageBatch batch = subscriber.batch(2);
        assertThatThrownBy(batch::retain).as("polled never").isInstanceOf(IllegalStateException.class);
        send(publisher, 1, 2, 3, 4);
        subscriber.poll(batch);
        batch.retain();
        assertThatThrownBy(() -> subscriber.poll(batch)).isInstanceOf(IllegalStateException.class).hasMessageContaining("release it");
        final MessageBatch other = subscriber.batch(1);
        assertThat(subscriber.poll(other)).isEqualTo(1);
        assertThat(numbers(other)).containsExactly(3L);
        assertThat(numbers(batch)).containsExactly(1L, 2L);
        batch.release();
        assertThat(numbers(other)).as("still there").containsExactly(3L);
        assertThat(subscriber.poll(batch)).isEqualTo(1);
        assertThat(numbers(batch)).containsExactly(4L);
        assertThat(batch.isCopy()).isFalse();
        subscriber.poll(batch);
        assertThat(batch.retain().size()).as("of nothing").isZero();
        batch.close();
        assertThatThrownBy(() -> subscriber.poll(batch)).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        assertThatThrownBy(() -> batch.sum(NUMBER)).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
    }

    @Test
    void shouldOutliveItsSubscriberAndItsStreamer() throws Exception {
        final Subscriber subscriber = fixture.subscriber("some.*");
        final Publisher publisher = fixture.publisher("some.topic");
        send(publisher, 1, 2, 3);
        final MessageBatch batch = subscriber.batch(3);
        subscriber.poll(batch);
        batch.retain();
        subscriber.close();
        publisher.close();
        fixture.streamer.close();
        assertThat(fixture.mappedBytes()).as("what is retained").isPositive();
        final List<String> shown = new ArrayList<>();
        assertThat(onThread(() -> batch.where(TopicPattern.of("some.topic")).forEachSelected(message ->
                shown.add(message.topic() + "=" + message.getLong(0) + " " + message.payload().byteSize())))).isEqualTo(3);
        assertThat(shown).as("of which nobody had asked for the topic").containsExactly("some.topic=1 8", "some.topic=2 8", "some.topic=3 8");
        assertThat(batch.sum(NUMBER)).isEqualTo(6);
        batch.close();
        batch.close();
        assertThat(fixture.mappedBytes()).isZero();
        assertThat(batch.size()).isZero();
    }

    /** All that a batch shows, of messages of all kinds, where some were left out between them, and the lane began anew. */
    @ParameterizedTest
    @EnumSource(SlowSubscriberPolicy.class)
    void shouldShowTheSameAsBefore(final SlowSubscriberPolicy policy) {
        final Random random = new Random(5);
        final Subscriber subscriber = fixture.streamer.subscriber(TopicPattern.of("x.>"), policy).where(Field.int32(0).greaterThan(0));
        final Subscriber all = fixture.subscriber(">");
        final StreamPublisher one = fixture.streamer.streamPublisher();
        final Publisher other = fixture.publisher("x.other");
        final int[] streams = {one.stream("x.a"), one.stream("x.b"), one.stream("y")};
        final MessageBatch batch = subscriber.batch(500);
        for (int round = 0; round < 60; round++) {
            for (int i = 0; i < 200; i++) {
                final byte[] payload = new byte[random.nextInt(120)];
                random.nextBytes(payload);
                if (payload.length > 3) {
                    payload[3] = (byte) (payload[3] & (random.nextInt(4) == 0 ? 0xff : 0x7f));
                }
                final MessageBuilder message = Message.builder().payload(payload);
                if (random.nextInt(3) == 0) {
                    message.timestamp(random.nextLong() >>> 1).header("k", i);
                }
                if (random.nextInt(3) > 0) {
                    assertThat(one.offer(streams[random.nextInt(3)], message)).isPositive();
                } else {
                    assertThat(other.offer(message)).isPositive();
                }
            }
            if (round % 7 == 0) {
                try (Payload payload = fixture.streamer.payload(MemorySegment.ofArray(number(round + 1)))) {
                    other.offer(payload);
                }
            }
            while (subscriber.poll(batch) > 0) {
                if (random.nextInt(4) == 0) {
                    batch.where(Field.int32(0).lessThan(1 << 30));
                }
                final String before = state(batch);
                batch.retain();
                assertThat(state(batch)).isEqualTo(before);
                pass(all);
                for (int i = 0; i < 50; i++) {
                    other.offer(new byte[200]);
                }
                assertThat(state(batch)).isEqualTo(before);
                batch.release();
            }
            pass(all);
        }
        assertThat(subscriber.lost()).isZero();
        assertThat(fixture.streamer.pool().outstanding()).isZero();
    }

    private static void pass(final Subscriber subscriber) {
        for (int idle = 0; idle < 3;) {
            idle = subscriber.poll(message -> { }, 1_000) > 0 ? 0 : idle + 1;
        }
    }

    private static String state(final MessageBatch batch) {
        final StringBuilder state = new StringBuilder();
        batch.forEachSelected(message -> state.append(message.topic()).append(message.streamId()).append('#').append(message.sequence())
                .append('@').append(message.timestamp()).append(message.headers().getLong("k", -1)).append(' ').append(message.publisherId())
                .append(HexFormat.of().formatHex(message.toByteArray())).append('\n'));
        state.append(batch.size()).append(' ').append(batch.selected()).append(' ').append(batch.sum(NUMBER)).append(' ')
                .append(batch.max(Field.int32(4))).append(' ').append(batch.count(Field.float64(50)));
        for (final MemorySegment column : List.of(batch.lengths(), batch.sequences(), batch.streamIds(), batch.timestamps())) {
            state.append(HexFormat.of().formatHex(column.toArray(ValueLayout.JAVA_BYTE))).append('\n');
        }
        batch.countByStream((stream, count) -> state.append(stream).append(':').append(count).append(' '));
        return state.toString();
    }

    @Test
    void shouldStayAsItWasWhenThereIsNoMemoryForIt() {
        try (MemoryStreamer small = MemoryStreamer.launch(EngineFixture.config().withMemoryLimit(2 << 20));
                Publisher a = small.publisher("a");
                Publisher b = small.publisher("b");
                Subscriber subscriber = small.subscriber(">")) {
            // Each lane of each takes 16 KiB of the 512 that there are; the first has one lane, so that the last finds room for one of two.
            final List<MessageBatch> kept = new ArrayList<>(List.of(subscriber.batch(10)));
            assertThat(a.offer(payload(0, 15_000))).isPositive();
            subscriber.poll(kept.getFirst());
            kept.getFirst().retain();
            assertThatThrownBy(() -> {
                while (true) {
                    for (final Publisher publisher : List.of(a, b)) {
                        assertThat(publisher.offer(payload(kept.size(), 15_000))).isPositive();
                        assertThat(publisher.offer(payload(kept.size(), 100))).isPositive();
                    }
                    kept.add(subscriber.batch(10));
                    assertThat(subscriber.poll(kept.getLast())).isEqualTo(4);
                    kept.getLast().retain();
                }
            }).isInstanceOf(KaelixException.class).hasMessageContaining("32 are outstanding").hasMessageContaining("limit is 524288");
            // Of the 32, one was for the first lane of the last batch.
            final MessageBatch last = kept.removeLast();
            assertThat(small.pool().outstanding()).isEqualTo(31);
            assertThat(last.isCopy()).isFalse();
            assertThat(subscriber.lanes()).allSatisfy(lane -> assertThat(lane.lagBytes()).isPositive());
            assertThat(last.sum(NUMBER)).isEqualTo(4L * kept.size());
            assertThat(numbers(last)).hasSize(4).containsOnly((long) kept.size());
            assertThatThrownBy(last::retain).as("again").isInstanceOf(KaelixException.class);
            kept.getFirst().release();
            assertThat(last.retain().isCopy()).isTrue();
            assertThat(small.pool().outstanding()).isEqualTo(32);
            assertThat(numbers(last)).hasSize(4).containsOnly((long) kept.size());
            kept.forEach(MessageBatch::close);
            last.close();
            assertThat(small.pool().outstanding()).isZero();
        }
    }

    private static byte[] payload(final long number, final int length) {
        final byte[] payload = new byte[length];
        MemorySegment.ofArray(payload).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, number);
        return payload;
    }

    @Test
    void shouldBeForAnyThreadButOneAtATime() throws Exception {
        final Subscriber subscriber = fixture.subscriber("a");
        send(fixture.publisher("a"), 1, 2, 3);
        final MessageBatch batch = subscriber.batch(2);
        subscriber.poll(batch);
        batch.retain();
        final CountDownLatch inside = new CountDownLatch(1);
        final CountDownLatch checked = new CountDownLatch(1);
        final FutureTask<Integer> other = new FutureTask<>(() -> batch.forEachSelected(message -> {
            inside.countDown();
            awaitQuietly(checked);
        }));
        Thread.ofPlatform().daemon().start(other);
        inside.await();
        assertThatThrownBy(() -> batch.sum(NUMBER)).isInstanceOf(IllegalStateException.class).hasMessageContaining("in use");
        assertThatThrownBy(batch::release).isInstanceOf(IllegalStateException.class).hasMessageContaining("in use");
        assertThatThrownBy(batch::close).isInstanceOf(IllegalStateException.class).hasMessageContaining("in use");
        assertThat(batch.size()).isEqualTo(2);
        checked.countDown();
        assertThat(other.get()).isEqualTo(2);
        assertThat(batch.sum(NUMBER)).isEqualTo(3);
        onThread(() -> {
            batch.release();
            return null;
        });
        assertThat(subscriber.poll(batch)).as("its subscriber's again").isEqualTo(1);
        assertThat(numbers(batch)).containsExactly(3L);
        onThread(() -> {
            assertThatThrownBy(() -> batch.sum(NUMBER)).isInstanceOf(IllegalStateException.class).hasMessageContaining("thread");
            assertThatThrownBy(batch::size).isInstanceOf(IllegalStateException.class).hasMessageContaining("thread");
            assertThatThrownBy(batch::selected).isInstanceOf(IllegalStateException.class).hasMessageContaining("thread");
            assertThatThrownBy(batch::lengths).isInstanceOf(IllegalStateException.class).hasMessageContaining("thread");
            assertThatThrownBy(batch::isCopy).isInstanceOf(IllegalStateException.class).hasMessageContaining("thread");
            assertThatThrownBy(() -> batch.index(0)).isInstanceOf(IllegalStateException.class).hasMessageContaining("thread");
            assertThatThrownBy(batch::retain).isInstanceOf(IllegalStateException.class).hasMessageContaining("thread");
            return null;
        });
    }

    private static void awaitQuietly(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The subscriber may be polled there, and closed; the batch itself is in use. */
    @Test
    void shouldHandOverWhateverItsHandlerDoes() {
        final Subscriber subscriber = fixture.subscriber("a");
        final Publisher publisher = fixture.publisher("a");
        send(publisher, 1, 2, 3, 4, 5);
        final MessageBatch batch = subscriber.batch(3);
        subscriber.poll(batch);
        batch.forEachSelected(message -> assertThatThrownBy(batch::retain).isInstanceOf(IllegalStateException.class));
        batch.retain();
        final List<Long> handed = new ArrayList<>();
        final List<RetainedMessage> retained = new ArrayList<>();
        final Message[] shown = new Message[1];
        batch.forEachSelected(message -> {
            assertThatThrownBy(batch::release).isInstanceOf(IllegalStateException.class).hasMessageContaining("in use");
            assertThatThrownBy(() -> batch.where(NUMBER.equalTo(1))).isInstanceOf(IllegalStateException.class);
            handed.add(message.getLong(0));
            retained.add(message.retain());
            shown[0] = message;
            if (handed.size() == 1) {
                assertThat(drain(subscriber)).containsExactly(4L, 5L);
                subscriber.close();
            }
        });
        assertThat(handed).containsExactly(1L, 2L, 3L);
        batch.close();
        assertThatThrownBy(() -> shown[0].getLong(0)).isInstanceOf(IllegalStateException.class);
        assertThat(retained.getLast().getLong(0)).isEqualTo(3);
        retained.forEach(RetainedMessage::release);
    }

    /** It needs no memory, and so none of a streamer that is closed. */
    @Test
    void shouldOnlyLeaveItsSubscriberIfItIsACopyAlready() {
        final Subscriber lossy = fixture.lossy("a");
        final Publisher publisher = fixture.publisher("a");
        send(publisher, 1, 2);
        final MessageBatch batch = lossy.batch(5);
        lossy.poll(batch);
        fixture.streamer.close();
        batch.retain();
        assertThat(fixture.streamer.pool().outstanding()).isZero();
        lossy.close();
        publisher.close();
        assertThat(numbers(batch)).containsExactly(1L, 2L);
        assertThat(batch.where(TopicPattern.of("a")).sum(NUMBER)).isEqualTo(3);
        batch.close();
    }

    @Test
    void shouldRetainNoMoreOnceTheStreamerIsClosed() {
        final Subscriber subscriber = fixture.subscriber("a");
        send(fixture.publisher("a"), 1, 2);
        final MessageBatch batch = subscriber.batch(5);
        subscriber.poll(batch);
        fixture.streamer.close();
        assertThatThrownBy(batch::retain).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        assertThat(batch.isCopy()).isFalse();
        assertThat(numbers(batch)).containsExactly(1L, 2L);
        subscriber.close();
        assertThatThrownBy(batch::retain).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
    }

    @Test
    void shouldHaveTheNextPollTellThatItWasCutOffBefore() {
        final Subscriber subscriber = fixture.streamer.subscriber("*", SubscriberConfig.defaults()
                .withPolicy(SlowSubscriberPolicy.DISCONNECT).withMaxStall(Duration.ofMillis(1)));
        // Which the next poll would begin with.
        final Publisher other = fixture.publisher("b");
        final Publisher publisher = fixture.publisher("a");
        fill(publisher);
        final MessageBatch batch = subscriber.batch(2_000);
        assertThat(subscriber.poll(batch)).isEqualTo(1_000);
        send(other, 1, 2, 3);
        while (subscriber.lanes().getLast().disconnection().isEmpty()) {
            publisher.offer(number(-1));
        }
        for (int i = 0; i < EngineFixture.LANE_CAPACITY / 16; i++) {
            publisher.offer(new byte[i % 100]);
        }
        batch.retain();
        assertThat(batch.size()).isEqualTo(1_000);
        batch.where(TopicPattern.of("a")).forEachSelected(Message::toByteArray);
        assertThat(subscriber.poll(message -> { }, 1)).as("at once, whatever else there is").isEqualTo(Subscriber.DISCONNECTED);
        batch.close();
    }

    /** However large the messages that it is polled among: all of it goes back when nobody refers to it any more. */
    @ParameterizedTest
    @ValueSource(ints = {8, 10_000})
    void shouldBeTakenBackWhenItIsForgotten(final int length) throws Exception {
        final Subscriber subscriber = fixture.subscriber("a");
        final Publisher publisher = fixture.publisher("a");
        assertThat(publisher.offer(new byte[length])).isPositive();
        final List<String> told = new CopyOnWriteArrayList<>();
        final Logger logger = Logger.getLogger("io.kaelix.message");
        final Handler handler = new Handler() {
            @Override
            public void publish(final LogRecord record) {
                told.add(record.getMessage());
            }

            @Override
            public void flush() {
                // Nothing is kept.
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
        logger.addHandler(handler);
        try {
            forget(subscriber);
            assertThat(fixture.streamer.pool().outstanding()).isEqualTo(1);
            EngineFixture.await("its memory to come back", () -> {
                System.gc();
                return fixture.streamer.pool().leaks() == 1;
            });
        } finally {
            logger.removeHandler(handler);
        }
        assertThat(told).as("where the user retained it").anyMatch(line -> line.contains("BatchRetainTest.forget"));
        assertThat(fixture.streamer.pool().outstanding()).isZero();
        assertThat(drain(subscriber)).isEmpty();
    }

    private static void forget(final Subscriber subscriber) {
        final MessageBatch batch = subscriber.batch(10);
        assertThat(subscriber.poll(batch)).isEqualTo(1);
        batch.retain();
    }

    /** A thread that releases where another reads, as often as it can: either throws, or all is right. */
    @Test
    void shouldNotBeTakenFromUnderAThreadThatIsAtIt() throws Exception {
        final Subscriber subscriber = fixture.subscriber("a");
        final Publisher publisher = fixture.publisher("a");
        final MessageBatch[] batches = {subscriber.batch(100), subscriber.batch(100)};
        final AtomicBoolean ended = new AtomicBoolean();
        final FutureTask<Integer> meddling = new FutureTask<>(() -> {
            int refused = 0;
            for (int i = 0; !ended.get(); i++) {
                try {
                    if (i % 3 == 0) {
                        batches[i % 2].release();
                    } else {
                        batches[i % 2].sum(NUMBER);
                    }
                } catch (final IllegalStateException expected) {
                    refused++;
                }
            }
            return refused;
        });
        Thread.ofPlatform().daemon().start(meddling);
        int whole = 0;
        for (int i = 0; i < 20_000; i++) {
            send(publisher, LongStream.range(0, 100).toArray());
            final MessageBatch batch = batches[i % 2];
            try {
                batch.release();
                if (subscriber.poll(batch) == 100) {
                    batch.retain();
                    assertThat(batch.sum(NUMBER)).isIn(4950L, 0L);
                    whole++;
                }
            } catch (final IllegalStateException refused) {
                drain(subscriber);
            }
        }
        ended.set(true);
        assertThat(meddling.get()).isPositive();
        assertThat(whole).isPositive();
        for (final MessageBatch batch : batches) {
            batch.close();
        }
        drain(subscriber);
        assertThat(fixture.streamer.pool().outstanding()).isZero();
    }
}
