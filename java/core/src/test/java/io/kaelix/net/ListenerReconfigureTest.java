// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static io.kaelix.net.NetworkTest.await;
import static io.kaelix.net.NetworkTest.receive;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.ClientConfig;
import io.kaelix.ClientStatus;
import io.kaelix.KaelixClient;
import io.kaelix.KaelixException;
import io.kaelix.ListenConfig;
import io.kaelix.Listener;
import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.StreamPublisher;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.TlsConfig;
import io.kaelix.TopicRule;
import io.kaelix.TopicRule.Action;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Settings that change while a listener listens: for those who come, and for those who are there. */
@Timeout(60)
class ListenerReconfigureTest {

    private static final TopicRule EVERYTHING = TopicRule.allow("*", Action.BOTH, ">");

    private final MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults().withLaneCapacity(1 << 16));

    @AfterEach
    void close() {
        streamer.close();
    }

    private static ClientConfig to(final Listener listener) {
        return ClientConfig.to("127.0.0.1", listener.address().getPort()).withReconnectFirst(Duration.ofMillis(1))
                .withReconnectLongest(Duration.ofMillis(4)).withCloseTimeout(Duration.ofSeconds(1));
    }

    private static void offer(final StreamPublisher publisher, final String topic) {
        assertThat(publisher.offer(publisher.stream(topic), topic.getBytes())).isPositive();
    }

    @Test
    void shouldHoldPublishersWhoAreThereToNewRules() {
        try (Listener listener = streamer.listen(ListenConfig.defaults().withRules(EVERYTHING));
                KaelixClient client = KaelixClient.connect(to(listener));
                Subscriber here = streamer.subscriber(">"); StreamPublisher publisher = client.streamPublisher()) {
            offer(publisher, "orders");
            offer(publisher, "audit");
            assertThat(receive(here, 2)).containsExactly("orders", "audit");

            listener.reconfigure(listener.config().withRules(TopicRule.deny("*", Action.PUBLISH, "audit"), EVERYTHING));

            await(() -> client.status().denials() == 1);
            assertThat(client.status().lastError()).contains("anyone may not publish to audit");
            offer(publisher, "audit");
            offer(publisher, "orders");
            assertThat(receive(here, 1)).containsExactly("orders");

            listener.reconfigure(listener.config().withRules(EVERYTHING));

            // Nobody is told of what is allowed again: it just comes.
            await(() -> {
                offer(publisher, "audit");
                return here.poll(message -> assertThat(message.asString()).isEqualTo("audit"), 100) > 0;
            });
            assertThat(client.status().denials()).isEqualTo(1);
        }
    }

    @Test
    void shouldEndSubscriptionsThatNewRulesDenyAndNoOthers() {
        try (Listener listener = streamer.listen(ListenConfig.defaults().withRules(EVERYTHING));
                KaelixClient client = KaelixClient.connect(to(listener));
                Subscriber denied = client.subscriber("audit"); Subscriber granted = client.subscriber("orders.*");
                Publisher publisher = streamer.publisher("orders.eu")) {
            listener.reconfigure(listener.config().withRules(TopicRule.deny("*", Action.SUBSCRIBE, "audit"), EVERYTHING));

            await(() -> denied.poll(message -> { }, 1) < 0);
            assertThat(client.status().lastError()).contains("anyone may not receive every topic of audit any more");
            publisher.offer("on".getBytes());
            assertThat(receive(granted, 1)).containsExactly("on");
            await(() -> listener.sessions().getFirst().subscriptions() == 1);
            assertThatThrownBy(() -> client.subscriber("audit")).isInstanceOf(KaelixException.class).hasMessageContaining("audit");
        }
    }

    @Test
    void shouldTellAClientThatWasAwayWhatWasDenied() throws Exception {
        try (Listener listener = streamer.listen(ListenConfig.defaults().withRules(EVERYTHING));
                CuttingProxy proxy = new CuttingProxy(listener.address(), 1, 0);
                KaelixClient client = KaelixClient.connect(ClientConfig.to("127.0.0.1", proxy.port())
                        .withReconnectFirst(Duration.ofMillis(500))
                        .withCloseTimeout(Duration.ofSeconds(1)));
                Subscriber denied = client.subscriber("audit"); Subscriber granted = client.subscriber("orders")) {
            proxy.cut();
            await(() -> !listener.sessions().getFirst().connected());
            listener.reconfigure(listener.config().withRules(TopicRule.deny("*", Action.SUBSCRIBE, "audit"), EVERYTHING));
            await(() -> denied.poll(message -> { }, 1) < 0);
            assertThat(client.status().lastError()).contains("may not receive every topic of audit any more");
            try (Publisher publisher = streamer.publisher("orders")) {
                publisher.offer("on".getBytes());
                assertThat(receive(granted, 1)).containsExactly("on");
            }
        }
    }

    @Test
    void shouldCutOffWhoseTokenIsGoneAndLetInWhoHasANewOne() {
        try (Listener listener = streamer.listen(ListenConfig.defaults().withTokens(Map.of("t1", "alice", "t2", "bob")));
                KaelixClient alice = KaelixClient.connect(to(listener).withToken("t1"));
                KaelixClient bob = KaelixClient.connect(to(listener).withToken("t2"));
                Subscriber here = streamer.subscriber("up"); Publisher publisher = bob.publisher("up")) {
            listener.reconfigure(listener.config().withTokens(Map.of("t2", "bob", "t3", "alice")));

            await(() -> alice.status().state() == ClientStatus.State.REFUSED);
            assertThat(alice.status().lastError()).contains("token").doesNotContain("t1");
            assertThatThrownBy(() -> KaelixClient.connect(to(listener).withToken("t1"))).isInstanceOf(KaelixException.class);
            try (KaelixClient again = KaelixClient.connect(to(listener).withToken("t3"))) {
                assertThat(again.status().state()).isEqualTo(ClientStatus.State.CONNECTED);
            }
            publisher.offer("still here".getBytes());
            assertThat(receive(here, 1)).containsExactly("still here");
        }
    }

    @Test
    void shouldShowARenewedCertificateToNewConnectionsAlone(@TempDir final Path folder) throws IOException {
        final TlsConfig files = TlsConfig.server(folder.resolve("own.pem"), folder.resolve("own.key"));
        renew(files, "server");
        final TlsConfig trusted = Certificates.client("ca");
        try (Listener listener = streamer.listen(ListenConfig.defaults().withTls(files));
                KaelixClient old = KaelixClient.connect(to(listener).withTls(trusted));
                Subscriber here = streamer.subscriber("up"); Publisher publisher = old.publisher("up")) {
            renew(files, "elsewhere");
            listener.reconfigure(listener.config());

            // Nobody would connect to that one; who is connected goes on.
            assertThatThrownBy(() -> KaelixClient.connect(to(listener).withTls(trusted))).isInstanceOf(KaelixException.class)
                    .hasMessageContaining("certificate of another name");
            publisher.offer("old".getBytes());
            assertThat(receive(here, 1)).containsExactly("old");
            assertThat(old.status().reconnects()).isZero();

            renew(files, "rsa");
            listener.reconfigure(listener.config());
            try (KaelixClient next = KaelixClient.connect(to(listener).withTls(trusted))) {
                assertThat(next.status().state()).isEqualTo(ClientStatus.State.CONNECTED);
            }

            Files.writeString(files.certificate(), "-----BEGIN CERTIFICATE-----\nhalf of i");
            assertThatThrownBy(() -> listener.reconfigure(listener.config().withMaxConnections(1))).isInstanceOf(KaelixException.class)
                    .hasMessageContaining("own.pem");
            assertThat(listener.config().maxConnections()).isEqualTo(ListenConfig.defaults().maxConnections());
            try (KaelixClient next = KaelixClient.connect(to(listener).withTls(trusted))) {
                assertThat(next.status().state()).isEqualTo(ClientStatus.State.CONNECTED);
            }
        }
    }

    private static void renew(final TlsConfig files, final String alias) throws IOException {
        Files.copy(Certificates.certificate(alias), files.certificate(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(Certificates.key(alias), files.key(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
    }

    @Test
    void shouldHoldNewClientsAndSubscriptionsToNewLimits() {
        try (Listener listener = streamer.listen(ListenConfig.defaults()); KaelixClient client = KaelixClient.connect(to(listener));
                Subscriber one = client.subscriber("a"); Subscriber two = client.subscriber("b")) {
            listener.reconfigure(listener.config().withMaxConnections(1).withMaxSubscriptions(1));

            assertThatThrownBy(() -> KaelixClient.connect(to(listener))).isInstanceOf(KaelixException.class)
                    .hasMessageContaining("there are 1 connections");
            assertThatThrownBy(() -> client.subscriber("c")).isInstanceOf(KaelixException.class)
                    .hasMessageContaining("at most 1 subscriptions");
            assertThat(one.poll(message -> { }, 1)).isZero();
            assertThat(two.poll(message -> { }, 1)).isZero();

            listener.reconfigure(listener.config().withMaxConnections(2).withMaxSubscriptions(3));
            try (KaelixClient other = KaelixClient.connect(to(listener)); Subscriber three = client.subscriber("c")) {
                assertThat(three.poll(message -> { }, 1)).isZero();
                assertThat(other.status().state()).isEqualTo(ClientStatus.State.CONNECTED);
            }
        }
    }

    @Test
    void shouldForgetClientsByTheNewTimeToComeBack() throws Exception {
        try (Listener listener = streamer.listen(ListenConfig.defaults().withResumeTimeout(ListenConfig.MAX_TIME));
                CuttingProxy proxy = new CuttingProxy(listener.address(), 1, 0)) {
            final KaelixClient client = KaelixClient.connect(ClientConfig.to("127.0.0.1", proxy.port()).withCloseTimeout(Duration.ZERO));
            proxy.end();
            await(() -> !listener.sessions().getFirst().connected());
            listener.reconfigure(listener.config().withResumeTimeout(Duration.ZERO));
            await(() -> listener.sessions().isEmpty());
            client.close();
        }
    }

    @Test
    void shouldRefuseToChangeWhatClientsWereTold() {
        try (Listener listener = streamer.listen(ListenConfig.defaults())) {
            final ListenConfig before = listener.config();
            assertThatThrownBy(() -> listener.reconfigure(before.withHeartbeat(Duration.ofSeconds(2)).withWindow(8 << 10)
                    .withMaxConnections(1)
                    .withTokens(Map.of("s3cret", "alice")))).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("cannot be changed while it listens: window (1048576 to 8192), heartbeat (PT1S to PT2S);"
                            + " listen anew, or leave them as they are");
            assertThatThrownBy(() -> listener.reconfigure(before.withTls(Certificates.server("server"))))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("tls (null to ");
            assertThat(listener.config()).isSameAs(before);
        }
    }

    @Test
    void shouldNotLetEverybodyInUnasked() {
        try (Listener listener = streamer.listen(ListenConfig.on("0.0.0.0", 0).withTokens(Map.of("t1", "alice")))) {
            assertThatThrownBy(() -> listener.reconfigure(listener.config().withTokens(Map.of()))).isInstanceOf(KaelixException.class)
                    .hasMessageContaining("lets everybody connect");
            assertThatThrownBy(() -> KaelixClient.connect(to(listener))).isInstanceOf(KaelixException.class);
            listener.reconfigure(listener.config().withTokens(Map.of()).withOpen(true));
            try (KaelixClient client = KaelixClient.connect(to(listener))) {
                assertThat(client.status().state()).isEqualTo(ClientStatus.State.CONNECTED);
            }
        }
    }

    @Test
    void shouldDoNothingAfterItWasClosed() {
        final Listener listener = streamer.listen(ListenConfig.defaults());
        listener.close();
        assertThatCode(() -> listener.reconfigure(listener.config().withMaxConnections(1))).doesNotThrowAnyException();
        streamer.close();
        assertThatCode(() -> listener.reconfigure(listener.config().withMaxConnections(2))).doesNotThrowAnyException();
        assertThat(listener.sessions()).isEmpty();
    }
}
