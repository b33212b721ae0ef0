// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.ListenConfig;
import io.kaelix.Listener;
import io.kaelix.MemoryStreamer;
import io.kaelix.Start;
import io.kaelix.StreamerConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.TopicRule;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Errors that a server sends to clients which break no rule, and what goes on behind each. */
@Timeout(60)
class RefusalTest {

    private final MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults().withLaneCapacity(1 << 16));

    @AfterEach
    void close() {
        streamer.close();
    }

    private static WirePeer connect(final Listener listener, final long session) throws IOException {
        return WirePeer.client(listener.address().getPort(),
                new WireHello(1, 1, 77, session, WirePeer.LIMITS, "", "", List.of()));
    }

    private static WireSubscribe subscribe(final long maxStall) {
        return new WireSubscribe(1, TopicPattern.of("a"), null, 0, maxStall, Start.latest(), List.of(), List.of());
    }

    @Test
    void shouldTellTheConnectionBeforeThatAnotherTookItsSession() throws IOException {
        try (Listener listener = streamer.listen(ListenConfig.defaults()); WirePeer first = connect(listener, 0)) {
            final long session = first.await(WireWelcome.class).session();
            try (WirePeer second = connect(listener, session)) {
                assertThat(second.await(WireWelcome.class).resumed()).isTrue();
                final WireFailure told = first.await(WireFailure.class);
                assertThat(told.code()).isEqualTo(WireError.REPLACED.code());
                assertThat(told.text()).contains("another connection");
                assertThat(first.isAtEnd()).isTrue();
                // The other one goes on.
                second.send(subscribe(-1));
                assertThat(second.await(WireSubscribed.class).flow()).isEqualTo(1);
                assertThat(listener.sessions()).hasSize(1);
            }
        }
    }

    @Test
    void shouldTellWhoIsSilentAndLetItComeBack() throws IOException {
        try (Listener listener = streamer.listen(ListenConfig.defaults().withHeartbeat(Duration.ofMillis(50))
                .withSilence(Duration.ofMillis(200)));
                WirePeer quiet = connect(listener, 0)) {
            final long session = quiet.await(WireWelcome.class).session();
            final WireFailure told = quiet.await(WireFailure.class);
            assertThat(told.code()).isEqualTo(WireError.SILENT.code());
            assertThat(told.text()).isEqualTo("nothing was heard of the client for 200 ms");
            assertThat(quiet.isAtEnd()).isTrue();
            assertThat(listener.sessions()).hasSize(1);
            try (WirePeer back = connect(listener, session)) {
                assertThat(back.await(WireWelcome.class).resumed()).isTrue();
            }
        }
    }

    @Test
    void shouldRefuseASubscriptionThatMakesNoSenseAndGoOn() throws IOException {
        try (Listener listener = streamer.listen(ListenConfig.defaults()); WirePeer client = connect(listener, 0)) {
            client.await(WireWelcome.class);
            client.send(subscribe(Long.MAX_VALUE));
            final WireFailure told = client.await(WireFailure.class);
            assertThat(told.code()).isEqualTo(WireError.INVALID.code());
            assertThat(told.flow()).isEqualTo(1);
            assertThat(told.text()).contains("maxStall must be from 0 to 100 years");
            client.send(subscribe(-1));
            assertThat(client.await(WireSubscribed.class).flow()).isEqualTo(1);
        }
    }

    @Test
    void shouldRefuseAClientThatNamesMoreStreamsThanAreAllowed() throws IOException {
        try (Listener listener = streamer.listen(ListenConfig.defaults().withMaxStreams(2)); WirePeer client = connect(listener, 0)) {
            client.await(WireWelcome.class);
            client.send(new WireStream(0, 0, Topic.of("a"), 0, 1), new WireStream(0, 1, Topic.of("b"), 0, 1),
                    new WireStream(0, 1, Topic.of("c"), 0, 1), new WireDeclare(Topic.of("c"), WireDeclare.ASK));
            assertThat(client.await(WireDeclare.class).topic()).isEqualTo(Topic.of("c"));
            client.send(new WireStream(0, 2, Topic.of("d"), 0, 1));
            final WireFailure told = client.await(WireFailure.class);
            assertThat(told.code()).isEqualTo(WireError.PROTOCOL.code());
            assertThat(told.text()).contains("at most 2 streams").contains("network.max_streams");
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    void shouldTellWhoMayNotPublishToATopicBeforeAnythingIsSent() throws IOException {
        try (Listener listener = streamer.listen(ListenConfig.defaults().withRules(TopicRule.allow("*", TopicRule.Action.PUBLISH, "open")));
                WirePeer client = connect(listener, 0)) {
            client.await(WireWelcome.class);
            client.send(new WireDeclare(Topic.of("open"), WireDeclare.ASK), new WireDeclare(Topic.of("secret"), WireDeclare.ASK));
            assertThat(client.await(WireDeclare.class).topic()).isEqualTo(Topic.of("open"));
            final WireFailure told = client.await(WireFailure.class);
            assertThat(told.code()).isEqualTo(WireError.DENIED.code());
            assertThat(told.subject()).isEqualTo(WireFailure.NO_SUBJECT);
            assertThat(told.text()).contains("anyone may not publish to secret");
        }
    }
}
