// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.DEADLINE_SECONDS;
import static io.kaelix.engine.PayloadTest.assertShows;
import static io.kaelix.engine.PayloadTest.at;
import static io.kaelix.engine.PayloadTest.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.MemoryStreamer;
import io.kaelix.Payload;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Start;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who still holds a payload, and whom it is gone for: slow, late, cut off and closed ones, and batches that nobody sees. */
@Timeout(value = DEADLINE_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PayloadInFlightTest {

    private static final int LONG = 10_000;

    private final EngineFixture engine = new EngineFixture();

    @AfterEach
    void close() {
        engine.close();
    }

    private long outstanding() {
        return engine.streamer.pool().outstanding();
    }

    @Test
    void shouldHoldWhatASlowSubscriberHasNotRead() {
        final Subscriber fast = engine.subscriber("a");
        final Subscriber slow = engine.subscriber("a");
        final Publisher publisher = engine.publisher("a");
        for (int i = 0; i < 50; i++) {
            try (Payload payload = engine.streamer.payload(bytes(100_000 + i))) {
                publisher.offer(payload);
            }
            fast.poll(message -> { }, 10);
        }
        assertThat(outstanding()).isEqualTo(50);
        final List<Integer> lengths = new ArrayList<>();
        slow.poll(message -> {
            assertThat(message.getByte(99_999)).isEqualTo(at(99_999));
            lengths.add(message.length());
        }, 30);
        assertThat(lengths).hasSize(30).startsWith(100_000).endsWith(100_029);
        publisher.offer(engine.streamer.payload(bytes(100_000)));
        assertThat(outstanding()).isEqualTo(21);
        slow.close();
        fast.close();
        publisher.close();
        assertThat(outstanding()).as("the one that was not released").isEqualTo(1);
    }

    @Test
    void shouldHoldThemUntilTheReadersOfAClosedPublisherAreGone() {
        final Subscriber reads = engine.subscriber("a");
        final Subscriber leaves = engine.subscriber("a");
        final Publisher publisher = engine.publisher("a");
        for (int i = 0; i < 10; i++) {
            try (Payload payload = engine.streamer.payload(bytes(LONG))) {
                publisher.offer(payload);
            }
        }
        publisher.close();
        assertThat(outstanding()).isEqualTo(10);
        leaves.poll(message -> { }, 5);
        leaves.close();
        assertThat(outstanding()).isEqualTo(10);
        assertThat(reads.poll(message -> assertShows(message, bytes(LONG)), 10)).isEqualTo(10);
        reads.poll(message -> { }, 10);
        assertThat(outstanding()).isZero();
    }

    @Test
    void shouldGiveEverythingBackWhenTheStreamerIsClosed() {
        final Subscriber subscriber = engine.subscriber("a");
        final Publisher publisher = engine.publisher("a");
        final Payload kept = engine.streamer.payload(bytes(LONG));
        publisher.offer(kept);
        try (Payload payload = engine.streamer.payload(bytes(LONG))) {
            publisher.offer(payload);
        }
        engine.close();
        assertThat(publisher.offer(kept)).isEqualTo(Publisher.CLOSED);
        assertThatThrownBy(() -> engine.streamer.payload(10)).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        assertThatThrownBy(() -> engine.streamer.payload(bytes(3))).isInstanceOf(IllegalStateException.class);
        assertThat(subscriber.poll(message -> assertShows(message, bytes(LONG)), 10)).isEqualTo(2);
        assertThat(subscriber.poll(message -> { }, 10)).isZero();
        assertThat(subscriber.poll(message -> { }, 10)).isEqualTo(Subscriber.CLOSED);
        publisher.close();
        assertThat(outstanding()).isEqualTo(1);
        assertThat(kept.segment().get(ValueLayout.JAVA_BYTE, 9)).isEqualTo(at(9));
        final MemorySegment segment = kept.segment();
        kept.release();
        assertThat(engine.mappedBytes()).isZero();
        assertThatThrownBy(() -> segment.get(ValueLayout.JAVA_BYTE, 9)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldFreeThoseOfABatchThatIsDropped() {
        engine.subscriber("a");
        final Publisher publisher = engine.publisher("a");
        publisher.beginBatch();
        for (int i = 0; i < 200; i++) {
            try (Payload payload = engine.streamer.payload(bytes(LONG))) {
                assertThat(publisher.offer(payload)).isPositive();
            }
        }
        assertThat(outstanding()).as("nobody has seen them").isEqualTo(200);
        engine.close();
        assertThat(publisher.endBatch()).isEqualTo(Publisher.CLOSED);
        assertThat(outstanding()).isZero();
    }

    @Test
    void shouldNotFreeThoseOfABatchThatNobodyHasSeen() {
        final Publisher publisher = engine.publisher("a");
        publisher.beginBatch();
        for (int i = 0; i < 200; i++) {
            try (Payload payload = engine.streamer.payload(bytes(LONG))) {
                assertThat(publisher.offer(payload)).isPositive();
            }
        }
        final Subscriber subscriber = engine.subscriber("a");
        publisher.endBatch();
        assertThat(subscriber.poll(message -> assertShows(message, bytes(LONG)), 1000)).isEqualTo(200);
    }

    @Test
    void shouldAnswerBackPressureAndKeepNothing() {
        engine.subscriber("a");
        final Publisher publisher = engine.publisher("a");
        final Payload payload = engine.streamer.payload(bytes(LONG));
        long sent = 0;
        while (publisher.offer(payload) > 0) {
            sent++;
        }
        assertThat(publisher.offer(payload)).isEqualTo(Publisher.BACK_PRESSURED);
        assertThat(sent).isGreaterThan(EngineFixture.LANE_CAPACITY / 50);
        assertThat(payload.toString()).contains((sent + 1) + " references");
        payload.release();
        publisher.close();
    }

    @Test
    void shouldHandALossySubscriberThatComesLaterWhatIsThereAndCountTheRest() {
        final Publisher publisher = engine.publisher("a");
        final Payload kept = engine.streamer.payload(bytes(LONG));
        for (int i = 0; i < 10; i++) {
            try (Payload payload = engine.streamer.payload(bytes(EngineFixture.LANE_CAPACITY))) {
                publisher.offer(i % 2 == 0 ? payload : kept);
            }
        }
        final Subscriber lossy = engine.streamer.subscriber("a", SubscriberConfig.defaults()
                .withPolicy(SlowSubscriberPolicy.LOSSY).withStart(Start.oldest()));
        final List<Long> sequences = new ArrayList<>();
        assertThat(lossy.poll(message -> {
            assertShows(message, bytes(LONG));
            sequences.add(message.sequence());
        }, 100)).isEqualTo(5);
        assertThat(sequences).containsExactly(1L, 3L, 5L, 7L, 9L);
        assertThat(lossy.lost()).isEqualTo(5);
        kept.release();
    }

    @Test
    void shouldCountWhatABlockingSubscriberThatStartsInThePastFindsGone() {
        final Publisher publisher = engine.publisher("a");
        final Payload kept = engine.streamer.payload(bytes(LONG));
        for (int i = 0; i < 10; i++) {
            try (Payload payload = engine.streamer.payload(bytes(EngineFixture.LANE_CAPACITY))) {
                publisher.offer(i % 2 == 0 ? payload : kept);
            }
        }
        final Subscriber block = engine.streamer.subscriber("a", SubscriberConfig.defaults().withStart(Start.oldest()));
        final List<Long> sequences = new ArrayList<>();
        try (Payload later = engine.streamer.payload(bytes(LONG))) {
            publisher.offer(later);
        }
        assertThat(block.poll(message -> sequences.add(message.sequence()), 100)).isEqualTo(6);
        assertThat(sequences).containsExactly(1L, 3L, 5L, 7L, 9L, 10L);
        assertThat(block.lost()).isEqualTo(5);
        kept.release();
    }

    @Test
    void shouldKeepWhatAHandlerReadsWhileItIsCutOff() {
        final Subscriber cut = engine.streamer.subscriber("a", SubscriberConfig.defaults()
                .withPolicy(SlowSubscriberPolicy.DISCONNECT).withMaxLag(1_000));
        final Publisher publisher = engine.publisher("a");
        final byte[] expected = bytes(3 << 20);
        try (Payload payload = engine.streamer.payload(expected)) {
            publisher.offer(payload);
        }
        final AtomicInteger seen = new AtomicInteger();
        cut.poll(message -> {
            seen.incrementAndGet();
            // The lane goes round several times; nobody but this handler holds the payload then, and its memory is a region of its own.
            for (int i = 0; i < 20_000; i++) {
                publisher.offer(bytes(20));
            }
            assertThat(message.length()).isEqualTo(expected.length);
            assertThat(message.getLong(expected.length - 8))
                    .isEqualTo(MemorySegment.ofArray(expected).get(ValueLayout.JAVA_LONG_UNALIGNED, expected.length - 8));
            assertThat(MemorySegment.ofArray(expected).mismatch(message.payload())).isEqualTo(-1);
            assertThat(outstanding()).isEqualTo(1);
        }, 1);
        assertThat(seen).hasValue(1);
        assertThat(cut.poll(message -> { }, 10)).isEqualTo(Subscriber.DISCONNECTED);
    }

    @Test
    void shouldRefuseToMakeMoreThanThePoolHoldsAndGoOn() {
        try (MemoryStreamer small = MemoryStreamer.launch(EngineFixture.config().withMemoryLimit(64 << 20));
                Publisher publisher = small.publisher("a");
                Subscriber subscriber = small.subscriber("a")) {
            final List<Payload> all = new ArrayList<>();
            assertThatThrownBy(() -> {
                while (true) {
                    all.add(small.payload(1 << 20));
                }
            }).isInstanceOf(KaelixException.class).hasMessageContaining("16 are outstanding").hasMessageContaining("memoryLimit");
            assertThat(all).hasSize(16);
            all.removeLast().release();
            try (Payload payload = small.payload(1 << 20)) {
                assertThat(publisher.offer(payload)).isPositive();
            }
            assertThat(subscriber.poll(message -> assertThat(message.length()).isEqualTo(1 << 20), 1)).isEqualTo(1);
            all.forEach(Payload::release);
        }
    }

    @Test
    void shouldReuseTheMemoryOfPayloadsThatAllHaveRead() {
        final Subscriber subscriber = engine.subscriber("a");
        final Publisher publisher = engine.publisher("a");
        for (int i = 0; i < 10_000; i++) {
            try (Payload payload = engine.streamer.payload(1 << 20)) {
                assertThat(publisher.offer(payload)).isPositive();
            }
            assertThat(subscriber.poll(message -> { }, 10)).isEqualTo(1);
        }
        assertThat(engine.streamer.pool().highWaterMark()).isLessThanOrEqualTo(3);
    }
}
