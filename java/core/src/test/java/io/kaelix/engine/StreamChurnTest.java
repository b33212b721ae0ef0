// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.await;
import static io.kaelix.engine.EngineFixture.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.kaelix.Message;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.Subscription;
import io.kaelix.TopicPattern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Publishers, subscribers and handlers come and go while messages flow: what stays misses nothing, and what goes leaves nothing behind. Minutes
 * long with {@code -Dkaelix.long=true}.
 */
@Timeout(1_800)
class StreamChurnTest {

    /** Publishers, subscribers and subscriptions of a worker, in all. */
    private static final int MOST = 18;
    private static final boolean LONG = Boolean.getBoolean("kaelix.long");
    private static final int STREAMS = 64;

    private final EngineFixture fixture = new EngineFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    /** Sequences of each stream of each publisher: from the first one seen on, none is missing, unless it may be. */
    static final class Order {

        private final Map<Long, Long> next = new HashMap<>();
        private final boolean fromTheStart;
        private final boolean mayMiss;

        Order(final boolean fromTheStart, final boolean mayMiss) {
            this.fromTheStart = fromTheStart;
            this.mayMiss = mayMiss;
        }

        void take(final Message message) {
            final long key = (long) message.publisherId() << Integer.SIZE | message.streamId();
            final long sequence = message.sequence();
            final Long expected = next.put(key, sequence + 1);
            if (expected == null ? fromTheStart && sequence != 0 : mayMiss ? sequence < expected : sequence != expected) {
                throw new AssertionError("expected " + expected + ", got " + message);
            }
        }
    }

    /** Sends to the streams in turn until it is stopped; how many messages it sent. */
    private long publish(final StreamPublisher publisher, final AtomicBoolean stop) {
        final int[] streams = new int[STREAMS];
        for (int i = 0; i < STREAMS; i++) {
            streams[i] = publisher.stream("s." + i);
        }
        long sent = 0;
        while (!stop.get()) {
            if (publisher.offer(streams[(int) (sent % STREAMS)], number(sent)) > 0) {
                sent++;
            } else {
                Thread.yield();
            }
        }
        return sent;
    }

    @Test
    void shouldTakeSubscriptionsAndCancellationsWhilePublishing() throws Exception {
        final int changes = LONG ? 1_000_000 : 20_000;
        final AtomicBoolean stop = new AtomicBoolean();
        final AtomicLong pulled = new AtomicLong();
        final AtomicLong pushed = new AtomicLong();
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        final Subscriber steady = fixture.subscriber("s.*");
        final Order steadyOrder = new Order(true, false);
        final Order pushOrder = new Order(true, false);
        fixture.streamer.subscribe("s.>", message -> {
            pushOrder.take(message);
            pushed.incrementAndGet();
        }, (message, error) -> failure.set(error));
        final StreamPublisher publisher = fixture.streamer.streamPublisher();
        try (PeerThread sender = new PeerThread(); PeerThread receiver = new PeerThread()) {
            final Future<Long> sent = sender.begin(() -> publish(publisher, stop));
            final Future<Long> received = receiver.begin(() -> {
                int count;
                while ((count = steady.poll(steadyOrder::take, 256)) != Subscriber.CLOSED) {
                    pulled.addAndGet(count);
                    if (count == 0) {
                        Thread.yield();
                    }
                }
                return pulled.get();
            });
            change(changes);
            stop.set(true);
            final long messages = PeerThread.result(sent);
            publisher.close();
            fixture.streamer.close();
            assertThat(PeerThread.result(received)).isEqualTo(messages);
            await("the handler has all", () -> pushed.get() == messages || failure.get() != null);
            assertThat(failure.get()).isNull();
            assertThat(messages).isPositive();
        }
        steady.close();
        await("all memory is given back", () -> fixture.mappedBytes() == 0);
    }

    /** Thousands at a time: those of handlers share a reader, those of others are of topics with few readers each. What goes leaves nothing. */
    @Test
    void shouldTakeThousandsOfSubscriptionsAndGiveAllBack() {
        final int count = LONG ? 20_000 : 3_000;
        final StreamPublisher publisher = fixture.streamer.streamPublisher();
        long mapped = 0;
        for (int round = 0; round < 3; round++) {
            final List<AutoCloseable> subscriptions = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                subscriptions.add(fixture.streamer.subscribe(i % 2 == 0 ? "t." + i : "*." + i, Message::length));
                subscriptions.add(fixture.subscriber("none." + i));
            }
            for (int i = 0; i < count; i++) {
                while (publisher.offer(publisher.stream("t." + i), number(i)) == Publisher.BACK_PRESSURED) {
                    Thread.onSpinWait();
                }
            }
            assertThat(fixture.streamer.subscribers()).hasSize(count + 1);
            subscriptions.forEach(StreamChurnTest::close);
            mapped = round == 0 ? fixture.mappedBytes() : mapped;
        }
        assertThat(fixture.mappedBytes()).isLessThanOrEqualTo(mapped);
        publisher.close();
        fixture.streamer.close();
        assertThatCode(() -> await("all memory is given back", () -> fixture.mappedBytes() == 0)).doesNotThrowAnyException();
    }

    private static void close(final AutoCloseable subscription) {
        try {
            subscription.close();
        } catch (final Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Subscribes and cancels, by one topic or by a pattern, read by its owner or pushed. */
    private void change(final int changes) {
        final Random random = new Random(changes);
        for (int i = 0; i < changes; i++) {
            final String pattern = switch (random.nextInt(4)) {
                case 0 -> "s.*";
                case 1 -> "never." + i;
                default -> "s." + random.nextInt(STREAMS);
            };
            if (random.nextInt(4) == 0) {
                fixture.streamer.subscribe(pattern, Message::length).close();
            } else {
                try (Subscriber subscriber = fixture.subscriber(pattern)) {
                    final Order order = new Order(false, false);
                    subscriber.poll(order::take, 1 + random.nextInt(10));
                }
            }
        }
    }

    /** Each worker makes and closes what it likes; whoever receives sees the order of what it receives. */
    @Test
    void shouldCloseAtRandom() throws Exception {
        final int rounds = LONG ? 100_000 : 1_500;
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        final List<Future<Void>> workers = new ArrayList<>();
        final List<PeerThread> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            final Random random = new Random(i);
            final PeerThread thread = new PeerThread();
            threads.add(thread);
            workers.add(thread.begin(() -> {
                live(random, rounds, failure);
                return null;
            }));
        }
        for (final Future<Void> worker : workers) {
            worker.get();
        }
        threads.forEach(PeerThread::close);
        assertThat(failure.get()).isNull();
        fixture.streamer.close();
        await("all memory is given back", () -> fixture.mappedBytes() == 0);
    }

    private void live(final Random random, final int rounds, final AtomicReference<Throwable> failure) {
        final List<StreamPublisher> publishers = new ArrayList<>();
        final List<Subscription> subscriptions = new ArrayList<>();
        final Map<Subscriber, Order> subscribers = new HashMap<>();
        for (int round = 0; round < rounds; round++) {
            // What each worker has stays few: a lane has room for 64 readers.
            final int made = random.nextInt(8);
            switch (made < 3 && publishers.size() + subscribers.size() + subscriptions.size() > MOST ? made + 3 : made) {
                case 0 -> publishers.add(fixture.streamer.streamPublisher());
                case 1 -> {
                    final boolean lossy = random.nextBoolean();
                    subscribers.put(lossy ? fixture.lossy(pattern(random)) : fixture.subscriber(pattern(random)),
                            new Order(false, lossy));
                }
                case 2 -> {
                    final Order order = new Order(false, true);
                    subscriptions.add(fixture.streamer.subscribe(TopicPattern.of(pattern(random)),
                            random.nextBoolean() ? SlowSubscriberPolicy.BLOCK : SlowSubscriberPolicy.LOSSY, order::take,
                            (message, error) -> failure.set(error)));
                }
                case 3 -> {
                    if (publishers.size() > random.nextInt(6)) {
                        publishers.remove(random.nextInt(publishers.size())).close();
                    }
                }
                case 4 -> {
                    if (subscribers.size() > random.nextInt(6)) {
                        final Subscriber closed = subscribers.keySet().iterator().next();
                        subscribers.remove(closed);
                        closed.close();
                    }
                }
                case 5 -> {
                    if (subscriptions.size() > random.nextInt(6)) {
                        subscriptions.remove(random.nextInt(subscriptions.size())).close();
                    }
                }
                default -> {
                    for (final StreamPublisher publisher : publishers) {
                        publisher.offer(publisher.stream("s." + random.nextInt(STREAMS)), number(round));
                    }
                    subscribers.forEach((subscriber, order) -> subscriber.poll(order::take, 100));
                }
            }
        }
        publishers.forEach(StreamPublisher::close);
        subscribers.keySet().forEach(Subscriber::close);
        subscriptions.forEach(Subscription::close);
    }

    private static String pattern(final Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> ">";
            case 1 -> "*." + random.nextInt(STREAMS);
            default -> "s." + random.nextInt(STREAMS);
        };
    }
}
