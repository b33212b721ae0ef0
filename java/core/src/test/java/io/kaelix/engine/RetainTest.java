// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.MessageBuilder;
import io.kaelix.Publisher;
import io.kaelix.RetainedMessage;
import io.kaelix.Subscriber;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Messages that outlive their handler, their subscriber and their streamer. */
class RetainTest {

    private final EngineFixture engine = new EngineFixture();
    private final List<RetainedMessage> retained = new ArrayList<>();

    @AfterEach
    void close() {
        engine.close();
    }

    private void retainNumbers(final Subscriber subscriber, final Publisher publisher, final int count) {
        for (int i = 0; i < count; i++) {
            publisher.offer(number(i));
            assertThat(subscriber.poll(message -> retained.add(message.retain()), 10)).isEqualTo(1);
        }
    }

    private void assertNumbers() {
        for (int i = 0; i < retained.size(); i++) {
            assertThat(retained.get(i).getLong(0)).isEqualTo(i);
            assertThat(retained.get(i).sequence()).isEqualTo(i);
        }
    }

    @Test
    void shouldKeepTheirBytesWhileTheLaneGoesRound() throws Exception {
        final Publisher publisher = engine.publisher("a");
        // Many turns of the lane.
        retainNumbers(engine.subscriber("a"), publisher, 20_000);
        assertNumbers();
        assertThat(retained.getFirst().topic()).isEqualTo(publisher.topic());
        assertThat(retained.getFirst().publisherId()).isEqualTo(publisher.id());
        EngineFixture.onThread(() -> {
            assertNumbers();
            retained.forEach(RetainedMessage::release);
            return null;
        });
        assertThatThrownBy(() -> retained.getFirst().getLong(0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldRetainWhatALossySubscriberCopied() {
        retainNumbers(engine.lossy("a"), engine.publisher("a"), 5_000);
        assertNumbers();
        retained.forEach(RetainedMessage::release);
    }

    @Test
    void shouldKeepHeadersAndKey() {
        final Subscriber subscriber = engine.subscriber("a");
        final MessageBuilder builder = Message.builder().payload("text").header("h", 3).partitionKey("abc").timestamp(4);
        engine.publisher("a").offer(builder);
        subscriber.poll(message -> retained.add(message.retain()), 1);
        try (RetainedMessage message = retained.getFirst()) {
            assertThat(message.asString()).isEqualTo("text");
            assertThat(message.headers().getLong("h", 0)).isEqualTo(3);
            assertThat(message.partitionKey()).isEqualTo(0x32D153FFL);
            assertThat(message.timestamp()).isEqualTo(4);
        }
    }

    @Test
    void shouldOutliveTheStreamerAndGiveItsMemoryBackThen() {
        final Publisher publisher = engine.publisher("a");
        final Subscriber subscriber = engine.subscriber("a");
        retainNumbers(subscriber, publisher, 1_000);
        publisher.close();
        subscriber.close();
        engine.close();
        assertThat(engine.mappedBytes()).isPositive();
        assertThat(engine.streamer.pool().outstanding()).isEqualTo(1_000);
        assertThat(engine.streamer.pool().limit()).isEqualTo(EngineFixture.config().memoryLimit() / 4);
        assertNumbers();
        retained.forEach(RetainedMessage::release);
        assertThat(engine.mappedBytes()).isZero();
        assertThatThrownBy(() -> retained.getFirst().getLong(0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldGiveIdleMemoryBackWhenTheStreamerCloses() {
        final Publisher publisher = engine.publisher("a");
        final Subscriber subscriber = engine.subscriber("a");
        retainNumbers(subscriber, publisher, 1_000);
        retained.forEach(RetainedMessage::release);
        publisher.close();
        subscriber.close();
        engine.close();
        assertThat(engine.mappedBytes()).isZero();
    }

    @Test
    void shouldRetainNoMoreOnceTheStreamerIsClosed() {
        final Publisher publisher = engine.publisher("a");
        final Subscriber subscriber = engine.subscriber("a");
        publisher.offer(number(1));
        engine.close();
        assertThatThrownBy(() -> subscriber.poll(Message::retain, 1)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    /** The exception comes out of the poll; what else was sent arrives. */
    @Test
    void shouldRefuseWhenTooMuchIsRetainedAndGoOn() {
        try (MemoryStreamer small = MemoryStreamer.launch(EngineFixture.config().withMemoryLimit(2 << 20));
                Publisher publisher = small.publisher("a");
                Subscriber subscriber = small.subscriber("a")) {
            final byte[] payload = new byte[10_000];
            assertThatThrownBy(() -> {
                while (true) {
                    publisher.offer(payload);
                    subscriber.poll(message -> retained.add(message.retain()), 1);
                }
            }).isInstanceOf(KaelixException.class).hasMessageContaining("32 are outstanding").hasMessageContaining("limit is 524288");
            publisher.offer(number(5));
            assertThat(EngineFixture.drain(subscriber)).containsExactly(5L);
            retained.forEach(RetainedMessage::release);
            publisher.offer(payload);
            subscriber.poll(message -> message.retain().release(), 1);
        }
    }
}
