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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Batches and predicates while the publisher goes on: each message holds its number in every word of it. */
class MessageBatchStressTest {

    private static final int MESSAGES = 400_000;
    private static final int MOST_WORDS = 12;
    private static final Field.Int64 NUMBER = Field.int64(0);

    private final EngineFixture fixture = new EngineFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private FutureTask<Void> publish() {
        final FutureTask<Void> task = new FutureTask<>(() -> {
            try (Publisher publisher = fixture.publisher("a"); Arena arena = Arena.ofConfined()) {
                final MemorySegment payload = arena.allocate(MOST_WORDS * 8, 8);
                for (int i = 0; i < MESSAGES; i++) {
                    final int words = 1 + (i / 50 % 3 == 0 ? i % MOST_WORDS : 3);
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
        }
        publishing.get();
        assertThat(last).isEqualTo(MESSAGES - 1);
        assertThat(policy == SlowSubscriberPolicy.BLOCK ? received : MESSAGES).isEqualTo(MESSAGES);
    }

    @ParameterizedTest
    @EnumSource(value = SlowSubscriberPolicy.class, names = {"BLOCK", "LOSSY"})
    void shouldHandOverAllThatIsWanted(final SlowSubscriberPolicy policy) throws Exception {
        final Subscriber subscriber = subscriber(policy).where(NUMBER.between(1_000, MESSAGES - 1_000)).where(Field.int64(24).atLeast(0));
        final FutureTask<Void> publishing = publish();
        final long[] received = new long[2];
        received[1] = -1;
        int limit = 1;
        while (received[0] + subscriber.lost() + subscriber.passedOver() < MESSAGES) {
            subscriber.poll(message -> {
                final long number = message.getLong(0);
                assertThat(number).isGreaterThan(received[1]).isBetween(1_000L, MESSAGES - 1_000L);
                assertThat(message.length()).isGreaterThanOrEqualTo(32);
                assertThat(message.getLong(message.length() - 8)).isEqualTo(number);
                received[0]++;
                received[1] = number;
            }, limit);
            limit = limit % 300 + 1;
        }
        publishing.get();
        assertThat(received[0] + subscriber.lost() + subscriber.passedOver()).as("each once").isEqualTo(MESSAGES);
        assertThat(received[0]).isPositive();
    }
}
