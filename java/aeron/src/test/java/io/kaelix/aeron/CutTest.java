// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Subscriber;
import io.kaelix.config.BridgeConfig;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A network that loses packets, and is cut. */
@SuppressWarnings("try")
class CutTest {

    private static final Duration TIMEOUT = Duration.ofMillis(400);

    /** Numbered messages: what came, and whether it was in order and once. */
    private static final class Numbers {
        private final ByteBuffer text = ByteBuffer.allocate(Long.BYTES);
        private long sent;
        private long received;
        private long last = -1;
        private boolean inOrder = true;

        private boolean send(final Publisher publisher) {
            final boolean taken = publisher.offer(text.putLong(0, sent).array()) > 0;
            sent += taken ? 1 : 0;
            return taken;
        }

        private int receive(final Subscriber subscriber) {
            return subscriber.poll(message -> {
                final long number = ByteBuffer.wrap(message.toByteArray()).getLong();
                inOrder &= number > last;
                last = number;
                received++;
            }, 64);
        }
    }

    /** A sender that soon notices a cut of the relay. */
    private static BridgeConfig out(final UdpRelay relay) {
        return BridgeConfig.out("out", "aeron:udp?endpoint=127.0.0.1:" + relay.port()).withPeerTimeout(TIMEOUT);
    }

    /** And a receiver behind it. */
    private static BridgeConfig in(final int port) {
        return BridgeConfig.in("in", "aeron:udp?endpoint=127.0.0.1:" + port).withPeerTimeout(TIMEOUT);
    }

    @Test
    void shouldLoseNothingWhereAeronRepairs() {
        final int port = Ports.free();
        try (Pair pair = new Pair();
                UdpRelay relay = new UdpRelay(port, 3);
                Subscriber subscriber = pair.there.subscriber("numbers");
                AeronBridge from = pair.openHere(BridgeConfig.out("out", "aeron:udp?endpoint=127.0.0.1:" + relay.port())
                        .withSlow(SlowSubscriberPolicy.BLOCK));
                AeronBridge to = pair.openThere(BridgeConfig.in("in", "aeron:udp?endpoint=127.0.0.1:" + port));
                Publisher publisher = pair.here.publisher("numbers")) {
            Pair.awaitConnected(from, to);
            final Numbers numbers = new Numbers();
            Pair.await("all", () -> {
                if (numbers.sent < 100_000) {
                    numbers.send(publisher);
                }
                numbers.receive(subscriber);
                return numbers.received == 100_000;
            });
            assertThat(numbers.inOrder).isTrue();
            assertThat(relay.dropped()).isPositive();
            assertThat(Pair.status(to).lostMessages()).isZero();
            assertThat(Pair.status(to).duplicateMessages()).isZero();
            Pair.await("repairs are told", () -> Pair.status(from).retransmits() > 0 && Pair.status(to).retransmits() > 0);
            Pair.await("positions are told", () -> Pair.status(from).position() > 100_000 * (long) Long.BYTES
                    && Pair.status(to).position() == Pair.status(from).position());
        }
    }

    @Test
    void shouldCountExactlyWhatACutLost() {
        final int port = Ports.free();
        try (Pair pair = new Pair();
                UdpRelay relay = new UdpRelay(port, 0);
                Subscriber subscriber = pair.there.subscriber("numbers");
                AeronBridge from = pair.openHere(out(relay));
                AeronBridge to = pair.openThere(in(port));
                Publisher publisher = pair.here.publisher("numbers")) {
            final Numbers numbers = new Numbers();
            for (int cuts = 1; cuts <= 3; cuts++) {
                Pair.awaitConnected(from, to);
                exchange(numbers, publisher, subscriber, 20_000);
                relay.cut(true);
                Pair.await("gone", () -> {
                    numbers.send(publisher);
                    numbers.receive(subscriber);
                    return !Pair.status(from).connected() && !Pair.status(to).connected();
                });
                relay.cut(false);
            }
            Pair.awaitConnected(from, to);
            exchange(numbers, publisher, subscriber, 1);
            Pair.await("the last", () -> {
                numbers.receive(subscriber);
                return numbers.last == numbers.sent - 1;
            });
            assertThat(numbers.inOrder).isTrue();
            assertThat(Pair.status(to).lostMessages()).isPositive().isEqualTo(numbers.sent - numbers.received);
            assertThat(Pair.status(from).lostMessages()).isLessThanOrEqualTo(Pair.status(to).lostMessages());
        }
    }

    @Test
    void shouldGoOnBehindMessagesOfWhichACutLeftSomeParts() {
        final int port = Ports.free();
        final byte[] text = new byte[200_000];
        try (Pair pair = new Pair();
                UdpRelay relay = new UdpRelay(port, 0);
                Subscriber subscriber = pair.there.subscriber("long");
                AeronBridge from = pair.openHere(out(relay).withSlow(SlowSubscriberPolicy.BLOCK).withMaxFrameLength(1 << 16));
                AeronBridge to = pair.openThere(in(port));
                Publisher publisher = pair.here.publisher("long")) {
            final long[] sent = {0};
            final List<Long> received = new ArrayList<>();
            final Runnable receive = () -> subscriber.poll(message -> {
                final ByteBuffer came = ByteBuffer.wrap(message.toByteArray());
                assertThat(came.getLong(came.capacity() - Long.BYTES)).isEqualTo(came.getLong(0));
                received.add(came.getLong(0));
            }, 4);
            final Runnable exchange = () -> {
                final ByteBuffer ends = ByteBuffer.wrap(text).putLong(0, sent[0]).putLong(text.length - Long.BYTES, sent[0]);
                sent[0] += publisher.offer(ends.array()) > 0 ? 1 : 0;
                receive.run();
            };
            for (int cuts = 0; cuts < 4; cuts++) {
                Pair.awaitConnected(from, to);
                final int some = received.size() + 3;
                Pair.await("some", () -> {
                    exchange.run();
                    return received.size() >= some;
                });
                relay.cut(true);
                Pair.await("gone", () -> {
                    exchange.run();
                    return !Pair.status(from).connected() && !Pair.status(to).connected();
                });
                relay.cut(false);
            }
            Pair.awaitConnected(from, to);
            final int some = received.size() + 3;
            Pair.await("some", () -> {
                exchange.run();
                return received.size() >= some;
            });
            Pair.await("the last", () -> {
                receive.run();
                return Pair.status(to).lostMessages() + received.size() == sent[0];
            });
            assertThat(received).isSorted().doesNotHaveDuplicates();
            assertThat(Pair.status(to).lastError()).doesNotContain("partitions");
        }
    }

    @Test
    void shouldCountWhatACutLostAlthoughNothingFollows() {
        final int port = Ports.free();
        try (Pair pair = new Pair();
                UdpRelay relay = new UdpRelay(port, 0);
                Subscriber subscriber = pair.there.subscriber("numbers");
                AeronBridge from = pair.openHere(out(relay));
                AeronBridge to = pair.openThere(in(port));
                Publisher publisher = pair.here.publisher("numbers")) {
            Pair.awaitConnected(from, to);
            final Numbers numbers = new Numbers();
            exchange(numbers, publisher, subscriber, 1_000);
            relay.cut(true);
            exchange(numbers, publisher, subscriber, 1_000);
            Pair.await("gone", () -> !Pair.status(from).connected() && !Pair.status(to).connected());
            relay.cut(false);
            Pair.awaitConnected(from, to);
            Pair.await("all are known of", () -> {
                numbers.receive(subscriber);
                return numbers.received + Pair.status(to).lostMessages() == numbers.sent;
            });
            assertThat(Pair.status(to).lostMessages()).isPositive();
        }
    }

    private static void exchange(final Numbers numbers, final Publisher publisher, final Subscriber subscriber, final int count) {
        final long until = numbers.sent + count;
        Pair.await("sent", () -> {
            numbers.send(publisher);
            numbers.receive(subscriber);
            return numbers.sent >= until;
        });
    }
}
