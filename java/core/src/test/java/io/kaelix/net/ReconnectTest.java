// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static io.kaelix.net.NetworkTest.receive;
import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.ClientConfig;
import io.kaelix.ClientStatus;
import io.kaelix.KaelixClient;
import io.kaelix.KaelixException;
import io.kaelix.ListenConfig;
import io.kaelix.Listener;
import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Start;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that are cut at any byte, and servers that go away. */
@Timeout(120)
class ReconnectTest extends ServerFixture {

    private static final SubscriberConfig ALL = SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.BLOCK);

    /** Sends numbered messages of varied lengths, some in parts, until told to stop. How many. */
    private static int publish(final Publisher publisher, final long seed, final int count) {
        final Random random = new Random(seed);
        for (int i = 0; i < count; i++) {
            final byte[] bytes = new byte[8 + (random.nextInt(50) == 0 ? random.nextInt(publisher.maxOfferLength() - 8)
                    : random.nextInt(300))];
            final MemorySegment message = MemorySegment.ofArray(bytes);
            message.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, i);
            for (int k = 8; k < bytes.length; k++) {
                bytes[k] = (byte) (i + k);
            }
            long result = publisher.offer(bytes);
            while (result == Publisher.BACK_PRESSURED) {
                Thread.onSpinWait();
                result = publisher.offer(bytes);
            }
            assertThat(result).isPositive();
        }
        return count;
    }

    /** Checks that each topic's numbers come without a gap, and all bytes as they were. */
    private static final class Check {
        private final Map<String, Long> next = new HashMap<>();
        private long total;

        void message(final Message message) {
            final String topic = message.topic().name();
            final long number = message.payload().get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
            assertThat(number).as("%s", topic).isEqualTo(next.getOrDefault(topic, 0L));
            for (long k = 8; k < message.payload().byteSize(); k++) {
                if (message.payload().get(ValueLayout.JAVA_BYTE, k) != (byte) (number + k)) {
                    throw new AssertionError("message " + number + " of " + topic + " is torn at byte " + k);
                }
            }
            next.put(topic, number + 1);
            total++;
        }
    }

    @Test
    void shouldLoseNothingAndRepeatNothingWhenConnectionsAreCutAtRandomBytes() throws Exception {
        // As many cuts, about 160, in as much less that is sent.
        final boolean isLong = Boolean.getBoolean("kaelix.long");
        final int count = isLong ? 20_000 : 8_000;
        try (CuttingProxy proxy = new CuttingProxy(listener.address(), 7, isLong ? 400_000 : 160_000);
                KaelixClient client = connect(hasty(proxy.port()));
                Subscriber here = streamer.subscriber("up.*", ALL);
                Subscriber there = client.subscriber("down.*", ALL)) {
            final Check up = new Check();
            final Check down = new Check();
            for (int i = 0; i < 2; i++) {
                final Publisher fromClient = client.publisher("up." + i);
                final Publisher fromServer = streamer.publisher("down." + i);
                final int seed = i;
                Thread.ofPlatform().daemon().start(() -> publish(fromClient, seed, count));
                Thread.ofPlatform().daemon().start(() -> publish(fromServer, seed + 10, count));
            }
            await(Duration.ofSeconds(40), () -> up.total + " " + down.total + " " + client.status() + listener.sessions() + proxy.cuts(),
                    () -> {
                here.poll(up::message, 1_000);
                there.poll(down::message, 1_000);
                return up.total == 2 * count && down.total == 2 * count;
            });
            assertThat(proxy.cuts()).isGreaterThan(20);
            assertThat(client.status().reconnects()).isPositive();
            assertThat(client.status().lostMessages()).isZero();
            assertThat(there.lost()).isZero();
            proxy.heal();
        }
    }

    @Test
    void shouldLoseNothingOfWhatWasGrantedBeforeReadersJoinFurtherBack() {
        final int count = 30_000;
        try (KaelixClient client = KaelixClient.connect(hasty(listener.address().getPort()));
                Subscriber here = streamer.subscriber("up.*", ALL)) {
            final Check up = new Check();
            final Publisher publisher = client.publisher("up.0");
            Thread.ofPlatform().daemon().start(() -> publish(publisher, 3, count));
            final Subscriber[] late = new Subscriber[1];
            await(Duration.ofSeconds(40), () -> up.total + " " + client.status() + listener.sessions(), () -> {
                here.poll(up::message, 100);
                if (late[0] == null) {
                    late[0] = streamer.subscriber("up.*", ALL.withStart(Start.oldest()));
                } else if (late[0].poll(message -> { }, 50) == 0) {
                    late[0].close();
                    late[0] = null;
                }
                return up.total == count;
            });
            if (late[0] != null) {
                late[0].close();
            }
            assertThat(here.lost()).isZero();
            assertThat(client.status().lostMessages()).isZero();
        }
    }

    private static void await(final Duration patience, final Supplier<String> state,
            final BooleanSupplier condition) {
        final long until = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(state).isLessThan(until);
            Thread.onSpinWait();
        }
    }

    /** The first connection may be cut before both have met, which a client reports. */
    private static KaelixClient connect(final ClientConfig config) {
        for (int i = 0; ; i++) {
            try {
                return KaelixClient.connect(config);
            } catch (final KaelixException e) {
                if (i == 20) {
                    throw e;
                }
            }
        }
    }

    @Test
    void shouldGoOnWithAServerThatWasStartedAgain() throws Exception {
        final int port = listener.address().getPort();
        try (KaelixClient client = KaelixClient.connect(hasty(port)); Subscriber there = client.subscriber("down", ALL);
                Publisher up = client.publisher("up")) {
            try (Publisher down = streamer.publisher("down")) {
                down.offer("before".getBytes());
                assertThat(receive(there, 1)).containsExactly("before");
            }
            listener.close();
            NetworkTest.await(() -> client.status().state() == ClientStatus.State.CONNECTING);
            streamer.close();
            assertThat(up.offer("while it was away".getBytes())).isPositive();
            try (MemoryStreamer next = MemoryStreamer.launch(); Subscriber here = next.subscriber("up");
                    Listener again = next.listen("127.0.0.1:" + port);
                    Publisher down = next.publisher("down")) {
                assertThat(again.address().getPort()).isEqualTo(port);
                NetworkTest.await(() -> client.status().state() == ClientStatus.State.CONNECTED);
                assertThat(receive(here, 1)).containsExactly("while it was away");
                NetworkTest.await(() -> again.sessions().getFirst().subscriptions() == 1);
                down.offer("after".getBytes());
                assertThat(receive(there, 1)).containsExactly("after");
                assertThat(client.status().reconnects()).isEqualTo(1);
            }
        }
    }

    @Test
    void shouldComeBackToAServerThatHasForgottenItWhereItStoppedReading() throws Exception {
        try (Listener forgetful = streamer.listen(ListenConfig.defaults().withResumeTimeout(Duration.ZERO));
                CuttingProxy proxy = new CuttingProxy(forgetful.address(), 1, 0);
                KaelixClient client = KaelixClient.connect(hasty(proxy.port())); Subscriber there = client.subscriber("down", ALL);
                Publisher down = streamer.publisher("down"); Subscriber keeps = streamer.subscriber("down")) {
            down.offer("first".getBytes());
            assertThat(receive(there, 1)).containsExactly("first");
            proxy.cut();
            // Nobody holds them for the client, but the ring has them still when it comes back.
            down.offer("second".getBytes());
            down.offer("third".getBytes());
            assertThat(receive(there, 2)).containsExactly("second", "third");
            assertThat(there.lost()).isZero();
            assertThat(client.status().reconnects()).isPositive();
            assertThat(receive(keeps, 3)).hasSize(3);
        }
    }

    @Test
    void shouldGoOnWhereItStoppedReadingThoughItIsForgottenTwice() throws Exception {
        try (Listener forgetful = streamer.listen(ListenConfig.defaults().withResumeTimeout(Duration.ZERO));
                CuttingProxy proxy = new CuttingProxy(forgetful.address(), 1, 0);
                KaelixClient client = KaelixClient.connect(hasty(proxy.port())); Subscriber there = client.subscriber("down.*", ALL);
                Publisher busy = streamer.publisher("down.busy"); Publisher idle = streamer.publisher("down.idle");
                Subscriber keeps = streamer.subscriber("down.*")) {
            busy.offer("busy 0".getBytes());
            idle.offer("idle 0".getBytes());
            assertThat(receive(there, 2)).containsExactlyInAnyOrder("busy 0", "idle 0");
            for (int i = 1; i <= 20; i++) {
                final long before = client.status().reconnects();
                proxy.cut();
                busy.offer(("busy " + i).getBytes());
                assertThat(receive(there, 1)).containsExactly("busy " + i);
                assertThat(client.status().reconnects()).isGreaterThan(before);
            }
            idle.offer("idle 1".getBytes());
            assertThat(receive(there, 1)).containsExactly("idle 1");
            assertThat(there.lost()).isZero();
            assertThat(receive(keeps, 23)).hasSize(23);
        }
    }

    @Test
    void shouldGetWhatAPublisherSentThatCameBeforeItWasForgotten() throws Exception {
        try (Listener forgetful = streamer.listen(ListenConfig.defaults().withResumeTimeout(Duration.ZERO));
                CuttingProxy proxy = new CuttingProxy(forgetful.address(), 1, 0);
                KaelixClient client = KaelixClient.connect(hasty(proxy.port())); Subscriber there = client.subscriber("down", ALL)) {
            proxy.silence();
            try (Publisher fresh = streamer.publisher("down")) {
                fresh.offer("first".getBytes());
                fresh.offer("second".getBytes());
                proxy.plugIn();
                assertThat(receive(there, 2)).containsExactly("first", "second");
                assertThat(there.lost()).isZero();
            }
        }
    }

    @Test
    void shouldNoticeThatACableWasPulledAndGoOnWithoutLoss() throws Exception {
        final Duration heartbeat = Duration.ofMillis(50);
        final Duration silence = Duration.ofMillis(400);
        try (Listener strict = streamer.listen(ListenConfig.defaults().withHeartbeat(heartbeat).withSilence(silence));
                CuttingProxy proxy = new CuttingProxy(strict.address(), 1, 0);
                KaelixClient client = KaelixClient.connect(hasty(proxy.port()).withHeartbeat(heartbeat).withSilence(silence));
                Subscriber there = client.subscriber("down", ALL); Subscriber here = streamer.subscriber("up");
                Publisher up = client.publisher("up"); Publisher down = streamer.publisher("down")) {
            proxy.silence();
            up.offer("up".getBytes());
            down.offer("down".getBytes());
            NetworkTest.await(() -> !strict.sessions().getFirst().connected());
            NetworkTest.await(() -> client.status().state() == ClientStatus.State.CONNECTING);
            assertThat(client.status().lastError()).contains("nothing was heard");
            proxy.plugIn();
            assertThat(receive(here, 1)).containsExactly("up");
            assertThat(receive(there, 1)).containsExactly("down");
            assertThat(client.status().lostMessages()).isZero();
        }
    }

    @Test
    void shouldForgetAClientThatDoesNotComeBackInTime() throws Exception {
        try (Listener hasty = streamer.listen(ListenConfig.defaults().withResumeTimeout(Duration.ofMillis(50)));
                CuttingProxy proxy = new CuttingProxy(hasty.address(), 1, 0)) {
            final KaelixClient client = KaelixClient.connect(hasty(proxy.port()).withCloseTimeout(Duration.ofMillis(50)));
            final Subscriber there = client.subscriber("down", ALL);
            assertThat(streamer.subscribers()).hasSize(1);
            proxy.end();
            NetworkTest.await(() -> hasty.sessions().isEmpty());
            NetworkTest.await(() -> streamer.subscribers().isEmpty());
            there.close();
            client.close();
            assertThat(client.status().state()).isEqualTo(ClientStatus.State.CLOSED);
        }
    }

    @Test
    void shouldGiveUpWhenItIsToldNotToTryAgain() {
        try (KaelixClient client = KaelixClient.connect(hasty(listener.address().getPort()).withReconnectLongest(Duration.ZERO));
                Subscriber there = client.subscriber("down")) {
            listener.close();
            NetworkTest.await(() -> client.status().state() == ClientStatus.State.REFUSED);
            NetworkTest.await(() -> there.poll(message -> { }, 1) < 0);
            assertThat(client.status().lastError()).contains("clos");
        }
    }
}
