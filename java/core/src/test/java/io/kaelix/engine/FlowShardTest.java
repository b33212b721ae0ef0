// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.StreamPublisher;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.net.FlowRequest;
import io.kaelix.net.FlowSource;
import io.kaelix.net.Shard;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flows that share the streams among them. */
class FlowShardTest {

    private static final int STREAMS = 40;
    private static final int PARTITIONS = 8;

    @TempDir
    private Path parent;
    private final FlowCarrier carrier = new FlowCarrier();
    private final LocalStreamer streamer = (LocalStreamer) EngineFixture.launch();

    @AfterEach
    void close() {
        streamer.close();
        carrier.close();
    }

    private static FlowSource source(final LocalStreamer of, final String pattern, final Shard shard) {
        return of.flows().source(new FlowRequest(TopicPattern.of(pattern), SubscriberConfig.defaults(), 1 << 14, 1 << 12, List.of())
                .withShard(shard));
    }

    /** One message to each of many streams of one lane, to each partition of a topic, and to topics with lanes of their own. */
    private static void publish(final MemoryStreamer to, final int firstStream) {
        try (StreamPublisher many = to.streamPublisher()) {
            for (int i = firstStream; i < firstStream + STREAMS; i++) {
                assertThat(many.offer(many.stream(Topic.of("a.s" + i)), EngineFixture.number(i))).isPositive();
            }
            for (int partition = 0; partition < PARTITIONS; partition++) {
                assertThat(many.offer(many.streamOfPartition(Topic.of("a.parts"), partition), EngineFixture.number(0))).isPositive();
            }
            for (int i = firstStream; i < firstStream + 4; i++) {
                try (Publisher one = to.publisher("a.own" + i)) {
                    EngineFixture.send(one, 1);
                }
            }
        }
    }

    private void checkThatTheyShare(final FlowSource first, final FlowSource second, final int streams) {
        final Map<String, Integer> atFirst = carrier.take(first);
        final Map<String, Integer> atSecond = carrier.take(second);
        final Map<String, Integer> all = new HashMap<>(atFirst);
        atSecond.forEach((stream, count) -> assertThat(all.put(stream, count)).as(stream).isNull());
        assertThat(all).hasSize(streams);
        assertThat(all.values()).containsOnly(1);
        for (final Map<String, Integer> some : List.of(atFirst, atSecond)) {
            assertThat(some.keySet()).anyMatch(stream -> stream.startsWith("a.parts")).anyMatch(stream -> stream.startsWith("a.own"));
        }
    }

    @Test
    void shouldTakeEachStreamInOneShardAndAllInBoth() {
        for (final String pattern : Set.of(">", "a.*")) {
            streamer.declare(Topic.of("a.parts"), PARTITIONS);
            try (FlowSource first = source(streamer, pattern, new Shard(0, 2));
                    FlowSource second = source(streamer, pattern, new Shard(1, 2))) {
                publish(streamer, 0);
                checkThatTheyShare(first, second, STREAMS + PARTITIONS + 4);
                // Streams that appear when the flow reads the lane already.
                publish(streamer, 1_000);
                checkThatTheyShare(first, second, STREAMS + PARTITIONS + 4);
            }
        }
    }

    @Test
    void shouldTakeATopicByItsNameInItsShardAlone() {
        try (FlowSource first = source(streamer, "a.b", new Shard(0, 2)); FlowSource second = source(streamer, "a.b", new Shard(1, 2));
                Publisher publisher = streamer.publisher("a.b")) {
            EngineFixture.send(publisher, 1, 2, 3);
            final List<Map<String, Integer>> taken = List.of(carrier.take(first), carrier.take(second));
            final int shard = Shard.index(Topic.of("a.b"), 0, 1, 2);
            assertThat(taken.get(shard)).isEqualTo(Map.of("a.b#0", 3));
            assertThat(taken.get(1 - shard)).isEmpty();
        }
    }

    @Test
    void shouldNotHoldAPublisherUpForStreamsOfOtherShards() {
        final String other = "a.b";
        final Shard shard = new Shard(1 - Shard.index(Topic.of(other), 0, 1, 2), 2);
        try (FlowSource stalled = source(streamer, ">", shard); Publisher publisher = streamer.publisher(other)) {
            for (int i = 0; i < 20_000; i++) {
                EngineFixture.send(publisher, i);
            }
            assertThat(stalled.newLane()).as("it does not even read the lane").isEqualTo(FlowSource.NONE);
        }
    }

    @Test
    void shouldShareStreamsThatOthersOfItsDirectoryName() {
        final var config = EngineFixture.config().withDirectory(parent.resolve("streams"));
        try (MemoryStreamer one = MemoryStreamer.launch(config); MemoryStreamer other = MemoryStreamer.attach(config)) {
            other.declare(Topic.of("a.parts"), PARTITIONS);
            try (StreamPublisher many = other.streamPublisher();
                    FlowSource first = source((LocalStreamer) one, "a.*", new Shard(0, 2));
                    FlowSource second = source((LocalStreamer) one, "a.*", new Shard(1, 2))) {
                publish(other, 0);
                checkThatTheyShare(first, second, STREAMS + PARTITIONS + 4);
                // On a lane that is read already, right behind a look at it: no beat tells of the names.
                for (int i = 0; i < STREAMS; i++) {
                    assertThat(many.offer(many.stream(Topic.of("b.s" + i)), EngineFixture.number(i))).isPositive();
                    assertThat(many.offer(many.stream(Topic.of("a.t" + i)), EngineFixture.number(i))).isPositive();
                    final Shard shard = new Shard(Shard.index(Topic.of("a.t" + i), 0, 1, 2), 2);
                    assertThat(carrier.take(shard.index() == 0 ? first : second)).isEqualTo(Map.of("a.t" + i + "#0", 1));
                    assertThat(carrier.take(shard.index() == 0 ? second : first)).isEmpty();
                }
            }
        }
    }

    /** A name may come between the flow's look at what others changed and its look at the frame. */
    @Test
    void shouldLearnOfStreamsThatAreNamedAtThisMoment() throws Exception {
        final int streams = 3_000;
        final var config = EngineFixture.config().withDirectory(parent.resolve("streams"));
        try (MemoryStreamer one = MemoryStreamer.launch(config); MemoryStreamer other = MemoryStreamer.attach(config);
                FlowSource first = source((LocalStreamer) one, "a.*", new Shard(0, 2))) {
            final FutureTask<Integer> naming = new FutureTask<>(() -> {
                int expected = 0;
                try (StreamPublisher many = other.streamPublisher()) {
                    for (int i = 0; i < streams; i++) {
                        final int stream = many.stream(Topic.of("a.n" + i));
                        while (many.offer(stream, EngineFixture.number(i)) < 0) {
                            Thread.onSpinWait();
                        }
                        expected += Shard.index(Topic.of("a.n" + i), 0, 1, 2) == 0 ? 1 : 0;
                    }
                }
                return expected;
            });
            Thread.ofPlatform().daemon().start(naming);
            int got = 0;
            while (!naming.isDone()) {
                got += carrier.take(first).size();
            }
            got += carrier.take(first).size();
            assertThat(got).isEqualTo(naming.get());
        }
    }

    @Test
    void shouldHoldUpAPublisherOfAnotherProcessForItsShardAlone() {
        final var config = EngineFixture.config().withDirectory(parent.resolve("streams"));
        try (MemoryStreamer one = MemoryStreamer.launch(config); MemoryStreamer other = MemoryStreamer.attach(config);
                FlowSource stalled = source((LocalStreamer) one, ">", new Shard(0, 2))) {
            int held = 0;
            for (int i = 0; i < 8; i++) {
                try (Publisher publisher = other.publisher("a.b" + i)) {
                    boolean full = false;
                    for (int k = 0; k < 20_000 && !full; k++) {
                        full = publisher.offer(EngineFixture.number(k)) < 0;
                    }
                    assertThat(full).as("topic %d", i).isEqualTo(Shard.index(Topic.of("a.b" + i), 0, 1, 2) == 0);
                    held += full ? 1 : 0;
                }
            }
            assertThat(held).isBetween(1, 7);
            assertThat(stalled.sent()).isZero();
        }
    }
}
