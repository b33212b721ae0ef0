// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.LANE_CAPACITY;
import static io.kaelix.engine.EngineFixture.await;
import static io.kaelix.engine.EngineFixture.drain;
import static io.kaelix.engine.EngineFixture.fill;
import static io.kaelix.engine.EngineFixture.number;
import static io.kaelix.engine.EngineFixture.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.LaneStatus;
import io.kaelix.MemoryStreamer;
import io.kaelix.MemoryUsage;
import io.kaelix.Payload;
import io.kaelix.Publisher;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.Topic;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a streamer tells of its lanes, its streams and its memory. */
@Timeout(120)
class LaneStatusTest {

    private final EngineFixture fixture = new EngineFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private LaneStatus lane(final int index) {
        return fixture.streamer.lanes().get(index);
    }

    @Test
    void shouldTellWhatWentThroughEachLane() {
        assertThat(fixture.streamer.lanes()).isEmpty();
        final Publisher publisher = fixture.publisher("orders.eu");
        final StreamPublisher streams = fixture.streamer.streamPublisher();
        final Subscriber all = fixture.subscriber("*");
        final Subscriber lossy = fixture.lossy("orders.eu");
        assertThat(fixture.streamer.lanes()).containsExactly(
                new LaneStatus("orders.eu#" + publisher.id(), 0, 0, LANE_CAPACITY, 1, 0),
                new LaneStatus("streams#" + streams.id(), 0, 0, LANE_CAPACITY, 0, 0));
        send(publisher, 1, 2, 3);
        assertThat(streams.offer(streams.stream(Topic.of("b")), number(4))).isPositive();
        assertThat(fixture.streamer.lanes()).containsExactly(
                new LaneStatus("orders.eu#" + publisher.id(), 72, 3, LANE_CAPACITY, 1, 0),
                new LaneStatus("streams#" + streams.id(), 24, 1, LANE_CAPACITY, 1, 0));
        assertThat(drain(all)).containsExactly(4L);
        assertThat(drain(lossy)).containsExactly(1L, 2L, 3L);
        lossy.close();
        assertThat(lane(0).readers()).isZero();
        publisher.close();
        assertThat(fixture.streamer.lanes()).extracting(LaneStatus::owner).containsExactly("streams#" + streams.id());
    }

    @Test
    void shouldCountEachTimeThatAPublisherIsRefusedSpace() {
        final Publisher publisher = fixture.publisher("a");
        final Subscriber slow = fixture.subscriber("a");
        final int sent = fill(publisher);
        assertThat(lane(0).refusals()).isEqualTo(1);
        assertThat(lane(0).messages()).isEqualTo(sent);
        assertThat(publisher.offer(number(1))).isEqualTo(Publisher.BACK_PRESSURED);
        assertThat(lane(0).refusals()).isEqualTo(2);
        assertThat(drain(slow)).hasSize(sent);
        send(publisher, 1);
        assertThat(lane(0).refusals()).isEqualTo(2);
        assertThat(lane(0).messages()).isEqualTo(sent + 1);
    }

    @Test
    void shouldCountMessagesExactlyHoweverOftenALaneGoesRound() {
        final Publisher publisher = fixture.publisher("a");
        final Subscriber subscriber = fixture.subscriber("a");
        for (int i = 1; i <= 20_000; i++) {
            send(publisher, i);
            if (i % 100 == 0) {
                assertThat(lane(0).messages()).isEqualTo(i);
                assertThat(lane(0).bytes()).isGreaterThanOrEqualTo(24L * i);
                drain(subscriber);
            }
        }
    }

    @Test
    void shouldTellAPublisherThatIsWrittenToMeanwhile() throws Exception {
        final Publisher publisher = fixture.publisher("a");
        final Thread sender = Thread.ofPlatform().daemon().start(() -> {
            try (Publisher other = fixture.publisher("b")) {
                while (!Thread.interrupted()) {
                    other.offer(number(1));
                }
            }
        });
        long last = 0;
        try {
            await("a second lane", () -> fixture.streamer.lanes().size() == 2);
            for (int i = 0; i < 2_000; i++) {
                final LaneStatus busy = lane(1);
                assertThat(busy.messages()).isLessThanOrEqualTo(busy.bytes() / 24);
                assertThat(busy.bytes()).isGreaterThanOrEqualTo(last);
                last = busy.bytes();
            }
        } finally {
            sender.interrupt();
            sender.join();
        }
        publisher.close();
    }

    @Test
    void shouldNameThePublisherOfATopicWithPartitionsForItsTopic() {
        fixture.streamer.declare("orders", 4);
        final Publisher publisher = fixture.publisher("orders");
        assertThat(lane(0).owner()).isEqualTo("orders#" + publisher.id());
    }

    @Test
    void shouldTellWhatItsMemoryIsUsedFor() {
        final MemoryUsage before = total(fixture.streamer.memory());
        assertThat(before.reserved()).isEqualTo(fixture.mappedBytes());
        final Publisher publisher = fixture.publisher("a");
        final Payload payload = fixture.streamer.payload(100_000);
        final MemoryUsage after = total(fixture.streamer.memory());
        assertThat(after.live() - before.live()).isGreaterThanOrEqualTo(LANE_CAPACITY + 100_000);
        assertThat(after.used()).isGreaterThanOrEqualTo(after.live());
        assertThat(after.reserved()).isGreaterThanOrEqualTo(after.used());
        payload.close();
        publisher.close();
        assertThat(total(fixture.streamer.memory()).live()).isLessThan(after.live());
    }

    private static MemoryUsage total(final List<MemoryUsage> nodes) {
        return nodes.stream().reduce(new MemoryUsage(0, 0, 0, 0), (a, b) -> new MemoryUsage(0, a.reserved() + b.reserved(),
                a.used() + b.used(), a.live() + b.live()));
    }

    @Test
    void shouldCountStreamsThatAreThereAndThatExpired() throws Exception {
        try (MemoryStreamer streamer = MemoryStreamer.launch(EngineFixture.config().withStreamExpiry(Duration.ofMillis(5)))) {
            assertThat(streamer.streams().open()).isZero();
            try (StreamPublisher streams = streamer.streamPublisher()) {
                streams.stream(Topic.of("a"));
                streams.stream(Topic.of("b"));
                assertThat(streamer.streams().open() + streamer.streams().expired()).isEqualTo(2);
                await("both expired", () -> streamer.streams().expired() == 2);
                assertThat(streamer.streams().open()).isZero();
            }
        }
    }
}
