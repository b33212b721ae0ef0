// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.drain;
import static io.kaelix.engine.EngineFixture.fill;
import static io.kaelix.engine.EngineFixture.number;
import static io.kaelix.engine.EngineFixture.onThread;
import static io.kaelix.engine.EngineFixture.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import io.kaelix.Topic;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may send with a publisher, who may close it, and what comes after. */
@Timeout(value = EngineFixture.DEADLINE_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PublisherCloseTest {

    private static final MemorySegment PAYLOAD = MemorySegment.ofArray(number(5));

    private final EngineFixture engine = new EngineFixture();
    private final Subscriber subscriber = engine.subscriber("a");
    private final Publisher publisher = engine.publisher("a");

    /** All ways to send. */
    private final List<Callable<?>> uses = List.of(
            () -> publisher.offer(number(1)),
            () -> publisher.offer(PAYLOAD),
            () -> publisher.tryClaim(8),
            () -> publisher.publish(PAYLOAD, 0, 8, Duration.ofSeconds(1)),
            () -> {
                publisher.beginBatch();
                return null;
            },
            publisher::endBatch);

    @AfterEach
    void close() {
        engine.close();
    }

    private void assertClosed() {
        for (int attempt = 0; attempt < 2; attempt++) {
            for (final Callable<?> use : uses) {
                assertThatThrownBy(use::call).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
            }
            publisher.close();
        }
        assertThat(publisher.topic()).isEqualTo(Topic.of("a"));
        assertThat(publisher.id()).isPositive();
    }

    @Test
    void shouldStillDeliverWhatWasSentBeforeItsEnd() {
        send(publisher, 1, 2);
        publisher.close();
        assertClosed();
        assertThat(drain(subscriber)).containsExactly(1L, 2L);
        assertThat(subscriber.lanes()).isEmpty();
        assertThat(subscriber.poll(message -> { }, 1)).as("others may come").isZero();
    }

    @Test
    void shouldPublishABatchAndAbortAClaimAtItsEnd() {
        publisher.beginBatch();
        send(publisher, 1, 2);
        publisher.tryClaim(8).putLong(0, 3);
        publisher.close();
        assertThat(drain(subscriber)).containsExactly(1L, 2L);
    }

    @Test
    void shouldNotBeClosedForNewPublishersOfItsTopic() {
        publisher.close();
        final Publisher next = engine.publisher("a");
        send(next, 7);
        assertThat(drain(subscriber)).containsExactly(7L);
        assertThat(next.id()).isNotEqualTo(publisher.id());
    }

    @Test
    void shouldBelongToTheThreadThatSentFirst() throws Exception {
        send(publisher, 1);
        onThread(() -> {
            for (final Callable<?> use : uses) {
                assertThatThrownBy(use::call).isInstanceOf(IllegalStateException.class).hasMessageContaining("of its own");
            }
            return null;
        });
        send(publisher, 2);
        assertThat(drain(subscriber)).containsExactly(1L, 2L);
    }

    @Test
    void shouldEndWhenClosedByAnotherThreadBeforeItWasUsed() throws Exception {
        onThread(() -> {
            publisher.close();
            return null;
        });
        assertClosed();
        assertThat(drain(subscriber)).isEmpty();
        assertThat(subscriber.lanes()).isEmpty();
    }

    @Test
    void shouldEndWhenClosedAfterItsThreadHasDiedWithABatchAndAClaim() throws Exception {
        onThread(() -> {
            publisher.beginBatch();
            send(publisher, 1, 2);
            publisher.tryClaim(8).putLong(0, 3);
            return null;
        });
        publisher.close();
        assertClosed();
        assertThat(drain(subscriber)).containsExactly(1L, 2L);
    }

    @Test
    void shouldTellItsThreadWhenClosedByAnother() throws Exception {
        try (PeerThread peer = new PeerThread()) {
            peer.call(() -> publisher.offer(number(1)));
            publisher.close();
            assertThat(drain(subscriber)).containsExactly(1L);
            assertThat(subscriber.lanes()).as("no more comes").isEmpty();
            for (final Callable<?> use : uses) {
                assertThatThrownBy(() -> peer.call(use)).isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("closed");
            }
            assertClosed();
        }
    }

    @Test
    void shouldPublishABatchWhenClosedByAnotherThread() throws Exception {
        try (PeerThread peer = new PeerThread()) {
            peer.call(() -> {
                publisher.beginBatch();
                send(publisher, 1, 2);
                return null;
            });
            publisher.close();
            assertThat(drain(subscriber)).containsExactly(1L, 2L);
            assertThat(subscriber.lanes()).isEmpty();
        }
    }

    @Test
    void shouldEndWhereverItsThreadIsWhenClosedByAnother() throws Exception {
        try (PeerThread peer = new PeerThread()) {
            final Publisher neighbour = engine.publisher("n");
            for (int round = 0; round < 1_000; round++) {
                final Publisher contended = engine.publisher("a");
                final PeerThread.Gate begun = new PeerThread.Gate();
                final boolean claims = round % 2 == 0;
                final var sending = peer.begin(() -> {
                    long sent = 0;
                    try {
                        for (; ; sent++) {
                            if (sent == 10) {
                                begun.open();
                            }
                            if (claims) {
                                contended.tryClaim(8).putLong(0, sent).commit();
                            } else {
                                contended.offer(number(sent));
                            }
                            subscriber.poll(message -> { }, 10);
                        }
                    } catch (final IllegalStateException closed) {
                        return closed.getMessage();
                    }
                });
                begun.pass();
                contended.close();
                assertThat(PeerThread.result(sending)).contains("closed");
                // A store into a lane that was freed would land in one of these.
                final Publisher next = engine.publisher("n");
                send(neighbour, 1);
                send(next, 1);
                next.close();
            }
        }
    }

    @Test
    void shouldTellItsThreadByWhateverItCallsFirst() throws Exception {
        try (PeerThread peer = new PeerThread()) {
            for (int which = 0; which < 6; which++) {
                final Publisher other = engine.publisher("a");
                peer.call(() -> other.offer(number(1)));
                other.close();
                final int use = which;
                assertThatThrownBy(() -> peer.call(() -> switch (use) {
                    case 0 -> other.offer(number(1));
                    case 1 -> other.offer(PAYLOAD);
                    case 2 -> other.tryClaim(8);
                    case 3 -> other.publish(PAYLOAD, 0, 8, Duration.ofSeconds(1));
                    case 4 -> {
                        other.beginBatch();
                        yield null;
                    }
                    default -> other.endBatch();
                })).as("use %d", which).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
            }
        }
    }

    @Test
    void shouldEndAWaitWhenClosedByAnotherThread() throws Exception {
        try (PeerThread peer = new PeerThread()) {
            peer.call(() -> fill(publisher));
            final var waiting = peer.begin(() -> publisher.publish(PAYLOAD, 0, 8, Duration.ofDays(1)));
            publisher.close();
            assertThatThrownBy(() -> PeerThread.result(waiting)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
        }
    }

    @Test
    void shouldEndOnceWhenTwoThreadsCloseItAtTheSameTime() throws Exception {
        try (PeerThread peer = new PeerThread()) {
            for (int round = 0; round < 2_000; round++) {
                final Publisher contended = engine.publisher("c");
                final Publisher neighbour = engine.publisher("n");
                send(neighbour, 1);
                final CyclicBarrier together = new CyclicBarrier(2);
                final boolean used = round % 2 == 0;
                final var closing = peer.begin(() -> {
                    if (used) {
                        contended.beginBatch();
                        contended.offer(number(1));
                    }
                    together.await();
                    contended.close();
                    return null;
                });
                together.await();
                contended.close();
                PeerThread.result(closing);
                // A store into a lane that was freed would land in one of these.
                final Publisher next = engine.publisher("c");
                send(neighbour, 2);
                send(next, 3);
                neighbour.close();
                next.close();
            }
        }
    }
}
