// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.drain;
import static io.kaelix.engine.EngineFixture.fill;
import static io.kaelix.engine.EngineFixture.number;
import static io.kaelix.engine.EngineFixture.pollOnce;
import static io.kaelix.engine.EngineFixture.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import io.kaelix.engine.PeerThread.Gate;
import io.kaelix.platform.Platforms;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of a streamer: everybody is told, nothing that was sent is lost, and all memory goes back. */
@Timeout(value = EngineFixture.DEADLINE_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StreamerCloseTest {

    private final EngineFixture engine = new EngineFixture();

    @Test
    void shouldDeliverWhatWasSentAndThenSayThatItIsClosed() {
        final Subscriber block = engine.subscriber("*");
        final Subscriber lossy = engine.lossy("*");
        final Publisher a = engine.publisher("a");
        final Publisher b = engine.publisher("b");
        send(a, 1, 2);
        send(b, 3);

        engine.close();

        assertThat(a.offer(number(9))).isEqualTo(Publisher.CLOSED);
        assertThat(a.offer(MemorySegment.ofArray(number(9)))).isEqualTo(Publisher.CLOSED);
        assertThat(b.tryClaim(8).result()).isEqualTo(Publisher.CLOSED);
        assertThat(b.publish(MemorySegment.ofArray(number(9)), 0, 8, Duration.ofDays(1))).isEqualTo(Publisher.CLOSED);
        for (final Subscriber subscriber : List.of(block, lossy)) {
            assertThat(pollOnce(subscriber, 2)).hasSize(2);
            assertThat(drain(subscriber)).hasSize(1);
            assertThat(subscriber.poll(message -> { }, 1)).isEqualTo(Subscriber.CLOSED);
            assertThat(subscriber.poll(message -> { }, 1)).isEqualTo(Subscriber.CLOSED);
        }
    }

    @Test
    void shouldNotSayThatItIsClosedWhileItIsNot() {
        final Subscriber subscriber = engine.subscriber("a");
        assertThat(subscriber.poll(message -> { }, 1)).isZero();
        engine.publisher("a").close();
        assertThat(drain(subscriber)).isEmpty();
        assertThat(subscriber.poll(message -> { }, 1)).isZero();
        engine.close();
        assertThat(subscriber.poll(message -> { }, 1)).isEqualTo(Subscriber.CLOSED);
    }

    @Test
    void shouldRefuseNewcomers() {
        engine.close();
        engine.close();
        assertThatThrownBy(() -> engine.publisher("a")).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        assertThatThrownBy(() -> engine.subscriber("a")).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        assertThatThrownBy(() -> engine.lossy("a")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldEndAWaitForSpace() throws Exception {
        engine.subscriber("a");
        final Publisher publisher = engine.publisher("a");
        try (PeerThread peer = new PeerThread()) {
            peer.call(() -> fill(publisher));
            final var waiting = peer.begin(() ->
                    publisher.publish(MemorySegment.ofArray(number(1)), 0, 8, Duration.ofDays(1)));
            engine.close();
            assertThat(PeerThread.result(waiting)).isEqualTo(Publisher.CLOSED);
        }
    }

    @Test
    void shouldGiveAllMemoryBackWhateverIsClosedFirst() {
        for (int order = 0; order < 6; order++) {
            final EngineFixture streamer = new EngineFixture();
            final List<AutoCloseable> parts = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                parts.add(streamer.subscriber("t" + i % 20));
                parts.add(streamer.publisher("t" + i % 20));
                parts.add(streamer.lossy("t" + i % 20));
                send((Publisher) parts.get(i * 3 + 1), i);
            }
            assertThat(streamer.mappedBytes()).isGreaterThan(60L * EngineFixture.LANE_CAPACITY);
            parts.add(order % 3 * 90, streamer);
            closeAll(order < 3 ? parts : parts.reversed());
            assertThat(streamer.mappedBytes()).as("order %d", order).isZero();
            assertThat(streamer.streamer.placement().platform()).isEqualTo(Platforms.current().name());
        }
        engine.close();
        assertThat(engine.mappedBytes()).isZero();
    }

    private static void closeAll(final List<AutoCloseable> parts) {
        for (final AutoCloseable part : parts) {
            try {
                part.close();
            } catch (final Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void shouldReturnMemoryOfClosedPublishersWhileItIsOpen() {
        final Subscriber subscriber = engine.subscriber("a");
        long most = 0;
        for (int i = 0; i < 1_000; i++) {
            try (Publisher publisher = engine.publisher("a")) {
                send(publisher, i);
            }
            assertThat(drain(subscriber)).containsExactly((long) i);
            most = Math.max(most, engine.mappedBytes());
        }
        assertThat(most).as("a thousand lanes, one at a time").isLessThanOrEqualTo(4L << 20);
        subscriber.close();
        engine.close();
        assertThat(engine.mappedBytes()).isZero();
    }

    @Test
    void shouldThrowAndNotCrashWhenAPayloadIsReadAfterItsMemoryIsGone() {
        final Subscriber block = engine.subscriber("a");
        final Publisher publisher = engine.publisher("a");
        send(publisher, 1234);
        final MemorySegment[] kept = new MemorySegment[1];
        block.poll(message -> kept[0] = message.payload(), 1);
        assertThat(kept[0].isReadOnly()).isTrue();
        assertThat(kept[0].get(ValueLayout.JAVA_LONG_UNALIGNED, 0)).isEqualTo(1234);

        publisher.close();
        block.close();
        engine.close();

        assertThat(engine.mappedBytes()).isZero();
        assertThatThrownBy(() -> kept[0].get(ValueLayout.JAVA_LONG_UNALIGNED, 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> kept[0].toArray(ValueLayout.JAVA_BYTE)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldNotSayThatItIsClosedBeforeItHandsOverWhatCameJustBefore() throws Exception {
        engine.close();
        try (PeerThread peer = new PeerThread()) {
            for (int round = 0; round < 1_000; round++) {
                final EngineFixture streamer = new EngineFixture();
                final Subscriber subscriber = streamer.subscriber("a");
                final Gate polling = new Gate();
                final var closing = peer.begin(() -> {
                    polling.pass();
                    try (Publisher publisher = streamer.publisher("a")) {
                        send(publisher, 7);
                    }
                    streamer.close();
                    return null;
                });
                polling.open();
                int received = 0;
                for (int count = 0; count != Subscriber.CLOSED; count = subscriber.poll(message -> { }, 1)) {
                    received += count;
                }
                assertThat(received).as("round %d", round).isEqualTo(1);
                PeerThread.result(closing);
                subscriber.close();
                assertThat(streamer.mappedBytes()).isZero();
            }
        }
    }

    @Test
    void shouldRunBesideOtherStreamers() {
        try (MemoryStreamer other = EngineFixture.launch(); Subscriber there = other.subscriber(">");
                Subscriber here = engine.subscriber(">"); Publisher publisher = engine.publisher("a")) {
            send(publisher, 1);
            assertThat(drain(there)).isEmpty();
            assertThat(drain(here)).containsExactly(1L);
        }
        engine.close();
    }

    @Test
    void shouldMapNoMoreThanItsLimit() {
        final long limit = 6L << 20;
        try (MemoryStreamer streamer = MemoryStreamer.launch(EngineFixture.config().withMemoryLimit(limit))) {
            final List<Publisher> publishers = new ArrayList<>();
            assertThatThrownBy(() -> {
                while (true) {
                    publishers.add(streamer.publisher("a"));
                    assertThat(streamer.placement().bytes()).isLessThanOrEqualTo(limit);
                }
            }).isInstanceOf(KaelixException.class).hasMessageContaining("memory limit");
            final long lane = EngineFixture.LANE_CAPACITY + 12_288;
            assertThat(publishers).as("what the limit has room for").hasSizeGreaterThanOrEqualTo((int) (limit / lane) - 2);
            publishers.removeLast().close();
            publishers.add(streamer.publisher("a"));
            publishers.forEach(publisher -> send(publisher, 1));
            publishers.forEach(Publisher::close);
        }
    }

    @Test
    void shouldHaveRoomForALaneWithTheLeastLimitThatIsAccepted() {
        for (int capacity = 1 << 16; capacity <= 1 << 26; capacity <<= 1) {
            final var config = EngineFixture.config().withMemoryLimit(1L << 30).withLaneCapacity(capacity)
                    .withMemoryLimit(2L * capacity);
            try (MemoryStreamer streamer = MemoryStreamer.launch(config); Publisher publisher = streamer.publisher("a")) {
                send(publisher, 1);
                assertThat(streamer.placement().bytes()).isLessThanOrEqualTo(2L * capacity);
            }
        }
    }
}
