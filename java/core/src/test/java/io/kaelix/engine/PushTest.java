// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.await;
import static io.kaelix.engine.EngineFixture.number;
import static io.kaelix.engine.EngineFixture.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Message;
import io.kaelix.MessageHandler;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.Subscription;
import io.kaelix.TopicPattern;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Handlers that the streamer calls. */
@Timeout(120)
class PushTest {

    private final EngineFixture fixture = new EngineFixture();
    private final List<Long> received = new CopyOnWriteArrayList<>();
    private final MessageHandler receive = message -> received.add(message.getLong(0));

    @AfterEach
    void close() {
        fixture.close();
    }

    private static void fail(final Message message, final Throwable error) {
        throw new AssertionError("no handler throws here", error);
    }

    private Subscription subscribe(final String pattern, final MessageHandler handler) {
        return fixture.streamer.subscribe(pattern, handler, PushTest::fail);
    }

    private Subscription lossy(final String pattern, final MessageHandler handler) {
        return fixture.streamer.subscribe(TopicPattern.of(pattern), SlowSubscriberPolicy.LOSSY, handler, PushTest::fail);
    }

    private void awaitReceived(final int count) throws InterruptedException {
        await(count + " messages", () -> received.size() >= count);
        assertThat(received).hasSize(count);
    }

    @Test
    void shouldCallTheHandlersThatMatch() throws Exception {
        final List<String> calls = new CopyOnWriteArrayList<>();
        final Subscription exact = subscribe("a.b", message -> calls.add("exact " + message.topic()));
        subscribe("a.*", message -> calls.add("some " + message.topic()));
        lossy("*.c", message -> calls.add("lossy " + message.topic()));
        subscribe("z", receive);
        assertThat(exact.pattern()).isEqualTo(TopicPattern.of("a.b"));
        assertThat(exact.policy()).isEqualTo(SlowSubscriberPolicy.BLOCK);
        final StreamPublisher publisher = fixture.streamer.streamPublisher();
        publisher.offer(publisher.stream("a.b"), number(1));
        publisher.offer(publisher.stream("a.c"), number(2));
        publisher.offer(publisher.stream("b.b"), number(3));
        send(fixture.publisher("a.b"), 4);
        await("6 calls", () -> calls.size() == 6);
        assertThat(calls.stream().filter(call -> !call.startsWith("lossy")).limit(3)).containsExactly("exact a.b", "some a.b", "some a.c");
        assertThat(calls).contains("lossy a.c");
        assertThat(received).isEmpty();
    }

    @Test
    void shouldReceiveEverythingInOrder() throws Exception {
        subscribe("a", receive);
        final Publisher publisher = fixture.publisher("a");
        final int messages = 20_000;
        for (int i = 0; i < messages; i++) {
            assertThat(publisher.publish(MemorySegment.ofArray(number(i)), 0, Long.BYTES, Duration.ofSeconds(60))).isPositive();
        }
        awaitReceived(messages);
        for (int i = 0; i < messages; i++) {
            assertThat(received.get(i)).isEqualTo(i);
        }
    }

    @Test
    void shouldCallHandlersInTheOrderInWhichTheySubscribed() throws Exception {
        final List<Integer> order = new CopyOnWriteArrayList<>();
        final String[] patterns = {"a.>", ">", "a.b", "*.b", "a.*", "a.b"};
        for (int i = 0; i < patterns.length; i++) {
            final int which = i;
            subscribe(patterns[i], message -> order.add(which));
        }
        send(fixture.publisher("a.b"), 1);
        await("all were called", () -> order.size() == patterns.length);
        assertThat(order).containsExactly(0, 1, 2, 3, 4, 5);
    }

    @Test
    void shouldReachAHandlerThatSubscribesBetweenMessages() throws Exception {
        final Publisher publisher = fixture.publisher("a");
        final AtomicInteger first = new AtomicInteger();
        subscribe("a", message -> first.incrementAndGet());
        send(publisher, 1);
        await("the first was read", () -> first.get() == 1);
        subscribe(">", receive);
        send(publisher, 2);
        awaitReceived(1);
        assertThat(received).containsExactly(2L);
    }

    @Test
    void shouldCountAndReportWhatAHandlerThrowsAndGoOn() throws Exception {
        final List<String> errors = new CopyOnWriteArrayList<>();
        final Subscription failing = fixture.streamer.subscribe("a", message -> {
            if (message.getLong(0) == 1) {
                throw new IllegalArgumentException("one");
            } else if (message.getLong(0) == 2) {
                throw new AssertionError("two");
            }
        }, (message, error) -> {
            errors.add(message.getLong(0) + " " + error.getMessage());
            throw new IllegalStateException("the error handler too");
        });
        subscribe("a", receive);
        send(fixture.publisher("a"), 0, 1, 2, 3);
        awaitReceived(4);
        assertThat(errors).containsExactly("1 one", "2 two");
        assertThat(failing.errors()).isEqualTo(2);
    }

    @Test
    void shouldLogWhatAHandlerThrowsUnlessSomebodyIsTold() throws Exception {
        final Logger logger = Logger.getLogger(Subscription.class.getName());
        final List<String> lines = new CopyOnWriteArrayList<>();
        final Handler recorder = new Handler() {
            @Override
            public void publish(final LogRecord entry) {
                lines.add(entry.getMessage());
            }

            @Override
            public void flush() {
            }

            @Override
            public void close() {
            }
        };
        logger.addHandler(recorder);
        logger.setUseParentHandlers(false);
        try {
            fixture.streamer.subscribe("a", message -> {
                throw new IllegalArgumentException("why");
            });
            send(fixture.publisher("a"), 1);
            await("it was logged", () -> !lines.isEmpty());
            assertThat(lines.getFirst()).contains("handler of a", "message 0 of a", "why");
        } finally {
            logger.setUseParentHandlers(true);
            logger.removeHandler(recorder);
        }
    }

    @Test
    void shouldLetAHandlerCloseItselfAndOthers() throws Exception {
        final AtomicReference<Subscription> second = new AtomicReference<>();
        final AtomicReference<Subscription> first = new AtomicReference<>();
        final List<String> calls = new CopyOnWriteArrayList<>();
        first.set(subscribe("a", message -> {
            calls.add("first " + message.getLong(0));
            if (message.getLong(0) == 1) {
                second.get().close();
            } else if (message.getLong(0) == 2) {
                first.get().close();
                first.get().close();
            }
        }));
        second.set(subscribe("a", message -> calls.add("second " + message.getLong(0))));
        subscribe("a", receive);
        send(fixture.publisher("a"), 0, 1, 2, 3);
        awaitReceived(4);
        assertThat(calls).containsExactly("first 0", "second 0", "first 1", "first 2");
    }

    @Test
    void shouldLetAHandlerSubscribeAndPublish() throws Exception {
        final AtomicLong nested = new AtomicLong();
        final AtomicReference<Publisher> answers = new AtomicReference<>();
        subscribe("question", message -> {
            if (answers.get() == null) {
                answers.set(fixture.publisher("answer"));
                subscribe("answer", answer -> nested.addAndGet(answer.getLong(0)));
            }
            send(answers.get(), message.getLong(0) * 10);
        });
        send(fixture.publisher("question"), 1, 2, 3);
        await("the answers", () -> nested.get() == 60);
    }

    /** Its own reader is what the publisher waits for: waiting would be for ever. */
    @Test
    void shouldNotWaitForItselfInsideAHandler() throws Exception {
        final AtomicLong result = new AtomicLong();
        final AtomicReference<Publisher> own = new AtomicReference<>();
        subscribe("a", message -> {
            if (own.get() == null) {
                own.set(fixture.publisher("a"));
                EngineFixture.fill(own.get());
                result.set(own.get().publish(MemorySegment.ofArray(number(1)), 0, Long.BYTES, Duration.ofDays(1)));
            }
        });
        send(fixture.publisher("a"), 1);
        await("publish answered", () -> result.get() != 0);
        assertThat(result.get()).isEqualTo(Publisher.BACK_PRESSURED);
    }

    @Test
    void shouldCallNoHandlerOnceCloseReturned() throws Exception {
        final AtomicInteger calls = new AtomicInteger();
        final Subscription closed = subscribe("a", message -> calls.incrementAndGet());
        subscribe("a", receive);
        final Publisher publisher = fixture.publisher("a");
        send(publisher, 1);
        awaitReceived(1);
        closed.close();
        send(publisher, 2);
        awaitReceived(2);
        assertThat(calls).hasValue(1);
    }

    @Test
    void shouldHoldUpNobodyForAHandlerThatWasClosed() throws Exception {
        final PeerThread.Gate gate = new PeerThread.Gate();
        final AtomicInteger calls = new AtomicInteger();
        final Subscription closed = subscribe("a", message -> calls.incrementAndGet());
        subscribe("b", message -> {
            calls.incrementAndGet();
            gate.pass();
        });
        final Publisher a = fixture.publisher("a");
        final Publisher b = fixture.publisher("b");
        send(a, 1);
        await("a was read", () -> calls.get() == 1);
        closed.close();
        // A round later its lane is left: from then on only b is held up by a handler that does not return.
        await("a is held up by nobody", () -> {
            for (int i = 0; i < 10_000; i++) {
                if (a.offer(number(i)) < 0) {
                    return false;
                }
            }
            return true;
        });
        send(b, 1);
        await("b was read", () -> calls.get() == 2);
        assertThat(EngineFixture.fill(b)).as("b is held up").isPositive();
        for (int i = 0; i < 10_000; i++) {
            assertThat(a.offer(number(i))).isPositive();
        }
        gate.open();
    }

    @Test
    void shouldCountWhatALossyHandlerMisses() throws Exception {
        final PeerThread.Gate gate = new PeerThread.Gate();
        final Subscription lossy = lossy("a", message -> {
            received.add(message.getLong(0));
            gate.pass();
        });
        final Publisher publisher = fixture.publisher("a");
        send(publisher, 0);
        await("the first was read", () -> !received.isEmpty());
        final int messages = 10_000;
        for (int i = 1; i < messages; i++) {
            assertThat(publisher.offer(number(i))).as("it holds up nobody").isPositive();
        }
        gate.open();
        await("the last was read", () -> received.getLast() == messages - 1);
        assertThat(lossy.lost()).isPositive().isEqualTo(messages - received.size());
        final Subscription later = lossy("a", Message::length);
        assertThat(later.lost()).as("since it subscribed").isZero();
        lossy.close();
        assertThat(lossy.lost()).isEqualTo(messages - received.size());
    }

    @Test
    void shouldHandOverWhatWasSentBeforeTheStreamerWasClosed() throws Exception {
        final PeerThread.Gate gate = new PeerThread.Gate();
        subscribe("a", message -> {
            gate.pass();
            received.add(message.getLong(0));
        });
        send(fixture.publisher("a"), 1, 2, 3);
        fixture.streamer.close();
        gate.open();
        awaitReceived(3);
        assertThatThrownBy(() -> subscribe("a", receive)).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
    }

    @Test
    void shouldEndItsThreadWithTheLastHandlerAndStartAnother() throws Exception {
        final AtomicReference<Thread> thread = new AtomicReference<>();
        final Publisher publisher = fixture.publisher("a");
        for (int round = 0; round < 3; round++) {
            final Subscription subscription = subscribe("a", message -> thread.set(Thread.currentThread()));
            final Subscription lossy = lossy("a", receive);
            send(publisher, round);
            awaitReceived(round + 1);
            await("it was called", () -> thread.get() != null);
            assertThat(thread.get().isDaemon()).isTrue();
            subscription.close();
            lossy.close();
            thread.get().join(Duration.ofSeconds(EngineFixture.DEADLINE_SECONDS));
            assertThat(thread.getAndSet(null).isAlive()).isFalse();
        }
    }

    @Test
    void shouldLeaveNothingBehindOfASubscriptionThatWasRefused() throws Exception {
        final Publisher publisher = fixture.publisher("a");
        final List<Subscriber> readers = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            readers.add(fixture.subscriber("a"));
        }
        assertThatThrownBy(() -> subscribe("a", receive)).hasMessageContaining("64");
        readers.removeLast().close();
        subscribe("a", receive);
        send(publisher, 1);
        awaitReceived(1);
    }

    @Test
    void shouldFanOutManyStreamsToManyHandlers() throws Exception {
        final int streams = 10_000;
        final int handlers = 500;
        final AtomicLong all = new AtomicLong();
        subscribe("s.>", message -> all.incrementAndGet());
        for (int i = 0; i < handlers; i++) {
            final int number = i;
            subscribe("s." + i, message -> {
                assertThat(message.getLong(0)).isEqualTo(number);
                received.add(message.getLong(0));
            });
        }
        final StreamPublisher publisher = fixture.streamer.streamPublisher();
        for (int i = 0; i < streams; i++) {
            assertThat(publisher.publish(publisher.stream("s." + i), MemorySegment.ofArray(number(i)), 0, Long.BYTES, Duration.ofSeconds(60)))
                    .isPositive();
        }
        await("all were read", () -> all.get() == streams);
        assertThat(received).hasSize(handlers);
    }
}
