// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.drain;
import static io.kaelix.engine.EngineFixture.fill;
import static io.kaelix.engine.EngineFixture.number;
import static io.kaelix.engine.EngineFixture.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Claim;
import io.kaelix.KaelixException;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Subscriber;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.lane.LaneDescriptor;
import io.kaelix.memory.RegionArena;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import io.kaelix.platform.Platform;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is under way when something else comes to its end first. */
class OvertakenTest {

    private static final Duration FOR_EVER = Duration.ofDays(1);

    private final EngineFixture fixture = new EngineFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void shouldShowALaneToNobodyUnlessAllCanReadIt() {
        final RegionArena arena = new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, 64 << 20);
        final Registry registry = new Registry(arena, EngineFixture.LANE_CAPACITY);
        final Subscription every = registry.subscribe(TopicPattern.of(">"), SlowSubscriberPolicy.BLOCK);
        for (int i = 0; i < LaneDescriptor.SLOTS; i++) {
            registry.subscribe(TopicPattern.of("full"), SlowSubscriberPolicy.BLOCK);
        }
        final LaneFeed[] before = every.feeds;
        assertThatThrownBy(() -> registry.openChannel(Topic.of("full"))).isInstanceOf(KaelixException.class);
        assertThat(every.feeds).as("never replaced, not even for a moment").isSameAs(before);
        final Channel other = registry.openChannel(Topic.of("other"));
        assertThat(every.feeds).hasSize(1);
        registry.closeChannel(other);
        registry.close();
    }

    @Test
    void shouldNotWaitForASubscriberThatItsOwnHandlerClosed() {
        final Subscriber subscriber = fixture.subscriber("a");
        final Publisher publisher = fixture.publisher("a");
        fill(publisher);
        final long[] result = new long[1];
        subscriber.poll(message -> {
            subscriber.close();
            result[0] = publisher.publish(MemorySegment.ofArray(new byte[1000]), 0, 1000, FOR_EVER);
        }, 1);
        assertThat(result[0]).isEqualTo(Publisher.BACK_PRESSURED);
        assertThat(publisher.offer(number(1))).as("when the poll has returned it no longer gates").isPositive();
    }

    @Test
    void shouldAnswerClosedForABatchThatTheStreamersCloseOvertakes() {
        final Subscriber subscriber = fixture.subscriber("a");
        final Publisher publisher = fixture.publisher("a");
        publisher.beginBatch();
        send(publisher, 1);
        fixture.streamer.close();
        assertThat(publisher.endBatch()).isEqualTo(Publisher.CLOSED);
        assertThat(drain(subscriber)).isEmpty();
    }

    @Test
    void shouldAnswerClosedForAClaimThatTheStreamersCloseOvertakes() {
        final Subscriber subscriber = fixture.subscriber("a");
        final Publisher publisher = fixture.publisher("a");
        final Claim claim = publisher.tryClaim(Long.BYTES);
        fixture.streamer.close();
        assertThat(claim.putLong(0, 1).commit()).isEqualTo(Publisher.CLOSED);
        assertThat(claim.isOpen()).isFalse();
        assertThat(drain(subscriber)).isEmpty();
    }

    @Test
    void shouldNotWaitWhenInterrupted() {
        fixture.subscriber("a");
        final Publisher publisher = fixture.publisher("a");
        fill(publisher);
        Thread.currentThread().interrupt();
        assertThat(publisher.publish(MemorySegment.ofArray(new byte[1]), 0, 1, FOR_EVER)).isEqualTo(Publisher.BACK_PRESSURED);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void shouldTakeADurationOfAnyLength() {
        final Publisher publisher = fixture.publisher("a");
        final MemorySegment payload = MemorySegment.ofArray(new byte[1]);
        assertThat(publisher.publish(payload, 0, 1, Duration.ofDays(-200_000))).isPositive();
        assertThat(publisher.publish(payload, 0, 1, Duration.ofSeconds(Long.MAX_VALUE))).isPositive();
    }

    @Test
    void shouldNotLoseMoreThanHalfALaneBesideASlowSubscriber() {
        final Subscriber slow = fixture.subscriber("a");
        final Subscriber lossy = fixture.lossy("a");
        final Publisher publisher = fixture.publisher("a");
        final int full = fill(publisher);
        final int more = full / 5;
        int sent = full;
        for (int i = 0; i < more; i++) {
            slow.poll(message -> { }, 1);
            if (publisher.offer(number(i)) > 0) {
                sent++;
            }
        }
        final int received = drain(lossy).size();
        assertThat(received + lossy.lost()).isEqualTo(sent);
        assertThat(received).isGreaterThan(full / 4);
    }

    @Test
    void shouldGiveALaneBackAtOnceThatAnotherThreadClosed() throws Exception {
        final Registry registry = registryOfOneLane();
        try (PeerThread owner = new PeerThread()) {
            for (int i = 0; i < 50; i++) {
                final Publisher publisher = LanePublisher.create(fixture.streamer, registry, Topic.of("a"));
                owner.call(() -> publisher.offer(number(1)));
                publisher.close();
            }
        }
        registry.close();
    }

    @Test
    void shouldKeepALaneThatAnotherThreadClosedWhileAClaimIsOpen() throws Exception {
        final Registry registry = registryOfOneLane();
        try (PeerThread owner = new PeerThread()) {
            for (int i = 0; i < 2; i++) {
                final boolean abort = i == 1;
                final Publisher publisher = LanePublisher.create(fixture.streamer, registry, Topic.of("a"));
                final Claim claim = owner.call(() -> publisher.tryClaim(Long.BYTES));
                publisher.close();
                assertThatThrownBy(() -> registry.openChannel(Topic.of("a"))).as("the lane is in use")
                        .isInstanceOf(KaelixException.class).hasMessageContaining("memory limit");
                owner.call(() -> claim.putLong(0, 1));
                if (abort) {
                    owner.call(() -> {
                        claim.abort();
                        return null;
                    });
                } else {
                    assertThatThrownBy(() -> owner.call(claim::commit)).isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("closed");
                }
                assertThat(claim.isOpen()).isFalse();
                registry.closeChannel(registry.openChannel(Topic.of("a")));
            }
        }
        registry.close();
    }

    private static Registry registryOfOneLane() {
        return new Registry(new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, 4 << 20), 2 << 20);
    }
}
