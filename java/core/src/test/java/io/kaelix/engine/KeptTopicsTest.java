// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Field;
import io.kaelix.KaelixException;
import io.kaelix.MessageBatch;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamPublisher;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.memory.Block;
import io.kaelix.memory.RegionArena;
import io.kaelix.message.MessagePool;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Numbers of streams that a batch keeps: each is let go of once, whatever is closed, or fails, meanwhile. */
@Timeout(60)
class KeptTopicsTest {

    private static final int ROUNDS = Boolean.getBoolean("kaelix.long") ? 5_000 : 300;

    private final RegionArena arena = new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, 64 << 20);
    private final MessagePool pool = new MessagePool(arena, Long.MAX_VALUE, LocalStreamer.CLEANER);
    private final Registry registry = new Registry(arena, EngineFixture.LANE_CAPACITY,
            StreamerConfig.defaults().withLinger(Duration.ZERO), pool);

    private LaneSubscriber subscriber(final Registry of) {
        final TopicPattern all = TopicPattern.of(">");
        return new LaneSubscriber(null, of, all, of.subscribe(all, SlowSubscriberPolicy.BLOCK), LaneSubscriber::isCutOff);
    }

    /** A lane that somebody left, whose memory cannot be given back. */
    private void leaveWhatCannotBeClearedAway() {
        registry.dispose(Block.of(Arena.ofAuto().allocate(64), () -> {
            throw new KaelixException("cannot unmap");
        }));
    }

    @Test
    void shouldKeepAndLetGoThoughWhatOthersLeftCannotBeClearedAway() {
        final Subscriber subscriber = subscriber(registry);
        final Publisher publisher = LanePublisher.create(null, registry, Topic.of("a"));
        final MessageBatch batch = subscriber.batch(10);
        for (int round = 0; round < 3; round++) {
            EngineFixture.send(publisher, round);
            assertThat(subscriber.poll(batch)).isEqualTo(1);
            leaveWhatCannotBeClearedAway();
            assertThat(batch.retain().sum(Field.int64(0))).isEqualTo(round);
            assertThat(registry.streams.isKept(0)).isTrue();
            leaveWhatCannotBeClearedAway();
            batch.release();
            assertThat(registry.streams.isKept(0)).isFalse();
            assertThat(pool.statistics().outstanding()).isZero();
        }
    }

    /** One retains, one releases, one closes the subscriber, one the streamer, all at any moment. */
    @Test
    void shouldKeepNothingBehindTheLastReleaseWhateverIsClosedMeanwhile() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            final RegionArena memory = new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, 64 << 20);
            final MessagePool rows = new MessagePool(memory, Long.MAX_VALUE, LocalStreamer.CLEANER);
            final Registry closing = new Registry(memory, EngineFixture.LANE_CAPACITY,
                    StreamerConfig.defaults().withLinger(Duration.ZERO), rows);
            final StreamPublisher publisher = LaneStreamPublisher.create(null, closing, null);
            final LaneSubscriber subscriber = subscriber(closing);
            for (int i = 0; i < 60; i++) {
                assertThat(publisher.offer(publisher.stream(Topic.of("t" + i % 5)), EngineFixture.number(i))).isPositive();
            }
            final BlockingQueue<MessageBatch> retained = new ArrayBlockingQueue<>(100);
            final CyclicBarrier together = new CyclicBarrier(4);
            final FutureTask<Boolean> retaining = started(together, () -> {
                for (int i = 0; i < 30; i++) {
                    final MessageBatch batch = subscriber.batch(2);
                    if (subscriber.poll(batch) <= 0) {
                        return;
                    }
                    batch.retain();
                    retained.add(batch);
                }
            });
            final FutureTask<Boolean> releasing = started(together, () -> {
                while (!retaining.isDone() || !retained.isEmpty()) {
                    final MessageBatch batch = retained.poll();
                    if (batch != null) {
                        batch.release();
                        batch.close();
                    }
                }
            });
            final int wait = round * 37 % 4_000;
            final FutureTask<Boolean> leaving = started(together, () -> {
                spin(wait);
                subscriber.close();
            });
            final FutureTask<Boolean> ending = started(together, () -> {
                spin(wait * 7 % 4_000);
                closing.close();
            });
            leaving.get();
            ending.get();
            retaining.get();
            releasing.get();
            publisher.close();
            for (int stream = 0; stream < 5; stream++) {
                assertThat(closing.streams.isKept(stream)).as("stream %d in round %d", stream, round).isFalse();
            }
            assertThat(rows.statistics().outstanding()).as("round %d", round).isZero();
            assertThat(memory.placement().bytes()).as("round %d", round).isZero();
        }
    }

    private static void spin(final int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }

    /** What it is refused is expected, as things are closed under it. */
    private static FutureTask<Boolean> started(final CyclicBarrier together, final Runnable work) {
        final FutureTask<Boolean> task = new FutureTask<>(() -> {
            together.await();
            try {
                work.run();
            } catch (final IllegalStateException closed) {
                assertThat(closed.getMessage()).containsAnyOf("closed", "released");
            }
            return true;
        });
        Thread.ofPlatform().daemon().start(task);
        return task;
    }
}
