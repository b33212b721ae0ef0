// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.config.BridgeConfig;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links in mode archive, whose ends are closed and opened again. */
@SuppressWarnings("try")
class ArchiveTest {

    private static final Duration TIMEOUT = Duration.ofMillis(500);
    private static final Topic NUMBERS = Topic.of("numbers");

    @TempDir
    Path folder;

    /** Numbered messages: each once, and in order. */
    private static final class Numbers {
        private long sent;
        private long received;

        private void send(final Publisher publisher, final int count) {
            final long until = sent + count;
            Pair.await("sent", () -> {
                sent += publisher.offer(ByteBuffer.allocate(Long.BYTES).putLong(0, sent).array()) > 0 ? 1 : 0;
                return sent == until;
            });
        }

        private int receive(final Subscriber subscriber) {
            return subscriber.poll(message -> {
                assertThat(ByteBuffer.wrap(message.toByteArray()).getLong()).isEqualTo(received);
                received++;
            }, 1_000);
        }

        private void receiveAll(final Subscriber subscriber) {
            Pair.await("all received", () -> {
                receive(subscriber);
                return received == sent;
            });
        }
    }

    private BridgeConfig out(final Pair pair) {
        return BridgeConfig.out("out", pair.channel).recordedIn(folder.resolve("archive")).withPeerTimeout(TIMEOUT);
    }

    private BridgeConfig in(final Pair pair) {
        return BridgeConfig.in("in", pair.channel).replayedTo("aeron:udp?endpoint=127.0.0.1:0", folder.resolve("state")).withPeerTimeout(TIMEOUT);
    }

    private static Subscriber subscriber(final Pair pair) {
        return pair.there.subscriber(TopicPattern.of(">"), SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.BLOCK));
    }

    @Test
    void shouldDeliverWhatWasRecordedBeforeAReceiverCame() {
        try (Pair pair = new Pair();
                Subscriber subscriber = subscriber(pair);
                AeronBridge from = pair.openHere(out(pair));
                Publisher publisher = pair.here.publisher(NUMBERS)) {
            final Numbers numbers = new Numbers();
            numbers.send(publisher, 50_000);
            Pair.await("recorded", () -> from.recorded("out", NUMBERS) == 50_000);
            try (AeronBridge to = pair.openThere(in(pair))) {
                numbers.send(publisher, 10_000);
                numbers.receiveAll(subscriber);
                assertThat(Pair.status(to).lostMessages()).isZero();
                assertThat(Pair.status(to).messages()).isEqualTo(60_000);
                assertThat(Pair.status(to).connected()).isTrue();
            }
        }
    }

    @Test
    void shouldGoOnWithAReceiverThatComesBack() {
        try (Pair pair = new Pair();
                Subscriber subscriber = subscriber(pair);
                AeronBridge from = pair.openHere(out(pair));
                Publisher publisher = pair.here.publisher(NUMBERS)) {
            final Numbers numbers = new Numbers();
            for (int life = 0; life < 4; life++) {
                numbers.send(publisher, 5_000);
                try (AeronBridge to = pair.openThere(in(pair))) {
                    // Closed in the midst of it, but for the last.
                    final long until = life == 3 ? 20_000 : numbers.received + 2_000;
                    Pair.await("received", () -> {
                        numbers.receive(subscriber);
                        return numbers.received >= until;
                    });
                    assertThat(Pair.status(to).lostMessages()).isZero();
                }
            }
            numbers.receiveAll(subscriber);
        }
    }

    @Test
    void shouldGoOnWithASenderThatComesBack() {
        try (Pair pair = new Pair(); Subscriber subscriber = subscriber(pair); AeronBridge to = pair.openThere(in(pair))) {
            final Numbers numbers = new Numbers();
            for (int life = 0; life < 3; life++) {
                try (AeronBridge from = pair.openHere(out(pair)); Publisher publisher = pair.here.publisher(NUMBERS)) {
                    assertThat(from.recorded("out", NUMBERS)).isEqualTo(numbers.sent);
                    numbers.send(publisher, 5_000);
                    Pair.await("recorded", () -> from.recorded("out", NUMBERS) == numbers.sent);
                    if (life != 1) {
                        numbers.receiveAll(subscriber);
                    }
                }
            }
            assertThat(Pair.status(to).lostMessages()).isZero();
            assertThat(Pair.status(to).duplicateMessages()).isZero();
        }
    }

    /** Lanes of a streamer without a directory are gone with it, and what nobody had read there comes to the next one. */
    @Test
    void shouldDeliverWhatNobodyHadReadToTheNextStreamer() {
        try (Pair pair = new Pair(); AeronBridge from = pair.openHere(out(pair)); Publisher publisher = pair.here.publisher(NUMBERS)) {
            final Numbers numbers = new Numbers();
            numbers.send(publisher, 5_000);
            try (Subscriber subscriber = subscriber(pair); AeronBridge to = pair.openThere(in(pair))) {
                Pair.await("all are in its lane", () -> Pair.status(to).messages() == 5_000);
                Pair.await("some received", () -> {
                    subscriber.poll(message -> numbers.received++, 100);
                    return numbers.received >= 2_000;
                });
                // It looks every 20 ms what was read.
                final long until = System.nanoTime() + 200_000_000;
                Pair.await("noted", () -> System.nanoTime() - until > 0);
            }
            final long[] next = {-1};
            try (MemoryStreamer another = MemoryStreamer.launch();
                    Subscriber subscriber = another.subscriber(TopicPattern.of(">"),
                            SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.BLOCK));
                    AeronBridge to = AeronBridge.open(another, in(pair))) {
                Pair.await("the rest", () -> {
                    subscriber.poll(message -> {
                        final long number = ByteBuffer.wrap(message.toByteArray()).getLong();
                        if (next[0] < 0) {
                            assertThat(number).isBetween(0L, numbers.received);
                        } else {
                            assertThat(number).isEqualTo(next[0]);
                        }
                        next[0] = number + 1;
                    }, 100);
                    return next[0] == 5_000;
                });
            }
        }
    }

    @Test
    void shouldCountWhatWasDeletedBeforeAReceiverCame() {
        try (Pair pair = new Pair();
                Subscriber subscriber = subscriber(pair);
                AeronBridge from = pair.openHere(out(pair).withRetention(1 << 20));
                Publisher publisher = pair.here.publisher(NUMBERS)) {
            final int count = 2_000;
            final byte[] text = new byte[40_000];
            for (int i = 0; i < count; i++) {
                ByteBuffer.wrap(text).putLong(0, i);
                Pair.await("sent", () -> publisher.offer(text) > 0);
            }
            Pair.await("recorded", () -> from.recorded("out", NUMBERS) == count);
            final long[] received = {0, -1};
            try (AeronBridge to = pair.openThere(in(pair))) {
                Pair.await("the last", () -> {
                    subscriber.poll(message -> {
                        final long number = ByteBuffer.wrap(message.toByteArray()).getLong();
                        assertThat(number).isGreaterThan(received[1]);
                        received[0]++;
                        received[1] = number;
                    }, 100);
                    return received[1] == count - 1;
                });
                // What was not to be kept, is gone; and what was, is there.
                assertThat(received[0]).isLessThan(count).isGreaterThan((1 << 20) / text.length);
                assertThat(Pair.status(to).lostMessages()).isEqualTo(count - received[0]);
            }
        }
    }

    @Test
    void shouldSpreadStreamsOverShards() {
        try (Pair pair = new Pair();
                Subscriber subscriber = subscriber(pair);
                AeronBridge from = pair.openHere(out(pair).withShards(3));
                AeronBridge to = pair.openThere(in(pair).withShards(3))) {
            for (int stream = 0; stream < 30; stream++) {
                try (Publisher publisher = pair.here.publisher("streams." + stream)) {
                    Pair.await("sent", () -> publisher.offer(new byte[8]) > 0);
                }
            }
            final int[] received = new int[1];
            Pair.await("received", () -> (received[0] += Math.max(0, subscriber.poll(message -> { }, 100))) == 30);
            Pair.await("recorded", () -> from.recorded("out", Topic.of("streams.7")) == 1);
            assertThat(from.recorded("out", Topic.of("streams.99"))).isZero();
        }
    }
}
