// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.drain;
import static io.kaelix.engine.EngineFixture.fill;
import static io.kaelix.engine.EngineFixture.number;
import static io.kaelix.engine.EngineFixture.pollOnce;
import static io.kaelix.engine.EngineFixture.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Start;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.SubscriberStatus;
import io.kaelix.TopicPattern;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Subscribers that are cut off, that start in the past, and what is told of those that are slow. */
class DisconnectTest {

    private static final SubscriberConfig DISCONNECT = SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.DISCONNECT);

    private final EngineFixture fixture = new EngineFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private void sendUntilItGoesOn(final Publisher publisher) {
        while (publisher.offer(number(7)) == Publisher.BACK_PRESSURED) {
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldCutOffASubscriberThatHoldsAPublisherUpForTooLong() {
        final Instant before = Instant.now().minusMillis(1);
        final Subscriber slow = fixture.streamer.subscriber("a", DISCONNECT.withMaxStall(Duration.ofMillis(1)));
        final Publisher publisher = fixture.publisher("a");
        final int sent = fill(publisher);
        assertThat(slow.lanes().getFirst().disconnection()).isEmpty();

        sendUntilItGoesOn(publisher);

        assertThat(slow.poll(message -> { }, 10)).isEqualTo(Subscriber.DISCONNECTED);
        assertThat(slow.poll(message -> { }, 10)).isEqualTo(Subscriber.DISCONNECTED);
        final Subscriber.LaneStatus lane = slow.lanes().getFirst();
        assertThat(lane.publisherId()).isEqualTo(publisher.id());
        assertThat(lane.position()).isZero();
        final Subscriber.Disconnection how = lane.disconnection().orElseThrow();
        assertThat(how.stall()).isGreaterThan(Duration.ofMillis(1));
        assertThat(how.time()).isBetween(before, Instant.now());
        assertThat(how.lagBytes()).isEqualTo(sent * 24L);
        assertThat(slow.lost()).isZero();
        slow.close();
        assertThatThrownBy(() -> slow.poll(message -> { }, 10)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldCutOffASubscriberThatIsTooFarBehind() {
        final Subscriber slow = fixture.streamer.subscriber("a", DISCONNECT.withMaxLag(1_000));
        final Subscriber other = fixture.subscriber("a");
        final Publisher publisher = fixture.publisher("a");
        int sent = 0;
        while (slow.lanes().getFirst().disconnection().isEmpty()) {
            send(publisher, sent++);
        }
        assertThat(slow.lanes().getFirst().disconnection().orElseThrow().stall()).isZero();
        assertThat(sent * 24).isBetween(1_000, 1_000 + EngineFixture.LANE_CAPACITY / 8);
        assertThat(slow.poll(message -> { }, 10)).isEqualTo(Subscriber.DISCONNECTED);
        assertThat(drain(other)).hasSize(sent);
    }

    @Test
    void shouldHearNobodyAnyMoreOnceItWasCutOff() {
        final Subscriber slow = fixture.streamer.subscriber(">", DISCONNECT.withMaxStall(Duration.ZERO));
        final Publisher a = fixture.publisher("a");
        final Publisher b = fixture.publisher("b");
        send(b, 1);
        fill(a);
        sendUntilItGoesOn(a);

        int result;
        do {
            result = slow.poll(message -> assertThat(message.publisherId()).isEqualTo(b.id()), 10);
        } while (result >= 0);

        assertThat(result).isEqualTo(Subscriber.DISCONNECTED);
        final Publisher later = fixture.publisher("c");
        for (final Publisher publisher : List.of(a, b, later)) {
            for (int i = 0; i < EngineFixture.LANE_CAPACITY / 8; i++) {
                send(publisher, i);
            }
        }
        assertThat(slow.lanes()).extracting(Subscriber.LaneStatus::publisherId).containsExactly(a.id(), b.id());
        fixture.streamer.close();
        assertThat(slow.poll(message -> { }, 10)).isEqualTo(Subscriber.DISCONNECTED);
    }

    @Test
    void shouldBeCutOffFromInsideItsHandler() {
        final Subscriber slow = fixture.streamer.subscriber("a", DISCONNECT.withMaxStall(Duration.ZERO));
        final Publisher publisher = fixture.publisher("a");
        send(publisher, 1, 2, 3);

        assertThat(slow.poll(message -> {
            fill(publisher);
            sendUntilItGoesOn(publisher);
        }, 10)).as("not the second").isEqualTo(1);

        assertThat(slow.poll(message -> { }, 10)).isEqualTo(Subscriber.DISCONNECTED);
    }

    @Test
    void shouldWaitForASubscriberThatKeepsUp() {
        final Subscriber reader = fixture.streamer.subscriber("a", DISCONNECT.withMaxStall(Duration.ofDays(1)));
        final Publisher publisher = fixture.publisher("a");
        final int sent = fill(publisher);
        assertThat(drain(reader)).hasSize(sent);
        send(publisher, 5);
        assertThat(pollOnce(reader, 10)).containsExactly(5L);
    }

    @Test
    void shouldRefuseToDisconnectAHandlerThatSharesAReader() {
        assertThatThrownBy(() -> fixture.streamer.subscribe(TopicPattern.of("a"), SlowSubscriberPolicy.DISCONNECT, message -> { },
                (message, error) -> { })).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("BLOCK or LOSSY");
    }

    @Test
    void shouldRefuseLimitsThatMakeNoSense() {
        assertThatThrownBy(() -> DISCONNECT.withMaxLag(0)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("maxLag");
        assertThatThrownBy(() -> DISCONNECT.withMaxStall(Duration.ofNanos(-1))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxStall");
    }

    @Test
    void shouldStartWithTheOldestMessageThatIsThere() {
        final Publisher publisher = fixture.publisher("a");
        send(publisher, 0, 1, 2);
        final Subscriber late = fixture.streamer.subscriber("a", SubscriberConfig.defaults().withStart(Start.oldest()));
        send(publisher, 3);
        assertThat(drain(late)).containsExactly(0L, 1L, 2L, 3L);
        assertThat(late.lanes().getFirst().messagesBefore()).isZero();

        final long[] many = LongStream.range(4, 100_000).toArray();
        late.close();
        send(publisher, many);
        for (final SlowSubscriberPolicy policy : SlowSubscriberPolicy.values()) {
            final Subscriber later = fixture.streamer.subscriber("a", SubscriberConfig.defaults().withPolicy(policy).withStart(Start.oldest()));
            final long first = later.lanes().getFirst().messagesBefore();
            assertThat(later.lanes().getFirst().start()).isBetween(100_000 * 24L - EngineFixture.LANE_CAPACITY,
                    100_000 * 24L - EngineFixture.LANE_CAPACITY / 2);
            assertThat(drain(later)).isEqualTo(LongStream.range(first, 100_000).boxed().toList());
            later.close();
        }
    }

    @Test
    void shouldStartAtATimeAndInNewLanesWithTheFirstMessage() {
        final Publisher publisher = fixture.publisher("a");
        send(publisher, 0, 1, 2);
        final Subscriber late = fixture.streamer.subscriber("*", SubscriberConfig.defaults().withStart(Start.at(Instant.EPOCH)));
        final Publisher next = fixture.publisher("b");
        send(next, 3);
        assertThat(drain(late)).containsExactly(0L, 1L, 2L, 3L);
    }

    @Test
    void shouldTellWhoIsSlowByHowMuchAndSinceWhen() throws Exception {
        final Subscriber slow = fixture.streamer.subscriber(TopicPattern.of("a"), SlowSubscriberPolicy.BLOCK);
        final Subscriber lossy = fixture.lossy("*");
        final Publisher publisher = fixture.publisher("a");
        assertThat(fixture.streamer.subscribers()).extracting(SubscriberStatus::lagMessages).containsExactly(0L, 0L);
        final Instant before = Instant.now().minusMillis(1);
        final int sent = fill(publisher);
        drain(lossy);

        final List<SubscriberStatus> statuses = fixture.streamer.subscribers();

        final SubscriberStatus blocking = statuses.stream().filter(status -> status.blockingSince().isPresent()).findFirst().orElseThrow();
        assertThat(blocking.patterns()).containsExactly(TopicPattern.of("a"));
        assertThat(blocking.policy()).isEqualTo(SlowSubscriberPolicy.BLOCK);
        assertThat(blocking.thread()).isEmpty();
        assertThat(blocking.lagMessages()).isEqualTo(sent);
        assertThat(blocking.lagBytes()).isEqualTo(sent * 24L);
        assertThat(blocking.lagAtLeast()).isLessThanOrEqualTo(blocking.lagAtMost());
        assertThat(blocking.blockingSince().orElseThrow()).isBetween(before, Instant.now());
        assertThat(blocking.disconnection()).isEmpty();
        final SubscriberStatus other = statuses.stream().filter(status -> status != blocking).findFirst().orElseThrow();
        assertThat(other.policy()).isEqualTo(SlowSubscriberPolicy.LOSSY);
        assertThat(other.thread()).contains(Thread.currentThread().getName());
        assertThat(other.lagMessages()).isZero();

        drain(slow);
        assertThat(fixture.streamer.subscribers()).allSatisfy(status -> assertThat(status.blockingSince()).isEmpty());
        slow.close();
        assertThat(fixture.streamer.subscribers()).hasSize(1);
    }

    @Test
    void shouldTellWhoWasCutOff() {
        final Subscriber slow = fixture.streamer.subscriber("a", DISCONNECT.withMaxStall(Duration.ZERO));
        final Publisher publisher = fixture.publisher("a");
        fill(publisher);
        sendUntilItGoesOn(publisher);
        assertThat(fixture.streamer.subscribers().getFirst().disconnection()).as("before it knows").isPresent();
        slow.poll(message -> { }, 1);
        assertThat(fixture.streamer.subscribers().getFirst().disconnection()).isPresent();
    }
}
