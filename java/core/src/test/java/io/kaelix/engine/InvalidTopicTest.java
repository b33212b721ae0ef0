// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Message;
import io.kaelix.MessageBuilder;
import io.kaelix.Publisher;
import io.kaelix.PublisherConfig;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whoever is given a name that is none says so, in one line with the place in it, and takes nothing for it. */
class InvalidTopicTest {

    private final EngineFixture engine = new EngineFixture();

    @AfterEach
    void close() {
        engine.close();
    }

    static List<String> invalid() {
        return List.of("", ".", ".a", "a.", "a..b", "a b", "a/b", "a.*.b.>c", "a.**", "gr\u00fc\u00dfe", "a\u0000b", "a\nb", "\ud83e\udd8a", "\ud800",
                "x".repeat(256), "a.".repeat(128));
    }

    private static void assertRefused(final Runnable use) {
        assertThatThrownBy(use::run).isInstanceOf(IllegalArgumentException.class)
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1))
                .satisfies(e -> assertThat(e.getMessage()).matches("(?s).*(character|characters).*"));
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void shouldBeRefusedWhereverATopicIsAskedForAndTakeNoMemory(final String name) {
        final MessageBuilder builder = Message.builder();
        final long before = engine.mappedBytes();
        final List<Consumer<String>> uses = List.of(engine::publisher,
                topic -> engine.streamer.publisher(topic, PublisherConfig.defaults()), engine::subscriber, engine::lossy,
                topic -> engine.streamer.subscribe(topic, Message::length), builder::topic);

        for (final Consumer<String> use : uses) {
            assertRefused(() -> use.accept(name));
        }

        assertThat(engine.mappedBytes()).isEqualTo(before);
        assertThat(engine.streamer.subscribers()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void shouldLeaveAPublisherOfStreamsAsItWas(final String name) {
        try (StreamPublisher streams = engine.streamer.streamPublisher(); Subscriber subscriber = engine.subscriber(">")) {
            final int first = streams.stream("a");

            assertRefused(() -> streams.stream(name));

            assertThat(streams.offer(first, EngineFixture.number(7))).isPositive();
            assertThat(streams.stream("b")).as("no number was taken").isEqualTo(first + 1);
            assertThat(EngineFixture.drain(subscriber)).containsExactly(7L);
        }
    }

    /** Wildcards are for subscribers: nobody can send to a pattern. */
    @Test
    void shouldTakeWildcardsForPatternsAlone() {
        for (final String pattern : List.of("*", ">", "a.*", "a.>", "*.b.>")) {
            assertRefused(() -> engine.publisher(pattern));
            assertRefused(() -> Message.builder().topic(pattern));
            engine.subscriber(pattern).close();
        }
    }

    @Test
    void shouldTakeTheLongestName() {
        final String longest = "x".repeat(127) + "." + "y".repeat(127);
        try (Subscriber subscriber = engine.subscriber("*." + "y".repeat(127)); Publisher publisher = engine.publisher(longest)) {
            EngineFixture.send(publisher, 3);
            assertThat(subscriber.poll(message -> assertThat(message.topic().name()).isEqualTo(longest), 10)).isEqualTo(1);
        }
    }
}
