// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Field;
import io.kaelix.MessageBatch;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Subscriber;
import io.kaelix.TopicPattern;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Batches and predicates while the publisher goes on: each message holds its number in every word of it. The last messages are sent one by
 * one, each when the reader has caught up, so that a reader which may lose gets at least those, however late it was before.
 */
class MessageBatchStressTest {

    private static final int MESSAGES = 400_000;
    private static final int ONE_BY_ONE = 200;
    private static final int LAST_WANTED = MESSAGES - ONE_BY_ONE / 2;
    private static final int MOST_WORDS = 12;
    private static final Field.Int64 NUMBER = Field.int64(0);

    private final EngineFixture fixture = new EngineFixture();
    /** Messages that the reader has received or knows that it will not. */
    private volatile long accounted;

    @AfterEach
    void close() {
        accounted = Long.MAX_VALUE;
        fixture.close();
    }

    private static int words(final int number) {
        return 1 + (number / 50 % 3 == 0 ? number % MOST_WORDS : 3);
    }

    private FutureTask<Void> publish() {
        final FutureTask<Void> task = new FutureTask<>(() -> {
            try (Publisher publisher = fixture.publisher("a"); Arena arena = Arena.ofConfined()) {
                final MemorySegment payload = arena.allocate(MOST_WORDS * 8, 8);
                for (int i = 0; i < MESSAGES; i++) {
                    while (i >= MESSAGES - ONE_BY_ONE && accounted < i) {
                        Thread.yield();
                    }
                    final int words = words(i);
                    for (int word = 0; word < words; word++) {
                        payload.setAtIndex(ValueLayout.JAVA_LONG, word, i);
                    }
                    while (publisher.offer(payload, 0, words * 8) == Publisher.BACK_PRESSURED) {
                        Thread.onSpinWait();
                    }
                }
            }
            return null;
        });
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    private Subscriber subscriber(final SlowSubscriberPolicy policy) {
        return fixture.streamer.subscriber(TopicPattern.of("a"), policy);
    }

    @ParameterizedTest
    @EnumSource(value = SlowSubscriberPolicy.class, names = {"BLOCK", "LOSSY"})
    void shouldHoldWholeMessagesInOrder(final SlowSubscriberPolicy policy) throws Exception {
        final Subscriber subscriber = subscriber(policy);
        final MessageBatch batch = subscriber.batch(700);
        final FutureTask<Void> publishing = publish();
        long last = -1;
        long received = 0;
        final long[] sum = new long[2];
        while (received + subscriber.lost() < MESSAGES) {
            final int count = subscriber.poll(batch);
            assertThat(count).isNotNegative();
            received += count;
            if (count > 0) {
                assertThat(batch.min(NUMBER)).isGreaterThan(last);
                last = batch.max(NUMBER);
                sum[0] = 0;
                batch.forEachSelected(message -> {
                    final long number = message.getLong(0);
                    assertThat(number).isEqualTo(message.sequence());
                    assertThat(message.getLong(message.length() - 8)).isEqualTo(number);
                    sum[0] += number;
                });
                assertThat(batch.sum(NUMBER)).isEqualTo(sum[0]);
            }
            accounted = received + subscriber.lost();
        }
        publishing.get();
        assertThat(last).isEqualTo(MESSAGES - 1);
        assertThat(received).isBetween(policy == SlowSubscriberPolicy.BLOCK ? (long) MESSAGES : ONE_BY_ONE, (long) MESSAGES);
    }

    @ParameterizedTest
    @EnumSource(value = SlowSubscriberPolicy.class, names = {"BLOCK", "LOSSY"})
    void shouldHandOverAllThatIsWanted(final SlowSubscriberPolicy policy) throws Exception {
        final Subscriber subscriber = subscriber(policy).where(NUMBER.between(1_000, LAST_WANTED)).where(Field.int64(24).atLeast(0));
        final FutureTask<Void> publishing = publish();
        final long[] received = new long[3];
        received[1] = -1;
        int limit = 1;
        while (accounted < MESSAGES) {
            subscriber.poll(message -> {
                final long number = message.getLong(0);
                assertThat(number).isGreaterThan(received[1]).isBetween(1_000L, (long) LAST_WANTED);
                assertThat(message.length()).isGreaterThanOrEqualTo(32);
                assertThat(message.getLong(message.length() - 8)).isEqualTo(number);
                received[0]++;
                received[1] = number;
                received[2] += number >= MESSAGES - ONE_BY_ONE ? 1 : 0;
            }, limit);
            limit = limit % 300 + 1;
            accounted = received[0] + subscriber.lost() + subscriber.passedOver();
        }
        publishing.get();
        assertThat(accounted).as("each once").isEqualTo(MESSAGES);
        assertThat(received[2]).as("when it had caught up").isEqualTo(wanted(MESSAGES - ONE_BY_ONE));
        if (policy == SlowSubscriberPolicy.BLOCK) {
            assertThat(received[0]).isEqualTo(wanted(1_000));
        }
    }

    private static long wanted(final int from) {
        return IntStream.rangeClosed(from, LAST_WANTED).filter(number -> words(number) >= 4).count();
    }
}
