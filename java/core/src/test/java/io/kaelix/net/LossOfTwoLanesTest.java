// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.ClientConfig;
import io.kaelix.KaelixClient;
import io.kaelix.ListenConfig;
import io.kaelix.Listener;
import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Start;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Losses of several lanes, and a connection that is cut when the client was told of some of them. */
@Timeout(60)
class LossOfTwoLanesTest {

    private static final Executor THREADS = task -> Thread.ofPlatform().daemon().start(task);
    private static final Topic DOWN = Topic.of("down");
    private static final long EPOCH = 9;

    private static WireLane lane(final int flow, final int number, final int publisher, final long messages) {
        return new WireLane(flow, number, publisher, EPOCH, 0, messages * 24, messages);
    }

    @Test
    void shouldCountForTheClientAndItsSubscriberOnceWhatLiesBeforeALaneThatWasNotToldOf() throws Exception {
        try (ScriptedServer server = new ScriptedServer()) {
            final CompletableFuture<KaelixClient> connecting = supplyAsync(() -> KaelixClient.connect(ClientConfig
                    .to("127.0.0.1", server.port()).withReconnectFirst(Duration.ofMillis(1)).withReconnectLongest(Duration.ofMillis(4))
                    .withCloseTimeout(Duration.ZERO).withConnectTimeout(Duration.ofSeconds(20))), THREADS);
            server.accept();
            server.welcome(1, false);
            try (KaelixClient client = connecting.get()) {
                final CompletableFuture<Subscriber> subscribing = supplyAsync(() -> client.subscriber("down"), THREADS);
                final int flow = server.await(WireSubscribe.class).flow();
                server.send(new WireSubscribed(flow, SlowSubscriberPolicy.DISCONNECT, 1 << 16), lane(flow, 0, 7, 100),
                        lane(flow, 1, 8, 50));
                try (Subscriber subscriber = subscribing.get()) {
                    heard(server, client);
                    // The server forgets the client, time and again, and is cut off right behind the first of the two lanes.
                    for (int session = 2; session < 6; session++) {
                        server.cut();
                        server.accept();
                        server.welcome(session, false);
                        final WireSubscribe again = server.await(WireSubscribe.class);
                        assertThat(again.points()).extracting(LanePosition::publisher).containsExactlyInAnyOrder(7, 8);
                        server.send(new WireSubscribed(again.flow(), SlowSubscriberPolicy.DISCONNECT, 1 << 16),
                                new WireLost(again.flow(), session == 2 ? 12 : 7), lane(again.flow(), 0, 7, 105));
                        heard(server, client);
                        assertThat(subscriber.lost()).as("session %d", session).isEqualTo(12);
                    }
                    NetworkTest.await(() -> client.status().lostMessages() != 0);
                    assertThat(client.status().lostMessages()).isEqualTo(12);
                }
            }
        }
    }

    /** When it has this answer, it has what was said before. */
    private static void heard(final ScriptedServer server, final KaelixClient client) throws Exception {
        final CompletableFuture<Integer> asking = supplyAsync(() -> client.subscribers(DOWN), THREADS);
        server.await(WireDeclare.class);
        server.send(new WireDeclare(DOWN, 1, 1));
        assertThat(asking.get()).isEqualTo(1);
    }

    @Test
    void shouldSayWhatWasLostBeforeTheLaneAndWhereALaneEndsOfWhichSomethingWas() throws Exception {
        try (MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults().withLaneCapacity(1 << 16));
                Listener listener = streamer.listen(ListenConfig.defaults().withResumeTimeout(Duration.ZERO));
                Publisher first = streamer.publisher("down.first"); Publisher second = streamer.publisher("down.second")) {
            final WireLane begin;
            try (WirePeer client = WirePeer.client(listener.address().getPort(), HostilePeerTest.hello(1))) {
                client.send(subscribe(List.of()));
                begin = client.await(WireLane.class);
            }
            NetworkTest.await(() -> listener.sessions().isEmpty());
            final int count = 10_000;
            for (int i = 0; i < count; i++) {
                assertThat(first.offer(new byte[16])).isPositive();
                assertThat(second.offer(new byte[16])).isPositive();
            }
            try (WirePeer client = WirePeer.client(listener.address().getPort(), HostilePeerTest.hello(1))) {
                client.send(subscribe(List.of(new LanePosition(begin.epoch(), first.id(), 0, 0),
                        new LanePosition(begin.epoch(), second.id(), 0, 0))));
                client.await(WireSubscribed.class);
                final WireLost lost = (WireLost) client.await(WireMessage.class);
                final WireLane one = (WireLane) client.await(WireMessage.class);
                final WireLane other = (WireLane) client.await(WireMessage.class);
                assertThat(one.publisher()).isNotEqualTo(other.publisher());
                assertThat(lost.messages()).isEqualTo(one.messages() + other.messages()).isGreaterThan(count);
            }
        }
    }

    private static WireSubscribe subscribe(final List<LanePosition> points) {
        return new WireSubscribe(1, TopicPattern.of("down.*"), SlowSubscriberPolicy.BLOCK, 0, -1, Start.latest(), List.of(), points);
    }
}
