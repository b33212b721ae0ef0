// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.drain;
import static io.kaelix.engine.EngineFixture.onThread;
import static io.kaelix.engine.EngineFixture.pollOnce;
import static io.kaelix.engine.EngineFixture.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Subscriber;
import io.kaelix.TopicPattern;
import io.kaelix.engine.PeerThread.Gate;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may poll a subscriber, who may close it, and what comes after. */
@Timeout(value = EngineFixture.DEADLINE_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SubscriberCloseTest {

    private final EngineFixture engine = new EngineFixture();
    private final Publisher publisher = engine.publisher("a");

    @AfterEach
    void close() {
        engine.close();
    }

    private Subscriber subscriber(final SlowSubscriberPolicy policy) {
        return engine.streamer.subscriber(TopicPattern.of("a"), policy);
    }

    private void assertGone(final Subscriber subscriber) {
        assertThat(subscriber.lanes()).isEmpty();
        for (int i = 0; i < 10_000; i++) {
            send(publisher, i);
        }
        assertThatThrownBy(() -> pollOnce(subscriber, 1)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        subscriber.close();
        assertThat(subscriber.lost()).isNotNegative();
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndWhenItsThreadClosesIt(final SlowSubscriberPolicy policy) {
        final Subscriber subscriber = subscriber(policy);
        send(publisher, 1);
        assertThat(drain(subscriber)).containsExactly(1L);
        fill(publisher, 100);
        subscriber.close();
        assertGone(subscriber);
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndWhenClosedBeforeItWasEverPolled(final SlowSubscriberPolicy policy) throws Exception {
        final Subscriber subscriber = subscriber(policy);
        fill(publisher, 100);
        onThread(() -> {
            subscriber.close();
            return null;
        });
        assertGone(subscriber);
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndWhenClosedAfterItsThreadHasDied(final SlowSubscriberPolicy policy) throws Exception {
        final Subscriber subscriber = subscriber(policy);
        fill(publisher, 100);
        assertThat(onThread(() -> pollOnce(subscriber, 1))).containsExactly(0L);
        assertThatThrownBy(() -> pollOnce(subscriber, 1)).as("it still belongs to that thread")
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("another thread");
        subscriber.close();
        assertGone(subscriber);
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndWhenClosedWhileItsThreadDoesSomethingElse(final SlowSubscriberPolicy policy) throws Exception {
        final Subscriber subscriber = subscriber(policy);
        fill(publisher, 100);
        try (PeerThread peer = new PeerThread()) {
            peer.call(() -> pollOnce(subscriber, 1));

            subscriber.close();

            assertGone(subscriber);
            assertThatThrownBy(() -> peer.call(() -> pollOnce(subscriber, 1))).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndAfterTheMessageThatItsThreadIsAtWhenClosedByAnother(final SlowSubscriberPolicy policy) throws Exception {
        final Subscriber subscriber = subscriber(policy);
        fill(publisher, 100);
        final Gate inHandler = new Gate();
        final Gate closed = new Gate();
        final List<Long> seen = new ArrayList<>();
        try (PeerThread peer = new PeerThread()) {
            final var polling = peer.begin(() -> subscriber.poll(message -> {
                inHandler.open();
                closed.pass();
                seen.add(message.getLong(0));
            }, 50));
            inHandler.pass();

            subscriber.close();
            subscriber.close();
            closed.open();

            assertThat(PeerThread.result(polling)).isEqualTo(1);
            assertThat(seen).containsExactly(0L);
            assertThatThrownBy(() -> peer.call(() -> pollOnce(subscriber, 1))).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
            assertGone(subscriber);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepTheMemoryOfTheMessageThatItsThreadIsAtWhenClosedByAnother(final SlowSubscriberPolicy policy) throws Exception {
        final Subscriber subscriber = subscriber(policy);
        send(publisher, 1234);
        publisher.close();
        engine.close();
        final Gate inHandler = new Gate();
        final Gate closed = new Gate();
        final List<Long> seen = new ArrayList<>();
        try (PeerThread peer = new PeerThread()) {
            final var polling = peer.begin(() -> subscriber.poll(message -> {
                inHandler.open();
                closed.pass();
                seen.add(message.getLong(0));
            }, 50));
            inHandler.pass();

            subscriber.close();
            final int lanes = subscriber.lanes().size();
            final long mappedBytes = engine.mappedBytes();
            closed.open();

            assertThat(PeerThread.result(polling)).isEqualTo(1);
            assertThat(lanes).as("of a lane that nobody else holds").isEqualTo(1);
            assertThat(mappedBytes).isPositive();
            assertThat(seen).containsExactly(1234L);
            assertThat(engine.mappedBytes()).as("it goes when the poll has ended").isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndAfterAHandlerThatThrewWhenClosedByAnother(final SlowSubscriberPolicy policy) throws Exception {
        final Subscriber subscriber = subscriber(policy);
        fill(publisher, 100);
        try (PeerThread peer = new PeerThread()) {
            assertThatThrownBy(() -> peer.call(() -> subscriber.poll(message -> {
                try {
                    onThread(() -> {
                        subscriber.close();
                        return null;
                    });
                } catch (final Exception e) {
                    throw new AssertionError(e);
                }
                throw new UnsupportedOperationException();
            }, 10))).isInstanceOf(UnsupportedOperationException.class);
            assertGone(subscriber);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldBelongToTheThreadThatPolledItFirst(final SlowSubscriberPolicy policy) throws Exception {
        final Subscriber subscriber = subscriber(policy);
        send(publisher, 1, 2);
        assertThat(pollOnce(subscriber, 1)).containsExactly(1L);
        onThread(() -> {
            assertThatThrownBy(() -> subscriber.poll(message -> { }, 1)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("of its own");
            assertThat(subscriber.lost()).isZero();
            assertThat(subscriber.lanes()).hasSize(1);
            return null;
        });
        assertThat(pollOnce(subscriber, 1)).containsExactly(2L);
    }

    @ParameterizedTest
    @EnumSource
    void shouldHearNoPublisherThatIsCreatedAfterItsEnd(final SlowSubscriberPolicy policy) {
        final Subscriber subscriber = subscriber(policy);
        subscriber.close();
        final Publisher later = engine.publisher("a");
        for (int i = 0; i < 10_000; i++) {
            send(later, i);
        }
        assertThat(subscriber.lanes()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void shouldLetAPublisherGoOnThatWaitsForIt(final SlowSubscriberPolicy policy) throws Exception {
        final Subscriber blocking = engine.subscriber("a");
        final Subscriber subscriber = subscriber(policy);
        try (PeerThread peer = new PeerThread()) {
            peer.call(() -> EngineFixture.fill(publisher));
            final var waiting = peer.begin(() ->
                    publisher.publish(MemorySegment.ofArray(EngineFixture.number(1)), 0, 8, Duration.ofDays(1)));
            subscriber.close();
            blocking.close();
            assertThat(PeerThread.result(waiting)).isPositive();
        }
    }

    private static void fill(final Publisher publisher, final int count) {
        for (int i = 0; i < count; i++) {
            send(publisher, i);
        }
    }
}
