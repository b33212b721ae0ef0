// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.Topic;
import io.kaelix.lane.LaneDescriptor;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** Streamers of one directory, each in the middle of something while another one changes it. */
class SharedRacesTest extends SharedFixture {

    private static final int ROUNDS = Boolean.getBoolean("kaelix.long") ? 2_000 : 60;

    private static byte[] bytes(final int number) {
        return Integer.toString(number).getBytes();
    }

    /** What a call answered, or threw. */
    private static FutureTask<Object> started(final Callable<Object> call, final CyclicBarrier together) {
        final FutureTask<Object> task = new FutureTask<>(() -> {
            together.await();
            try {
                return call.call();
            } catch (final RuntimeException e) {
                return e;
            }
        });
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    @Test
    void shouldNameTheTopicOfAMessageWhoseHandlerRunsWhileItsStreamerCloses() {
        final Subscriber all = keep(second.subscriber(">"));
        final StreamPublisher publisher = keep(first.streamPublisher());
        publisher.offer(publisher.stream(Topic.of("known")), bytes(0));
        final List<String> topics = new ArrayList<>();
        all.poll(message -> {
            if (message.asString().equals("0")) {
                // Behind the poll's look at the others.
                publisher.offer(publisher.stream(Topic.of("new")), bytes(1));
            } else {
                second.close();
            }
            topics.add(message.topic().name());
        }, 10);
        assertThat(topics).containsExactly("known", "new");
    }

    @Test
    void shouldTellThePartitionOfAStreamThatOthersHaveJustNamed() {
        final Subscriber all = keep(second.subscriber(">"));
        final StreamPublisher publisher = keep(first.streamPublisher());
        publisher.offer(publisher.stream(Topic.of("known")), bytes(0));
        final List<Integer> partitions = new ArrayList<>();
        all.poll(message -> {
            if (message.asString().equals("0")) {
                first.declare("new", 4);
                publisher.offer(publisher.streamOfPartition(Topic.of("new"), 3), bytes(1));
            }
            partitions.add(second.partition(message.streamId()));
        }, 10);
        assertThat(partitions).containsExactly(0, 3);
    }

    @Test
    void shouldNotBeHeldUpByASubscriberThatWasGivenASlotBeforeAnotherFoundNone() {
        final List<Subscriber> readers = new ArrayList<>();
        for (int i = 1; i < LaneDescriptor.SLOTS; i++) {
            readers.add(keep(second.subscriber("a")));
        }
        final StreamPublisher publisher = keep(first.streamPublisher());
        final int a = publisher.stream(Topic.of("a"));
        final int b = publisher.stream(Topic.of("b"));
        assertThat(publisher.offer(a, new byte[1000])).isPositive();
        readers.forEach(reader -> reader.poll(message -> { }, 10));
        readers.add(keep(second.subscriber("b")));
        readers.add(keep(second.subscriber("b")));
        assertThatThrownBy(() -> publisher.offer(b, bytes(1))).isInstanceOf(KaelixException.class).hasMessageContaining("no more fit");
        for (int i = 0; i < 200; i++) {
            readers.forEach(reader -> reader.poll(message -> { }, 10));
            assertThat(publisher.offer(a, new byte[1000])).as("message " + i).isPositive();
        }
    }

    @Test
    void shouldTakeAgainTheSlotThatItsOwnSubscriberHadBeforeAnotherFoundNone() {
        final List<Subscriber> readers = new ArrayList<>();
        for (int i = 1; i < LaneDescriptor.SLOTS; i++) {
            readers.add(keep(second.subscriber("a")));
        }
        final StreamPublisher publisher = keep(first.streamPublisher());
        assertThat(publisher.offer(publisher.stream(Topic.of("a")), bytes(0))).isPositive();
        readers.forEach(reader -> reader.poll(message -> { }, 10));
        final Subscriber own = keep(first.subscriber("b"));
        final Subscriber other = keep(second.subscriber("b"));
        final int b = publisher.stream(Topic.of("b"));
        assertThatThrownBy(() -> publisher.offer(b, bytes(1))).isInstanceOf(KaelixException.class).hasMessageContaining("no more fit");
        readers.removeLast().close();
        assertThat(publisher.offer(b, bytes(1))).isPositive();
        assertThat(own.poll(message -> { }, 10)).isOne();
        assertThat(other.poll(message -> { }, 10)).isOne();
    }

    @Test
    void shouldLoseNoNumberToADeclarationThatIsRefused() {
        assertThat(keep(first.streamPublisher()).stream(Topic.of("one"))).isZero();
        assertThatThrownBy(() -> second.declare("one", 4)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has 1 partitions, not 4");
        final StreamPublisher publisher = keep(first.streamPublisher());
        final Subscriber subscriber = keep(second.subscriber("two"));
        assertThat(publisher.offer(publisher.stream(Topic.of("two")), bytes(2))).isPositive();
        assertThat(subscriber.poll(message -> assertThat(message.topic().name()).isEqualTo("two"), 10)).isOne();
    }

    @Test
    void shouldPublishWhereAnotherDeclaresPartitionsMeanwhile() throws Exception {
        final CyclicBarrier together = new CyclicBarrier(2);
        for (int round = 0; round < ROUNDS; round++) {
            final Topic topic = Topic.of("t" + round);
            final FutureTask<Object> declaring = started(() -> {
                second.declare(topic, 4);
                return 4;
            }, together);
            final FutureTask<Object> publishing = started(() -> first.publisher(topic), together);
            declaring.get();
            assertThat(publishing.get()).isInstanceOf(Publisher.class);
            ((Publisher) publishing.get()).close();
        }
    }

    @Test
    void shouldAskForTheStreamOfAKeyWhereAnotherDeclaresPartitionsMeanwhile() throws Exception {
        final CyclicBarrier together = new CyclicBarrier(2);
        final StreamPublisher publisher = keep(first.streamPublisher());
        for (int round = 0; round < ROUNDS; round++) {
            final Topic topic = Topic.of("t" + round);
            final FutureTask<Object> declaring = started(() -> {
                second.declare(topic, 4);
                return 4;
            }, together);
            final FutureTask<Object> asking = started(() -> publisher.streamOfKey(topic, 1), together);
            declaring.get();
            assertThat(asking.get()).isInstanceOf(Integer.class);
        }
    }

    @Test
    void shouldRefuseAtOnceWhatWaitsWhileTheLastOneLeaves() throws Exception {
        second.close();
        final CyclicBarrier together = new CyclicBarrier(2);
        for (int round = 0; round < ROUNDS; round++) {
            final MemoryStreamer streamer = first;
            final FutureTask<Object> closing = started(() -> {
                streamer.close();
                return true;
            }, together);
            final FutureTask<Object> opening = started(() -> {
                while (true) {
                    streamer.subscriber("a").close();
                }
            }, together);
            assertThat(closing.get()).isEqualTo(true);
            assertThat(opening.get()).isInstanceOf(IllegalStateException.class);
            EngineFixture.await("it has left", () -> !Files.exists(folder));
            first = MemoryStreamer.launch(config());
        }
    }

    @Test
    void shouldLaunchWhileTheLastOneLeaves() throws Exception {
        second.close();
        first.close();
        final CyclicBarrier together = new CyclicBarrier(2);
        for (int round = 0; round < ROUNDS * 2; round++) {
            final MemoryStreamer before = round == 0 ? null : first;
            final FutureTask<Object> closing = started(() -> {
                if (before != null) {
                    before.close();
                }
                return true;
            }, together);
            final FutureTask<Object> launching = started(() -> {
                final long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
                while (true) {
                    try {
                        return MemoryStreamer.launch(config());
                    } catch (final KaelixException e) {
                        if (!e.getMessage().startsWith("others live in") || System.nanoTime() > until) {
                            throw e;
                        }
                    }
                }
            }, together);
            assertThat(closing.get()).isEqualTo(true);
            assertThat(launching.get()).isInstanceOf(MemoryStreamer.class);
            first = (MemoryStreamer) launching.get();
        }
    }

    @Test
    void shouldAttachOrFindNobodyWhileTheLastOneLeaves() throws Exception {
        second.close();
        first.close();
        final CyclicBarrier together = new CyclicBarrier(2);
        for (int round = 0; round < ROUNDS * 2; round++) {
            final MemoryStreamer launched = MemoryStreamer.launch(config());
            final FutureTask<Object> closing = started(() -> {
                launched.close();
                return true;
            }, together);
            final FutureTask<Object> attaching = started(() -> MemoryStreamer.attach(config()), together);
            assertThat(closing.get()).isEqualTo(true);
            switch (attaching.get()) {
                case final MemoryStreamer attached -> attached.close();
                case final Object thrown -> assertThat(thrown.toString()).contains("nobody lives in");
            }
            EngineFixture.await("all have left", () -> !Files.exists(folder));
        }
    }
}
