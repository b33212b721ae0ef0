// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.TopicPattern;
import io.kaelix.net.FlowSink;
import io.kaelix.net.Flows;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How far a sink is in its lane, and how far those are that read it, in this streamer and in another one of the directory. */
class SinkPositionTest extends SharedFixture {

    private static final int FRAME = 24;

    private final FlowCarrier carrier = new FlowCarrier();

    @AfterEach
    void closeCarrier() {
        carrier.close();
    }

    private static int take(final Subscriber subscriber, final int most) {
        int taken = 0;
        for (int idle = 0; idle < 32 && taken < most; idle++) {
            taken += subscriber.poll(message -> { }, most - taken);
        }
        return taken;
    }

    @Test
    void shouldTellHowFarAllReadersAre() {
        final FlowSink sink = keep(Flows.of(first).sink("host", 10, 77, 1));
        assertThat(sink.position()).isZero();
        assertThat(sink.readTo()).isZero();
        assertThat(carrier.bring(sink, "a", 2)).isEqualTo(2);
        assertThat(sink.position()).isEqualTo(2 * FRAME);
        assertThat(sink.readTo()).as("nobody reads").isEqualTo(2 * FRAME);
        final Subscriber near = keep(first.subscriber("a"));
        final Subscriber far = keep(second.subscriber("a"));
        keep(second.subscriber(TopicPattern.of("a"), SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.LOSSY)));
        assertThat(carrier.bring(sink, "a", 5)).isEqualTo(5);
        assertThat(sink.position()).isEqualTo(7 * FRAME);
        assertThat(sink.readTo()).isEqualTo(2 * FRAME);
        assertThat(take(near, 5)).isEqualTo(5);
        assertThat(sink.readTo()).as("one of another streamer has not").isEqualTo(2 * FRAME);
        assertThat(take(far, 3)).isEqualTo(3);
        assertThat(sink.readTo()).isEqualTo(5 * FRAME);
        assertThat(take(far, 3)).isEqualTo(2);
        assertThat(sink.readTo()).isEqualTo(7 * FRAME);
    }

    @Test
    void shouldTellTheSameBehindItsEnd() {
        final FlowSink sink = Flows.of(first).sink("host", 10, 77, 1);
        final Subscriber subscriber = keep(second.subscriber("a"));
        carrier.bring(sink, "a", 5);
        take(subscriber, 2);
        sink.close();
        take(subscriber, 3);
        assertThat(sink.position()).isEqualTo(5 * FRAME);
        assertThat(sink.readTo()).isEqualTo(2 * FRAME);
    }

    @Test
    void shouldNumberLanesOnceInADirectory() {
        final FlowSink one = Flows.of(first).sink("host", 10, 77, 1);
        final long number = one.laneNumber();
        one.close();
        try (FlowSink other = Flows.of(second).sink("host", 10, 77, 1); FlowSink third = Flows.of(first).sink("host", 10, 77, 1);
                Publisher publisher = second.publisher("a")) {
            assertThat(List.of(other.laneNumber(), third.laneNumber(), (long) publisher.id())).doesNotHaveDuplicates()
                    .allMatch(later -> later > number);
        }
    }

    @Test
    void shouldTellHowFarReadersAreWithoutADirectory() {
        try (MemoryStreamer streamer = EngineFixture.launch(); FlowSink sink = Flows.of(streamer).sink("host", 10, 77, 1);
                Subscriber subscriber = streamer.subscriber("a")) {
            carrier.bring(sink, "a", 4);
            assertThat(sink.laneNumber()).isPositive();
            assertThat(take(subscriber, 3)).isEqualTo(3);
            assertThat(sink.readTo()).isEqualTo(3 * FRAME);
            assertThat(sink.position()).isEqualTo(4 * FRAME);
        }
    }
}
