// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.ClientConfig;
import io.kaelix.ClientStatus;
import io.kaelix.KaelixClient;
import io.kaelix.Listener;
import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamPublisher;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages that a client had taken, and that its server never had, when it ends: all of them are counted, once. */
@Timeout(60)
class UnsentMessagesTest {

    private static final Executor THREADS = task -> Thread.ofPlatform().daemon().start(task);
    private static final int LANE = 1 << 16;

    private final MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults().withLaneCapacity(LANE));
    private final Listener listener = streamer.listen("127.0.0.1:0");

    @AfterEach
    void close() {
        listener.close();
        streamer.close();
    }

    private static ClientConfig config(final int port) {
        return ClientConfig.to("127.0.0.1", port).withReconnectFirst(Duration.ofMillis(1)).withReconnectLongest(Duration.ofMillis(4))
                .withLaneCapacity(LANE).withCloseTimeout(Duration.ofMillis(100)).withConnectTimeout(Duration.ofSeconds(20));
    }

    /** Offers messages of varied lengths, some in parts, until the lane is full; how many it took. */
    private static int fill(final Publisher publisher, final Random random) {
        int count = 0;
        while (publisher.offer(message(random, publisher.maxOfferLength())) > 0) {
            count++;
        }
        return count;
    }

    private static byte[] message(final Random random, final int longest) {
        return new byte[random.nextInt(10) == 0 ? random.nextInt(longest) : random.nextInt(300)];
    }

    @Test
    void shouldCountWhatWasNotSentToAServerThatIsAway() throws Exception {
        final Random random = new Random(5);
        try (CuttingProxy proxy = new CuttingProxy(listener.address(), 1, 0)) {
            final KaelixClient client = KaelixClient.connect(config(proxy.port()));
            final Publisher first = client.publisher("up.first");
            final Publisher second = client.publisher("up.second");
            final Publisher idle = client.publisher("up.idle");
            final StreamPublisher many = client.streamPublisher();
            proxy.end();
            NetworkTest.await(() -> client.status().state() == ClientStatus.State.CONNECTING);
            int taken = fill(first, random) + fill(second, random);
            for (int i = 0; i < 100; i++) {
                taken += many.offer(many.stream(Topic.of("up.many." + i % 7)), message(random, 2_000)) > 0 ? 1 : 0;
            }
            // It goes on there when its server is back, but is closed here: what it published stays its own.
            first.close();
            assertThat(taken).isGreaterThan(150);
            client.close();
            assertThat(client.status().state()).isEqualTo(ClientStatus.State.CLOSED);
            assertThat(client.status().lostMessages()).isEqualTo(taken);
            assertThat(second.offer(new byte[1])).isEqualTo(Publisher.CLOSED);
            assertThat(idle.offer(new byte[1])).isEqualTo(Publisher.CLOSED);
            client.close();
            assertThat(client.status().lostMessages()).as("again").isEqualTo(taken);
        }
    }

    @Test
    void shouldCountOfManyPublishersWhatWasNotSent() throws Exception {
        try (CuttingProxy proxy = new CuttingProxy(listener.address(), 1, 0)) {
            final KaelixClient client = KaelixClient.connect(config(proxy.port()));
            final List<Publisher> publishers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                publishers.add(client.publisher("up." + i));
            }
            proxy.end();
            NetworkTest.await(() -> client.status().state() == ClientStatus.State.CONNECTING);
            int taken = 0;
            for (int i = 0; i < publishers.size(); i++) {
                for (int k = 0; k < i; k++) {
                    assertThat(publishers.get(i).offer(new byte[i])).isPositive();
                    taken++;
                }
            }
            client.close();
            assertThat(client.status().lostMessages()).isEqualTo(taken);
        }
    }

    @Test
    void shouldCountWhatAServerHadNoRoomForUntilTheClientWasClosed() {
        final Random random = new Random(6);
        try (Subscriber slow = streamer.subscriber("up.*", SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.BLOCK))) {
            final KaelixClient client = KaelixClient.connect(config(listener.address().getPort()));
            final List<Publisher> publishers = List.of(client.publisher("up.first"), client.publisher("up.second"));
            long taken = 0;
            // Full on the server, and full here: whatever was on its way has come.
            for (long before = -1; taken != before;) {
                before = taken;
                taken += fill(publishers.get(0), random) + fill(publishers.get(1), random);
                NetworkTest.await(() -> listener.sessions().getFirst().receivedBytes() == client.status().sentBytes());
            }
            NetworkTest.await(() -> listener.sessions().getFirst().receivedBytes() == client.status().sentBytes());
            client.close();
            final long[] received = new long[1];
            final long expected = taken;
            NetworkTest.await(() -> {
                slow.poll(message -> received[0]++, 1_000);
                return received[0] + client.status().lostMessages() >= expected;
            });
            assertThat(slow.poll(message -> { }, 1_000)).as("no more comes").isZero();
            assertThat(received[0]).isPositive();
            assertThat(client.status().lostMessages()).isEqualTo(taken - received[0]).isPositive();
        }
    }

    @Test
    void shouldCountWhatWasNotAcknowledgedByAServerThatWillNotHaveItAnyMoreAndTakeNothingElse() throws Exception {
        try (ScriptedServer server = new ScriptedServer()) {
            final CompletableFuture<KaelixClient> connecting = supplyAsync(() -> KaelixClient.connect(config(server.port())), THREADS);
            server.accept();
            server.welcome(1, false);
            final KaelixClient client = connecting.get();
            final CompletableFuture<Publisher> creating = supplyAsync(() -> client.publisher("up"), THREADS);
            server.await(WireDeclare.class);
            server.send(new WireDeclare(Topic.of("up"), 1));
            final Publisher publisher = creating.get();
            for (int i = 0; i < 50; i++) {
                assertThat(publisher.offer(new byte[8])).isPositive();
            }
            assertThat(publisher.offer(new byte[publisher.maxOfferLength()])).isPositive();
            // Ten are sent, five of which have come.
            server.credit(0, 240, 0);
            NetworkTest.await(() -> client.status().sentBytes() == 240);
            server.credit(0, 240, 120);
            server.send(WireFailure.of(0, WireError.UNAUTHORIZED, "the token does not do any more"));
            NetworkTest.await(() -> client.status().state() == ClientStatus.State.REFUSED);
            NetworkTest.await(() -> publisher.offer(new byte[8]) == Publisher.CLOSED);
            assertThat(client.status().lostMessages()).isEqualTo(46);
            client.close();
            assertThat(client.status().lostMessages()).isEqualTo(46);
        }
    }

    @Test
    void shouldCountALongMessageOfWhichTheFirstPartsHaveCome() throws Exception {
        try (ScriptedServer server = new ScriptedServer()) {
            final CompletableFuture<KaelixClient> connecting = supplyAsync(() -> KaelixClient.connect(config(server.port())), THREADS);
            server.accept();
            server.welcome(1, false);
            final KaelixClient client = connecting.get();
            final CompletableFuture<Publisher> creating = supplyAsync(() -> client.publisher("up"), THREADS);
            server.await(WireDeclare.class);
            server.send(new WireDeclare(Topic.of("up"), 1));
            final Publisher publisher = creating.get();
            assertThat(publisher.offer(new byte[publisher.maxOfferLength()])).isPositive();
            assertThat(publisher.offer(new byte[8])).isPositive();
            server.credit(0, LANE / 2 - 1024, 0);
            NetworkTest.await(() -> client.status().sentBytes() > 0);
            server.credit(0, LANE / 2 - 1024, client.status().sentBytes());
            client.close();
            assertThat(client.status().lostMessages()).isEqualTo(2);
        }
    }
}
