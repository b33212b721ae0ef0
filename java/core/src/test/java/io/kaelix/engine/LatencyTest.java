// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.await;
import static io.kaelix.engine.EngineFixture.drain;
import static io.kaelix.engine.EngineFixture.number;
import static io.kaelix.engine.EngineFixture.send;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.kaelix.MemoryStreamer;
import io.kaelix.MessageHandler;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberStatus;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.telemetry.LatencyHistogram;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How long messages took, as a streamer tells it of each subscriber. */
@Timeout(120)
class LatencyTest {

    private static final int FRAME = 24;
    private static final int MESSAGES = 100_000;
    private static final int SAMPLING = 1024;

    private final MemoryStreamer streamer = MemoryStreamer.launch(EngineFixture.config().withLatencySamplingBytes(SAMPLING));

    @AfterEach
    void close() {
        streamer.close();
    }

    private SubscriberStatus status(final String pattern) {
        final List<SubscriberStatus> found = streamer.subscribers().stream()
                .filter(status -> status.patterns().contains(TopicPattern.of(pattern))).toList();
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    @ParameterizedTest
    @EnumSource
    void shouldTimeMessagesOfEachSubscriber(final SlowSubscriberPolicy policy) {
        final Subscriber subscriber = streamer.subscriber(TopicPattern.of("a"), policy);
        final Publisher publisher = streamer.publisher("a");
        final long start = System.nanoTime();
        for (int i = 0; i < MESSAGES; i++) {
            send(publisher, i);
            if (i % 16 == 15) {
                drain(subscriber);
            }
        }
        final long took = System.nanoTime() - start;
        final SubscriberStatus status = status("a");
        assertThat(status.received()).isEqualTo(MESSAGES);
        assertThat(status.deliveryLatency().count()).isBetween((long) MESSAGES * FRAME / (2 * SAMPLING + 2 * FRAME),
                (long) MESSAGES * FRAME / SAMPLING);
        assertThat(status.deliveryLatency().max()).isBetween(1L, took);
        assertThat(status.deliveryLatency()).isInstanceOf(LatencyHistogram.class);
        assertThat(status.handlerTime().count()).as("this one has no handlers of the streamer's").isZero();
        assertThat(status.owner()).isEqualTo("a#" + status.number());
        subscriber.close();
    }

    @Test
    void shouldTimeMessagesAndHandlersOfASharedReader() throws Exception {
        final AtomicInteger received = new AtomicInteger();
        final io.kaelix.Subscription first = streamer.subscribe("a", message -> received.incrementAndGet());
        final io.kaelix.Subscription second = streamer.subscribe("*", message -> received.incrementAndGet());
        final Publisher publisher = streamer.publisher("a");
        for (int i = 0; i < MESSAGES; i++) {
            while (publisher.offer(number(i)) < 0) {
                Thread.onSpinWait();
            }
        }
        await("all", () -> received.get() == 2 * MESSAGES);
        final SubscriberStatus status = status("a");
        assertThat(status.owner()).isEqualTo("a,*#" + status.number());
        assertThat(status.deliveryLatency().count()).isPositive();
        assertThat(status.handlerTime().count()).isBetween(MESSAGES / 256L, (long) MESSAGES);
        await("received", () -> status("a").received() == MESSAGES);
        first.close();
        second.close();
    }

    @Test
    void shouldTimeNoHandlerWhileNoMessagesAreTimed() throws Exception {
        streamer.reconfigure(streamer.config().withLatencySamplingBytes(0));
        final AtomicInteger received = new AtomicInteger();
        final io.kaelix.Subscription handlers = streamer.subscribe("a", message -> received.incrementAndGet());
        final Publisher publisher = streamer.publisher("a");
        for (int i = 0; i < 1_000; i++) {
            while (publisher.offer(number(i)) < 0) {
                Thread.onSpinWait();
            }
        }
        await("all", () -> received.get() == 1_000);
        assertThat(status("a").handlerTime().count()).isZero();
        assertThat(status("a").deliveryLatency().count()).isZero();
        handlers.close();
    }

    @Test
    void shouldStopAndBeginAgainForSubscribersThatAreThere() {
        final Subscriber subscriber = streamer.subscriber("a");
        final Publisher publisher = streamer.publisher("a");
        sendAndDrain(publisher, subscriber);
        streamer.reconfigure(streamer.config().withLatencySamplingBytes(0));
        sendAndDrain(publisher, subscriber);
        final long stopped = status("a").deliveryLatency().count();
        assertThat(stopped).isPositive();
        sendAndDrain(publisher, subscriber);
        assertThat(status("a").deliveryLatency().count()).isEqualTo(stopped);
        streamer.reconfigure(streamer.config().withLatencySamplingBytes(SAMPLING));
        sendAndDrain(publisher, subscriber);
        assertThat(status("a").deliveryLatency().count()).isGreaterThan(stopped);
    }

    private static void sendAndDrain(final Publisher publisher, final Subscriber subscriber) {
        for (int i = 0; i < 10_000; i++) {
            send(publisher, i);
            if (i % 16 == 15) {
                drain(subscriber);
            }
        }
    }

    @Test
    void shouldAllocateNothingForIt() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final Subscriber subscriber = streamer.subscriber("a");
        final Publisher publisher = streamer.publisher("a");
        final byte[] payload = number(1);
        final MessageHandler handler = message -> { };
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1_000_000; i++) {
                publisher.offer(payload);
                subscriber.poll(handler, 10);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).isLessThan(10_000);
        assertThat(status("a").deliveryLatency().count()).isGreaterThan(5_000_000L * FRAME / (2 * SAMPLING + 2 * FRAME));
    }

    @Test
    void shouldCountWhatWasReceivedFromLanesThatAreGone() {
        final Subscriber subscriber = streamer.subscriber("*");
        for (int round = 1; round <= 3; round++) {
            try (Publisher publisher = streamer.publisher("a"); StreamPublisher many = streamer.streamPublisher()) {
                send(publisher, 1, 2, 3);
                assertThat(many.offer(many.stream(Topic.of("b")), number(4))).isPositive();
                assertThat(drain(subscriber)).containsExactlyInAnyOrder(1L, 2L, 3L, 4L);
            }
            assertThat(drain(subscriber)).isEmpty();
            assertThat(status("*").received()).isEqualTo(4L * round);
        }
        assertThat(streamer.lanes()).isEmpty();
    }

    @Test
    void shouldTellNoTimeThatIsNoneHoweverOftenItIsOverrun() throws Exception {
        final Subscriber lossy = streamer.subscriber(TopicPattern.of("a"), SlowSubscriberPolicy.LOSSY);
        final long start = System.nanoTime();
        final Thread sender = Thread.ofPlatform().daemon().start(() -> {
            try (Publisher publisher = streamer.publisher("a")) {
                final byte[] longer = new byte[200];
                // What lies where a time is looked for is long past, or far ahead.
                Arrays.fill(longer, (byte) 0x10);
                while (!Thread.interrupted()) {
                    publisher.offer(longer);
                    publisher.offer(number(Long.MIN_VALUE));
                }
            }
        });
        try {
            await("a thousand times", () -> {
                lossy.poll(message -> { }, 1_000);
                return status("a").deliveryLatency().count() > 1_000;
            });
        } finally {
            sender.interrupt();
            sender.join();
        }
        assertThat(status("a").deliveryLatency().max()).isBetween(1L, System.nanoTime() - start);
    }

    @Test
    void shouldGiveEachSubscriberANumberOfItsOwn() {
        final Subscriber gone = streamer.subscriber("a");
        final long number = status("a").number();
        gone.close();
        streamer.subscriber("a");
        streamer.subscriber("b");
        assertThat(streamer.subscribers()).extracting(SubscriberStatus::number).doesNotContain(number, 0L).doesNotHaveDuplicates()
                .hasSize(2);
    }
}
