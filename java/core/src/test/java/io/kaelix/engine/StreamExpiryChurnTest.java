// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.MemoryStreamer;
import io.kaelix.MessageHandler;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamPublisher;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.TopicPattern;
import io.kaelix.memory.RegionArena;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Topics come and go without end. Minutes long with {@code -Dkaelix.long=true}. */
@Timeout(3_600)
class StreamExpiryChurnTest {

    private static final boolean LONG = Boolean.getBoolean("kaelix.long");
    /** The payload is the topic's name, so that each message says itself where it belongs. */
    private static final MessageHandler CHECK = message -> {
        if (!message.topic().name().equals(message.asString())) {
            throw new AssertionError("a message of " + message.asString() + " came as one of " + message.topic());
        }
    };

    private static byte[] payload(final String topic) {
        return topic.getBytes(StandardCharsets.UTF_8);
    }

    /** Numbers, native memory and heap stay flat, however many topics there were: looks are taken by the test. */
    @Test
    void shouldStayFlatWhileTopicsComeAndGo() {
        final int topics = LONG ? 10_000_000 : 60_000;
        final int each = 5_000;
        final RegionArena arena = new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, 64 << 20);
        final Registry registry = new Registry(arena, EngineFixture.LANE_CAPACITY);
        final StreamExpiry expiry = registry.expireStreams(1);
        final Subscriber all = LaneSubscriber.create(null, registry, TopicPattern.of(">"), SlowSubscriberPolicy.BLOCK);
        final Subscriber some = LaneSubscriber.create(null, registry, TopicPattern.of("a-rather-long-name-of-a-room.*.7"),
                SlowSubscriberPolicy.BLOCK);
        final StreamPublisher publisher = LaneStreamPublisher.create(null, registry, null);
        long native1 = 0;
        long heap1 = 0;
        int limit1 = 0;
        long received = 0;
        for (int i = 1; i <= topics; i++) {
            final String topic = "a-rather-long-name-of-a-room." + i + "." + i % 10;
            final int stream = publisher.stream(topic);
            while (publisher.offer(stream, payload(topic)) == Publisher.BACK_PRESSURED) {
                received += all.poll(CHECK, 10_000);
                some.poll(CHECK, 10_000);
            }
            if (i % 2 == 0) {
                publisher.forget(stream);
            } else {
                // Or used up to the end: it answers that itself, some day.
                pending[i / 2 % pending.length] = offerOld(publisher, pending[i / 2 % pending.length], stream);
            }
            if (i % 1_000 == 0) {
                expiry.look();
            }
            if (i == topics / 3) {
                native1 = arena.statistics().used();
                heap1 = heap();
                limit1 = registry.streamLimit();
            }
        }
        final int inUse = 5 * 1_000 + pending.length + 2 * EngineFixture.LANE_CAPACITY / 24 + 2 * each;
        assertThat(limit1).as("numbers that were needed").isLessThan(inUse);
        assertThat(registry.streamLimit()).as("and not more later").isLessThan(inUse);
        assertThat(arena.statistics().used()).isLessThan(native1 + (1 << 20));
        assertThat(heap()).as("bytes").isLessThan(heap1 + (8 << 20));
        assertThat(received).isPositive();
        publisher.close();
        all.close();
        some.close();
        registry.close();
        assertThat(arena.mappedBytes()).isZero();
    }

    private final int[] pending = new int[3_000];

    /** Sends to a stream of long ago, plus 1, unless that is 0; what is to be kept instead. */
    private static int offerOld(final StreamPublisher publisher, final int old, final int stream) {
        if (old != 0 && publisher.offer(old - 1, new byte[0]) != StreamPublisher.EXPIRED) {
            publisher.forget(old - 1);
        }
        return stream + 1;
    }

    private static long heap() {
        System.gc();
        final Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** Publishers of their own threads, looks as fast as they come, pull and push, patterns and all: every message comes as what it was sent as. */
    @Test
    void shouldHandOverEveryMessageAsOneOfItsTopicWhileStreamsExpire() throws Exception {
        final int rounds = LONG ? 3_000_000 : 60_000;
        final StreamerConfig config = EngineFixture.config().withStreamExpiry(Duration.ofMillis(1));
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        final AtomicInteger pushed = new AtomicInteger();
        final AtomicInteger expired = new AtomicInteger();
        final AtomicInteger reused = new AtomicInteger();
        try (MemoryStreamer streamer = MemoryStreamer.launch(config)) {
            streamer.subscribe(TopicPattern.of("a.*"), SlowSubscriberPolicy.BLOCK, message -> {
                CHECK.onMessage(message);
                pushed.incrementAndGet();
            }, (message, thrown) -> failure.set(thrown));
            streamer.subscribe(TopicPattern.of("a.*"), SlowSubscriberPolicy.LOSSY, CHECK, (message, thrown) -> failure.set(thrown));
            final AtomicBoolean stop = new AtomicBoolean();
            try (PeerThread first = new PeerThread(); PeerThread second = new PeerThread(); PeerThread reader = new PeerThread()) {
                final List<Subscriber> subscribers = List.of(streamer.subscriber(">"), streamer.subscriber("*.t7"), streamer.subscriber("a.t8"));
                final Future<Long> received = reader.begin(() -> {
                    try {
                        return receive(subscribers, stop, reused);
                    } finally {
                        // Nobody waits for one that has failed.
                        subscribers.forEach(Subscriber::close);
                    }
                });
                final Future<Long> one = first.begin(() -> publish(streamer, 1, rounds, expired));
                final Future<Long> two = second.begin(() -> publish(streamer, 2, rounds, expired));
                final long sent = one.get() + two.get();
                stop.set(true);
                assertThat(received.get()).as("all that were sent").isEqualTo(sent);
                EngineFixture.await("the handler has them, too", () -> pushed.get() == (int) sent);
            }
        }
        assertThat(failure.get()).isNull();
        assertThat(expired.get()).as("offers that came too late").isPositive();
        assertThat(reused.get()).as("messages of numbers that had been another topic's").isPositive();
    }

    private static long publish(final MemoryStreamer streamer, final int seed, final int rounds, final AtomicInteger expired) throws Exception {
        final Random random = new Random(seed);
        final Map<String, Integer> known = new HashMap<>();
        final List<String> names = new ArrayList<>();
        long sent = 0;
        try (StreamPublisher publisher = streamer.streamPublisher()) {
            for (int round = 0; round < rounds; round++) {
                final boolean fresh = names.isEmpty() || random.nextInt(4) == 0;
                final String topic = fresh ? "a.t" + random.nextInt(20_000) : names.get(names.size() - 1 - random.nextInt(Math.min(names.size(), 50)));
                Integer stream = known.get(topic);
                if (stream == null) {
                    stream = publisher.stream(topic);
                    known.put(topic, stream);
                    names.add(topic);
                }
                long result = publisher.offer(stream, payload(topic));
                while (result == Publisher.BACK_PRESSURED) {
                    Thread.onSpinWait();
                    result = publisher.offer(stream, payload(topic));
                }
                if (result == StreamPublisher.EXPIRED) {
                    expired.incrementAndGet();
                    known.remove(topic);
                } else {
                    sent++;
                    if (random.nextInt(20) == 0) {
                        publisher.forget(stream);
                        known.remove(topic);
                    }
                }
                if (names.size() > 5_000) {
                    names.subList(0, 4_000).clear();
                }
                if (round % 10_000 == 9_999) {
                    // Streams become idle.
                    Thread.sleep(3);
                }
            }
        }
        return sent;
    }

    private static long receive(final List<Subscriber> subscribers, final AtomicBoolean stop, final AtomicInteger reused) {
        final Map<Integer, String> topics = new HashMap<>();
        long count = 0;
        int idle = 0;
        while (idle < 100) {
            // Before the poll: what was sent before it was stopped is found by those behind.
            final boolean stopped = stop.get();
            final int polled = subscribers.get(0).poll(message -> {
                CHECK.onMessage(message);
                final String before = topics.put(message.streamId(), message.topic().name());
                if (before != null && !before.equals(message.topic().name())) {
                    reused.incrementAndGet();
                }
            }, 1_000);
            subscribers.get(1).poll(message -> assertThat(message.asString()).isEqualTo("a.t7").isEqualTo(message.topic().name()), 1_000);
            subscribers.get(2).poll(message -> assertThat(message.asString()).isEqualTo("a.t8").isEqualTo(message.topic().name()), 1_000);
            count += polled;
            idle = polled == 0 && stopped ? idle + 1 : 0;
        }
        return count;
    }

    /** A pattern that looks at all streams, without the lock, while their numbers change hands. */
    @Test
    void shouldSubscribeWhileNumbersChangeHands() throws Exception {
        final AtomicBoolean stop = new AtomicBoolean();
        final StreamerConfig config = EngineFixture.config().withStreamExpiry(Duration.ofMillis(1));
        try (MemoryStreamer streamer = MemoryStreamer.launch(config); PeerThread churning = new PeerThread()) {
            final Future<Integer> churned = churning.begin(() -> {
                int count = 0;
                try (StreamPublisher publisher = streamer.streamPublisher()) {
                    while (!stop.get()) {
                        final String topic = (count % 2 == 0 ? "even." : "odd.") + count;
                        final int stream = publisher.stream(topic);
                        while (publisher.offer(stream, payload(topic)) == Publisher.BACK_PRESSURED && !stop.get()) {
                            Thread.onSpinWait();
                        }
                        publisher.forget(stream);
                        count++;
                    }
                }
                return count;
            });
            long received = 0;
            try {
                for (int i = 0; i < (LONG ? 20_000 : 300) || received < 1_000; i++) {
                    received += pollEven(streamer);
                }
            } finally {
                stop.set(true);
            }
            assertThat(churned.get()).isPositive();
            assertThat(received).isPositive();
        }
    }

    private static long pollEven(final MemoryStreamer streamer) {
        long received = 0;
        try (Subscriber even = streamer.subscriber("even.*")) {
            for (int polls = 0; polls < 20; polls++) {
                received += even.poll(message -> {
                    CHECK.onMessage(message);
                    assertThat(message.topic().name()).startsWith("even.");
                }, 100);
            }
        }
        return received;
    }

    @Test
    void shouldEndItsThreadWithTheStreamer() throws Exception {
        final MemoryStreamer streamer = MemoryStreamer.launch(EngineFixture.config().withStreamExpiry(Duration.ofDays(1)));
        assertThat(expiryThreads()).isEqualTo(1);
        streamer.close();
        EngineFixture.await("the thread has ended", () -> expiryThreads() == 0);
        MemoryStreamer.launch(EngineFixture.config()).close();
        assertThat(expiryThreads()).isZero();
        final WeakReference<MemoryStreamer> forgotten =
                new WeakReference<>(MemoryStreamer.launch(EngineFixture.config().withStreamExpiry(Duration.ofDays(1))));
        EngineFixture.await("one that was forgotten has, too", () -> {
            System.gc();
            return forgotten.get() == null && expiryThreads() == 0;
        });
    }

    private static long expiryThreads() {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().startsWith("kaelix-push")).count();
    }
}
