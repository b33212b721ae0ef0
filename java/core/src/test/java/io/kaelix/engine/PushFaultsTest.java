// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.await;
import static io.kaelix.engine.EngineFixture.number;
import static io.kaelix.engine.EngineFixture.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.ErrorHandler;
import io.kaelix.KaelixException;
import io.kaelix.Message;
import io.kaelix.MemoryStreamer;
import io.kaelix.MessageHandler;
import io.kaelix.Publisher;
import io.kaelix.RetainedMessage;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Subscription;
import io.kaelix.TopicPattern;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What handlers of the streamer's thread do wrong, or do where nobody expects it: the others get all their messages. */
@Timeout(120)
class PushFaultsTest {

    private final EngineFixture fixture = new EngineFixture();
    private final List<Long> received = new CopyOnWriteArrayList<>();
    private final List<Throwable> errors = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        fixture.close();
    }

    private Subscription subscribe(final SlowSubscriberPolicy policy, final MessageHandler handler) {
        return subscribe(policy, handler, (message, error) -> errors.add(error));
    }

    private Subscription subscribe(final SlowSubscriberPolicy policy, final MessageHandler handler, final ErrorHandler told) {
        return fixture.streamer.subscribe(TopicPattern.of("a"), policy, handler, told);
    }

    private void receive(final SlowSubscriberPolicy policy) {
        subscribe(policy, message -> received.add(message.getLong(0)));
    }

    private void awaitReceived(final Long... numbers) throws InterruptedException {
        await("the others' messages", () -> received.size() >= numbers.length);
        assertThat(received).containsExactly(numbers);
    }

    @ParameterizedTest
    @EnumSource(names = {"BLOCK", "LOSSY"})
    void shouldCountAndReportEachThrowOfAHandlerUnderEitherPolicy(final SlowSubscriberPolicy policy) throws Exception {
        final Subscription failing = subscribe(policy, message -> {
            throw new IllegalStateException("at " + message.getLong(0));
        });
        receive(policy);
        send(fixture.publisher("a"), 0, 1, 2);
        awaitReceived(0L, 1L, 2L);
        assertThat(errors).extracting(Throwable::getMessage).containsExactly("at 0", "at 1", "at 2");
        assertThat(failing.errors()).isEqualTo(3);
        assertThat(failing.lost()).as("thrown at is received").isZero();
    }

    /** Too deep a stack, and what Java lets through undeclared: whatever it is, it stays with its handler. */
    @Test
    void shouldGoOnBehindErrorsAndUndeclaredExceptions() throws Exception {
        final Exception undeclared = new Exception("undeclared");
        final Subscription failing = subscribe(SlowSubscriberPolicy.BLOCK, message -> {
            if (message.getLong(0) == 0) {
                sink(0);
            }
            PushFaultsTest.<RuntimeException>sneak(undeclared);
        });
        receive(SlowSubscriberPolicy.BLOCK);
        send(fixture.publisher("a"), 0, 1);
        awaitReceived(0L, 1L);
        assertThat(errors.get(0)).isInstanceOf(StackOverflowError.class);
        assertThat(errors.get(1)).isSameAs(undeclared);
        assertThat(failing.errors()).isEqualTo(2);
    }

    private static int sink(final int depth) {
        return sink(depth + 1) + depth;
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void sneak(final Throwable thrown) throws E {
        throw (E) thrown;
    }

    @Test
    void shouldReportTheLastThrowOfAHandlerThatClosesItself() throws Exception {
        final AtomicReference<Subscription> own = new AtomicReference<>();
        own.set(subscribe(SlowSubscriberPolicy.BLOCK, message -> {
            own.get().close();
            throw new IllegalStateException("closed, and threw");
        }));
        receive(SlowSubscriberPolicy.BLOCK);
        send(fixture.publisher("a"), 0, 1);
        awaitReceived(0L, 1L);
        assertThat(errors).hasSize(1);
        assertThat(own.get().errors()).isEqualTo(1);
    }

    @Test
    void shouldLetTheErrorHandlerCloseTheSubscription() throws Exception {
        final AtomicReference<Subscription> own = new AtomicReference<>();
        own.set(subscribe(SlowSubscriberPolicy.BLOCK, message -> {
            throw new IllegalStateException("once is enough");
        }, (message, error) -> {
            errors.add(error);
            own.get().close();
        }));
        receive(SlowSubscriberPolicy.BLOCK);
        send(fixture.publisher("a"), 0, 1, 2);
        awaitReceived(0L, 1L, 2L);
        assertThat(errors).hasSize(1);
    }

    /** Retaining fails when too much is retained: that handler is told, with each message, and everybody else goes on. */
    @Test
    void shouldGoOnWhenAHandlerRetainsForEver() throws Exception {
        final List<RetainedMessage> retained = new CopyOnWriteArrayList<>();
        final int messages = 400;
        try (MemoryStreamer small = MemoryStreamer.launch(EngineFixture.config().withMemoryLimit(2 << 20));
                Publisher publisher = small.publisher("a")) {
            final Subscription hoarder = small.subscribe(TopicPattern.of("a"), SlowSubscriberPolicy.BLOCK,
                    message -> retained.add(message.retain()), (message, error) -> errors.add(error));
            final Subscription modest = small.subscribe("a", message -> received.add(message.sequence()),
                    (message, error) -> errors.add(error));
            for (int i = 0; i < messages; i++) {
                assertThat(publisher.publish(MemorySegment.ofArray(new byte[4_000]), 0, 4_000, Duration.ofSeconds(60))).isPositive();
            }
            await("all were read", () -> received.size() == messages);
            assertThat(modest.errors()).isZero();
            assertThat(hoarder.errors()).isPositive().isEqualTo(messages - retained.size()).isEqualTo(errors.size());
            assertThat(errors).allSatisfy(error -> assertThat(error).isInstanceOf(KaelixException.class).hasMessageContaining("outstanding"));
            assertThat(small.pool().outstanding()).isEqualTo(retained.size());

            retained.forEach(RetainedMessage::release);
            assertThat(small.pool().outstanding()).isZero();
            final int before = retained.size();
            assertThat(publisher.offer(number(1))).isPositive();
            await("it retains again", () -> retained.size() > before);
            assertThat(small.pool().outstanding()).isEqualTo(1);
            retained.getLast().release();
        }
    }

    /** Two handlers retain the same message: two copies, each with its own count. */
    @Test
    void shouldGiveEachHandlerARetainedMessageOfItsOwn() throws Exception {
        final List<RetainedMessage> retained = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 2; i++) {
            subscribe(SlowSubscriberPolicy.BLOCK, message -> retained.add(message.retain()));
        }
        send(fixture.publisher("a"), 5);
        await("both", () -> retained.size() == 2);
        retained.getFirst().release();
        assertThatThrownBy(retained.getFirst()::release).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> retained.getFirst().getLong(0)).isInstanceOf(IllegalStateException.class);
        assertThat(retained.getLast().getLong(0)).isEqualTo(5);
        retained.getLast().release();
        assertThat(fixture.streamer.pool().outstanding()).isZero();
        assertThat(errors).isEmpty();
    }

    /** What was sent before is handed over, the handler's own message included, and the thread ends. */
    @Test
    void shouldLetAHandlerCloseTheStreamer() throws Exception {
        final AtomicReference<Thread> thread = new AtomicReference<>();
        final PeerThread.Gate gate = new PeerThread.Gate();
        subscribe(SlowSubscriberPolicy.BLOCK, message -> {
            gate.pass();
            thread.set(Thread.currentThread());
            fixture.streamer.close();
            received.add(message.getLong(0));
        });
        final Publisher publisher = fixture.publisher("a");
        send(publisher, 0, 1, 2);
        gate.open();
        await("the thread is known", () -> thread.get() != null);
        thread.get().join(Duration.ofSeconds(EngineFixture.DEADLINE_SECONDS));
        assertThat(thread.get().isAlive()).isFalse();
        assertThat(received).containsExactly(0L, 1L, 2L);
        assertThat(publisher.offer(number(3))).isEqualTo(Publisher.CLOSED);
        publisher.close();
        assertThat(fixture.mappedBytes()).isZero();
        assertThat(errors).isEmpty();
    }

    /** Else it would never sleep again, nor wait for space in a handler. */
    @Test
    void shouldNotLeaveItsThreadInterruptedByAHandler() throws Exception {
        final AtomicReference<Thread> thread = new AtomicReference<>();
        subscribe(SlowSubscriberPolicy.BLOCK, message -> {
            thread.set(Thread.currentThread());
            Thread.currentThread().interrupt();
        });
        receive(SlowSubscriberPolicy.BLOCK);
        send(fixture.publisher("a"), 0);
        awaitReceived(0L);
        await("the interrupt is over", () -> !thread.get().isInterrupted());
    }

    /** The view that a handler was shown is not the next one's, nor anybody's once it returned. */
    @Test
    void shouldNotShowAMessageToWhoKeptIt() throws Exception {
        final AtomicReference<Message> kept = new AtomicReference<>();
        subscribe(SlowSubscriberPolicy.BLOCK, kept::set);
        receive(SlowSubscriberPolicy.BLOCK);
        send(fixture.publisher("a"), 0);
        awaitReceived(0L);
        assertThatThrownBy(() -> kept.get().getLong(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> kept.get().retain()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> kept.get().headers().count()).isInstanceOf(IllegalStateException.class);
    }
}
