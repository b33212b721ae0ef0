// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.MemoryStreamer;
import io.kaelix.MessageHandler;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.net.FlowRequest;
import io.kaelix.net.FlowSink;
import io.kaelix.net.FlowSource;
import io.kaelix.net.OutRun;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * <pre>
 *   two threads ─► lanes ─► source ═ this thread, which cuts it at times ═ sink ─► lane ─► a thread that reads
 * </pre>
 */
class FlowStressTest {

    private static final int MESSAGES = 60_000;

    @ParameterizedTest
    @EnumSource(value = SlowSubscriberPolicy.class, names = {"BLOCK", "LOSSY"})
    void shouldCarryEverythingWhileAllSidesAreAtWork(final SlowSubscriberPolicy policy) throws Exception {
        try (LocalStreamer sender = (LocalStreamer) EngineFixture.launch();
                LocalStreamer receiver = (LocalStreamer) EngineFixture.launch()) {
            final FlowSink sink = receiver.flows().sink("peer", SinkStreams.MOST_STREAMS);
            final FlowSource source = sender.flows().source(new FlowRequest(TopicPattern.of(">"),
                    SubscriberConfig.defaults().withPolicy(policy), 32 << 10, sink.maxFrameLength(), List.of()));
            final Random random = new Random(5);
            final FlowCable cable = new FlowCable(source, sink, random);
            final AtomicBoolean ended = new AtomicBoolean();
            final long[] last = {-1, -1};
            final long[] count = new long[2];
            final FutureTask<Void> reading = start(() -> {
                try (Subscriber subscriber = receiver.subscriber(">")) {
                    for (int idle = 0; idle < 64; idle++) {
                        final boolean more = !ended.get();
                        idle = subscriber.poll(message -> {
                            final long number = AllKinds.check(message);
                            final int which = message.getInt(8);
                            assertThat(number).isGreaterThan(last[which]);
                            assertThat(policy == SlowSubscriberPolicy.LOSSY || number == last[which] + 1).isTrue();
                            last[which] = number;
                            count[which]++;
                        }, 64) > 0 || more ? 0 : idle;
                    }
                }
                return null;
            });
            while (receiver.subscribers().isEmpty()) {
                Thread.onSpinWait();
            }
            final List<FutureTask<Void>> publishing = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                publishing.add(start(publish(sender, i, policy)));
            }
            final long deadline = System.nanoTime() + Duration.ofSeconds(EngineFixture.DEADLINE_SECONDS).toNanos();
            for (int idle = 0; idle < 1000; idle++) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                cable.credit();
                boolean moved = cable.send() > 0;
                for (int i = random.nextInt(20); i > 0; i--) {
                    moved |= cable.receive();
                }
                if (random.nextInt(2000) == 0) {
                    cable.cut();
                }
                idle = moved || !cable.isEmpty() || source.lag() > 0 || publishing.stream().anyMatch(task -> !task.isDone()) ? 0 : idle;
            }
            for (final FutureTask<Void> task : publishing) {
                task.get();
            }
            ended.set(true);
            reading.get();
            assertThat(count[0] + count[1] + source.lost()).isEqualTo(2L * MESSAGES);
            assertThat(policy == SlowSubscriberPolicy.LOSSY || source.lost() == 0).isTrue();
            source.close();
            sink.close();
        }
    }

    private static Callable<Void> publish(final MemoryStreamer streamer, final int which,
            final SlowSubscriberPolicy policy) {
        return () -> {
            final Random random = new Random(which);
            try (Publisher publisher = streamer.publisher("topic." + which)) {
                for (int number = 0; number < MESSAGES; number++) {
                    final AllKinds.Kind kind = AllKinds.Kind.values()[random.nextInt(500) < 498 ? 0 : 1 + random.nextInt(2)];
                    final byte[] bytes = AllKinds.bytes(number, which, AllKinds.length(random, kind, publisher));
                    final boolean headers = random.nextInt(8) == 0;
                    while (AllKinds.send(streamer, publisher, kind, headers, bytes) < 0) {
                        Thread.onSpinWait();
                    }
                }
            }
            return null;
        };
    }

    private static FutureTask<Void> start(final Callable<Void> work) {
        final FutureTask<Void> task = new FutureTask<>(work);
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    @Test
    void shouldGiveNoNumberOfAStreamThatExpiredToAnotherInFlight() throws Exception {
        final Duration expiry = Duration.ofMillis(40);
        try (LocalStreamer sender = (LocalStreamer) MemoryStreamer.launch(EngineFixture.config().withStreamExpiry(expiry));
                LocalStreamer receiver = (LocalStreamer) MemoryStreamer.launch(EngineFixture.config().withStreamExpiry(expiry));
                Subscriber subscriber = receiver.subscriber(">")) {
            final FlowSink sink = receiver.flows().sink("peer", SinkStreams.MOST_STREAMS);
            final FlowSource source = sender.flows().source(new FlowRequest(TopicPattern.of(">"), SubscriberConfig.defaults(), 32 << 10,
                    sink.maxFrameLength(), List.of()));
            final Random random = new Random(6);
            final FlowCable cable = new FlowCable(source, sink, random);
            final StreamPublisher publisher = sender.streamPublisher();
            final long[] checked = {0, 0};
            final byte[] kept = EngineFixture.number(-1);
            for (int round = 0; sender.streams().expired() < 300 || receiver.streams().expired() < 300; round++) {
                assertThat(round).isLessThan(200_000);
                // A name for a while, then never again; and the message says which.
                final int name = round / 20;
                final int stream = publisher.stream(Topic.of("t" + name));
                if (publisher.offer(stream, EngineFixture.number(name)) >= 0) {
                    checked[0]++;
                }
                if (round % 1000 == 0 && publisher.offer(publisher.stream(Topic.of("seldom")), kept) >= 0) {
                    checked[0]++;
                }
                for (int i = 0; i < 8; i++) {
                    cable.credit();
                    cable.send();
                    while (cable.receive()) {
                        // on
                    }
                    subscriber.poll(message -> {
                        final long sent = message.getLong(0);
                        assertThat(message.topic().name()).isEqualTo(sent < 0 ? "seldom" : "t" + sent);
                        checked[1]++;
                    }, 100);
                }
                if (round % 500 == 0) {
                    Thread.sleep(5);
                }
                if (random.nextInt(500) == 0) {
                    cable.cut();
                }
            }
            assertThat(checked[1]).isBetween(checked[0] - 500, checked[0]);
            assertThat(sink.denied()).isZero();
        }
    }

    @Test
    void shouldAllocateNothingForRuns() {
        final com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (LocalStreamer sender = (LocalStreamer) EngineFixture.launch(); LocalStreamer receiver = (LocalStreamer) EngineFixture.launch();
                Subscriber subscriber = receiver.subscriber(">")) {
            final FlowSink sink = receiver.flows().sink("peer", SinkStreams.MOST_STREAMS);
            final FlowSource source = sender.flows().source(new FlowRequest(TopicPattern.of(">"), SubscriberConfig.defaults(), 32 << 10,
                    sink.maxFrameLength(), List.of()));
            final Publisher[] publishers = new Publisher[3];
            Arrays.setAll(publishers, i -> sender.publisher("t" + i));
            final OutRun run = new OutRun(3);
            final byte[] bytes = EngineFixture.number(1);
            final long[] sum = {0};
            final MessageHandler handler = message -> sum[0] += message.getLong(0);
            long before = 0;
            for (int i = 0; i < 30_000; i++) {
                if (i == 20_000) {
                    before = threads.getCurrentThreadAllocatedBytes();
                }
                for (final Publisher publisher : publishers) {
                    publisher.offer(bytes);
                }
                while (source.next(run, 16 << 10) > 0) {
                    for (int stream = 0; stream < run.newStreams(); stream++) {
                        sink.stream(run.newStream(stream), source.topic(run.newStream(stream)), 0, 1, true);
                    }
                    sink.claim(run.length());
                    sink.put(run.buffer());
                    sink.commit();
                }
                source.acknowledge(sink.received());
                source.lost();
                sink.room();
                subscriber.poll(handler, 100);
            }
            // What measures takes some.
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
            assertThat(sum[0]).isEqualTo(90_000);
        }
    }
}
