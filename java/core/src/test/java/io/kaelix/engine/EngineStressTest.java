// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Claim;
import io.kaelix.Message;
import io.kaelix.MessageHandler;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads through the public API; every message is checked, and all memory goes back. */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EngineStressTest {

    private static final boolean LONG = Boolean.getBoolean("kaelix.long");

    private final EngineFixture engine = new EngineFixture();

    private static void run(final List<Callable<Void>> parts) throws Exception {
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            final List<Future<Void>> futures = new ArrayList<>();
            parts.forEach(part -> futures.add(threads.submit(part)));
            for (final Future<Void> future : futures) {
                try {
                    future.get();
                } catch (final ExecutionException e) {
                    threads.shutdownNow();
                    throw e;
                }
            }
        }
    }

    /** Sends number {@code value}, in a length that follows from it. */
    private static boolean send(final Publisher publisher, final long value) {
        final int words = 2 + (int) (value * 7 % 11);
        final Claim claim = publisher.tryClaim(words << 3);
        if (!claim.isOpen()) {
            return false;
        }
        for (int i = 0; i < words; i++) {
            claim.putLong(i << 3, value * 31 + i);
        }
        claim.commit();
        return true;
    }

    private static long check(final Message message) {
        final long value = message.getLong(0) / 31;
        if (message.length() != 2 + (int) (value * 7 % 11) << 3) {
            throw new AssertionError("message " + value + " has " + message.length() + " bytes");
        }
        for (int i = 0; i < message.length() >> 3; i++) {
            if (message.getLong(i << 3) != value * 31 + i) {
                throw new AssertionError("word " + i + " of message " + value + " is torn");
            }
        }
        return value;
    }

    /** Of each publisher, the next number: nothing twice, nothing out of order, nothing left out that is not counted. */
    private static final class Account {

        private final Map<Integer, Long> next = new HashMap<>();
        private long received;

        void take(final Message message, final boolean mayMiss) {
            final long value = check(message);
            final long expected = next.getOrDefault(message.publisherId(), mayMiss ? value : 0L);
            if (mayMiss ? value < expected : value != expected) {
                throw new AssertionError("publisher " + message.publisherId() + ": expected " + expected + ", got " + value);
            }
            next.put(message.publisherId(), value + 1);
            received++;
        }
    }

    /**
     * <pre>
     *   3 publishers ──► 3 lanes ──► 2 blocking and 1 lossy subscriber
     * </pre>
     */
    @Test
    void shouldDeliverEverythingFromSeveralPublishersToSeveralSubscribers() throws Exception {
        final int messages = LONG ? 5_000_000 : 300_000;
        final List<Callable<Void>> parts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            final Subscriber subscriber = i < 2 ? engine.subscriber("t.*") : engine.lossy("t.*");
            final boolean lossy = i == 2;
            parts.add(() -> {
                final Account account = new Account();
                while (account.received + subscriber.lost() < 3L * messages) {
                    if (subscriber.poll(message -> account.take(message, lossy), 100) == 0) {
                        Thread.yield();
                    }
                }
                assertThat(account.received + subscriber.lost()).isEqualTo(3L * messages);
                subscriber.close();
                return null;
            });
        }
        for (int i = 0; i < 3; i++) {
            final Publisher publisher = engine.publisher("t." + i);
            final int batch = i * 10;
            parts.add(() -> {
                for (long value = 0; value < messages; value++) {
                    if (batch > 0 && value % batch == 0) {
                        publisher.endBatch();
                        publisher.beginBatch();
                    }
                    while (!send(publisher, value)) {
                        Thread.yield();
                    }
                }
                publisher.close();
                return null;
            });
        }
        run(parts);
        engine.close();
        assertThat(engine.mappedBytes()).isZero();
    }

    /** Threads create, use and close at random, one another's objects too, while another publishes and receives all along. */
    @Test
    void shouldNeitherCrashNorLeakWhileAllComeAndGo() throws Exception {
        final int rounds = LONG ? 20_000 : 1_500;
        final AtomicBoolean over = new AtomicBoolean();
        final AtomicInteger churning = new AtomicInteger(2);
        final Subscriber steady = engine.subscriber("steady");
        final List<Callable<Void>> parts = new ArrayList<>();
        for (int thread = 0; thread < 2; thread++) {
            final SplittableRandom random = new SplittableRandom(thread);
            parts.add(() -> {
                try {
                    churn(rounds, random);
                } finally {
                    over.set(churning.decrementAndGet() == 0);
                }
                return null;
            });
        }
        parts.add(() -> {
            final Account account = new Account();
            final Publisher publisher = engine.publisher("steady");
            final MessageHandler handler = message -> {
                if (message.publisherId() == publisher.id()) {
                    account.take(message, false);
                } else {
                    check(message);
                }
            };
            long sent = 0;
            while (!over.get()) {
                sent += send(publisher, sent) ? 1 : 0;
                steady.poll(handler, 10);
            }
            publisher.close();
            while (account.received < sent) {
                assertThat(steady.poll(handler, 10)).isNotEqualTo(Subscriber.CLOSED);
            }
            steady.close();
            return null;
        });
        run(parts);
        closeShared();
        engine.close();
        // A publisher closed by another thread, whose own never came back to it, holds its lane until it is garbage.
        parts.clear();
        EngineFixture.await("all memory to be unmapped", () -> {
            System.gc();
            return engine.mappedBytes() == 0;
        });
    }

    /** Objects that any thread may close at any moment. */
    private final List<AutoCloseable> shared = new ArrayList<>();

    private synchronized AutoCloseable exchange(final AutoCloseable mine, final SplittableRandom random) {
        shared.add(mine);
        return shared.size() > 20 ? shared.remove(random.nextInt(shared.size())) : null;
    }

    private synchronized void closeShared() throws Exception {
        for (final AutoCloseable part : shared) {
            part.close();
        }
        shared.clear();
    }

    private void churn(final int rounds, final SplittableRandom random) throws Exception {
        for (int round = 0; round < rounds; round++) {
            final Publisher publisher = engine.publisher(random.nextInt(10) == 0 ? "steady" : "t." + random.nextInt(3));
            final Subscriber subscriber = switch (random.nextInt(3)) {
                case 0 -> engine.lossy("t.>");
                case 1 -> engine.subscriber("t.*");
                default -> engine.subscriber("t." + random.nextInt(3));
            };
            use(publisher, subscriber, random);
            // Some are closed by their thread, some by another while this one goes on with them.
            for (final AutoCloseable part : List.of(publisher, subscriber)) {
                final AutoCloseable other = random.nextBoolean() ? part : exchange(part, random);
                if (other != null) {
                    other.close();
                }
            }
            use(publisher, subscriber, random);
        }
    }

    private static void use(final Publisher publisher, final Subscriber subscriber, final SplittableRandom random) {
        final Account account = new Account();
        try {
            for (int i = random.nextInt(100); i > 0; i--) {
                send(publisher, random.nextInt(1_000));
            }
        } catch (final IllegalStateException closed) {
            assertThat(closed).hasMessageContaining("closed");
        }
        try {
            for (int i = random.nextInt(5); i > 0; i--) {
                subscriber.poll(message -> {
                    check(message);
                    account.received++;
                }, 50);
            }
        } catch (final IllegalStateException closed) {
            assertThat(closed).hasMessageContaining("closed");
        }
    }
}
