// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.MessageHandler;
import io.kaelix.Publisher;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.Topic;
import io.kaelix.testkit.Verdict.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs with threads and the real clock: what is asserted holds however slow the machine is. */
class PerformanceTestHarnessTest {

    private static final MessageHandler NOTHING = message -> { };

    private static PerformanceTestHarness.Builder shortRun(final MessageHandler handler) {
        return PerformanceTestHarness.of(handler).messagesPerSecond(5_000).warmUp(Duration.ofMillis(20))
                .duration(Duration.ofMillis(100)).timeout(Duration.ofSeconds(60));
    }

    private static void sleep(final long millis) {
        try {
            Thread.sleep(millis);
        } catch (final InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void shouldLeaveNoThreadBehind() {
        assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("kaelix-testkit"));
    }

    @Test
    void shouldHandOverEveryMessageAndMeasureThoseBehindTheWarmUp() throws InterruptedException {
        final AtomicLong handled = new AtomicLong();
        final LatencyResults results = shortRun(message -> {
            assertThat(message.length()).isEqualTo(100);
            assertThat(message.getLong(0)).isEqualTo(message.sequence());
            assertThat(message.getByte(99)).isEqualTo((byte) message.sequence());
            handled.incrementAndGet();
        }).payloadBytes(100).publishers(3).build().run();
        assertThat(handled).hasValue(600);
        assertThat(results.sent()).isEqualTo(500);
        assertThat(results.received()).isEqualTo(500);
        assertThat(results.lost()).isZero();
        assertThat(results.withoutGaps().count()).isEqualTo(500);
        assertThat(results.messagesPerSecond()).isPositive().isLessThanOrEqualTo(5_000);
        assertThat(results.noise().watchedShare()).isBetween(0.0, 1.0);
        assertThat(results.noise().share()).isBetween(0.0, 1.0);
        assertThat(results.toString().lines()).hasSize(5).first().asString().startsWith("500 sent, 500 received, 0 lost, ");
        assertThat(results.verdict(Goal.p99Below(Duration.ofHours(1))).outcome()).isEqualTo(Outcome.PASSED);
    }

    @Test
    void shouldRunAgain() throws InterruptedException {
        final PerformanceTestHarness harness = shortRun(NOTHING).warmUp(Duration.ZERO).build();
        assertThat(harness.run().received()).isEqualTo(500);
        assertThat(harness.run().received()).isEqualTo(500);
    }

    @Test
    void shouldNotPassAHandlerThatSleepsForLongerThanTheGoal() throws InterruptedException {
        final LatencyResults results = shortRun(message -> sleep(5)).messagesPerSecond(100).warmUp(Duration.ZERO)
                .duration(Duration.ofMillis(300)).build().run();
        assertThat(results.all().percentile(1)).isGreaterThanOrEqualTo(Duration.ofMillis(5));
        assertThat(results.verdict(Goal.p99Below(Duration.ofMillis(1))).outcome()).isNotEqualTo(Outcome.PASSED);
    }

    @Test
    void shouldRunOnAClockOfTheTests() throws InterruptedException {
        final AtomicLong time = new AtomicLong(Long.MAX_VALUE - 1_000_000);
        final LatencyResults results = shortRun(NOTHING).duration(Duration.ofMillis(20)).warmUp(Duration.ofMillis(1))
                .clock(() -> time.addAndGet(100)).build().run();
        assertThat(results.received()).isEqualTo(100);
    }

    @Test
    void shouldThrowWhatTheHandlerThrew() {
        final RuntimeException failure = new UnsupportedOperationException("of the handler");
        assertThatThrownBy(shortRun(message -> {
            throw failure;
        }).build()::run).isSameAs(failure);
        final Error error = new AssertionError("of the handler");
        assertThatThrownBy(shortRun(message -> {
            throw error;
        }).build()::run).isSameAs(error);
    }

    @Test
    void shouldThrowWhatThePayloadWriterThrew() {
        final RuntimeException failure = new UnsupportedOperationException("of the writer");
        assertThatThrownBy(shortRun(NOTHING).payload((claim, number) -> {
            throw failure;
        }).build()::run).isSameAs(failure);
    }

    private static void hang() {
        try {
            new CountDownLatch(1).await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldGiveUpOnAHandlerThatHangsAndSayWhere() {
        final PerformanceTestHarness harness = shortRun(message -> hang()).timeout(Duration.ofMillis(100)).build();
        assertThatExceptionOfType(RunTimeoutException.class).isThrownBy(harness::run)
                .withMessageContaining("did not end within 100 ms behind its schedule, with 0 of 600 messages received")
                .withMessageContaining("'kaelix-testkit-subscriber' is at ").withMessageContaining("a handler must return")
                .satisfies(timeout -> assertThat(timeout.getCause().getStackTrace())
                        .anyMatch(frame -> frame.getMethodName().equals("hang")));
    }

    @Test
    void shouldWriteTheGivenPayload() throws InterruptedException {
        final Set<Long> seen = ConcurrentHashMap.newKeySet();
        shortRun(message -> seen.add(message.getLong(0))).payloadBytes(8).warmUp(Duration.ZERO)
                .payload((claim, number) -> claim.putLong(0, 7L * number)).build().run();
        assertThat(seen).hasSize(500).contains(0L, 7L, 499 * 7L);
    }

    @Test
    void shouldUseAGivenStreamerAndLeaveItOpen() throws InterruptedException {
        final Topic topic = Topic.of("orders.eu");
        try (MemoryStreamer streamer = MemoryStreamer.launch();
                Subscriber other = streamer.subscriber("orders.*");
                Publisher stranger = streamer.publisher(topic)) {
            final List<Message> strange = new ArrayList<>();
            final Consumer<Message> handler = message -> {
                assertThat(message.topic()).isEqualTo(topic);
                if (message.publisherId() == stranger.id()) {
                    strange.add(message);
                }
            };
            // A message of another publisher each time that one of the load is written.
            final LatencyResults results = shortRun(handler::accept).streamer(streamer).topic(topic)
                    .payload((claim, number) -> {
                        claim.putLong(0, number);
                        assertThat(stranger.offer(new byte[5])).isNotNegative();
                    }).build().run();
            assertThat(results.received()).as("of the load alone").isEqualTo(500);
            assertThat(strange).as("handed over as well").hasSize(600);
            assertThat(other.lanes()).hasSize(2);
            assertThat(other.poll(NOTHING, 10_000)).isPositive();
        }
    }

    @Test
    void shouldSayThatTheStreamerWasClosed() {
        try (MemoryStreamer streamer = MemoryStreamer.launch()) {
            final Runnable closing = streamer::close;
            assertThatIllegalStateException().isThrownBy(shortRun(message -> closing.run()).streamer(streamer).build()::run)
                    .withMessageContaining("the streamer was closed during the run");
        }
    }

    @Test
    void shouldEndWhenItsCallerIsInterrupted() throws InterruptedException {
        final CountDownLatch running = new CountDownLatch(1);
        final List<Throwable> thrown = new ArrayList<>();
        final Thread caller = new Thread(() -> {
            try {
                shortRun(message -> running.countDown()).duration(Duration.ofMinutes(10)).build().run();
            } catch (final Throwable e) {
                thrown.add(e);
            }
        });
        caller.start();
        assertThat(running.await(60, TimeUnit.SECONDS)).isTrue();
        caller.interrupt();
        caller.join();
        assertThat(thrown).singleElement().isInstanceOf(InterruptedException.class);
    }

    @Test
    void shouldRefuseAPayloadThatTheStreamerCannotTake() {
        assertThatIllegalArgumentException().isThrownBy(shortRun(NOTHING).payloadBytes(100_000)
                        .streamerConfig(StreamerConfig.defaults().withLaneCapacity(StreamerConfig.MIN_LANE_CAPACITY)).build()::run)
                .withMessageContaining("payloadBytes is 100000, this streamer takes at most ");
    }

    @Test
    void shouldRefuseSettingsThatMakeNoSense() {
        final PerformanceTestHarness.Builder builder = PerformanceTestHarness.of(NOTHING);
        assertThatIllegalArgumentException().isThrownBy(() -> builder.messagesPerSecond(0))
                .withMessage("messagesPerSecond must be 1 to 10000000, not 0");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.payloadBytes(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.publishers(65));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.warmUp(Duration.ofMillis(-1)))
                .withMessage("warmUp must be from 0 to 1 hour, not PT-0.001S");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.timeout(Duration.ofHours(2)));
        assertThatIllegalArgumentException().isThrownBy(() -> shortRun(NOTHING).duration(Duration.ZERO).build())
                .withMessageContaining("makes 0 messages: it must be at least one for each of the 1 publishers");
        assertThatIllegalArgumentException().isThrownBy(
                () -> shortRun(NOTHING).messagesPerSecond(10_000_000).duration(Duration.ofSeconds(3)).build())
                .withMessageContaining("at most 20000000");
        assertThatIllegalArgumentException().isThrownBy(
                () -> shortRun(NOTHING).messagesPerSecond(10_000_000).warmUp(Duration.ofMinutes(10)).duration(Duration.ofMillis(1)).build())
                .withMessageContaining("can be numbered");
        try (MemoryStreamer streamer = MemoryStreamer.launch()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> shortRun(NOTHING).streamer(streamer).streamerConfig(StreamerConfig.defaults()).build())
                    .withMessageContaining("both a streamer and a streamerConfig");
        }
    }
}
