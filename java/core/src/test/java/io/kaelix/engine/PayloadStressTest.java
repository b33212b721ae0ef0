// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.Payload;
import io.kaelix.Publisher;
import io.kaelix.RetainedMessage;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Start;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Payloads whose memory is used again and again, while readers of every kind come, go and are cut off; and calls where none is expected. */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PayloadStressTest {

    private static final int MESSAGES = Boolean.getBoolean("kaelix.long") ? 1_000_000 : 20_000;

    private final EngineFixture engine = new EngineFixture();
    private final AtomicInteger publishing = new AtomicInteger();

    @AfterEach
    void close() {
        engine.close();
    }

    /** Bytes of the message with this number. */
    private static int length(final long number) {
        return 8 * (int) (1 + number * 37 % 1_000);
    }

    private static void fill(final MemorySegment memory, final long number) {
        for (int i = 0; i < length(number); i += Long.BYTES) {
            memory.set(ValueLayout.JAVA_LONG_UNALIGNED, i, number * 1_000 + i / Long.BYTES);
        }
    }

    private static long check(final Message message) {
        final long number = message.getLong(0) / 1_000;
        if (message.length() != length(number)) {
            throw new AssertionError("message " + number + " has " + message.length() + " bytes");
        }
        for (int i = 0; i < message.length(); i += Long.BYTES) {
            if (message.getLong(i) != number * 1_000 + i / Long.BYTES) {
                throw new AssertionError("word " + i + " of message " + number + " is " + message.getLong(i));
            }
        }
        return number;
    }

    private Void publish(final Publisher publisher) {
        final SplittableRandom random = new SplittableRandom(publisher.id());
        for (long number = 0; number < MESSAGES; number++) {
            final int length = length(number);
            final boolean sliced = random.nextInt(3) == 0;
            final Payload whole = engine.streamer.payload(sliced ? length + 100 : length);
            fill(sliced ? whole.writable().asSlice(50) : whole.writable(), number);
            final Payload payload = sliced ? whole.slice(50, 50L + length) : whole;
            if (sliced) {
                whole.release();
            }
            while (publisher.offer(payload) < 0) {
                Thread.yield();
            }
            payload.release();
        }
        publisher.close();
        publishing.decrementAndGet();
        return null;
    }

    /** Gets every message of each publisher, in order, and keeps some of them for a while. */
    private Void readAll(final Subscriber subscriber) {
        final Map<Integer, Long> next = new HashMap<>();
        final Queue<RetainedMessage> kept = new ArrayDeque<>();
        final long[] received = {0};
        while (received[0] < 2L * MESSAGES) {
            final int count = subscriber.poll(message -> {
                final long number = check(message);
                if (number != next.getOrDefault(message.publisherId(), 0L)) {
                    throw new AssertionError("got " + number + ", expected " + next.get(message.publisherId()));
                }
                next.put(message.publisherId(), number + 1);
                received[0]++;
                if (number % 5 == 0) {
                    kept.add(message.retain());
                }
            }, 20);
            while (kept.size() > (count == 0 ? 0 : 50)) {
                try (RetainedMessage message = kept.remove()) {
                    check(message);
                }
            }
            if (count == 0) {
                Thread.yield();
            }
        }
        kept.forEach(RetainedMessage::release);
        subscriber.close();
        return null;
    }

    /** Comes and goes; what it gets is whole, in order, and together with what it lost complete. */
    private Void comeAndGo(final SlowSubscriberPolicy policy, final Start start) {
        final SplittableRandom random = new SplittableRandom(3);
        while (publishing.get() > 0) {
            try (Subscriber subscriber = engine.streamer.subscriber("t.*",
                    SubscriberConfig.defaults().withPolicy(policy).withMaxLag(20_000).withStart(start))) {
                final int rounds = random.nextInt(200);
                for (int i = 0; i < rounds && publishing.get() > 0; i++) {
                    final int count = subscriber.poll(message -> {
                        if (policy == SlowSubscriberPolicy.DISCONNECT) {
                            // Frames may be torn under its hands, payloads are there: reading ends nowhere but here.
                            for (int at = 0; at < message.length(); at++) {
                                message.getByte(at);
                            }
                        } else {
                            check(message);
                        }
                    }, 1 + random.nextInt(30));
                    if (count == Subscriber.DISCONNECTED) {
                        break;
                    }
                    Thread.yield();
                }
            }
        }
        return null;
    }

    /**
     * <pre>
     *   2 publishers ──► 2 lanes ──► 2 blocking subscribers, a lossy, a blocking and a disconnecting one that come and go
     * </pre>
     */
    @Test
    void shouldShowEveryMessageWholeAndKeepNothing() throws Exception {
        final List<Callable<Void>> parts = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            final Subscriber subscriber = engine.subscriber("t.*");
            parts.add(() -> readAll(subscriber));
        }
        for (int i = 0; i < 2; i++) {
            final Publisher publisher = engine.publisher("t." + i);
            publishing.incrementAndGet();
            parts.add(() -> publish(publisher));
        }
        parts.add(() -> comeAndGo(SlowSubscriberPolicy.LOSSY, Start.oldest()));
        parts.add(() -> comeAndGo(SlowSubscriberPolicy.BLOCK, Start.oldest()));
        parts.add(() -> comeAndGo(SlowSubscriberPolicy.BLOCK, Start.latest()));
        parts.add(() -> comeAndGo(SlowSubscriberPolicy.DISCONNECT, Start.latest()));
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            final List<Future<Void>> futures = parts.stream().map(threads::submit).toList();
            for (final Future<Void> future : futures) {
                try {
                    future.get(5, TimeUnit.MINUTES);
                } catch (final Exception e) {
                    publishing.set(0);
                    threads.shutdownNow();
                    throw e;
                }
            }
        }
        assertThat(engine.streamer.pool().outstanding()).isZero();
        engine.close();
        assertThat(engine.mappedBytes()).isZero();
    }

    @Test
    void shouldShowTheMessageWhateverItsHandlerCloses() {
        final Subscriber subscriber = engine.subscriber("t.*");
        final Publisher publisher = engine.publisher("t.a");
        final long number = 999;
        final Payload payload = engine.streamer.payload(length(number));
        fill(payload.writable(), number);
        publisher.offer(payload);
        publisher.offer(payload);
        final AtomicReference<Message> shown = new AtomicReference<>();
        assertThat(subscriber.poll(message -> {
            shown.set(message);
            payload.release();
            assertThat(check(message)).isEqualTo(number);
            publisher.close();
            assertThat(check(message)).isEqualTo(number);
            subscriber.close();
            assertThat(check(message)).isEqualTo(number);
            engine.close();
            assertThat(check(message)).isEqualTo(number);
            assertThatThrownBy(message::retain).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        }, 10)).isEqualTo(1);
        assertThatThrownBy(() -> shown.get().getLong(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> shown.get().payload()).isInstanceOf(IllegalStateException.class);
        assertThat(engine.streamer.pool().outstanding()).isZero();
        assertThat(engine.mappedBytes()).isZero();
    }

    @Test
    void shouldShowTheMessageWhileAnotherThreadClosesEverything() throws Exception {
        final Subscriber subscriber = engine.subscriber("t.*");
        final Publisher publisher = engine.publisher("t.a");
        final long number = 999;
        final Payload payload = engine.streamer.payload(length(number));
        fill(payload.writable(), number);
        publisher.offer(payload);
        payload.release();
        assertThat(subscriber.poll(message -> {
            try {
                EngineFixture.onThread(() -> {
                    subscriber.close();
                    publisher.close();
                    engine.close();
                    return null;
                });
            } catch (final Exception e) {
                throw new AssertionError(e);
            }
            assertThat(check(message)).isEqualTo(number);
            assertThat(engine.streamer.pool().outstanding()).isEqualTo(1);
        }, 10)).isEqualTo(1);
        assertThat(engine.streamer.pool().outstanding()).isZero();
        assertThat(engine.mappedBytes()).isZero();
    }

    @Test
    void shouldPassAPayloadOnFromInsideAHandler() {
        final Subscriber first = engine.subscriber("t.a");
        final Subscriber second = engine.subscriber("t.b");
        final Publisher a = engine.publisher("t.a");
        final Publisher b = engine.publisher("t.b");
        final long number = 500;
        try (Payload payload = engine.streamer.payload(length(number))) {
            fill(payload.writable(), number);
            a.offer(payload);
            first.poll(message -> {
                assertThat(b.offer(payload)).isPositive();
                assertThat(b.offer(message.payload())).as("copies").isPositive();
                try (Payload half = payload.slice(0, length(number) / 2)) {
                    assertThat(a.offer(half)).isPositive();
                }
                assertThat(check(message)).isEqualTo(number);
            }, 1);
        }
        assertThat(second.poll(message -> assertThat(check(message)).isEqualTo(number), 10)).isEqualTo(2);
        assertThat(first.poll(message -> assertThat(message.length()).isEqualTo(length(number) / 2), 10)).isEqualTo(1);
    }

    /** Nobody lets go: memory is refused with a reason, and what is there stays as it is. */
    @Test
    void shouldRefuseRatherThanGrowWhenAllIsKeptForEver() {
        final List<RetainedMessage> kept = new ArrayList<>();
        final AtomicInteger sent = new AtomicInteger();
        try (MemoryStreamer streamer = MemoryStreamer.launch(EngineFixture.config().withMemoryLimit(16 << 20));
                Subscriber reader = streamer.subscriber("t");
                Publisher writer = streamer.publisher("t")) {
            assertThatThrownBy(() -> {
                while (true) {
                    try (Payload payload = streamer.payload(length(999))) {
                        fill(payload.writable(), 999);
                        writer.offer(payload);
                        sent.incrementAndGet();
                    }
                    reader.poll(message -> kept.add(message.retain()), 1);
                }
            }).isInstanceOf(KaelixException.class).hasMessageContaining("outstanding").hasMessageContaining("release");
            assertThat(sent.get()).isGreaterThan(400);
            kept.forEach(message -> assertThat(check(message)).isEqualTo(999));
            kept.forEach(RetainedMessage::release);
        }
    }
}
