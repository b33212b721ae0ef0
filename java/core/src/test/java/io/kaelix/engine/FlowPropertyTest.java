// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Start;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.TopicPattern;
import io.kaelix.net.FlowRequest;
import io.kaelix.net.FlowSink;
import io.kaelix.net.FlowSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * <pre>
 *   publishers ─► lanes of one streamer ─► source ═ cable ═ sink ─► lane of another streamer ─► subscriber
 * </pre>
 */
class FlowPropertyTest {

    private static final String[] TOPICS = {"a.x", "a.y", "a.z", "b.x"};

    @Property(tries = 60)
    void shouldCarryWhatAGatingSubscriberIsHanded(@ForAll final long seed) {
        carry(new Random(seed), SlowSubscriberPolicy.BLOCK);
    }

    @Property(tries = 30)
    void shouldCarryOrCountWhatALossySubscriberIsHanded(@ForAll final long seed) {
        carry(new Random(seed), SlowSubscriberPolicy.LOSSY);
    }

    private static void carry(final Random random, final SlowSubscriberPolicy policy) {
        final int here = 1 << 16 + random.nextInt(2);
        final int there = 1 << 16 + random.nextInt(2);
        try (LocalStreamer sender = launch(here); LocalStreamer receiver = launch(there)) {
            final Subscriber subscriber = receiver.subscriber(TopicPattern.of(">"), SubscriberConfig.defaults());
            final boolean all = random.nextBoolean();
            final FlowSink sink = receiver.flows().sink("peer", SinkStreams.MOST_STREAMS);
            final FlowSource source = sender.flows().source(new FlowRequest(TopicPattern.of(all ? ">" : "a.*"),
                    SubscriberConfig.defaults().withPolicy(policy).withStart(Start.latest()), there, sink.maxFrameLength(), List.of()));
            final FlowCable cable = new FlowCable(source, sink, random);
            final Publisher[] publishers = new Publisher[1 + random.nextInt(4)];
            Arrays.setAll(publishers, i -> sender.publisher(TOPICS[random.nextInt(TOPICS.length)]));
            final long[] numbers = new long[publishers.length];
            final Map<Integer, List<Long>> sent = new HashMap<>();
            final Map<Integer, List<Long>> received = new HashMap<>();
            long unwanted = 0;
            for (int round = 0; round < 600; round++) {
                final int which = random.nextInt(publishers.length);
                final Publisher publisher = publishers[which];
                for (int i = random.nextInt(40); i > 0; i--) {
                    final long number = which * 1_000_000L + numbers[which];
                    final AllKinds.Kind kind = AllKinds.Kind.values()[random.nextInt(12) < 10 ? 0 : 1 + random.nextInt(2)];
                    final byte[] bytes = AllKinds.bytes(number, random.nextInt(2), AllKinds.length(random, kind, publisher));
                    if (AllKinds.send(sender, publisher, kind, random.nextInt(4) == 0, bytes) >= 0) {
                        numbers[which]++;
                        if (all || publisher.topic().name().startsWith("a")) {
                            sent.computeIfAbsent(which, key -> new ArrayList<>()).add(number);
                        } else {
                            unwanted++;
                        }
                    }
                }
                step(random, cable, subscriber, received);
            }
            for (int idle = 0; idle < 50; idle++) {
                cable.credit();
                final int moved = cable.send();
                while (cable.receive()) {
                    idle = 0;
                }
                idle = moved + poll(subscriber, received) > 0 ? 0 : idle;
            }
            assertThat(cable.isEmpty()).isTrue();
            assertThat(sink.denied()).isZero();
            if (policy == SlowSubscriberPolicy.BLOCK) {
                assertThat(received).isEqualTo(sent);
                assertThat(source.lost()).isZero();
            } else {
                long missing = 0;
                for (final Map.Entry<Integer, List<Long>> entry : sent.entrySet()) {
                    final List<Long> got = received.getOrDefault(entry.getKey(), List.of());
                    assertThat(got).isSorted().doesNotHaveDuplicates();
                    missing += entry.getValue().size() - got.size();
                }
                // Losses of a lane are of all its streams, so that there may be more than were wanted.
                assertThat(source.lost()).as("denied %d, of %d sent %d came", sink.denied(), source.messages(), sink.messages())
                        .isBetween(missing, missing + unwanted);
            }

            source.close();
            sink.close();
        }
    }

    private static void step(final Random random, final FlowCable cable, final Subscriber subscriber,
            final Map<Integer, List<Long>> received) {
        if (random.nextInt(3) > 0) {
            cable.credit();
        }
        if (random.nextInt(3) > 0) {
            cable.send();
        }
        for (int i = random.nextInt(30); i > 0; i--) {
            cable.receive();
        }
        if (random.nextInt(3) == 0) {
            poll(subscriber, received);
        }
        if (random.nextInt(40) == 0) {
            cable.cut();
        }
    }

    private static int poll(final Subscriber subscriber, final Map<Integer, List<Long>> received) {
        return subscriber.poll(message -> {
            final long number = AllKinds.check(message);
            received.computeIfAbsent((int) (number / 1_000_000), key -> new ArrayList<>()).add(number);
        }, 100);
    }

    private static LocalStreamer launch(final int laneCapacity) {
        return (LocalStreamer) MemoryStreamer.launch(EngineFixture.config().withLaneCapacity(laneCapacity));
    }
}
