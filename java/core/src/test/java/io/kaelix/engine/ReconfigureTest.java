// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.LANE_CAPACITY;
import static io.kaelix.engine.EngineFixture.await;
import static io.kaelix.engine.EngineFixture.drain;
import static io.kaelix.engine.EngineFixture.number;
import static io.kaelix.engine.EngineFixture.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.MemoryStreamer;
import io.kaelix.PagePreference;
import io.kaelix.Payload;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.memory.RegionArena;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Settings that change under publishers and subscribers that are there, and those that cannot. */
@Timeout(120)
class ReconfigureTest {

    private static final long MIB = 1L << 20;

    private final StreamerConfig config = EngineFixture.config().withMemoryLimit(16 * MIB);
    private final MemoryStreamer streamer = MemoryStreamer.launch(config);
    private final List<Publisher> publishers = new ArrayList<>();

    @AfterEach
    void close() {
        publishers.forEach(Publisher::close);
        streamer.close();
    }

    /** Creates publishers until there is no memory for one. */
    private int createAll() {
        int created = 0;
        while (true) {
            try {
                publishers.add(streamer.publisher("full." + publishers.size()));
                created++;
            } catch (final KaelixException full) {
                assertThat(full).hasMessageContaining("memory limit reached").hasMessageContaining(
                        "the limit is " + streamer.config().memoryLimit());
                return created;
            }
        }
    }

    @Test
    void shouldTellWhatHolds() {
        assertThat(streamer.config()).isEqualTo(config);
        final StreamerConfig changed = config.withHandlerBatch(3).withLinger(Duration.ZERO).withLatencySamplingBytes(1024)
                .withMemoryLimit(32 * MIB).withBackpressureEvent(Duration.ZERO);
        streamer.reconfigure(changed);
        assertThat(streamer.config()).isEqualTo(changed);
    }

    @Test
    void shouldNameAllSettingsThatNeedARestartAndChangeNothingThen() {
        final StreamerConfig wrong = config.withMemoryLimit(64 * MIB).withLaneCapacity(2 * LANE_CAPACITY).withNode(0)
                .withPages(PagePreference.TRANSPARENT).withMaxMessageLength(5).withStreamExpiry(Duration.ofSeconds(1)).withWorkers(2)
                .withSlowSubscriber(SlowSubscriberPolicy.LOSSY).withTopicPolicies(Map.of(Topic.of("a"), SlowSubscriberPolicy.LOSSY));
        assertThatThrownBy(() -> streamer.reconfigure(wrong)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("laneCapacity (65536 to 131072)", "node (-1 to 0)", "pages", "maxMessageLength", "streamExpiry",
                        "workers (1 to 2)", "slowSubscriber (BLOCK to LOSSY)", "topicPolicies")
                .hasMessageNotContaining("memoryLimit").message().doesNotContain("\n");
        assertThat(streamer.config()).isEqualTo(config);
        createAll();
        assertThat(streamer.placement().bytes()).isLessThanOrEqualTo(16 * MIB);
    }

    @Test
    void shouldMapMoreUnderAHigherLimitAndNoMoreUnderALowerOne() {
        final int before = createAll();
        streamer.reconfigure(config.withMemoryLimit(32 * MIB));
        final int more = createAll();
        assertThat(more).isGreaterThan(before / 2);
        final long mapped = streamer.placement().bytes();
        assertThat(mapped).isBetween(17 * MIB, 32 * MIB);

        streamer.reconfigure(config.withMemoryLimit(8 * MIB));
        assertThat(createAll()).isZero();
        assertThat(streamer.placement().bytes()).as("what is there stays").isEqualTo(mapped);
        try (Subscriber subscriber = streamer.subscriber("full.*")) {
            publishers.forEach(publisher -> send(publisher, 7));
            assertThat(drain(subscriber)).hasSize(publishers.size()).containsOnly(7L);
        }
        publishers.removeLast().close();
        assertThat(createAll()).as("memory that is mapped is used again").isEqualTo(1);
    }

    @Test
    void shouldGiveRetainedMessagesTheirPartOfTheNewLimit() {
        assertThat(streamer.pool().limit()).isEqualTo(4 * MIB);
        assertThatThrownBy(() -> streamer.payload((int) (5 * MIB))).isInstanceOf(KaelixException.class);
        streamer.reconfigure(config.withMemoryLimit(32 * MIB));
        try (Payload payload = streamer.payload((int) (5 * MIB))) {
            assertThat(payload.length()).isEqualTo(5 * MIB);
        }
        streamer.reconfigure(config.withMemoryLimit(2 * MIB));
        assertThat(streamer.pool().limit()).as("the longest message still finds room").isEqualTo(4 * MIB);
    }

    @Test
    void shouldReceiveTheLongestMessageAfterTheLimitWasLowered() {
        final Publisher publisher = streamer.publisher("a");
        publishers.add(publisher);
        final Subscriber subscriber = streamer.subscriber("a");
        streamer.reconfigure(config.withMemoryLimit(2L * LANE_CAPACITY).withMemoryLimit(12 * MIB));
        final byte[] longest = new byte[publisher.maxOfferLength()];
        assertThat(publisher.offer(longest)).isPositive();
        final AtomicInteger length = new AtomicInteger();
        while (length.get() == 0) {
            subscriber.poll(message -> length.set(message.length()), 1);
        }
        assertThat(length.get()).isEqualTo(longest.length);
    }

    @Test
    void shouldTakeNoMoreMessagesAtOnceForHandlersThanSaid() throws Exception {
        final List<Integer> held = new ArrayList<>();
        final AtomicInteger received = new AtomicInteger();
        streamer.reconfigure(config.withHandlerBatch(7));
        final Publisher publisher = streamer.publisher("a");
        publishers.add(publisher);
        final AtomicInteger others = new AtomicInteger();
        // The first message of each kind waits until all are sent, so that turns are full.
        final io.kaelix.Subscription first = streamer.subscribe("a", message -> {
            spinUntilSet(others);
            synchronized (held) {
                held.add(0);
            }
            received.incrementAndGet();
        });
        final io.kaelix.Subscription second = streamer.subscribe(TopicPattern.of("a"), SlowSubscriberPolicy.LOSSY, message -> {
            spinUntilSet(others);
            synchronized (held) {
                held.add(1);
            }
            received.incrementAndGet();
        }, (message, error) -> { });
        for (int i = 0; i < 100; i++) {
            send(publisher, i);
        }
        others.set(1);
        await("all", () -> received.get() == 200);
        assertThat(longestRun(held)).isLessThanOrEqualTo(7);
        // But for the first turn, which may have begun before all were sent, every one is full.
        assertThat(held).hasSize(200);
        first.close();
        second.close();
    }

    private static void spinUntilSet(final AtomicInteger flag) {
        while (flag.get() == 0) {
            Thread.onSpinWait();
        }
    }

    private static int longestRun(final List<Integer> kinds) {
        int longest = 0;
        int run = 0;
        for (int i = 0; i < kinds.size(); i++) {
            run = i > 0 && kinds.get(i).equals(kinds.get(i - 1)) ? run + 1 : 1;
            // When one of the two has all, the other runs on alone.
            longest = kinds.subList(i, kinds.size()).contains(1 - kinds.get(i)) ? Math.max(longest, run) : longest;
        }
        return longest;
    }

    @Test
    void shouldLingerForAnotherTimeInLanesThatAreThere() throws Exception {
        final Registry registry = new Registry(new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, 4 * MIB),
                LANE_CAPACITY);
        registry.openChannel(Topic.of("a"));
        final Subscription subscription = registry.subscribe(TopicPattern.of("a"), SlowSubscriberPolicy.BLOCK);
        final Linger linger = subscription.feeds[0].linger;
        assertThat(lingers(linger)).as("off").isFalse();
        registry.reconfigure(config.withLinger(StreamerConfig.MAX_LINGER));
        // It lasts for a millisecond, which may be over when it is asked.
        await("on", () -> lingers(linger));
        registry.reconfigure(config.withLinger(Duration.ZERO));
        while (linger.isOn()) {
            Thread.onSpinWait();
        }
        assertThat(lingers(linger)).as("off again").isFalse();
        registry.close();
    }

    /** Whether it is on behind polls that find much. */
    private static boolean lingers(final Linger linger) {
        for (int i = 0; i < 200; i++) {
            linger.polled(100, false);
        }
        return linger.isOn();
    }

    @Test
    void shouldBeWithoutEffectAfterTheClose() {
        streamer.close();
        streamer.reconfigure(config.withMemoryLimit(64 * MIB).withHandlerBatch(1));
        assertThatThrownBy(() -> streamer.publisher("a")).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        assertThat(streamer.lanes()).isEmpty();
        assertThat(streamer.memory()).allSatisfy(node -> assertThat(node.used()).isZero());
        assertThat(streamer.streams().expired()).isZero();
    }

    @Test
    void shouldChangeWhileOthersPublishSubscribeAndClose() throws Exception {
        final Thread changer = Thread.ofPlatform().daemon().start(() -> {
            for (int i = 0; !Thread.interrupted(); i++) {
                streamer.reconfigure(config.withMemoryLimit((16 + i % 5) * MIB).withLatencySamplingBytes(i % 3 == 0 ? 0 : 1024)
                        .withHandlerBatch(1 + i % 300).withLinger(Duration.ofNanos(i % 2_000))
                        .withBackpressureEvent(Duration.ofNanos(i % 100)));
            }
        });
        try {
            for (int round = 0; round < 50; round++) {
                final AtomicInteger handled = new AtomicInteger();
                try (Publisher publisher = streamer.publisher("t." + round % 3);
                        Subscriber subscriber = streamer.subscriber("t.*", SubscriberConfig.defaults().withPolicy(
                                SlowSubscriberPolicy.LOSSY));
                        io.kaelix.Subscription handlers = streamer.subscribe("t." + round % 3, message -> handled.incrementAndGet())) {
                    for (int i = 0; i < 2_000; i++) {
                        assertThat(publisher.publish(MemorySegment.ofArray(number(i)), 0, Long.BYTES, Duration.ofSeconds(60))).isPositive();
                        subscriber.poll(message -> { }, 10);
                    }
                    await("all", () -> handled.get() == 2_000);
                    assertThat(handlers.lost()).isZero();
                    assertThat(streamer.lanes()).hasSize(1);
                }
            }
        } finally {
            changer.interrupt();
            changer.join();
        }
    }

    @Test
    void shouldGiveWhoNamesNoPolicyThatOfItsTopicOrThatOfAll() {
        final StreamerConfig lossy = EngineFixture.config().withSlowSubscriber(SlowSubscriberPolicy.LOSSY)
                .withTopicPolicies(Map.of(Topic.of("orders.eu"), SlowSubscriberPolicy.BLOCK));
        try (MemoryStreamer other = MemoryStreamer.launch(lossy)) {
            assertThat(other.subscriber("orders.eu").policy()).isEqualTo(SlowSubscriberPolicy.BLOCK);
            assertThat(other.subscriber("orders.*").policy()).as("a pattern is not that topic").isEqualTo(SlowSubscriberPolicy.LOSSY);
            assertThat(other.subscribe("orders.eu", message -> { }).policy()).isEqualTo(SlowSubscriberPolicy.BLOCK);
            assertThat(other.subscribe("a", message -> { }).policy()).isEqualTo(SlowSubscriberPolicy.LOSSY);
            assertThat(other.subscribe("a", message -> { }, (message, error) -> { }).policy()).isEqualTo(SlowSubscriberPolicy.LOSSY);
            assertThat(other.subscriber(TopicPattern.of("a"), SlowSubscriberPolicy.BLOCK).policy()).as("who names one has it")
                    .isEqualTo(SlowSubscriberPolicy.BLOCK);
        }
        assertThat(streamer.subscriber("a").policy()).isEqualTo(SlowSubscriberPolicy.BLOCK);
    }
}
