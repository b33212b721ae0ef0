// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.memory.RegionArena;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which rounds are idle ones. */
class PushReaderTest {

    private static final int LANES = 10;

    private final RegionArena arena = new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, 64 << 20);
    private final Registry registry = new Registry(arena, EngineFixture.LANE_CAPACITY);
    private final PushReader reader = new PushReader(null, registry, SlowSubscriberPolicy.BLOCK, null);

    @AfterEach
    void close() {
        registry.close();
    }

    /** The message is as long as several lanes: no round can take it at once. */
    @Test
    void shouldNotBeIdleWhileItTakesPartsOfAMessage() throws Exception {
        final int length = LANES * EngineFixture.LANE_CAPACITY;
        final List<Integer> lengths = new ArrayList<>();
        registry.enrol(new PushSubscription(TopicPattern.of("long"), reader, message -> lengths.add(message.length()), null));
        assertThat(reader.poll()).isZero();
        final FutureTask<Long> publishing = new FutureTask<>(() -> {
            try (Publisher publisher = LanePublisher.create(null, registry, Topic.of("long"))) {
                return publisher.publish(MemorySegment.ofArray(new byte[length]), 0, length, Duration.ofSeconds(EngineFixture.DEADLINE_SECONDS));
            }
        });
        Thread.ofPlatform().daemon().start(publishing);
        int ofParts = 0;
        while (lengths.isEmpty() && !publishing.isDone()) {
            final int count = reader.poll();
            ofParts += count > 0 && lengths.isEmpty() ? 1 : 0;
            if (count == 0) {
                Thread.yield();
            }
        }
        assertThat(publishing.get()).isPositive();
        while (lengths.isEmpty()) {
            reader.poll();
        }
        assertThat(lengths).containsExactly(length);
        assertThat(ofParts).isGreaterThanOrEqualTo(LANES - 2);
        reader.poll();
        assertThat(reader.poll()).isZero();
        assertThat(reader.poll()).isZero();
    }
}
