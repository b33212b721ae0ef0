// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.LongMessages.LONG;
import static io.kaelix.engine.LongMessages.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.TopicPattern;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * Publishers send short and long messages, and give some up, while subscribers of both kinds receive:
 * <pre>
 *   publisher a ──┐          ┌── BLOCK
 *   publisher b ──┼── lanes ─┼── LOSSY, which dawdles
 *   streams c, d ─┘          └── a handler
 * </pre>
 */
class LongMessageStressTest {

    private static final int MESSAGES = 1_500;

    private final MemoryStreamer streamer = MemoryStreamer.launch(EngineFixture.config().withMaxMessageLength(200_000));
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicInteger sending = new AtomicInteger(3);

    /** What came of each stream: whole, in order, and without gaps where none may be. */
    private static final class Order {

        private final Map<Integer, Long> next = new HashMap<>();
        private final boolean gapless;
        private long count;

        Order(final boolean gapless) {
            this.gapless = gapless;
        }

        void check(final Message message) {
            LongMessages.check(message);
            final long expected = next.getOrDefault(message.streamId(), 0L);
            if (gapless ? message.sequence() != expected : message.sequence() < expected) {
                throw new AssertionError("message " + message.sequence() + " of " + message.topic() + " where " + expected + " is next");
            }
            next.put(message.streamId(), message.sequence() + 1);
            count++;
        }
    }

    /** How a sender sends a message, and offers one. */
    private interface Sending {

        long send(int number, byte[] payload, Duration timeout);
    }

    private void run(final long seed, final Sending to) {
        final SplittableRandom random = new SplittableRandom(seed);
        try {
            for (int number = 0; number < MESSAGES; number++) {
                final int length = random.nextInt(8) == 0 ? random.nextInt(16_000, 200_000) : random.nextInt(1, 3_000);
                final boolean hurry = random.nextInt(10) == 0;
                final byte[] payload = bytes(number, length);
                long result = to.send(number, payload, hurry ? Duration.ZERO : LONG);
                while (result == Publisher.BACK_PRESSURED) {
                    result = to.send(number, payload, LONG);
                }
                assertThat(result).isPositive();
                sent.incrementAndGet();
            }
        } catch (final Throwable thrown) {
            failure.set(thrown);
        } finally {
            sending.decrementAndGet();
        }
    }

    private static Sending through(final Publisher publisher) {
        return (number, payload, timeout) -> number % 5 == 0 && payload.length <= publisher.maxOfferLength()
                ? publisher.offer(payload)
                : publisher.publish(MemorySegment.ofArray(payload), 0, payload.length, timeout);
    }

    private static Sending through(final StreamPublisher publisher, final int... streams) {
        return (number, payload, timeout) -> publisher.publish(streams[number % streams.length], MemorySegment.ofArray(payload), 0,
                payload.length, timeout);
    }

    @Test
    void shouldHandOverEveryMessageWhole() throws Exception {
        final Subscriber blocking = streamer.subscriber(">");
        final Subscriber lossy = streamer.subscriber(TopicPattern.of(">"), SlowSubscriberPolicy.LOSSY);
        final Order ofHandler = new Order(true);
        final AtomicLong handled = new AtomicLong();
        streamer.subscribe(TopicPattern.of(">"), SlowSubscriberPolicy.BLOCK, message -> {
            ofHandler.check(message);
            handled.incrementAndGet();
        }, (message, thrown) -> failure.set(thrown));
        final Publisher a = streamer.publisher("a");
        final Publisher b = streamer.publisher("b");
        final StreamPublisher streams = streamer.streamPublisher();
        final int c = streams.stream("c");
        final int d = streams.stream("d");
        final List<Thread> threads = new ArrayList<>();
        for (final Runnable work : List.<Runnable>of(() -> run(1, through(a)), () -> run(2, through(b)), () -> run(3, through(streams, c, d)))) {
            threads.add(Thread.ofPlatform().daemon().start(work));
        }
        final Order ofBlocking = new Order(true);
        final Order ofLossy = new Order(false);
        final long deadline = System.nanoTime() + LONG.toNanos() * 2;
        for (int round = 0; (sending.get() > 0 || ofBlocking.count < sent.get()) && failure.get() == null; round++) {
            blocking.poll(ofBlocking::check, 10);
            if (round % 40 == 0) {
                lossy.poll(ofLossy::check, 3);
            }
            assertThat(System.nanoTime()).isLessThan(deadline);
        }
        assertThat(failure.get()).isNull();
        for (final Thread thread : threads) {
            thread.join();
        }
        for (int idle = 0; idle < 200; idle++) {
            lossy.poll(ofLossy::check, 100);
        }
        EngineFixture.await("the handler", () -> handled.get() == sent.get() || failure.get() != null);
        assertThat(failure.get()).isNull();
        assertThat(sent.get()).isEqualTo(3 * MESSAGES);
        assertThat(ofBlocking.count).isEqualTo(sent.get());
        assertThat(lossy.lost()).as("it was overrun").isPositive();
        assertThat(ofLossy.count + lossy.lost()).isEqualTo(sent.get());
        assertThat(streamer.pool().outstanding()).isZero();
        streamer.close();
        assertThat(streamer.pool().reservedBytes()).isZero();
    }
}
