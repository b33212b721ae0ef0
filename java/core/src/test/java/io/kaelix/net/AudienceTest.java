// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.ClientConfig;
import io.kaelix.KaelixClient;
import io.kaelix.ListenConfig;
import io.kaelix.Listener;
import io.kaelix.MemoryStreamer;
import io.kaelix.Subscriber;
import io.kaelix.Subscription;
import io.kaelix.TopicRule;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client asks who listens before it publishes. */
@Timeout(60)
class AudienceTest {

    private final MemoryStreamer streamer = MemoryStreamer.launch();

    @AfterEach
    void close() {
        streamer.close();
    }

    private static KaelixClient connect(final Listener listener) {
        return KaelixClient.connect(ClientConfig.to("127.0.0.1", listener.address().getPort()));
    }

    @Test
    void shouldCountSubscribersOfTheServerAndOfOtherClients() {
        try (Listener listener = streamer.listen("127.0.0.1:0"); KaelixClient client = connect(listener); KaelixClient other = connect(listener)) {
            assertThat(client.subscribers("orders.eu")).isZero();
            try (Subscriber near = streamer.subscriber("orders.*"); Subscriber far = other.subscriber(">");
                    Subscriber elsewhere = other.subscriber("prices"); Subscription handler = other.subscribe("orders.eu", message -> { })) {
                assertThat(client.subscribers("orders.eu")).isEqualTo(3);
                assertThat(client.subscribers("orders")).isEqualTo(1);
                assertThat(near.pattern()).isNotNull();
                assertThat(elsewhere.pattern().text()).isEqualTo("prices");
                assertThat(far.pattern()).isNotNull();
                assertThat(handler).isNotNull();
            }
            NetworkTest.await(() -> client.subscribers("orders.eu") == 0);
        }
    }

    @Test
    void shouldTellNobodyWhoMayNotPublish() {
        try (Listener listener = streamer.listen(ListenConfig.defaults().withRules(TopicRule.allow("*", TopicRule.Action.PUBLISH, "open")));
                KaelixClient client = connect(listener); Subscriber subscriber = streamer.subscriber(">")) {
            assertThat(subscriber.pattern()).isNotNull();
            assertThat(client.subscribers("open")).isEqualTo(1);
            assertThat(client.subscribers("secret")).isZero();
        }
    }

    @Test
    void shouldRefuseToAskAfterItWasClosed() {
        try (Listener listener = streamer.listen("127.0.0.1:0")) {
            final KaelixClient client = connect(listener);
            client.close();
            assertThatThrownBy(() -> client.subscribers("orders")).isInstanceOf(IllegalStateException.class);
        }
    }
}
