// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Payload;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Start;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.net.FlowLane;
import io.kaelix.net.FlowRequest;
import io.kaelix.net.FlowSink;
import io.kaelix.net.FlowSource;
import io.kaelix.net.LanePosition;
import io.kaelix.net.OutRun;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A flow by itself: where it begins, what holds publishers up, how it ends. Messages are numbers, of 24 bytes as frames. */
class FlowTest {

    private static final int FRAME = 24;
    private static final int WINDOW = EngineFixture.LANE_CAPACITY;
    private static final SubscriberConfig BLOCK = SubscriberConfig.defaults();

    private final LocalStreamer streamer = (LocalStreamer) EngineFixture.launch();
    private final LocalStreamer other = (LocalStreamer) EngineFixture.launch();
    private final FlowSink sink = other.flows().sink("peer", SinkStreams.MOST_STREAMS);
    private final Subscriber subscriber = other.subscriber(">");
    private final OutRun run = new OutRun(0);

    @AfterEach
    void close() {
        streamer.close();
        other.close();
    }

    private FlowSource source(final String pattern, final SubscriberConfig config, final LanePosition... resume) {
        return streamer.flows().source(new FlowRequest(TopicPattern.of(pattern), config, WINDOW, WINDOW / 4, List.of(resume)));
    }

    /** Numbers of the next run; it is not acknowledged. */
    private List<Long> numbers(final FlowSource source, final int maxBytes) {
        final List<Long> numbers = new ArrayList<>();
        final int bytes = source.next(run, maxBytes);
        for (int at = 0; at < bytes; at += FRAME) {
            numbers.add(Long.reverseBytes(run.buffer().getLong(run.buffer().position() + at + 16)));
        }
        return numbers;
    }

    private List<Long> drain(final FlowSource source) {
        final List<Long> all = new ArrayList<>();
        for (List<Long> some = numbers(source, WINDOW / 4); !some.isEmpty(); some = numbers(source, WINDOW / 4)) {
            all.addAll(some);
            assertThat(source.acknowledge(source.sent())).isTrue();
        }
        return all;
    }

    private static List<Long> range(final long from, final long to) {
        return LongStream.range(from, to).boxed().toList();
    }

    @Test
    void shouldHoldAPublisherUpUntilTheReceiverAcknowledges() {
        final Publisher publisher = streamer.publisher("a");
        final FlowSource source = source("a", BLOCK);
        final int sent = EngineFixture.fill(publisher);
        int taken = 0;
        for (List<Long> some = numbers(source, WINDOW / 4); !some.isEmpty(); some = numbers(source, WINDOW / 4)) {
            taken += some.size();
        }
        assertThat(taken).isEqualTo(sent);
        assertThat(publisher.offer(EngineFixture.number(0))).isEqualTo(Publisher.BACK_PRESSURED);
        assertThat(source.lag()).isGreaterThanOrEqualTo((long) sent * FRAME);
        assertThat(source.acknowledge(source.sent() / 2 / FRAME * FRAME)).isTrue();
        assertThat(publisher.offer(EngineFixture.number(0))).isPositive();
        assertThat(source.copied()).isZero();
    }

    @Test
    void shouldNotHoldAPublisherUpForWhatIsNotWanted() {
        final StreamPublisher publisher = streamer.streamPublisher();
        final int wanted = publisher.stream(Topic.of("a"));
        final int unwanted = publisher.stream(Topic.of("b"));
        final FlowSource source = source("a", BLOCK);
        assertThat(publisher.offer(wanted, EngineFixture.number(7))).isPositive();
        assertThat(drain(source)).containsExactly(7L);
        for (int i = 0; i < 10_000; i++) {
            if (publisher.offer(unwanted, EngineFixture.number(i)) < 0) {
                // Without credit, too.
                assertThat(source.next(run, 0)).isZero();
                assertThat(publisher.offer(unwanted, EngineFixture.number(i))).isPositive();
            }
        }
        assertThat(publisher.offer(wanted, EngineFixture.number(8))).isPositive();
        assertThat(drain(source)).containsExactly(8L);
        assertThat(run.messagesBefore()).isEqualTo(10_001);
    }

    @Test
    void shouldSendNoMoreThanIsAskedFor() {
        EngineFixture.send(streamer.publisher("x"), 1);
        final Publisher publisher = streamer.publisher("a");
        final FlowSource source = source("a", BLOCK);
        EngineFixture.send(publisher, 1, 2, 3);
        assertThat(numbers(source, FRAME - 8)).isEmpty();
        assertThat(numbers(source, 2 * FRAME + 8)).containsExactly(1L, 2L);
        assertThat(run.flowPosition()).isZero();
        assertThat(numbers(source, WINDOW / 4)).containsExactly(3L);
        assertThat(run.flowPosition()).isEqualTo(2 * FRAME);
        assertThat(run.messagesBefore()).isEqualTo(2);
        assertThat(source.acknowledge(3 * FRAME + 1)).isFalse();
        assertThat(source.acknowledge(2 * FRAME)).isTrue();
        assertThat(source.acknowledge(FRAME)).isFalse();
    }

    @Test
    void shouldTellOfStreamsAndLanesOnceAndAgainAfterARewind() {
        final Publisher publisher = streamer.publisher("a");
        final FlowSource source = source(">", BLOCK);
        EngineFixture.send(publisher, 1, 2);
        assertThat(numbers(source, FRAME)).containsExactly(1L);
        assertThat(run.isLaneNew()).isTrue();
        assertThat(run.newStreams()).isOne();
        assertThat(source.topic(run.newStream(0))).isEqualTo(Topic.of("a"));
        assertThat(numbers(source, FRAME)).containsExactly(2L);
        assertThat(run.isLaneNew()).isFalse();
        assertThat(run.newStreams()).isZero();
        assertThat(source.rewind(FRAME + 8)).isFalse();
        assertThat(source.rewind(FRAME)).isTrue();
        assertThat(numbers(source, WINDOW)).containsExactly(2L);
        assertThat(run.isLaneNew()).isTrue();
        assertThat(run.newStreams()).isOne();
        assertThat(run.position()).isEqualTo(FRAME);
        assertThat(run.messagesBefore()).isOne();
        assertThat(source.messages()).isEqualTo(2);
    }

    @Test
    void shouldGoOnWhereTheReceiverStood() {
        final Publisher publisher = streamer.publisher("a");
        try (FlowSource first = source("a", BLOCK)) {
            EngineFixture.send(publisher, 0, 1, 2, 3, 4);
            assertThat(numbers(first, 2 * FRAME)).containsExactly(0L, 1L);
        }
        final LanePosition stood = new LanePosition(streamer.flows().epoch(), publisher.id(), 2 * FRAME, 2);
        final FlowSource source = source("a", BLOCK.withPolicy(SlowSubscriberPolicy.DISCONNECT).withMaxLag(WINDOW / 2), stood);
        assertThat(drain(source)).containsExactly(2L, 3L, 4L);
        assertThat(source.lost()).isZero();
        assertThat(source.lane(0)).isEqualTo(new FlowLane(0, streamer.flows().epoch(), publisher.id(), 2 * FRAME, 2, 0, 0));
    }

    @Test
    void shouldCountWhatIsGoneSinceTheReceiverStoodThere() {
        final Publisher publisher = streamer.publisher("a");
        for (int i = 0; i < 20_000; i++) {
            EngineFixture.send(publisher, i);
        }
        final LanePosition stood = new LanePosition(streamer.flows().epoch(), publisher.id(), 100 * FRAME, 100);
        for (final SlowSubscriberPolicy policy : SlowSubscriberPolicy.values()) {
            final FlowSource source = source("a", BLOCK.withPolicy(policy), stood);
            final List<Long> got = drain(source);
            assertThat(got).isEqualTo(range(got.getFirst(), 20_000));
            assertThat(source.lost()).as(policy.name()).isEqualTo(got.getFirst() - 100);
            source.close();
        }
    }

    @Test
    void shouldBeginWithALaneThatCameMeanwhile() {
        final Publisher before = streamer.publisher("a");
        EngineFixture.send(before, 1, 2);
        final Publisher since = streamer.publisher("a");
        EngineFixture.send(since, 10, 11);
        final FlowSource source = source("a", BLOCK, new LanePosition(streamer.flows().epoch(), before.id(), 2 * FRAME, 2));
        assertThat(drain(source)).containsExactly(10L, 11L);
    }

    @Test
    void shouldIgnorePositionsOfAnotherEpochOrOfNowhere() {
        final Publisher publisher = streamer.publisher("a");
        EngineFixture.send(publisher, 1, 2);
        assertThat(drain(source("a", BLOCK, new LanePosition(streamer.flows().epoch() + 1, publisher.id(), FRAME, 1)))).isEmpty();
        final LanePosition[] wrong = {new LanePosition(streamer.flows().epoch(), publisher.id(), FRAME + 8, 1),
            new LanePosition(streamer.flows().epoch(), publisher.id(), 1 << 30, 1),
            new LanePosition(streamer.flows().epoch(), publisher.id(), -8, -1),
            new LanePosition(streamer.flows().epoch(), -5, FRAME, 1)};
        for (final LanePosition position : wrong) {
            final FlowSource source = source("a", BLOCK, position);
            assertThat(drain(source)).as("%s", position).containsExactly(1L, 2L);
            source.close();
        }
    }

    @Test
    void shouldEndALaneWhenAllOfItWasAcknowledged() {
        final Publisher publisher = streamer.publisher("a");
        final FlowSource source = source("a", BLOCK);
        EngineFixture.send(publisher, 1);
        publisher.close();
        assertThat(numbers(source, WINDOW)).containsExactly(1L);
        assertThat(source.next(run, WINDOW)).isZero();
        assertThat(source.endedLane()).isEqualTo(FlowSource.NONE);
        source.acknowledge(FRAME);
        assertThat(source.next(run, WINDOW)).isZero();
        assertThat(source.endedLane()).isZero();
        assertThat(source.endedLane()).isEqualTo(FlowSource.NONE);
    }

    @Test
    void shouldEndWithTheStreamerWhenAllWasSent() {
        final Publisher publisher = streamer.publisher("a");
        final FlowSource source = source("a", BLOCK);
        EngineFixture.send(publisher, 1);
        streamer.close();
        assertThat(drain(source)).containsExactly(1L);
        source.next(run, WINDOW);
        assertThat(source.next(run, WINDOW)).isEqualTo(FlowSource.CLOSED);
        source.close();
        source.close();
        assertThat(source.next(run, WINDOW)).isEqualTo(FlowSource.CLOSED);
        assertThat(source.acknowledge(source.sent())).isTrue();
    }

    @Test
    void shouldBeCutOffWhenItsReceiverIsTooFarBehind() {
        final Publisher publisher = streamer.publisher("a");
        final FlowSource source = source("a", BLOCK.withPolicy(SlowSubscriberPolicy.DISCONNECT).withMaxLag(WINDOW / 2)
                .withMaxStall(Duration.ofDays(1)));
        EngineFixture.send(publisher, 0);
        assertThat(numbers(source, FRAME)).containsExactly(0L);
        assertThat(source.isDisconnected()).isFalse();
        for (int i = 0; i < 10_000; i++) {
            EngineFixture.send(publisher, i);
        }
        assertThat(source.isDisconnected()).isTrue();
        assertThat(source.next(run, WINDOW)).isEqualTo(FlowSource.DISCONNECTED);
        assertThat(source.next(run, WINDOW)).isEqualTo(FlowSource.DISCONNECTED);
        assertThat(source.rewind(0)).isTrue();
        assertThat(source.next(run, WINDOW)).isEqualTo(FlowSource.DISCONNECTED);
    }

    @Test
    void shouldGiveUpWhatTheReceiverForgot() {
        final Publisher publisher = streamer.publisher("a");
        final FlowSource source = source("a", BLOCK);
        EngineFixture.send(publisher, 1, 2, 3, 4);
        assertThat(numbers(source, 3 * FRAME)).hasSize(3);
        assertThat(source.acknowledge(FRAME)).isTrue();
        assertThat(source.abandon()).isEqualTo(2);
        assertThat(source.lost()).isEqualTo(2);
        assertThat(numbers(source, WINDOW)).containsExactly(4L);
        assertThat(run.isLaneNew()).isTrue();
        assertThat(run.newStreams()).isOne();
    }

    @Test
    void shouldCountAMessageWhoseFirstPartsTheReceiverForgot() {
        final Publisher publisher = streamer.publisher("a");
        final FlowSource source = source("a", BLOCK);
        assertThat(publisher.offer(new byte[WINDOW / 3])).isPositive();
        assertThat(source.next(run, WINDOW / 4)).isPositive();
        assertThat(run.messages()).isZero();
        assertThat(source.acknowledge(source.sent())).isTrue();
        // The receiver had all of it that was sent, and nobody can put the rest together.
        assertThat(source.abandon()).isOne();
        EngineFixture.send(publisher, 4);
        assertThat(drain(source)).containsExactly(4L);
        assertThat(source.lost()).isOne();
        assertThat(source.abandon()).isZero();
    }

    @Test
    void shouldCountAPayloadWhoseFirstPartsTheReceiverForgot() {
        final Publisher publisher = streamer.publisher("a");
        try (Subscriber holder = streamer.subscriber("a"); Payload payload = streamer.payload(3 * WINDOW)) {
            assertThat(publisher.offer(payload)).isPositive();
            final FlowSource source = source("a", BLOCK.withStart(Start.oldest()));
            assertThat(source.next(run, WINDOW / 4)).isPositive();
            assertThat(run.messages()).isZero();
            assertThat(source.abandon()).isOne();
            EngineFixture.send(publisher, 4);
            assertThat(drain(source)).containsExactly(4L);
            assertThat(source.lost()).isOne();
            assertThat(holder.lost()).isZero();
        }
    }

    @Test
    void shouldSendAPayloadThatTheReceiverForgotNothingOf() {
        final Publisher publisher = streamer.publisher("a");
        try (Subscriber holder = streamer.subscriber("a"); Payload payload = streamer.payload(2000)) {
            assertThat(publisher.offer(payload)).isPositive();
            final FlowSource source = source("a", BLOCK.withStart(Start.oldest()));
            assertThat(source.next(run, FRAME)).isZero();
            assertThat(source.abandon()).isZero();
            assertThat(source.next(run, WINDOW / 4)).isGreaterThan(2000);
            assertThat(run.messages()).isOne();
            assertThat(holder.lost()).isZero();
        }
    }

    @Test
    void shouldHavePayloadsSentAsBytesAndExpandWhatWasSentBefore() {
        final Publisher publisher = streamer.publisher("a");
        final byte[] bytes = new byte[3 * WINDOW];
        new Random(1).nextBytes(bytes);
        try (Subscriber holder = streamer.subscriber("a");
                Payload payload = streamer.payload(bytes.length); Payload small = streamer.payload(2000)) {
            payload.writable().copyFrom(MemorySegment.ofArray(bytes));
            small.writable().copyFrom(MemorySegment.ofArray(bytes).asSlice(0, 2000));
            assertThat(publisher.offer(payload)).isPositive();
            assertThat(publisher.offer(small)).isPositive();
            final FlowSource source = source("a", BLOCK.withStart(Start.oldest()));
            assertThat(publisher.offer(small)).isPositive();
            final List<Integer> lengths = new ArrayList<>();
            final FlowCable cable = new FlowCable(source, sink, new Random(2));
            for (int i = 0; i < 2000; i++) {
                cable.credit();
                cable.send();
                while (cable.receive()) {
                    subscriber.poll(message -> lengths.add(message.payload().mismatch(MemorySegment.ofArray(bytes).asSlice(0,
                            message.length())) < 0 ? message.length() : -1), 10);
                }
            }
            // Those that were sent before it came are held for another reader: they may be gone for this one.
            assertThat(lengths).containsExactly(bytes.length, 2000, 2000);
            assertThat(source.copied()).isBetween(bytes.length + 2000L, bytes.length + 40_000L);
            assertThat(source.lost()).isZero();
            assertThat(holder.lost()).isZero();
        }
    }

    /** Has the sink take one run of a source; bytes of it. */
    private int carry(final FlowSource source) {
        final int bytes = source.next(run, WINDOW / 4);
        if (bytes > 0) {
            for (int i = 0; i < run.newStreams(); i++) {
                assertThat(sink.stream(run.newStream(i), source.topic(run.newStream(i)), 0, 1, true)).isZero();
            }
            assertThat(sink.claim(bytes)).isZero();
            assertThat(sink.put(run.buffer())).isEqualTo(bytes);
            assertThat(sink.missing()).isZero();
            assertThat(sink.commit()).isNotNegative();
        }
        return bytes;
    }

    @Test
    void shouldKeepWhatWasGrantedBeforeAReaderJoinedFurtherBack() {
        final Publisher publisher = streamer.publisher("a");
        final FlowSource source = source("a", BLOCK);
        long sent = 0;
        while (sink.received() < WINDOW - WINDOW / 8) {
            EngineFixture.send(publisher, sent++);
            carry(source);
            assertThat(source.acknowledge(sink.received())).isTrue();
            subscriber.poll(message -> { }, 1);
        }
        final long granted = sink.received() + sink.room();
        final List<Long> behind = new ArrayList<>();
        try (Subscriber late = other.subscriber("a", BLOCK.withStart(Start.oldest()))) {
            behind.addAll(EngineFixture.pollOnce(late, 1));
            assertThat(behind).containsExactly(0L);
            while (source.sent() + 2 * FRAME <= granted) {
                EngineFixture.send(publisher, sent++);
                carry(source);
            }
            assertThat(sink.received()).isLessThan(source.sent());
            // Or a peer could send without end what nobody has room for.
            assertThat(sink.received() + sink.waiting()).isEqualTo(source.sent());
            for (int i = 0; i < 100 && behind.size() < sent; i++) {
                behind.addAll(EngineFixture.pollOnce(late, 10_000));
                subscriber.poll(message -> { }, 10_000);
                assertThat(sink.catchUp()).isZero();
            }
            assertThat(behind).isEqualTo(range(0, sent));
            assertThat(sink.received()).isEqualTo(source.sent());
            assertThat(sink.waiting()).isZero();
            assertThat(sink.messages()).isEqualTo(sent);
            assertThat(source.acknowledge(sink.received())).isTrue();
        }
    }

    @Test
    void shouldTakeAgainWhatItHadKeptAsideWhenTheConnectionWasLost() {
        final Publisher publisher = streamer.publisher("a");
        final FlowSource source = source("a", BLOCK);
        long sent = 0;
        while (sink.received() < WINDOW - WINDOW / 8) {
            EngineFixture.send(publisher, sent++);
            carry(source);
            assertThat(source.acknowledge(sink.received())).isTrue();
            subscriber.poll(message -> { }, 1);
        }
        final long granted = sink.received() + sink.room();
        final List<Long> behind = new ArrayList<>();
        try (Subscriber late = other.subscriber("a", BLOCK.withStart(Start.oldest()))) {
            while (source.sent() + 2 * FRAME <= granted) {
                EngineFixture.send(publisher, sent++);
                carry(source);
            }
            final long received = sink.received();
            assertThat(received).isLessThan(source.sent());
            sink.abort();
            assertThat(sink.catchUp()).isZero();
            assertThat(sink.received()).isEqualTo(received);
            assertThat(source.rewind(received)).isTrue();
            for (int i = 0; i < 10_000 && behind.size() < sent; i++) {
                behind.addAll(EngineFixture.pollOnce(late, 10_000));
                subscriber.poll(message -> { }, 10_000);
                carry(source);
                assertThat(sink.catchUp()).isZero();
            }
            assertThat(behind).isEqualTo(range(0, sent));
        }
    }

    @Test
    void shouldKeepPartitionsApart() {
        streamer.declare(Topic.of("p"), 3);
        final FlowSource source = source("p", BLOCK.withPartitions(1));
        final Publisher publisher = streamer.publisher("p");
        EngineFixture.send(publisher, 0, 1, 2, 3, 4, 5);
        final FlowCable cable = new FlowCable(source, sink, new Random(3));
        final List<Long> got = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            cable.credit();
            cable.send();
            cable.receive();
            subscriber.poll(message -> got.add(message.getLong(0)), 10);
        }
        assertThat(got).containsExactly(1L, 4L);
        assertThat(other.partitions(Topic.of("p"))).isEqualTo(3);
    }
}
