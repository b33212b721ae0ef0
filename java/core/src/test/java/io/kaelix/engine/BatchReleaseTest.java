// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.drain;
import static io.kaelix.engine.EngineFixture.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Field;
import io.kaelix.MessageBatch;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches that were retained, and whose memory goes back: when nobody has them any more, and not under somebody's hands. */
class BatchReleaseTest {

    private static final Field.Int64 NUMBER = Field.int64(0);

    private final EngineFixture fixture = new EngineFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    /** However large the messages that it is polled among: all of it goes back when nobody refers to it any more. */
    @ParameterizedTest
    @ValueSource(ints = {8, 10_000})
    void shouldBeTakenBackWhenItIsForgotten(final int length) throws Exception {
        final Subscriber subscriber = fixture.subscriber("a");
        final Publisher publisher = fixture.publisher("a");
        assertThat(publisher.offer(new byte[length])).isPositive();
        final List<String> told = new CopyOnWriteArrayList<>();
        final Logger logger = Logger.getLogger("io.kaelix.message");
        final Handler handler = new Handler() {
            @Override
            public void publish(final LogRecord record) {
                told.add(record.getMessage());
            }

            @Override
            public void flush() {
                // Nothing is kept.
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
        logger.addHandler(handler);
        try {
            forget(subscriber);
            assertThat(fixture.streamer.pool().outstanding()).isEqualTo(1);
            EngineFixture.await("its memory to come back", () -> {
                System.gc();
                return fixture.streamer.pool().leaks() == 1;
            });
        } finally {
            logger.removeHandler(handler);
        }
        assertThat(told).as("where the user retained it").anyMatch(line -> line.contains("BatchReleaseTest.forget"));
        assertThat(fixture.streamer.pool().outstanding()).isZero();
        assertThat(drain(subscriber)).isEmpty();
    }

    private static void forget(final Subscriber subscriber) {
        final MessageBatch batch = subscriber.batch(10);
        assertThat(subscriber.poll(batch)).isEqualTo(1);
        batch.retain();
    }

    /** A thread that releases where another reads, as often as it can: either throws, or all is right. */
    @Test
    void shouldNotBeTakenFromUnderAThreadThatIsAtIt() throws Exception {
        final Subscriber subscriber = fixture.subscriber("a");
        final Publisher publisher = fixture.publisher("a");
        final MessageBatch[] batches = {subscriber.batch(100), subscriber.batch(100)};
        final AtomicBoolean ended = new AtomicBoolean();
        final FutureTask<Integer> meddling = new FutureTask<>(() -> {
            int refused = 0;
            for (int i = 0; !ended.get(); i++) {
                try {
                    if (i % 3 == 0) {
                        batches[i % 2].release();
                    } else {
                        batches[i % 2].sum(NUMBER);
                    }
                } catch (final IllegalStateException expected) {
                    refused++;
                }
            }
            return refused;
        });
        Thread.ofPlatform().daemon().start(meddling);
        int whole = 0;
        for (int i = 0; i < 20_000; i++) {
            send(publisher, LongStream.range(0, 100).toArray());
            final MessageBatch batch = batches[i % 2];
            try {
                batch.release();
                if (subscriber.poll(batch) == 100) {
                    batch.retain();
                    assertThat(batch.sum(NUMBER)).isIn(4950L, 0L);
                    whole++;
                }
            } catch (final IllegalStateException refused) {
                drain(subscriber);
            }
        }
        ended.set(true);
        assertThat(meddling.get()).isPositive();
        assertThat(whole).isPositive();
        for (final MessageBatch batch : batches) {
            batch.close();
        }
        drain(subscriber);
        assertThat(fixture.streamer.pool().outstanding()).isZero();
    }
}
