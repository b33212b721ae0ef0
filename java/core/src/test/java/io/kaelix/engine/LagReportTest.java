// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.await;
import static io.kaelix.engine.EngineFixture.fill;
import static io.kaelix.engine.EngineFixture.number;
import static io.kaelix.engine.EngineFixture.pollOnce;
import static io.kaelix.engine.EngineFixture.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.Subscriber.Disconnection;
import io.kaelix.SubscriberConfig;
import io.kaelix.SubscriberStatus;
import io.kaelix.TopicPattern;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a streamer tells of a subscriber that stands still: how far it is behind, in messages, bytes and time, and whom it holds up since when. */
@Timeout(120)
class LagReportTest {

    private static final int FRAME = 24;
    private static final SubscriberConfig PATIENT = SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.DISCONNECT)
            .withMaxStall(Duration.ofDays(1));

    private final EngineFixture fixture = new EngineFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    /** Of the one subscriber there is. */
    private SubscriberStatus status() {
        final List<SubscriberStatus> statuses = fixture.streamer.subscribers();
        assertThat(statuses).hasSize(1);
        return statuses.getFirst();
    }

    /** Marks tell time in whole milliseconds. */
    private static Instant now() {
        return Instant.ofEpochMilli(Instant.now().toEpochMilli());
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellMessagesAndBytesExactlyAndTheAgeOfTheOldestBetweenTwoBounds(final SlowSubscriberPolicy policy) throws Exception {
        final Subscriber slow = fixture.streamer.subscriber("a", PATIENT.withPolicy(policy));
        final Publisher publisher = fixture.publisher("a");
        final List<Instant> before = new ArrayList<>();
        final List<Instant> after = new ArrayList<>();
        for (int i = 0; i < 2_400; i++) {
            before.add(now());
            send(publisher, i);
            after.add(now());
            if (i % 400 == 399) {
                Thread.sleep(5);
            }
        }
        boolean bounded = false;
        for (int read = 0; read < before.size(); read += 100) {
            final Instant asked = now();
            final SubscriberStatus status = status();
            final Instant answered = now();

            assertThat(status.lagMessages()).isEqualTo(before.size() - read);
            assertThat(status.lagBytes()).isEqualTo((before.size() - read) * (long) FRAME);
            assertThat(status.lagAtLeast()).isLessThanOrEqualTo(Duration.between(before.get(read), answered));
            assertThat(status.lagAtMost()).isGreaterThanOrEqualTo(Duration.between(after.get(read), asked));
            bounded |= status.lagAtLeast().isPositive();
            assertThat(pollOnce(slow, 100)).hasSize(100);
        }
        assertThat(bounded).as("a bound above nothing").isTrue();
        assertThat(status().lagMessages()).isZero();
        assertThat(status().lagBytes()).isZero();
        assertThat(status().lagAtLeast()).isZero();
        assertThat(status().lagAtMost()).isZero();
        assertThat(status().lost()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"BLOCK", "DISCONNECT"})
    void shouldTellSinceWhenItHoldsAPublisherUpUntilItHasMadeThatRoom(final SlowSubscriberPolicy policy) throws Exception {
        final Subscriber slow = fixture.streamer.subscriber("a", PATIENT.withPolicy(policy));
        final Publisher publisher = fixture.publisher("a");
        send(publisher, 1);
        assertThat(status().blockingSince()).as("there is room").isEmpty();
        final Instant before = Instant.now().minusMillis(1);
        fill(publisher);
        final Instant after = Instant.now().plusMillis(1);
        final Instant since = status().blockingSince().orElseThrow();
        assertThat(since).isBetween(before, after);

        Thread.sleep(5);
        assertThat(publisher.offer(number(1))).isEqualTo(Publisher.BACK_PRESSURED);
        assertThat(status().blockingSince().orElseThrow()).as("since the first refusal, not the last").isBetween(before, after);

        pollOnce(slow, 10);
        assertThat(status().blockingSince()).as("the room that was asked for is there").isEmpty();
        Thread.sleep(5);
        final Instant again = Instant.now().minusMillis(1);
        fill(publisher);
        assertThat(status().blockingSince().orElseThrow()).isAfterOrEqualTo(again).isAfter(since);
        assertThat(status().disconnection()).isEmpty();
    }

    @Test
    void shouldAddUpAllLanesAndTellTheLongestStall() throws Exception {
        final Subscriber slow = fixture.streamer.subscriber("s.*", PATIENT);
        final Publisher first = fixture.publisher("s.first");
        final Publisher second = fixture.publisher("s.second");
        final StreamPublisher streams = fixture.streamer.streamPublisher();
        final int wanted = streams.stream("s.third");
        final int other = streams.stream("other");
        final long sent = fill(first);
        final Instant firstFull = Instant.now().plusMillis(1);
        Thread.sleep(5);
        final long more = fill(second);
        for (int i = 0; i < 10; i++) {
            assertThat(streams.offer(wanted, number(i))).isPositive();
            assertThat(streams.offer(other, number(i))).isPositive();
        }

        final SubscriberStatus status = status();

        assertThat(status.patterns()).containsExactly(TopicPattern.of("s.*"));
        assertThat(status.policy()).isEqualTo(SlowSubscriberPolicy.DISCONNECT);
        assertThat(status.lagMessages()).as("of publishers of many topics, of all of them").isEqualTo(sent + more + 20);
        assertThat(status.lagBytes()).isEqualTo((sent + more + 20) * FRAME);
        assertThat(status.blockingSince().orElseThrow()).isBefore(firstFull);
        assertThat(status.thread()).isEmpty();
        EngineFixture.drain(slow);
        assertThat(status().lagMessages()).isZero();
        assertThat(status().thread()).contains(Thread.currentThread().getName());
    }

    @Test
    void shouldTellHowFarBehindItWasWhenItWasCutOff() {
        final int maxLag = 1000 * FRAME;
        final Subscriber slow = fixture.streamer.subscriber("a", PATIENT.withMaxLag(maxLag));
        final Publisher publisher = fixture.publisher("a");
        final Instant before = now();
        int sent = 0;
        while (status().disconnection().isEmpty() && sent < 2_400) {
            send(publisher, sent++);
        }
        final Disconnection disconnection = status().disconnection().orElseThrow();

        assertThat(disconnection.time()).isBetween(before, Instant.now());
        assertThat(disconnection.lagBytes()).as("looked at each sixteenth of the lane").isGreaterThan(maxLag)
                .isLessThanOrEqualTo(maxLag + EngineFixture.LANE_CAPACITY / 16 + FRAME).isEqualTo((sent - 1) * (long) FRAME);
        assertThat(disconnection.stall()).isZero();
        assertThat(slow.poll(message -> { }, 10)).isEqualTo(Subscriber.DISCONNECTED);
        assertThat(status().disconnection()).contains(disconnection);
        assertThat(slow.lanes().getFirst().disconnection()).contains(disconnection);
    }

    @Test
    void shouldTellOfHandlersThatShareAReaderWhoseHandlerStandsStill() throws Exception {
        final PeerThread.Gate gate = new PeerThread.Gate();
        final AtomicBoolean reached = new AtomicBoolean();
        fixture.streamer.subscribe("a", message -> {
            reached.set(true);
            gate.pass();
        });
        fixture.streamer.subscribe("b.*", message -> { });
        final Publisher publisher = fixture.publisher("a");
        send(publisher, 0);
        await("it stands still", reached::get);
        final int sent = fill(publisher);

        final SubscriberStatus status = status();

        assertThat(status.patterns()).containsExactlyInAnyOrder(TopicPattern.of("a"), TopicPattern.of("b.*"));
        assertThat(status.thread()).contains("kaelix-push-0");
        assertThat(status.lagMessages()).as("the one in its hands is not received yet").isEqualTo(sent + 1);
        assertThat(status.blockingSince()).isPresent();
        gate.open();
        await("it has caught up", () -> status().lagMessages() == 0 && status().blockingSince().isEmpty());
    }
}
