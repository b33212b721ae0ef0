// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.ClientConfig;
import io.kaelix.ClientStatus;
import io.kaelix.KaelixClient;
import io.kaelix.KaelixException;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Subscriber;
import io.kaelix.Topic;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client whose server is gone at the worst moments: between question and answer, and between two of its answers. */
@Timeout(60)
class ForgetfulServerTest {

    private static final Executor THREADS = task -> Thread.ofPlatform().daemon().start(task);
    private static final Topic DOWN = Topic.of("down");
    private static final LanePosition STOOD = new LanePosition(9, 7, 4_096, 51);

    private ScriptedServer server;
    private KaelixClient client;

    @BeforeEach
    void connect() throws Exception {
        server = new ScriptedServer();
        final CompletableFuture<KaelixClient> connecting = supplyAsync(() -> KaelixClient.connect(config()), THREADS);
        assertThat(server.accept().session()).isZero();
        server.welcome(1, false);
        client = connecting.get();
    }

    private ClientConfig config() {
        return ClientConfig.to("127.0.0.1", server.port()).withReconnectFirst(Duration.ofMillis(1))
                .withReconnectLongest(Duration.ofMillis(4))
                .withCloseTimeout(Duration.ZERO).withConnectTimeout(Duration.ofSeconds(20));
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        server.close();
    }

    /** One that has stood where it stood in a lane. */
    private Subscriber subscriber() throws Exception {
        final CompletableFuture<Subscriber> subscribing = supplyAsync(() -> client.subscriber("down"), THREADS);
        final int flow = server.await(WireSubscribe.class).flow();
        server.send(new WireSubscribed(flow, SlowSubscriberPolicy.DISCONNECT, 1 << 16),
                new WireLane(flow, 0, STOOD.publisher(), STOOD.epoch(), 0, STOOD.position(), STOOD.messages()));
        final Subscriber subscriber = subscribing.get();
        // When it has this answer, it has what was said before.
        final CompletableFuture<Integer> asking = supplyAsync(() -> client.subscribers(DOWN), THREADS);
        server.await(WireDeclare.class);
        server.send(new WireDeclare(DOWN, 1, 1));
        assertThat(asking.get()).isEqualTo(1);
        return subscriber;
    }

    @Test
    void shouldShowWhereItStoppedUntilTheServerHasToldOfTheLaneAgain() throws Exception {
        try (Subscriber subscriber = subscriber()) {
            server.cut();
            for (int session = 2; session < 5; session++) {
                server.accept();
                server.welcome(session, false);
                final WireSubscribe again = server.await(WireSubscribe.class);
                assertThat(again.points()).as("connection %d", session).containsExactly(STOOD);
                if (session == 4) {
                    server.send(new WireSubscribed(again.flow(), SlowSubscriberPolicy.DISCONNECT, 1 << 16));
                }
                server.cut();
            }
            server.accept();
            server.welcome(5, false);
            assertThat(server.await(WireSubscribe.class).points()).containsExactly(STOOD);
            assertThat(subscriber.lost()).isZero();
        }
    }

    @Test
    void shouldForgetLanesOfAServerThatWasStartedAgain() throws Exception {
        try (Subscriber subscriber = subscriber()) {
            server.cut();
            server.accept();
            server.welcome(2, false);
            final int flow = server.await(WireSubscribe.class).flow();
            final CompletableFuture<Integer> asking = supplyAsync(() -> client.subscribers(DOWN), THREADS);
            server.await(WireDeclare.class);
            server.send(new WireSubscribed(flow, SlowSubscriberPolicy.DISCONNECT, 1 << 16), new WireLane(flow, 0, 7, 10, 0, 0, 0),
                    new WireDeclare(DOWN, 1, 1));
            assertThat(asking.get()).isEqualTo(1);
            server.cut();
            server.accept();
            server.welcome(3, false);
            assertThat(server.await(WireSubscribe.class).points()).containsExactly(new LanePosition(10, 7, 0, 0));
            assertThat(subscriber.lost()).isZero();
        }
    }

    @Test
    void shouldSubscribeAgainWhereTheServerGoesOnAndHasNotAnswered() throws Exception {
        try (Subscriber subscriber = subscriber()) {
            server.cut();
            server.accept();
            server.welcome(2, false);
            server.await(WireSubscribe.class);
            server.cut();
            final WireHello hello = server.accept();
            assertThat(hello.session()).isEqualTo(2);
            assertThat(hello.resumed()).isEmpty();
            server.welcome(2, true);
            assertThat(server.await(WireSubscribe.class).points()).containsExactly(STOOD);
            assertThat(subscriber.poll(message -> { }, 1)).isZero();
        }
    }

    @Test
    void shouldBeginAnewWithAServerThatGoesOnElsewhere() throws Exception {
        try (Subscriber subscriber = subscriber()) {
            server.cut();
            assertThat(server.accept().session()).isEqualTo(1);
            server.welcome(1, true, 64);
            final WireHello hello = server.accept();
            assertThat(hello.session()).isZero();
            assertThat(hello.resumed()).isEmpty();
            server.welcome(2, false);
            assertThat(server.await(WireSubscribe.class).points()).containsExactly(STOOD);
            assertThat(client.status().state()).isEqualTo(ClientStatus.State.CONNECTED);
            assertThat(subscriber.poll(message -> { }, 1)).isZero();
        }
    }

    @Test
    void shouldWaitWithAPublisherForAServerThatComesBack() throws Exception {
        server.cut();
        NetworkTest.await(() -> client.status().state() == ClientStatus.State.CONNECTING);
        final CompletableFuture<Publisher> creating = supplyAsync(() -> client.publisher("up"), THREADS);
        server.accept();
        server.welcome(1, true);
        assertThat(server.await(WireDeclare.class).topic()).isEqualTo(Topic.of("up"));
        // It is asked once more on each connection, until there is an answer.
        server.cut();
        server.accept();
        server.welcome(1, true);
        server.await(WireDeclare.class);
        server.send(new WireDeclare(Topic.of("up"), 1));
        try (Publisher publisher = creating.get()) {
            assertThat(publisher.offer("x".getBytes())).isPositive();
        }
    }

    @Test
    void shouldTellThatTheServerIsNotBackInTimeAndGoOnWhenItIs() throws Exception {
        client.close();
        final CompletableFuture<KaelixClient> connecting = supplyAsync(() -> KaelixClient.connect(config()
                .withConnectTimeout(Duration.ofMillis(500))), THREADS);
        server.accept();
        server.welcome(3, false);
        client = connecting.get();
        server.cut();
        NetworkTest.await(() -> client.status().state() == ClientStatus.State.CONNECTING);
        assertThatThrownBy(() -> client.publisher("up")).isInstanceOf(KaelixException.class)
                .hasMessageContaining("127.0.0.1:" + server.port())
                .hasMessageContaining("it was not back within 500 ms");
        final CompletableFuture<Publisher> creating = supplyAsync(() -> client.publisher("up"), THREADS);
        // Connections that nobody took meanwhile are dead: the last one is not.
        while (!creating.isDone()) {
            try {
                server.accept();
                server.welcome(4, false);
                server.await(WireDeclare.class);
                server.send(new WireDeclare(Topic.of("up"), 1));
                creating.join();
            } catch (final IOException | AssertionError gone) {
                server.cut();
            }
        }
        try (Publisher publisher = creating.get()) {
            assertThat(publisher.offer("x".getBytes())).isPositive();
        }
    }
}
