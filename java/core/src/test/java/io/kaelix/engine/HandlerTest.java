// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.await;
import static io.kaelix.engine.EngineFixture.drain;
import static io.kaelix.engine.EngineFixture.fill;
import static io.kaelix.engine.EngineFixture.number;
import static io.kaelix.engine.EngineFixture.onThread;
import static io.kaelix.engine.EngineFixture.pollOnce;
import static io.kaelix.engine.EngineFixture.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Message;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a handler may do, and what it may not. */
@Timeout(value = EngineFixture.DEADLINE_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HandlerTest {

    private static final MemorySegment PAYLOAD = MemorySegment.ofArray(number(5));
    private static final Duration LONG = Duration.ofDays(1);

    private final EngineFixture engine = new EngineFixture();

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void shouldCountAMessageAsReceivedWhoseHandlerThrows() {
        for (final Subscriber subscriber : List.of(engine.subscriber("block"), engine.lossy("lossy"))) {
            final Publisher publisher = engine.publisher(subscriber.pattern().text());
            send(publisher, 1, 2, 3);
            final var failure = new IllegalCallerException("thrown by the handler");
            assertThatThrownBy(() -> subscriber.poll(message -> {
                throw failure;
            }, 10)).isSameAs(failure);
            assertThat(drain(subscriber)).containsExactly(2L, 3L);
        }
    }

    @Test
    void shouldNotPollFromItsOwnHandler() {
        final Subscriber subscriber = engine.subscriber("a");
        final Publisher publisher = engine.publisher("a");
        send(publisher, 1, 2);
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> subscriber.poll(message -> subscriber.poll(inner -> { }, 1), 1))
                    .isInstanceOf(IllegalStateException.class).hasMessageContaining("own handler");
        }
        send(publisher, 3);
        assertThat(drain(subscriber)).as("both counted as received").containsExactly(3L);
    }

    @Test
    void shouldPollAnotherSubscriberFromItsHandlerAndStillSeeItsOwnMessage() {
        final Subscriber outer = engine.subscriber("a");
        final Subscriber inner = engine.subscriber("b");
        final Publisher a = engine.publisher("a");
        final Publisher b = engine.publisher("b");
        send(a, 1);
        send(b, 2, 3);
        final List<Long> seen = new ArrayList<>();
        outer.poll(message -> {
            inner.poll(other -> seen.add(other.getLong(0) * 10 + message.getLong(0)), 10);
            seen.add(message.getLong(0));
        }, 1);
        assertThat(seen).containsExactly(21L, 31L, 1L);
    }

    @Test
    void shouldSendFromItsHandlerToWhatItReads() {
        final Subscriber subscriber = engine.subscriber("a");
        final Publisher publisher = engine.publisher("a");
        send(publisher, 1);
        final List<Long> seen = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            assertThat(subscriber.poll(message -> {
                seen.add(message.getLong(0));
                send(publisher, message.getLong(0) + 1);
            }, 1)).isEqualTo(1);
        }
        assertThat(seen).hasSize(10_000).endsWith(10_000L);
    }

    @Test
    void shouldCreateAndClosePublishersInItsHandler() {
        final Subscriber subscriber = engine.subscriber(">");
        final Publisher first = engine.publisher("a");
        send(first, 1, 2);
        subscriber.poll(message -> {
            try (Publisher other = engine.publisher("b")) {
                send(other, message.getLong(0) * 10);
            }
            first.close();
        }, 1);
        assertThat(drain(subscriber)).containsExactlyInAnyOrder(10L, 2L);
    }

    @Test
    void shouldNotShowAMessageAfterItsHandlerOrOnAnotherThread() {
        final Subscriber subscriber = engine.subscriber("a");
        final Publisher publisher = engine.publisher("a");
        send(publisher, 1, 2);
        final AtomicReference<Message> kept = new AtomicReference<>();
        assertThat(subscriber.poll(message -> {
            kept.set(message);
            try {
                onThread(() -> {
                    assertThatThrownBy(() -> message.getLong(0)).isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("copy it for other threads");
                    assertThatThrownBy(message::payload).isInstanceOf(IllegalStateException.class);
                    return null;
                });
            } catch (final Exception e) {
                throw new AssertionError(e);
            }
        }, 1)).isEqualTo(1);
        assertThatThrownBy(() -> kept.get().getLong(0)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("this message has ended");
        assertThatThrownBy(() -> kept.get().topic()).isInstanceOf(IllegalStateException.class);
        assertThat(kept.get()).hasToString("Message[ended]");
        assertThatThrownBy(() -> subscriber.poll(message -> {
            throw new UnsupportedOperationException();
        }, 1)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> kept.get().length()).as("nor after one that threw").isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldNotWaitForItselfWhenItBlocksThePublisher() {
        final Subscriber subscriber = engine.subscriber("a");
        final Publisher publisher = engine.publisher("a");
        final int fitting = fill(publisher);
        final List<Long> results = new ArrayList<>();

        subscriber.poll(message -> results.add(publisher.publish(PAYLOAD, 0, 8, LONG)), 1);

        assertThat(results).containsExactly(Publisher.BACK_PRESSURED);
        assertThat(drain(subscriber)).hasSize(fitting - 1);
    }

    @Test
    void shouldMakeRoomByWhatItHasReadBeforeItBlocks() {
        final Subscriber subscriber = engine.subscriber("a");
        final Publisher publisher = engine.publisher("a");
        final int fitting = fill(publisher);
        final List<Long> results = new ArrayList<>();

        // The poll has not told the writer of its first few messages yet: publish must.
        subscriber.poll(message -> {
            if (message.getLong(0) == 4) {
                results.add(publisher.publish(PAYLOAD, 0, 8, LONG));
            }
        }, 5);

        assertThat(results).hasSize(1).allMatch(result -> result > 0);
        assertThat(drain(subscriber)).hasSize(fitting - 5 + 1).endsWith(5L);
    }

    @Test
    void shouldNotWaitForItselfThroughANestedPoll() {
        final Subscriber outer = engine.subscriber("a");
        final Subscriber inner = engine.subscriber("b");
        final Publisher a = engine.publisher("a");
        final Publisher b = engine.publisher("b");
        fill(a);
        send(b, 1);
        final List<Long> results = new ArrayList<>();

        outer.poll(message -> inner.poll(other -> results.add(a.publish(PAYLOAD, 0, 8, LONG)), 1), 1);

        assertThat(results).containsExactly(Publisher.BACK_PRESSURED);
    }

    @Test
    void shouldWaitForAnotherSubscriberThatIsFurtherBehind() throws Exception {
        final Subscriber subscriber = engine.subscriber("a");
        final Subscriber behind = engine.subscriber("a");
        final Publisher publisher = engine.publisher("a");
        final int fitting = fill(publisher);
        pollOnce(subscriber, 100);
        final AtomicBoolean waiting = new AtomicBoolean();
        final Thread reader = Thread.ofPlatform().daemon().start(() -> {
            try {
                await("the publisher to wait", waiting::get);
            } catch (final InterruptedException e) {
                return;
            }
            for (int read = 0; read < fitting; read += behind.poll(message -> { }, 1)) {
                Thread.yield();
            }
        });
        final List<Long> results = new ArrayList<>();

        subscriber.poll(message -> {
            waiting.set(true);
            results.add(publisher.publish(PAYLOAD, 0, 8, LONG));
        }, 1);

        assertThat(results).hasSize(1).allMatch(result -> result > 0);
        reader.join();
    }

    @Test
    void shouldNotWaitForItselfOnceTheOtherHasCaughtUp() throws Exception {
        final Subscriber subscriber = engine.subscriber("a");
        final Subscriber behind = engine.subscriber("a");
        final Publisher publisher = engine.publisher("a");
        final int fitting = fill(publisher);
        pollOnce(subscriber, 1);
        final int maxLength = publisher.maxLength();
        final AtomicBoolean waiting = new AtomicBoolean();
        final Thread reader = Thread.ofPlatform().daemon().start(() -> {
            try {
                await("the publisher to wait", waiting::get);
            } catch (final InterruptedException e) {
                return;
            }
            for (int read = 0; read < fitting; read += behind.poll(message -> { }, 1)) {
                Thread.yield();
            }
        });
        final List<Long> results = new ArrayList<>();

        subscriber.poll(message -> {
            waiting.set(true);
            results.add(publisher.publish(MemorySegment.ofArray(new byte[maxLength]), 0, maxLength, LONG));
        }, 1);

        assertThat(results).as("a quarter of the ring, of which this subscriber has read one message")
                .containsExactly(Publisher.BACK_PRESSURED);
        reader.join();
    }

    @Test
    void shouldReceiveThatMessageLastWhenItClosesItsSubscriber() {
        final Subscriber subscriber = engine.subscriber("*");
        final Publisher a = engine.publisher("a");
        final Publisher b = engine.publisher("b");
        send(a, 1, 2);
        send(b, 3, 4);
        final List<Long> seen = new ArrayList<>();

        assertThat(subscriber.poll(message -> {
            seen.add(message.getLong(0));
            subscriber.close();
            seen.add(message.getLong(0));
        }, 10)).isEqualTo(1);

        assertThat(seen).hasSize(2);
        assertThat(subscriber.lanes()).isEmpty();
        assertThatThrownBy(() -> pollOnce(subscriber, 1)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        for (int i = 0; i < 10_000; i++) {
            send(a, i);
        }
    }
}
