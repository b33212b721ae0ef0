// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.memory.RegionArena;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Streams of a streamer: what they cost, and how long they answer. */
class StreamDirectoryTest {

    private static final int STREAMS = 10_000;

    private final RegionArena arena = new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, 64 << 20);
    private final Registry registry = new Registry(arena, EngineFixture.LANE_CAPACITY);

    @Test
    void shouldTakeNoMemoryBeforeTheFirstStream() {
        assertThat(arena.statistics().used()).isZero();
        registry.numbers().stream(null, Topic.of("one"));
        assertThat(arena.statistics().used()).isPositive().isLessThan(20_000);
        registry.close();
        assertThat(arena.mappedBytes()).isZero();
    }

    @Test
    void shouldTellTopicsUntilTheLastMessageIsDrained() {
        try (EngineFixture fixture = new EngineFixture()) {
            final Subscriber subscriber = fixture.subscriber(">");
            final StreamPublisher publisher = fixture.streamer.streamPublisher();
            final int a = publisher.stream("a");
            final int b = publisher.stream("b");
            publisher.offer(a, number(1));
            publisher.offer(b, number(2));
            fixture.streamer.close();
            publisher.close();
            final List<String> topics = new ArrayList<>();
            assertThat(subscriber.poll(message -> topics.add(message.topic().name()), 10)).isEqualTo(2);
            assertThat(topics).containsExactly("a", "b");
            assertThat(fixture.mappedBytes()).isPositive();
            assertThat(subscriber.poll(message -> { }, 10)).isLessThanOrEqualTo(0);
            assertThat(fixture.mappedBytes()).as("the last reader left").isZero();
        }
    }

    @Test
    void shouldGiveItsMemoryBackWithTheLastPublisher() {
        final Channel first = registry.openChannel(Topic.of("a"));
        final Channel second = registry.openChannel("streams");
        registry.close();
        registry.closeChannel(first);
        assertThat(registry.topic(0)).isEqualTo(Topic.of("a"));
        registry.closeChannel(second);
        assertThat(arena.mappedBytes()).isZero();
        assertThatThrownBy(() -> registry.numbers().stream(null, Topic.of("a"))).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
    }

    @Test
    void shouldCallAFrameOfAnUnknownStreamCorrupt() {
        registry.numbers().stream(null, Topic.of("a"));
        for (final int id : new int[] {-1, 1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> registry.topic(id)).isInstanceOf(KaelixException.class)
                    .hasMessageContaining("corrupt frame: it names stream " + id);
        }
        registry.close();
    }

    /** Half of the partitions fit into the arena. */
    @Test
    void shouldLeaveNothingOfPartitionsThatFailedHalfway() {
        final RegionArena small = new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, 2 << 20);
        final Registry full = new Registry(small, EngineFixture.LANE_CAPACITY);
        final Subscription all = full.subscribe(TopicPattern.of("some"), SlowSubscriberPolicy.BLOCK);
        full.numbers().stream(null, Topic.of("one"));
        assertThatThrownBy(() -> full.numbers().declare(Topic.of("some"), 65_535)).isInstanceOf(KaelixException.class)
                .hasMessageContaining("cannot add stream 'some'");
        assertThat(full.streamLimit()).as("those that it had made").isGreaterThan(1_000);
        assertThat(full.streams.table().count()).isEqualTo(1);
        assertThat(full.numbers().partitions(Topic.of("some"))).isZero();
        final int[] declared = full.numbers().declare(Topic.of("some"), 3);
        assertThat(full.numbers().partitions(Topic.of("some"))).isEqualTo(3);
        assertThat(full.streams.table().count()).isEqualTo(4);
        assertThat(all.wanted.contains(declared[0])).isTrue();
        assertThat(IntStream.range(0, full.streamLimit()).filter(all.wanted::contains).count()).isEqualTo(3);
        full.close();
    }

    @Test
    void shouldLeaveNothingOfPartitionsThatDoNotAgreeWithThoseThatThereAre() {
        final StreamNumbers numbers = registry.numbers();
        numbers.stream(null, Topic.of("one"));
        numbers.declare(Topic.of("four"), 4);
        for (final String topic : List.of("one", "four")) {
            assertThatThrownBy(() -> numbers.declare(Topic.of(topic), 6)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("all who use it must agree");
        }
        assertThatThrownBy(() -> numbers.declare(Topic.of("four"), 2)).isInstanceOf(IllegalArgumentException.class);
        assertThat(registry.streams.table().count()).isEqualTo(5);
        assertThat(numbers.partitions(Topic.of("four"))).isEqualTo(4);
        assertThat(numbers.partitions(Topic.of("one"))).isEqualTo(1);
        registry.close();
    }

    /** Neither a pattern that looks at all of them nor their first use makes topics that stay. */
    @Test
    void shouldKeepNoTopicsThatNobodyAskedFor() {
        for (int i = 0; i < STREAMS; i++) {
            registry.numbers().stream(null, Topic.of("s." + i));
        }
        final Channel channel = registry.openChannel("streams");
        final Subscription some = registry.subscribe(TopicPattern.of("*.77"), SlowSubscriberPolicy.BLOCK);
        for (int i = 0; i < STREAMS; i++) {
            assertThat(registry.use(channel, i)).isTrue();
        }
        assertThat(some.feeds).hasSize(1);
        for (int i = 0; i < STREAMS; i++) {
            assertThat(registry.streams.table().topicUnkept(i)).isNotSameAs(registry.streams.table().topicUnkept(i));
        }
        registry.close();
    }
}
