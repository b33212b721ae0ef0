// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Claim;
import io.kaelix.Message;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Subscriber;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.memory.RegionArena;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import io.kaelix.platform.Platform;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A publisher has one claim: nothing of what it was before is left in what it is now. */
class ClaimReuseTest {

    private final EngineFixture engine = new EngineFixture();

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void shouldHaveATimestampOrNoneFromClaimToClaim() {
        final Subscriber subscriber = engine.subscriber("a");
        final Publisher publisher = engine.publisher("a");
        final long[] timestamps = {Message.NO_TIMESTAMP, 5, 6, Message.NO_TIMESTAMP, Message.NO_TIMESTAMP, 7, Message.NO_TIMESTAMP};
        for (final long timestamp : timestamps) {
            publisher.tryClaim(Long.BYTES, timestamp).putLong(0, ~timestamp).commit();
        }
        final List<Long> read = new ArrayList<>();
        subscriber.poll(message -> {
            assertThat(message.length()).isEqualTo(Long.BYTES);
            assertThat(message.getLong(0)).isEqualTo(~message.timestamp());
            read.add(message.timestamp());
        }, timestamps.length);
        assertThat(read).containsExactlyElementsOf(Arrays.stream(timestamps).boxed().toList());
    }

    @Test
    void shouldForgetWhyTheOneBeforeWasRefused() {
        final Publisher publisher = engine.publisher("a");
        final Claim claim = publisher.tryClaim(publisher.maxLength() + 1);
        assertThat(claim.result()).isEqualTo(Publisher.TOO_LONG);
        publisher.tryClaim(1).abort();
        assertThat(claim.result()).isNotNegative();
    }

    @Test
    void shouldLeaveNothingBehindTheEndOfAShortenedFrame() {
        final Registry registry =
                new Registry(new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, 4 << 20), EngineFixture.LANE_CAPACITY);
        final Subscription subscription = registry.subscribe(TopicPattern.of("a"), SlowSubscriberPolicy.BLOCK);
        final Publisher publisher = LanePublisher.create(engine.streamer, registry, Topic.of("a"));
        final MemorySegment ring = subscription.feeds[0].channel.lane().ringSegment();
        final byte[] ones = new byte[16];
        Arrays.fill(ones, (byte) -1);
        publisher.tryClaim(ones.length).putBytes(0, ones, 0, ones.length).commit(9);
        final int end = FrameDescriptor.HEADER_LENGTH + 9;
        assertThat(ring.get(ValueLayout.JAVA_BYTE, end - 1)).isEqualTo((byte) -1);
        for (int at = end; at < FrameDescriptor.step(end); at++) {
            assertThat(ring.get(ValueLayout.JAVA_BYTE, at)).as("byte %d", at).isZero();
        }
        publisher.close();
        registry.detachAll(subscription);
        registry.close();
    }
}
