// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.TopicPattern;
import io.kaelix.net.FlowRequest;
import io.kaelix.net.FlowSink;
import io.kaelix.net.FlowSource;
import io.kaelix.net.Flows;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the messages of a lane come from, and by how many hops: kept with it, and what flows leave alone. */
class FlowProvenanceTest {

    private static final int MANY = 20_000;

    @TempDir
    private Path parent;
    private final FlowCarrier carrier = new FlowCarrier();
    private final MemoryStreamer streamer = EngineFixture.launch();
    private final Flows flows = Flows.of(streamer);

    @AfterEach
    void close() {
        streamer.close();
        carrier.close();
    }

    private static FlowSource source(final Flows of, final int maxHops) {
        return of.source(new FlowRequest(TopicPattern.of(">"), SubscriberConfig.defaults(), 1 << 14, 1 << 12, List.of())
                .withMaxHops(maxHops));
    }

    @Test
    void shouldTellOfALaneWhereItsMessagesComeFrom() {
        try (FlowSource source = source(flows, FlowRequest.ANY_HOPS); Publisher publisher = streamer.publisher("a");
                FlowSink plain = flows.sink("client", 10)) {
            try (FlowSink bridged = flows.sink("host", 10, 77, 2)) {
                EngineFixture.send(publisher, 1);
                assertThat(carrier.bring(plain, "b", 1)).isOne();
                assertThat(carrier.bring(bridged, "c", 1)).isOne();
                assertThat(carrier.take(source)).isEqualTo(Map.of("a#0", 1, "b#0", 1, "c#0", 1));
                assertThat(List.of(source.lane(0), source.lane(1), source.lane(2)))
                        .extracting(lane -> List.of(lane.publisher() == publisher.id(), lane.origin(), lane.hops()))
                        .containsExactlyInAnyOrder(List.of(true, 0L, 0), List.of(false, 0L, 0), List.of(false, 77L, 2));
            }
            carrier.take(source);
            assertThat(source.lane(source.endedLane())).satisfies(ended -> {
                assertThat(ended.origin()).isEqualTo(77);
                assertThat(ended.hops()).isEqualTo(2);
            });
        }
    }

    @Test
    void shouldLeaveAloneWhatCameTooFar() {
        try (FlowSource before = source(flows, 2); FlowSink near = flows.sink("near", 10, 77, 1);
                FlowSink far = flows.sink("far", 10, 78, 2)) {
            assertThat(carrier.bring(near, "a", 1)).isOne();
            assertThat(carrier.bring(far, "b", 1)).isOne();
            try (FlowSource since = source(flows, 2); FlowSource all = source(flows, 3)) {
                assertThat(carrier.bring(near, "a", 1)).isOne();
                assertThat(carrier.bring(far, "b", 1)).isOne();
                // A stream that the lane has not carried yet.
                assertThat(carrier.bring(far, "c", 1)).isOne();
                assertThat(carrier.take(before)).isEqualTo(Map.of("a#0", 2));
                assertThat(carrier.take(since)).isEqualTo(Map.of("a#0", 1));
                assertThat(carrier.take(all)).isEqualTo(Map.of("a#0", 1, "b#0", 1, "c#0", 1));
            }
        }
    }

    @Test
    void shouldHoldUpNobodyWhoseMessagesItDoesNotRead() {
        try (FlowSource stalled = source(flows, 1); FlowSink bridged = flows.sink("host", 10, 77, 1)) {
            assertThat(carrier.bring(bridged, "a", MANY)).isEqualTo(MANY);
            try (FlowSource later = source(flows, 1)) {
                assertThat(carrier.bring(bridged, "b", MANY)).isEqualTo(MANY);
                assertThat(later.newLane()).isEqualTo(FlowSource.NONE);
            }
            assertThat(stalled.newLane()).isEqualTo(FlowSource.NONE);
        }
        try (FlowSource stalled = source(flows, 2); FlowSink bridged = flows.sink("host", 10, 77, 1)) {
            assertThat(carrier.bring(bridged, "a", MANY)).as("who does read them").isLessThan(MANY);
            assertThat(stalled.sent()).isZero();
        }
    }

    private StreamerConfig shared() {
        return EngineFixture.config().withDirectory(parent.resolve("streams"));
    }

    @Test
    void shouldTellOthersOfItsDirectory() {
        try (MemoryStreamer first = MemoryStreamer.launch(shared()); MemoryStreamer second = MemoryStreamer.attach(shared());
                FlowSink bridged = Flows.of(first).sink("host", 10, -5, 3)) {
            // One that is there when the lane begins to carry something, and one that joins it then.
            try (FlowSource before = source(Flows.of(second), 4)) {
                assertThat(carrier.bring(bridged, "a", 1)).isOne();
                assertThat(carrier.take(before)).isEqualTo(Map.of("a#0", 1));
                try (FlowSource since = source(Flows.of(second), FlowRequest.ANY_HOPS)) {
                    assertThat(carrier.bring(bridged, "a", 1)).isOne();
                    assertThat(carrier.take(since)).isEqualTo(Map.of("a#0", 1));
                    for (final FlowSource source : List.of(before, since)) {
                        assertThat(source.lane(0).origin()).isEqualTo(-5);
                        assertThat(source.lane(0).hops()).isEqualTo(3);
                    }
                }
            }
        }
    }

    @Test
    void shouldHoldUpNobodyOfItsDirectoryWhoseMessagesItDoesNotRead() {
        try (MemoryStreamer first = MemoryStreamer.launch(shared()); MemoryStreamer second = MemoryStreamer.attach(shared());
                FlowSink bridged = Flows.of(first).sink("host", 10, 77, 1)) {
            try (FlowSource stalled = source(Flows.of(second), 1)) {
                assertThat(carrier.bring(bridged, "a", MANY)).isEqualTo(MANY);
                try (FlowSource later = source(Flows.of(second), 1)) {
                    assertThat(carrier.bring(bridged, "b", MANY)).isEqualTo(MANY);
                    assertThat(carrier.take(later)).isEmpty();
                }
                assertThat(carrier.take(stalled)).isEmpty();
            }
            try (FlowSource stalled = source(Flows.of(second), 2)) {
                assertThat(carrier.bring(bridged, "a", MANY)).as("who does read them").isLessThan(MANY);
                assertThat(stalled.sent()).isZero();
            }
        }
    }

    @Test
    void shouldLeaveAloneWhatCameTooFarToItsDirectoryWhenItMayLoseMessages() {
        try (MemoryStreamer first = MemoryStreamer.launch(shared()); MemoryStreamer second = MemoryStreamer.attach(shared());
                // Has the lane mapped when it is told of what it carries.
                Subscriber subscriber = second.subscriber(">"); FlowSink bridged = Flows.of(first).sink("host", 10, 77, 1);
                FlowSource near = lossy(Flows.of(second), 1); FlowSource far = lossy(Flows.of(second), 2)) {
            assertThat(carrier.bring(bridged, "a", 1)).isOne();
            assertThat(carrier.take(far)).isEqualTo(Map.of("a#0", 1));
            assertThat(carrier.take(near)).isEmpty();
            assertThat(near.newLane()).isEqualTo(FlowSource.NONE);
            assertThat(EngineFixture.drain(subscriber)).containsExactly(0L);
        }
    }

    private static FlowSource lossy(final Flows of, final int maxHops) {
        return of.source(new FlowRequest(TopicPattern.of(">"), SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.LOSSY), 1 << 14,
                1 << 12, List.of()).withMaxHops(maxHops));
    }

    @Test
    void shouldHaveANumberInCommonWithItsDirectoryForAsLongAsThatLives() {
        final long one;
        try (MemoryStreamer first = MemoryStreamer.launch(shared())) {
            one = Flows.of(first).instance();
            try (MemoryStreamer second = MemoryStreamer.attach(shared())) {
                assertThat(Flows.of(second).instance()).isEqualTo(one).isNotZero();
                assertThat(Flows.of(second).epoch()).isNotEqualTo(Flows.of(first).epoch());
            }
        }
        try (MemoryStreamer next = MemoryStreamer.launch(shared())) {
            assertThat(Flows.of(next).instance()).isNotEqualTo(one);
        }
        assertThat(flows.instance()).isEqualTo(flows.epoch()).isNotZero();
    }

    @Test
    void shouldRefuseStreamersOfOthersAndHopsThatThereAreNot() {
        final MemoryStreamer mock = (MemoryStreamer) Proxy.newProxyInstance(MemoryStreamer.class.getClassLoader(),
                new Class<?>[] {MemoryStreamer.class}, (proxy, method, arguments) -> null);
        assertThatIllegalArgumentException().isThrownBy(() -> Flows.of(mock)).withMessageContaining("no lanes to link");
        assertThatIllegalArgumentException().isThrownBy(() -> Flows.of(null));
        assertThatIllegalArgumentException().isThrownBy(() -> flows.sink("host", 10, 77, -1)).withMessageContaining("-1");
        assertThatIllegalArgumentException().isThrownBy(() -> flows.sink("host", 10, 77, Flows.MAX_HOPS + 1));
        try (FlowSink farthest = flows.sink("host", 10, 77, Flows.MAX_HOPS)) {
            assertThat(farthest.room()).isPositive();
        }
    }
}
