// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kaelix.ClientConfig;
import io.kaelix.KaelixClient;
import io.kaelix.KaelixException;
import io.kaelix.ListenConfig;
import io.kaelix.Listener;
import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.SessionStatus;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.TlsConfig;
import io.kaelix.TopicRule;
import io.kaelix.TopicRule.Action;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A streamer and its clients, over TLS on sockets of this machine. */
@Timeout(60)
class TlsNetworkTest {

    private static final TlsConfig ALICE = Certificates.client("ca")
            .withCertificate(Certificates.certificate("alice"), Certificates.key("alice"));

    private final MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults().withLaneCapacity(1 << 18));

    @AfterEach
    void close() {
        streamer.close();
    }

    private static ListenConfig encrypted() {
        return ListenConfig.defaults().withTls(Certificates.server("server"));
    }

    private static ClientConfig to(final Listener listener, final TlsConfig tls) {
        return ClientConfig.to("127.0.0.1", listener.address().getPort()).withTls(tls);
    }

    private static void publish(final Publisher publisher, final int count) {
        for (int i = 0; i < count; i++) {
            final byte[] text = ("number " + i).getBytes();
            NetworkTest.await(() -> publisher.offer(text) > 0);
        }
    }

    private static void assertNumbers(final Subscriber subscriber, final int count) {
        final List<String> received = NetworkTest.receive(subscriber, count);
        assertThat(received).hasSize(count);
        for (int i = 0; i < count; i++) {
            assertThat(received.get(i)).isEqualTo("number " + i);
        }
    }

    @Test
    void shouldCarryMessagesBothWaysAndCountTheirCopies() {
        try (Listener listener = streamer.listen(encrypted()); KaelixClient client = KaelixClient.connect(to(listener, Certificates.client("ca")));
                Subscriber here = streamer.subscriber("up"); Subscriber there = client.subscriber("down");
                Publisher up = client.publisher("up"); Publisher down = streamer.publisher("down")) {
            publish(up, 2_000);
            assertNumbers(here, 2_000);
            publish(down, 2_000);
            assertNumbers(there, 2_000);
            final SessionStatus session = listener.sessions().getFirst();
            assertThat(session.tls()).isTrue();
            assertThat(session.identity()).isEqualTo(ListenConfig.ANYONE);
            assertThat(session.copiedBytes()).isGreaterThan(2 * 2_000 * 8L);
        }
    }

    @Test
    void shouldKnowClientsByTheirCertificatesAndHoldThemToTheRules() {
        final ListenConfig config = ListenConfig.defaults().withTls(Certificates.server("server").withClients(Certificates.certificate("ca")))
                .withRules(TopicRule.deny("alice", Action.SUBSCRIBE, "orders.secret.>"), TopicRule.allow("alice", Action.BOTH, "orders.>"));
        try (Listener listener = streamer.listen(config); KaelixClient client = KaelixClient.connect(to(listener, ALICE));
                Subscriber here = streamer.subscriber(">"); Publisher publisher = client.publisher("orders.secret.a")) {
            publish(publisher, 10);
            assertNumbers(here, 10);
            assertThat(listener.sessions()).extracting(SessionStatus::identity).containsExactly("alice");
            try (Subscriber granted = client.subscriber("orders.eu.*"); Publisher down = streamer.publisher("orders.eu.a")) {
                publish(down, 10);
                assertNumbers(granted, 10);
            }
            for (final String pattern : List.of("orders.>", "orders.secret.a", ">")) {
                assertThatExceptionOfType(KaelixException.class).as(pattern).isThrownBy(() -> client.subscriber(pattern))
                        .withMessageContaining("alice may not receive every topic of " + pattern);
            }
        }
    }

    @Test
    void shouldAskForTheTokenOfTheSameIdentity() {
        final ListenConfig config = ListenConfig.defaults().withTls(Certificates.server("server").withClients(Certificates.certificate("ca")))
                .withTokens(Map.of("t0ken-of-alice", "alice", "t0ken-of-bob", "bob"));
        try (Listener listener = streamer.listen(config)) {
            try (KaelixClient client = KaelixClient.connect(to(listener, ALICE).withToken("t0ken-of-alice"))) {
                assertThat(client.status().lastError()).isNullOrEmpty();
                assertThat(listener.sessions()).extracting(SessionStatus::identity).containsExactly("alice");
            }
            for (final String token : new String[]{"t0ken-of-bob", "wrong"}) {
                assertThatExceptionOfType(KaelixException.class).isThrownBy(() -> KaelixClient.connect(to(listener, ALICE).withToken(token)))
                        .withMessageNotContaining(token);
            }
        }
    }

    @Test
    void shouldRefuseAServerThatTheClientDoesNotBelieve() {
        try (Listener listener = streamer.listen(encrypted())) {
            assertThatExceptionOfType(KaelixException.class)
                    .isThrownBy(() -> KaelixClient.connect(to(listener, Certificates.client("stranger"))))
                    .withMessageContaining("no trusted one vouches for");
        }
    }

    @Test
    void shouldTellOfASideThatSpeaksNoTls() {
        try (Listener listener = streamer.listen(encrypted()); Listener plain = streamer.listen("127.0.0.1:0")) {
            assertThatExceptionOfType(KaelixException.class).isThrownBy(() -> KaelixClient.connect(to(listener, null)));
            assertThatExceptionOfType(KaelixException.class).isThrownBy(() -> KaelixClient.connect(to(plain, Certificates.client("ca"))));
            try (KaelixClient client = KaelixClient.connect(to(listener, Certificates.client("ca")))) {
                assertThat(client.status().lastError()).isNullOrEmpty();
            }
        }
    }
}
