// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.ClientConfig;
import io.kaelix.ClientStatus;
import io.kaelix.KaelixClient;
import io.kaelix.KaelixException;
import io.kaelix.ListenConfig;
import io.kaelix.Listener;
import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamPublisher;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Several clients whose connections are cut at any byte, subscribers of all policies that come and go on both sides, and the books at the
 * end: what was published is what was received and what was said to be lost, to the message.
 *
 * <pre>
 *   sending client 0, 1 ──(cut)──► server ──► subscribers there: one that waits, one that loses, others for a while
 *                                    │
 *   publishers there ───────────► server ──(cut)──► receiving client 0, 1: the same
 * </pre>
 */
@Timeout(150)
class AccountingTest {

    private static final boolean LONG = Boolean.getBoolean("kaelix.long");
    private static final int LANE = 1 << 16;
    private static final int COUNT = LONG ? 30_000 : 4_000;
    private static final int CLIENTS = 2;
    private static final int MOST_BYTES = 150_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final AtomicBoolean ended = new AtomicBoolean();

    /** What one subscriber had. */
    private static final class Book {
        private final String name;
        private final Subscriber subscriber;
        private final Map<String, Long> next = new HashMap<>();
        private long received;

        private Book(final String name, final Subscriber subscriber) {
            this.name = name;
            this.subscriber = subscriber;
        }

        private int poll(final int limit) {
            return subscriber.poll(this::message, limit);
        }

        private void message(final Message message) {
            final String topic = message.topic().name();
            final MemorySegment payload = message.payload();
            final long number = payload.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
            assertThat(number).as("%s of %s", name, topic).isGreaterThanOrEqualTo(next.getOrDefault(topic, 0L));
            for (long k = 8; k < payload.byteSize(); k += 97) {
                if (payload.get(ValueLayout.JAVA_BYTE, k) != (byte) (number + k)) {
                    throw new AssertionError("message " + number + " of " + topic + " is torn at byte " + k + " for " + name);
                }
            }
            next.put(topic, number + 1);
            received++;
        }

        private long accounted() {
            return received + subscriber.lost();
        }

        @Override
        public String toString() {
            return name + " " + received + "+" + subscriber.lost();
        }
    }

    private static SubscriberConfig with(final SlowSubscriberPolicy policy) {
        return SubscriberConfig.defaults().withPolicy(policy);
    }

    private static ClientConfig config(final int port) {
        return ClientConfig.to("127.0.0.1", port).withReconnectFirst(Duration.ofMillis(1)).withReconnectLongest(Duration.ofMillis(4))
                .withLaneCapacity(LANE).withCloseTimeout(Duration.ofSeconds(20));
    }

    /** What is cut before both have met is told, and tried again. */
    private static <T> T persistently(final Supplier<T> attempt) {
        for (int i = 0; ; i++) {
            try {
                return attempt.get();
            } catch (final KaelixException e) {
                if (i == 50) {
                    throw e;
                }
            }
        }
    }

    private static byte[] message(final long number, final Random random, final int longest) {
        final byte[] bytes = new byte[8 + (random.nextInt(80) == 0 ? random.nextInt(longest - 8) : random.nextInt(300))];
        MemorySegment.ofArray(bytes).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, number);
        for (int k = 8; k < bytes.length; k++) {
            bytes[k] = (byte) (number + k);
        }
        return bytes;
    }

    private static FutureTask<Long> publishing(final Publisher publisher, final long seed) {
        return started(() -> {
            final Random random = new Random(seed);
            for (int i = 0; i < COUNT; i++) {
                final byte[] bytes = message(i, random, publisher.maxOfferLength());
                while (publisher.offer(bytes) == Publisher.BACK_PRESSURED) {
                    Thread.onSpinWait();
                }
                if (i % 500 == 0) {
                    Thread.sleep(1 + random.nextInt(5));
                }
            }
            return (long) COUNT;
        });
    }

    private static FutureTask<Long> publishing(final StreamPublisher publisher, final String prefix, final long seed) {
        return started(() -> {
            final Random random = new Random(seed);
            final long[] numbers = new long[4];
            for (int i = 0; i < COUNT; i++) {
                final int stream = random.nextInt(numbers.length);
                final byte[] bytes = message(numbers[stream]++, random, publisher.maxOfferLength());
                final int id = publisher.stream(Topic.of(prefix + stream));
                while (publisher.offer(id, bytes) == Publisher.BACK_PRESSURED) {
                    Thread.onSpinWait();
                }
            }
            return (long) COUNT;
        });
    }

    /** Subscribers that come, read for a while, and go. */
    private FutureTask<Long> visiting(final Function<SubscriberConfig, Subscriber> making, final long seed) {
        return started(() -> {
            final Random random = new Random(seed);
            long visits = 0;
            while (!ended.get()) {
                final SlowSubscriberPolicy policy = SlowSubscriberPolicy.values()[random.nextInt(3)];
                try (Subscriber subscriber = making.apply(with(policy))) {
                    final Book book = new Book("visitor " + policy, subscriber);
                    int result = 0;
                    for (int polls = random.nextInt(200); polls > 0 && result >= 0; polls--) {
                        result = book.poll(1 + random.nextInt(100));
                        if (policy != SlowSubscriberPolicy.BLOCK && random.nextInt(20) == 0) {
                            Thread.sleep(1);
                        }
                    }
                    visits++;
                } catch (final KaelixException cut) {
                    // Not agreed in time, or not at all: the next one may be.
                    assertThat(cut.getMessage()).isNotEmpty();
                }
            }
            return visits;
        });
    }

    private static FutureTask<Long> started(final Callable<Long> work) {
        final FutureTask<Long> task = new FutureTask<>(work);
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    @Test
    void shouldAccountForEachMessage() throws Exception {
        final List<AutoCloseable> made = new ArrayList<>();
        final List<CuttingProxy> proxies = new ArrayList<>();
        try (MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults().withLaneCapacity(LANE));
                Listener listener = streamer.listen(ListenConfig.defaults().withResumeTimeout(Duration.ofSeconds(60)))) {
            final List<Book> up = List.of(new Book("up block", streamer.subscriber("up.>", with(SlowSubscriberPolicy.BLOCK))),
                    new Book("up lossy", streamer.subscriber("up.>", with(SlowSubscriberPolicy.LOSSY))));
            final List<Book> down = new ArrayList<>();
            final List<KaelixClient> sending = new ArrayList<>();
            final List<KaelixClient> clients = new ArrayList<>();
            final List<FutureTask<Long>> visitors = new ArrayList<>();
            visitors.add(visiting(config -> streamer.subscriber("up.>", config), 100));
            for (int i = 0; i < CLIENTS; i++) {
                for (int side = 0; side < 2; side++) {
                    proxies.add(new CuttingProxy(listener.address(), 10 * i + side, MOST_BYTES));
                    final int port = proxies.getLast().port();
                    final KaelixClient client = persistently(() -> KaelixClient.connect(config(port)));
                    made.add(client);
                    clients.add(client);
                    if (side == 0) {
                        sending.add(client);
                    } else {
                        for (final SlowSubscriberPolicy policy : List.of(SlowSubscriberPolicy.BLOCK, SlowSubscriberPolicy.LOSSY)) {
                            down.add(new Book("down " + policy + i, persistently(() -> client.subscriber("down.>", with(policy)))));
                        }
                        visitors.add(visiting(config -> client.subscriber("down.>", config), 200 + i));
                    }
                }
            }
            final List<FutureTask<Long>> publishers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                final Publisher here = streamer.publisher("down." + i);
                made.add(here);
                publishers.add(publishing(here, 300 + i));
                final KaelixClient from = sending.get(i);
                final String topic = "up." + i;
                final Publisher there = persistently(() -> from.publisher(topic));
                made.add(there);
                publishers.add(publishing(there, 400 + i));
            }
            final StreamPublisher manyHere = streamer.streamPublisher();
            final StreamPublisher manyThere = sending.getFirst().streamPublisher();
            made.addAll(List.of(manyHere, manyThere));
            publishers.add(publishing(manyHere, "down.many.", 500));
            publishers.add(publishing(manyThere, "up.many.", 501));
            final long total = 3L * COUNT;
            final List<Book> all = new ArrayList<>(up);
            all.addAll(down);
            final Random random = new Random(1);
            final Supplier<String> state = () -> all + " visits " + visitors + clients.stream().map(KaelixClient::status).toList()
                    + listener.sessions() + proxies.stream().map(CuttingProxy::cuts).toList();
            await(state, () -> {
                for (final Book book : all) {
                    if (book.subscriber.policy() == SlowSubscriberPolicy.BLOCK || random.nextInt(3_000) == 0) {
                        book.poll(500);
                    }
                }
                return publishers.stream().allMatch(FutureTask::isDone);
            });
            for (final FutureTask<Long> publisher : publishers) {
                publisher.get();
            }
            proxies.forEach(CuttingProxy::heal);
            ended.set(true);
            await(state, () -> {
                all.forEach(book -> book.poll(500));
                return visitors.stream().allMatch(FutureTask::isDone) && down.stream().allMatch(book -> book.accounted() >= total)
                        && up.stream().allMatch(book -> book.accounted() >= total);
            });
            for (final FutureTask<Long> visitor : visitors) {
                assertThat(visitor.get()).isPositive();
            }
            for (int i = 0; i < 200; i++) {
                all.forEach(book -> book.poll(500));
            }
            down.forEach(book -> assertThat(book.accounted()).as(state).isEqualTo(total));
            up.forEach(book -> assertThat(book.accounted()).as(state).isEqualTo(total));
            sending.forEach(client -> assertThat(client.status().lostMessages()).as(state).isZero());
            all.stream().filter(book -> book.subscriber.policy() == SlowSubscriberPolicy.BLOCK)
                    .forEach(book -> assertThat(book.received).as(state).isEqualTo(total));
            assertThat(proxies.stream().mapToInt(CuttingProxy::cuts).sum()).isPositive();
            for (final AutoCloseable one : made) {
                one.close();
            }
            clients.forEach(client -> assertThat(client.status().state()).isEqualTo(ClientStatus.State.CLOSED));
            NetworkTest.await(() -> listener.sessions().isEmpty());
            NetworkTest.await(() -> streamer.subscribers().size() == 2);
        } finally {
            ended.set(true);
            for (final CuttingProxy proxy : proxies) {
                proxy.close();
            }
        }
    }

    private static void await(final Supplier<String> state, final BooleanSupplier condition) {
        final long until = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(state).isLessThan(until);
            Thread.onSpinWait();
        }
    }
}
