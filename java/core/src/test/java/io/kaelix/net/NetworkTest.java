// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.ClientConfig;
import io.kaelix.ClientStatus;
import io.kaelix.KaelixClient;
import io.kaelix.KaelixException;
import io.kaelix.ListenConfig;
import io.kaelix.Listener;
import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.Publisher;
import io.kaelix.SessionStatus;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Start;
import io.kaelix.StreamPublisher;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Subscription;
import io.kaelix.TopicRule;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A streamer and its clients, over sockets of this machine: what users see. */
@Timeout(60)
class NetworkTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults().withLaneCapacity(1 << 18));
    private final Listener listener = streamer.listen("127.0.0.1:0");

    @AfterEach
    void close() {
        listener.close();
        streamer.close();
    }

    private KaelixClient client() {
        return KaelixClient.connect(config());
    }

    private ClientConfig config() {
        return ClientConfig.to("127.0.0.1", listener.address().getPort());
    }

    static void await(final BooleanSupplier condition) {
        final long until = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited for too long").isLessThan(until);
            Thread.onSpinWait();
        }
    }

    static List<String> receive(final Subscriber subscriber, final int count) {
        final List<String> received = new ArrayList<>();
        await(() -> {
            subscriber.poll(message -> received.add(message.asString()), 1_000);
            return received.size() >= count;
        });
        return received;
    }

    @Test
    void shouldReceiveWhatTheServerPublishes() {
        try (KaelixClient client = client(); Subscriber subscriber = client.subscriber("orders.*");
                Publisher publisher = streamer.publisher("orders.eu")) {
            for (int i = 0; i < 100; i++) {
                assertThat(publisher.offer(("number " + i).getBytes())).isPositive();
            }
            assertThat(receive(subscriber, 100)).startsWith("number 0", "number 1").endsWith("number 99").hasSize(100);
        }
    }

    @Test
    void shouldPublishToTheServer() {
        try (KaelixClient client = client(); Subscriber subscriber = streamer.subscriber("orders.*");
                Publisher publisher = client.publisher("orders.eu")) {
            for (int i = 0; i < 100; i++) {
                assertThat(publisher.offer(("number " + i).getBytes())).isPositive();
            }
            assertThat(receive(subscriber, 100)).startsWith("number 0", "number 1").endsWith("number 99").hasSize(100);
        }
    }

    @Test
    void shouldCarryMuchMoreThanARingInBothDirections() throws Exception {
        final int count = 200_000;
        try (KaelixClient client = client(); Subscriber here = streamer.subscriber("up");
                Subscriber there = client.subscriber("down",
                        SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.BLOCK));
                Publisher up = client.publisher("up"); Publisher down = streamer.publisher("down")) {
            final Thread first = Thread.ofPlatform().start(() -> publishNumbers(up, count));
            final Thread second = Thread.ofPlatform().start(() -> publishNumbers(down, count));
            final long[] next = new long[2];
            await(() -> {
                here.poll(message -> check(message, next, 0), 1_000);
                there.poll(message -> check(message, next, 1), 1_000);
                return next[0] == count && next[1] == count;
            });
            first.join();
            second.join();
            assertThat(there.lost()).isZero();
        }
    }

    private static void publishNumbers(final Publisher publisher, final int count) {
        final MemorySegment bytes = MemorySegment.ofArray(new byte[40]);
        for (int i = 0; i < count; i++) {
            bytes.set(java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED, 0, i);
            while (publisher.offer(bytes) < 0) {
                Thread.onSpinWait();
            }
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new IllegalStateException("interrupted");
        }
    }

    private static void check(final Message message, final long[] next, final int which) {
        assertThat(message.payload().get(java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED, 0)).isEqualTo(next[which]);
        next[which]++;
    }
}
