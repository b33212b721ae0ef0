// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.await;
import static io.kaelix.engine.EngineFixture.onThread;
import static io.kaelix.engine.LongMessages.LONG;
import static io.kaelix.engine.LongMessages.bytes;
import static io.kaelix.engine.LongMessages.drain;
import static io.kaelix.engine.LongMessages.publish;
import static io.kaelix.engine.LongMessages.receive;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.MessageBuilder;
import io.kaelix.Publisher;
import io.kaelix.RetainedMessage;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Start;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.TopicPattern;
import io.kaelix.engine.LongMessages.Received;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Long messages that something comes between: time, a close, an error, too little memory. */
class LongMessageEndTest {

    private static final int LENGTH = 4 * EngineFixture.LANE_CAPACITY;

    private final MemoryStreamer streamer = EngineFixture.launch();
    private final Publisher publisher = streamer.publisher("a");

    @AfterEach
    void close() {
        streamer.close();
    }

    private void assertNothingIsHeld() {
        assertThat(streamer.pool().outstanding()).as("buffers that are held").isZero();
    }

    private FutureTask<Long> publishOnAnotherThread(final int number) {
        final FutureTask<Long> result = new FutureTask<>(() -> publish(publisher, number, LENGTH, LONG));
        Thread.ofPlatform().daemon().start(result);
        return result;
    }

    /** Until the subscriber, which has read nothing or what came, is behind by most of a lane. */
    private void awaitFullLane() throws InterruptedException {
        await("the lane to be full", () -> streamer.subscribers().getFirst().lagBytes() > EngineFixture.LANE_CAPACITY / 2);
    }

    @Test
    void shouldSendNothingOfAMessageWhenTheTimeIsOver() {
        final Subscriber subscriber = streamer.subscriber("a");
        assertThat(publish(publisher, 1, LENGTH, Duration.ofMillis(2))).isEqualTo(Publisher.BACK_PRESSURED);
        assertThat(drain(subscriber)).isEmpty();
        assertNothingIsHeld();
        assertThat(publisher.offer(bytes(2, 10))).isPositive();
        assertThat(publish(publisher, 3, LENGTH, Duration.ZERO)).isEqualTo(Publisher.BACK_PRESSURED);
        assertThat(publish(publisher, 3, LENGTH, Duration.ofSeconds(-1))).isEqualTo(Publisher.BACK_PRESSURED);
        assertThat(drain(subscriber)).containsExactly(new Received(2, 10, 0));
        assertThat(publish(publisher, 4, publisher.maxOfferLength(), Duration.ZERO)).isPositive();
        assertThat(drain(subscriber)).containsExactly(new Received(4, publisher.maxOfferLength(), 1));
        assertNothingIsHeld();
    }

    @Test
    void shouldFindRoomForTheMarkWhereverItGivesUp() {
        final Subscriber subscriber = streamer.subscriber("a");
        for (int number = 0; number < 300; number++) {
            publisher.offer(bytes(number, number * 37 % 4000));
            assertThat(publish(publisher, 99, LENGTH, Duration.ZERO)).isEqualTo(Publisher.BACK_PRESSURED);
            assertThat(drain(subscriber)).hasSize(1);
        }
        assertNothingIsHeld();
    }

    @Test
    void shouldNotWaitOnAnInterruptedThread() {
        final Subscriber subscriber = streamer.subscriber("a");
        Thread.currentThread().interrupt();
        assertThat(publish(publisher, 1, LENGTH, LONG)).isEqualTo(Publisher.BACK_PRESSURED);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(drain(subscriber)).isEmpty();
        publisher.offer(bytes(3, 2));
        assertThat(drain(subscriber)).extracting(Received::number).containsExactly(3);
    }

    @Test
    void shouldNotWaitForItsOwnHandler() {
        final Subscriber subscriber = streamer.subscriber("a");
        publisher.offer(bytes(1, publisher.maxOfferLength()));
        final List<Long> results = new ArrayList<>();
        receive(subscriber, 1, message -> {
            results.add(publish(publisher, 2, LENGTH, LONG));
            results.add(publish(publisher, 3, publisher.maxOfferLength(), LONG));
            assertThat(LongMessages.check(message).number()).isEqualTo(1);
        });
        assertThat(results.getFirst()).isEqualTo(Publisher.BACK_PRESSURED);
        assertThat(results.getLast()).as("the lane was full of what was given up").isEqualTo(Publisher.BACK_PRESSURED);
        assertThat(drain(subscriber)).isEmpty();
        assertNothingIsHeld();
    }

    @Test
    void shouldDropItWhenItsPublisherIsClosedMidway() throws Exception {
        final Subscriber subscriber = streamer.subscriber("a");
        final FutureTask<Long> result = publishOnAnotherThread(1);
        awaitFullLane();
        subscriber.poll(message -> { }, 1);
        publisher.close();
        assertThatThrownBy(() -> result.get(EngineFixture.DEADLINE_SECONDS, TimeUnit.SECONDS))
                .hasCauseInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        assertThat(drain(subscriber)).isEmpty();
        assertThat(subscriber.lanes()).isEmpty();
        assertNothingIsHeld();
    }

    @Test
    void shouldDropItWhenTheStreamerIsClosedMidway() throws Exception {
        final Subscriber subscriber = streamer.subscriber("a");
        final FutureTask<Long> result = publishOnAnotherThread(1);
        awaitFullLane();
        subscriber.poll(message -> { }, 1);
        streamer.close();
        assertThat(result.get(EngineFixture.DEADLINE_SECONDS, TimeUnit.SECONDS)).isEqualTo(Publisher.CLOSED);
        await("its end", () -> subscriber.poll(message -> { }, 10) == Subscriber.CLOSED);
        assertNothingIsHeld();
        assertThat(streamer.pool().reservedBytes()).isZero();
    }

    @Test
    void shouldStillReceiveWhatWasSentBeforeTheStreamerWasClosed() {
        final Subscriber subscriber = streamer.subscriber("a");
        final int most = publisher.maxOfferLength();
        publisher.offer(bytes(1, most));
        publisher.offer(bytes(2, most / 2 + 1));
        streamer.close();
        final List<Received> received = new ArrayList<>();
        int result;
        do {
            result = subscriber.poll(message -> {
                received.add(LongMessages.check(message));
                assertThatThrownBy(message::retain).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
            }, 10);
        } while (result != Subscriber.CLOSED);
        assertThat(received).extracting(Received::number).containsExactly(1, 2);
    }

    @Test
    void shouldGiveItsMemoryBackWhenTheSubscriberIsClosedMidway() throws Exception {
        final Subscriber subscriber = streamer.subscriber("a");
        final FutureTask<Long> result = publishOnAnotherThread(1);
        awaitFullLane();
        subscriber.poll(message -> { }, 1);
        assertThat(streamer.pool().outstanding()).isEqualTo(1);
        subscriber.close();
        assertNothingIsHeld();
        assertThat(result.get(EngineFixture.DEADLINE_SECONDS, TimeUnit.SECONDS)).as("nobody holds it up").isPositive();
    }

    @Test
    void shouldGiveItsMemoryBackWhenAHandlerClosesTheSubscriber() {
        final Subscriber subscriber = streamer.subscriber("a");
        publisher.offer(bytes(1, publisher.maxOfferLength()));
        receive(subscriber, 1, message -> {
            subscriber.close();
            assertThat(LongMessages.check(message).number()).as("still there").isEqualTo(1);
        });
        assertNothingIsHeld();
    }

    @Test
    void shouldCountItAsReceivedWhenTheHandlerThrows() {
        final Subscriber subscriber = streamer.subscriber("a");
        final int most = publisher.maxOfferLength();
        publisher.offer(bytes(1, most));
        publisher.offer(bytes(2, 5));
        assertThatThrownBy(() -> {
            while (true) {
                subscriber.poll(message -> {
                    throw new UnsupportedOperationException();
                }, 1);
            }
        }).isInstanceOf(UnsupportedOperationException.class);
        assertNothingIsHeld();
        assertThat(drain(subscriber)).containsExactly(new Received(2, 5, 1));
    }

    @Test
    void shouldSendNothingIfThePayloadEndsMidway() {
        final Subscriber subscriber = streamer.subscriber("a");
        final MemorySegment ended;
        try (Arena arena = Arena.ofConfined()) {
            ended = arena.allocate(LENGTH);
        }
        assertThatThrownBy(() -> publisher.offer(ended, 0, publisher.maxOfferLength())).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> publisher.publish(ended, 0, LENGTH, LONG)).isInstanceOf(IllegalStateException.class);
        final ByteBuffer shrinking = ByteBuffer.allocateDirect(publisher.maxLength() + 10_000);
        final MessageBuilder builder = Message.builder().payload(shrinking);
        shrinking.limit(publisher.maxLength());
        assertThatThrownBy(() -> publisher.offer(builder)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> publisher.publish(MemorySegment.ofArray(new byte[10]), 0, LENGTH, LONG))
                .isInstanceOf(IndexOutOfBoundsException.class);
        publisher.offer(bytes(1, 3));
        assertThat(drain(subscriber)).containsExactly(new Received(1, 3, 0));
        assertNothingIsHeld();
    }

    @Test
    void shouldCheckThreadAndClaimBeforeAnythingIsSent() throws Exception {
        publisher.offer(bytes(1, 1));
        onThread(() -> assertThatThrownBy(() -> publish(publisher, 2, LENGTH, LONG)).isInstanceOf(IllegalStateException.class));
        publisher.tryClaim(8);
        assertThatThrownBy(() -> publish(publisher, 2, LENGTH, LONG)).isInstanceOf(IllegalStateException.class).hasMessageContaining("open");
        assertThatThrownBy(() -> publisher.offer(bytes(2, publisher.maxOfferLength()))).isInstanceOf(IllegalStateException.class);
        publisher.close();
        assertThatThrownBy(() -> publish(publisher, 2, LENGTH, LONG)).isInstanceOf(IllegalStateException.class);
    }

    private static void assertRefused(final Subscriber subscriber, final List<Received> others) {
        assertThatThrownBy(() -> {
            final long deadline = System.nanoTime() + LONG.toNanos();
            while (System.nanoTime() - deadline < 0) {
                subscriber.poll(message -> others.add(LongMessages.check(message)), 10);
            }
        }).isInstanceOf(KaelixException.class).hasMessageContaining("no memory").hasMessageContaining("memoryLimit")
                .hasRootCauseMessage("the pool of retained messages and payloads is full: 1 are outstanding, in 1400832 bytes, 1400832 more are"
                        + " needed, the limit is 2097152; release some or raise memoryLimit");
    }

    @Test
    void shouldStayInTheLaneUntilThereIsMemory() throws Exception {
        try (MemoryStreamer little = MemoryStreamer.launch(EngineFixture.config().withMemoryLimit(8 << 20))) {
            final int length = 1_400_000;
            final Subscriber subscriber = little.subscriber(">");
            final Thread sender = Thread.ofPlatform().daemon().start(() -> {
                final Publisher sending = little.publisher("a");
                publish(sending, 1, length, LONG);
                publish(sending, 2, length, LONG);
                sending.offer(bytes(3, 3));
            });
            final List<RetainedMessage> retained = new ArrayList<>();
            receive(subscriber, 1, message -> retained.add(message.retain()));
            final List<Received> others = new ArrayList<>();
            for (int attempt = 0; attempt < 3; attempt++) {
                assertRefused(subscriber, others);
            }
            little.publisher("b").offer(bytes(9, 9));
            assertRefused(subscriber, others);
            assertRefused(subscriber, others);
            assertThat(others).as("another publisher's").containsExactly(new Received(9, 9, 0));
            retained.getFirst().release();
            assertThat(receive(subscriber, 2)).containsExactly(new Received(2, length, 1), new Received(3, 3, 2));
            sender.join();
            assertThat(little.pool().outstanding()).isZero();
        }
    }

    @Test
    void shouldDropItWhenItsSubscriberIsDisconnectedMidway() throws Exception {
        final Subscriber subscriber = streamer.subscriber(TopicPattern.of("a"), SubscriberConfig.defaults()
                .withPolicy(SlowSubscriberPolicy.DISCONNECT).withMaxStall(Duration.ofMillis(100)));
        final FutureTask<Long> result = publishOnAnotherThread(1);
        awaitFullLane();
        subscriber.poll(message -> { }, 1);
        assertThat(streamer.pool().outstanding()).isEqualTo(1);
        assertThat(result.get(EngineFixture.DEADLINE_SECONDS, TimeUnit.SECONDS)).as("it does not wait for it").isPositive();
        await("its end", () -> subscriber.poll(message -> { }, 10) == Subscriber.DISCONNECTED);
        assertNothingIsHeld();
    }

    @Test
    void shouldPassOverAMessageThatBeganBeforeTheSubscriber() throws Exception {
        final Subscriber first = streamer.subscriber("a");
        final FutureTask<Long> result = publishOnAnotherThread(1);
        awaitFullLane();
        first.poll(message -> { }, 1);
        final Subscriber latest = streamer.subscriber("a");
        final Subscriber oldest = streamer.subscriber(TopicPattern.of("a"), SubscriberConfig.defaults().withStart(Start.oldest()));
        final List<Received> ofFirst = new ArrayList<>();
        final List<Received> ofOthers = new ArrayList<>();
        while (!result.isDone()) {
            first.poll(message -> ofFirst.add(LongMessages.check(message)), 1);
            latest.poll(message -> ofOthers.add(LongMessages.check(message)), 1);
            oldest.poll(message -> ofOthers.add(LongMessages.check(message)), 1);
        }
        ofFirst.addAll(drain(first));
        ofOthers.addAll(drain(latest));
        ofOthers.addAll(drain(oldest));
        assertThat(ofFirst).hasSize(1);
        assertThat(ofOthers).hasSizeLessThanOrEqualTo(1);
        streamer.publisher("a").offer(bytes(5, 5));
        for (final Subscriber subscriber : List.of(first, latest, oldest)) {
            assertThat(drain(subscriber)).containsExactly(new Received(5, 5, 0));
        }
        assertNothingIsHeld();
    }
}
