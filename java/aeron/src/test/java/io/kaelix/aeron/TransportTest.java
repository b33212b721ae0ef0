// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.TopicPattern;
import io.kaelix.config.BridgeConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try")
class TransportTest {

    private static final int STREAMS = 100;
    private static final int EACH = 200;
    private static final Duration TIMEOUT = Duration.ofMillis(500);

    /** Sends numbered messages to many streams, and takes in as many; what came, by topic. */
    private static Map<String, List<String>> exchange(final StreamPublisher publisher, final Subscriber subscriber) {
        final Map<String, List<String>> received = new HashMap<>();
        final int[] streams = IntStream.range(0, STREAMS).map(i -> publisher.stream("orders." + i)).toArray();
        final int[] counts = new int[2];
        Pair.await("all received", () -> {
            if (counts[0] < STREAMS * EACH
                    && publisher.offer(streams[counts[0] % STREAMS], ("m" + counts[0] / STREAMS).getBytes(US_ASCII)) > 0) {
                counts[0]++;
            }
            counts[1] += subscriber.poll(message -> received.computeIfAbsent(message.topic().name(), name -> new ArrayList<>())
                    .add(message.asString()), 64);
            return counts[1] == STREAMS * EACH;
        });
        return received;
    }

    private static void assertInOrder(final Map<String, List<String>> received) {
        final List<String> expected = IntStream.range(0, EACH).mapToObj(i -> "m" + i).toList();
        assertThat(received).hasSize(STREAMS);
        assertThat(received.values()).allSatisfy(texts -> assertThat(texts).isEqualTo(expected));
    }

    @Test
    void shouldCarryMessagesOfManyStreamsInOrder() {
        try (Pair pair = new Pair();
                Subscriber subscriber = pair.there.subscriber("orders.>");
                AeronBridge from = pair.openHere(pair.out());
                AeronBridge to = pair.openThere(pair.in());
                StreamPublisher publisher = pair.here.streamPublisher()) {
            Pair.awaitConnected(from, to);
            assertInOrder(exchange(publisher, subscriber));
            assertThat(Pair.status(from).lostMessages()).isZero();
            assertThat(Pair.status(to).lostMessages()).isZero();
            assertThat(Pair.status(to).messages()).isEqualTo(STREAMS * EACH);
        }
    }

    @Test
    void shouldSpreadStreamsOverShardsAndKeepTheOrderOfEach() {
        try (Pair pair = new Pair();
                Subscriber subscriber = pair.there.subscriber("orders.>");
                AeronBridge from = pair.openHere(pair.out().withShards(3));
                AeronBridge to = pair.openThere(pair.in().withShards(3));
                StreamPublisher publisher = pair.here.streamPublisher()) {
            Pair.awaitConnected(from, to);
            assertInOrder(exchange(publisher, subscriber));
        }
    }

    @Test
    void shouldCarryMessagesThatAreLongerThanAPacketAndThanAPiece() {
        assertCarriesLong("");
    }

    /** Aeron's messages are an eighth of a term at the most. */
    @Test
    void shouldCarryLongMessagesWhereAeronTakesNone() {
        assertCarriesLong("|term-length=64k");
    }

    private static void assertCarriesLong(final String parameters) {
        try (Pair pair = new Pair();
                Subscriber subscriber = pair.there.subscriber("files");
                AeronBridge from = pair.openHere(BridgeConfig.out("out", pair.channel + parameters).withSlow(SlowSubscriberPolicy.BLOCK));
                AeronBridge to = pair.openThere(pair.in());
                Publisher publisher = pair.here.publisher("files")) {
            Pair.awaitConnected(from, to);
            final List<String> sent = new ArrayList<>();
            final List<String> received = new ArrayList<>();
            for (final int length : new int[] {1, 1_300, 1_500, 40_000, 65_000, 200_000, 3}) {
                final String text = "x".repeat(length - 1) + (char) ('a' + sent.size());
                sent.add(text);
                Pair.await("offered", () -> publisher.offer(text.getBytes(US_ASCII)) > 0);
                Pair.await("received", () -> {
                    subscriber.poll(message -> received.add(message.asString()), 64);
                    return received.size() == sent.size();
                });
            }
            assertThat(received).isEqualTo(sent);
        }
    }

    @Test
    void shouldCarryOnlyWhatMatchesThePattern() {
        try (Pair pair = new Pair();
                Subscriber subscriber = pair.there.subscriber(">");
                AeronBridge from = pair.openHere(pair.out().withPattern(TopicPattern.of("a.>")));
                AeronBridge to = pair.openThere(pair.in());
                Publisher other = pair.here.publisher("b.x");
                Publisher wanted = pair.here.publisher("a.x")) {
            Pair.awaitConnected(from, to);
            final List<String> received = new ArrayList<>();
            other.offer("other".getBytes(US_ASCII));
            wanted.offer("wanted".getBytes(US_ASCII));
            Pair.await("received", () -> subscriber.poll(message -> received.add(message.topic().name()), 64) > 0);
            assertThat(received).containsExactly("a.x");
        }
    }

    /** Both ways: with more hops than there are hosts, what comes back to where it was published is dropped there. */
    @Test
    void shouldNotSendMessagesInCircles() {
        final String back = "aeron:udp?endpoint=127.0.0.1:" + Ports.free();
        try (Pair pair = new Pair();
                Subscriber hereSees = pair.here.subscriber("ping");
                Subscriber thereSees = pair.there.subscriber("ping");
                AeronBridge one = pair.openHere(pair.out().withHops(5), BridgeConfig.in("back-in", back));
                AeronBridge other = pair.openThere(pair.in(), BridgeConfig.out("back-out", back).withHops(5));
                Publisher publisher = pair.here.publisher("ping")) {
            Pair.awaitConnected(one, other);
            final int[] counts = new int[2];
            for (int i = 0; i < 100; i++) {
                Pair.await("offered", () -> publisher.offer("x".getBytes(US_ASCII)) > 0);
            }
            Pair.await("received", () -> {
                counts[0] += hereSees.poll(message -> { }, 64);
                counts[1] += thereSees.poll(message -> { }, 64);
                return counts[1] >= 100 && one.links().get(1).loopedMessages() >= 100;
            });
            assertThat(counts).containsExactly(100, 100);
            assertThat(one.links().get(1).loopedMessages()).isEqualTo(100);
        }
    }

    @Test
    void shouldNotSendOnWhatCameByABridgeUnlessAskedTo() {
        final String on = "aeron:udp?endpoint=127.0.0.1:" + Ports.free();
        for (final int hops : new int[] {1, 2}) {
            try (Pair pair = new Pair();
                    MemoryStreamer third = MemoryStreamer.launch();
                    Subscriber thereSees = pair.there.subscriber("ping");
                    Subscriber thirdSees = third.subscriber("ping");
                    AeronBridge first = pair.openHere(pair.out());
                    AeronBridge middle = pair.openThere(pair.in(), BridgeConfig.out("on", on).withHops(hops));
                    AeronBridge last = AeronBridge.open(third, BridgeConfig.in("last", on));
                    Publisher published = pair.here.publisher("ping");
                    Publisher there = pair.there.publisher("ping")) {
                Pair.awaitConnected(first, middle, last);
                final List<String> received = new ArrayList<>();
                Pair.await("offered", () -> published.offer("far".getBytes(US_ASCII)) > 0);
                Pair.await("received", () -> thereSees.poll(message -> { }, 1) == 1);
                // Behind it, on the same way: what is left out is not only late.
                Pair.await("offered", () -> there.offer("near".getBytes(US_ASCII)) > 0);
                Pair.await("received", () -> {
                    thirdSees.poll(message -> received.add(message.asString()), 64);
                    return received.contains("near") && (hops == 1 || received.contains("far"));
                });
                assertThat(received).containsExactlyInAnyOrderElementsOf(hops == 1 ? List.of("near") : List.of("far", "near"));
            }
        }
    }

    /** A sender that loses what is too much for it counts exactly what the receiver does not get. */
    @Test
    void shouldCountWhatIsLostWithoutAReceiver() {
        try (Pair pair = new Pair();
                Subscriber subscriber = pair.there.subscriber("ticks");
                AeronBridge from = pair.openHere(pair.out().withSlow(SlowSubscriberPolicy.LOSSY));
                Publisher publisher = pair.here.publisher("ticks")) {
            final int count = 50_000;
            for (int i = 0; i < count; i++) {
                final byte[] text = ("m" + i).getBytes(US_ASCII);
                Pair.await("offered", () -> publisher.offer(text) > 0);
            }
            final List<String> received = new ArrayList<>();
            try (AeronBridge to = pair.openThere(pair.in())) {
                Pair.await("the last", () -> {
                    subscriber.poll(message -> received.add(message.asString()), 64);
                    return !received.isEmpty() && received.getLast().equals("m" + (count - 1));
                });
                assertThat(received.size()).isLessThan(count);
                assertThat(Pair.status(from).lostMessages()).isEqualTo(count - received.size());
                // From before it was there: nothing that it lost.
                assertThat(Pair.status(to).lostMessages() + received.size()).isLessThanOrEqualTo(count);
            }
        }
    }

    @Test
    void shouldGoOnWithAReceiverThatComesBack() {
        try (Pair pair = new Pair();
                Subscriber subscriber = pair.there.subscriber("ticks");
                AeronBridge from = pair.openHere(pair.out().withPeerTimeout(TIMEOUT));
                Publisher publisher = pair.here.publisher("ticks")) {
            for (int life = 0; life < 3; life++) {
                final byte[] text = ("life " + life).getBytes(US_ASCII);
                final List<String> received = new ArrayList<>();
                try (AeronBridge to = pair.openThere(pair.in().withPeerTimeout(TIMEOUT))) {
                    Pair.awaitConnected(from, to);
                    Pair.await("offered", () -> publisher.offer(text) > 0);
                    Pair.await("received", () -> subscriber.poll(message -> received.add(message.asString()), 64) > 0);
                    assertThat(received).containsExactly("life " + life);
                }
                Pair.await("gone", () -> !Pair.status(from).connected());
            }
        }
    }

    @Test
    void shouldGoOnWithASenderThatComesBack() {
        try (Pair pair = new Pair();
                Subscriber subscriber = pair.there.subscriber("ticks");
                AeronBridge to = pair.openThere(pair.in().withPeerTimeout(TIMEOUT));
                Publisher publisher = pair.here.publisher("ticks")) {
            for (int life = 0; life < 3; life++) {
                final byte[] text = ("life " + life).getBytes(US_ASCII);
                final List<String> received = new ArrayList<>();
                try (AeronBridge from = pair.openHere(pair.out().withPeerTimeout(TIMEOUT))) {
                    Pair.awaitConnected(from, to);
                    Pair.await("offered", () -> publisher.offer(text) > 0);
                    Pair.await("received", () -> subscriber.poll(message -> received.add(message.asString()), 64) > 0);
                    assertThat(received).containsExactly("life " + life);
                }
                Pair.await("gone", () -> !Pair.status(to).connected());
                assertThat(Pair.status(to).lostMessages()).isZero();
            }
        }
    }

    @Test
    void shouldSayThatLinksOfAClosedBridgeAreNotConnected() {
        try (Pair pair = new Pair();
                AeronBridge from = pair.openHere(pair.out());
                AeronBridge to = pair.openThere(pair.in())) {
            Pair.awaitConnected(from, to);
            from.close();
            assertThat(Pair.status(from).connected()).isFalse();
            to.close();
            assertThat(Pair.status(to).connected()).isFalse();
        }
    }
}
