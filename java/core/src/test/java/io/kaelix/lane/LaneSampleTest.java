// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Field;
import io.kaelix.Start;
import io.kaelix.message.BatchColumns;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.FrameFilter;
import io.kaelix.message.FrameMatches;
import io.kaelix.message.FrameMessage;
import io.kaelix.telemetry.LatencyHistogram;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that are timed: which, from when, and that nobody but the histogram notices. */
class LaneSampleTest {

    private static final int CAPACITY = 64 << 10;
    private static final int FRAME = 64;
    private static final int SAMPLING = 4096;
    /** The writer looks whether it is time for one at least so often. */
    private static final int LOOK = LaneDescriptor.PREFETCH_STEP;

    private final LaneFixture fixture = new LaneFixture(CAPACITY);
    private final LatencyHistogram delivery = new LatencyHistogram();

    @AfterEach
    void free() {
        fixture.close();
    }

    private PollableLane join(final boolean lossy) {
        final PollableLane reader = lossy ? fixture.lane.joinLossy() : fixture.lane.join();
        reader.record(delivery);
        return reader;
    }

    /** Positions of the padding that tells a time, up to the tail. */
    private List<Long> samples(final long from) {
        final List<Long> found = new ArrayList<>();
        for (long at = from; at < fixture.lane.tail();) {
            final int word = fixture.word(at);
            if (word < 0) {
                if (LaneSample.isAt(fixture.address(at))) {
                    found.add(at);
                }
                at -= word;
            } else {
                at += FrameDescriptor.step(word);
            }
        }
        return found;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTimeOneMessageInAboutSoManyBytes(final boolean lossy) {
        fixture.lane.sampleLatency(SAMPLING);
        final PollableLane reader = join(lossy);
        for (int i = 0; i < 64 * CAPACITY / FRAME; i++) {
            fixture.writeAll(FRAME);
            if (i % 100 == 99) {
                fixture.drain(reader);
            }
        }
        fixture.drain(reader);
        assertThat(reader.lost()).isZero();
        assertThat(delivery.count()).isBetween(64L * CAPACITY / (SAMPLING + LOOK + 2 * FRAME) - 4, 64L * CAPACITY / SAMPLING + 4);
    }

    /** By the times that are told, so that it does not matter how fast the machine is. */
    @Test
    void shouldTimeFewerOfThoseThatComeFastAndOneSoonWhenTheyBecomeRare() {
        final int length = 1 << 10;
        final int capacity = 1 << 20;
        try (LaneFixture paced = new LaneFixture(capacity)) {
            paced.lane.sampleLatency(SamplePace.PACED_DISTANCE);
            final List<Long> times = new ArrayList<>();
            while (times.size() < SamplePace.MOST_DOUBLINGS) {
                timeOf(paced, length).ifPresent(times::add);
            }
            final long fast = IntStream.range(1, times.size()).filter(i -> times.get(i) - times.get(i - 1) < SamplePace.PAUSE_NANOS).count();
            final long between = paced.lane.tail();
            LockSupport.parkNanos(2_000_000 * SamplePace.OVERDUE_MILLIS);
            long passed = 0;
            while (timeOf(paced, length).isEmpty()) {
                passed = paced.lane.tail() - between;
            }
            // It is seen with the next mark: those are a step apart, or two, where the first raise is a little less than a step behind the last mark.
            assertThat(passed).as("%d were fast", fast).isLessThan(2L * LaneDescriptor.raiseStep(capacity) + LOOK + 3L * length);
        }
    }

    /** Writes a message; when it was sent, if it was timed. */
    private static OptionalLong timeOf(final LaneFixture lane, final int length) {
        final long start = lane.lane.tail();
        lane.writeAll(length);
        final long padding = lane.address(start);
        return LaneSample.isAt(padding) ? OptionalLong.of(LaneSample.time(padding)) : OptionalLong.empty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTimeNothingAndPutNothingBetweenMessagesUnlessAsked(final boolean lossy) {
        final PollableLane reader = join(lossy);
        for (int i = 0; i < 3 * CAPACITY / FRAME; i++) {
            fixture.writeAll(FRAME);
            fixture.drain(reader);
        }
        assertThat(delivery.count()).isZero();
        assertThat(fixture.lane.tail()).isEqualTo(3L * CAPACITY);
    }

    @Test
    void shouldTellTheTimeOfTheCommitAndNotOfTheClaim() {
        final LaneReader reader = (LaneReader) join(false);
        fixture.lane.sampleLatency(SAMPLING);
        // What was asked is seen when space is next looked for.
        while (samples(reader.start()).isEmpty()) {
            final long start = fixture.lane.tail();
            assertThat(fixture.writer.claim(FRAME)).isPositive();
            LaneFixture.fill(fixture.writer.claimed(), (int) fixture.writer.frames(), FRAME);
            final long claimed = System.nanoTime();
            fixture.writer.commit(FRAME, FrameDescriptor.VERSION_BITS, LaneFixture.STREAM, (int) fixture.writer.frames());
            final long committed = System.nanoTime();
            for (final long at : samples(start)) {
                assertThat(LaneSample.time(fixture.address(at)) - claimed).isBetween(0L, committed - claimed);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldFindAllThatAreUnderWayHoweverFarItIsBehind(final boolean lossy) {
        fixture.lane.sampleLatency(1024);
        final PollableLane reader = join(lossy);
        while (fixture.lane.tail() < CAPACITY - 2 * FRAME - LOOK) {
            fixture.writeAll(FRAME);
        }
        final List<Long> underWay = samples(0);
        assertThat(underWay).hasSizeGreaterThan(20);
        fixture.drain(reader);
        assertThat(delivery.count()).isEqualTo(underWay.size());
        assertThat(fixture.drain(reader)).isEmpty();
        assertThat(delivery.count()).as("each once").isEqualTo(underWay.size());
    }

    @Test
    void shouldNotTimeWhatWasWrittenOver() {
        fixture.lane.sampleLatency(1024);
        final PollableLane slow = join(true);
        fixture.writeAll(FRAME);
        for (int i = 0; i < 5 * CAPACITY / FRAME; i++) {
            fixture.writeAll(FRAME);
        }
        fixture.drain(slow);
        assertThat(slow.lost()).isPositive();
        // Half a ring at the most is read after an overrun.
        assertThat(delivery.count()).isBetween(1L, CAPACITY / 2L / 1024 + 1);
    }

    @Test
    void shouldBeSwitchedOnAndOffWhileItRuns() {
        final PollableLane reader = join(false);
        for (int turn = 0; turn < 4; turn++) {
            fixture.lane.sampleLatency(turn % 2 == 0 ? 0 : SAMPLING);
            // From the next sixteenth on.
            fixture.writeAll(FRAME);
            for (int i = 0; i < CAPACITY / 16 / FRAME; i++) {
                fixture.writeAll(FRAME);
                fixture.drain(reader);
            }
            final long before = delivery.count();
            for (int i = 0; i < CAPACITY / FRAME; i++) {
                fixture.writeAll(FRAME);
                fixture.drain(reader);
            }
            if (turn % 2 == 0) {
                assertThat(delivery.count()).isEqualTo(before);
            } else {
                assertThat(delivery.count()).isGreaterThan(before + 8);
            }
        }
    }

    @Test
    void shouldTimeTheMessageThatIsSentWhereAClaimWasForgotten() {
        fixture.lane.sampleLatency(SAMPLING);
        final PollableLane reader = join(false);
        for (int i = 0; i < CAPACITY / FRAME; i++) {
            assertThat(fixture.writer.claim(2 * FRAME)).isPositive();
            fixture.writeAll(FRAME);
            fixture.drain(reader);
        }
        assertThat(delivery.count()).isBetween(CAPACITY / (SAMPLING + LOOK + 2L * FRAME) - 1, CAPACITY / (long) SAMPLING + 1);
    }

    @Test
    void shouldRefuseNoFrameForTheSakeOfATime() {
        fixture.lane.sampleLatency(1024);
        final LaneReader reader = (LaneReader) join(false);
        fixture.fillWith(24);
        assertThat(fixture.writer.isFree(24 + LaneDescriptor.WORD)).as("refused with room for it").isFalse();
        assertThat(fixture.drain(reader)).hasSize(fixture.written());
    }

    @Test
    void shouldTimeMessagesOfABatchAndForgetThoseThatAreDropped() {
        fixture.lane.sampleLatency(1024);
        final PollableLane reader = join(false);
        fixture.writer.beginBatch();
        for (int i = 0; i < 10_000 / FRAME; i++) {
            fixture.writeAll(FRAME);
        }
        fixture.writer.endBatch();
        fixture.drain(reader);
        final long timed = delivery.count();
        assertThat(timed).isBetween(4L, 11L);

        final int written = fixture.written();
        fixture.writer.beginBatch();
        for (int i = 0; i < 5_000 / FRAME; i++) {
            assertThat(fixture.writer.claim(FRAME)).isPositive();
            fixture.writer.commit(FRAME, FrameDescriptor.VERSION_BITS, LaneFixture.STREAM, 0);
        }
        fixture.writer.dropBatch();
        fixture.writeAll(FRAME, FRAME);
        assertThat(fixture.drain(reader)).containsExactly(written, written + 1);
        assertThat(delivery.count()).isLessThanOrEqualTo(timed + 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTimeWhatIsTakenIntoABatch(final boolean lossy) {
        fixture.lane.sampleLatency(1024);
        final PollableLane reader = join(lossy);
        final BatchColumns batch = new BatchColumns(1_000);
        final FrameMessage message = fixture.messageOf(reader);
        int taken = 0;
        for (int i = 0; i < 2 * CAPACITY / FRAME; i++) {
            fixture.writeAll(FRAME);
            if (i % 200 == 199 || i == 2 * CAPACITY / FRAME - 1) {
                int got = -1;
                while (got != 0) {
                    batch.clear();
                    message.open(Thread.currentThread());
                    got = reader.take(batch, message, 1_000, null, null);
                    message.clear();
                    taken += got;
                    reader.release();
                }
            }
        }
        assertThat(taken).isEqualTo(fixture.written());
        assertThat(delivery.count()).isBetween(2L * CAPACITY / (1024 + LOOK + 2 * FRAME) - 2, 2L * CAPACITY / 1024 + 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldFillABatchBeyondMessagesThatAreTimed(final boolean lossy) {
        fixture.lane.sampleLatency(1024);
        final PollableLane reader = join(lossy);
        while (fixture.lane.tail() < CAPACITY / 2 - 2 * FRAME - LOOK) {
            fixture.writeAll(FRAME);
        }
        assertThat(samples(0)).hasSizeGreaterThan(5);
        final BatchColumns batch = new BatchColumns(1_000);
        final FrameMessage message = fixture.messageOf(reader);
        message.open(Thread.currentThread());
        assertThat(reader.take(batch, message, 1_000, null, null)).isEqualTo(fixture.written());
        message.clear();
        reader.release();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTimeOnceWhereAFilterPassesOverMessages(final boolean lossy) {
        fixture.lane.sampleLatency(1024);
        final PollableLane reader = join(lossy);
        final FrameMatches none = new FrameMatches(new FrameFilter(Field.int64(0).equalTo(Long.MIN_VALUE)));
        final FrameMessage message = fixture.messageOf(reader);
        while (fixture.lane.tail() < CAPACITY - LOOK - 2 * FRAME) {
            fixture.writeAll(FRAME);
        }
        final int underWay = samples(0).size();
        for (int i = 0; i < 100; i++) {
            message.open(Thread.currentThread());
            assertThat(reader.pollWhere(message, shown -> { }, 10, null, none)).isZero();
            message.clear();
        }
        assertThat(reader.position()).isEqualTo(fixture.lane.tail());
        assertThat(delivery.count()).isEqualTo(underWay);
    }

    @Test
    void shouldNotTimePartsOfLongMessages() {
        fixture.lane.sampleLatency(1024);
        final PollableLane reader = join(false);
        // The first of all may be.
        fixture.writeAll(FRAME);
        for (int i = 0; i < 20; i++) {
            assertThat(fixture.writeParts(20_000)).isPositive();
            fixture.drain(reader);
        }
        assertThat(delivery.count()).isLessThanOrEqualTo(1);
        assertThat(fixture.drain(reader)).isEmpty();
    }

    @Test
    void shouldNotTimeThePartThatIsWrittenWhenItIsSwitchedOn() {
        join(false);
        fixture.writeAll(FRAME);
        fixture.beginParts(50_000);
        while (!fixture.parts.isComplete()) {
            // At whatever part the writer looks.
            fixture.lane.sampleLatency(fixture.lane.latencySampling() + 1024);
            assertThat(fixture.parts.writeNext()).isPositive();
        }
        fixture.parts.end();
        assertThat(samples(0)).isEmpty();
    }

    @Test
    void shouldCountMessagesAsIfThereWereNoTimes() {
        fixture.lane.sampleLatency(1024);
        final LaneReader reader = (LaneReader) join(false);
        for (int i = 0; i < 5_000; i++) {
            fixture.writeAll(FRAME);
            if (i % 50 == 0) {
                fixture.drain(reader);
            }
            assertThat(fixture.lane.frames()).isEqualTo(fixture.written());
            assertThat(LaneLag.of(reader, 0).frames()).isEqualTo(fixture.written() - reader.frames());
        }
    }

    @Test
    void shouldCountRefusals() {
        join(false);
        assertThat(fixture.lane.refusals()).isZero();
        fixture.fillWith(FRAME);
        assertThat(fixture.lane.refusals()).isEqualTo(1);
        assertThat(fixture.write(FRAME)).isEqualTo(LaneWriter.BACK_PRESSURED);
        assertThat(fixture.lane.refusals()).isEqualTo(2);
        assertThat(fixture.write(CAPACITY)).isEqualTo(LaneWriter.TOO_LONG);
        assertThat(fixture.lane.refusals()).as("one that never fits is not refused for lack of space").isEqualTo(2);
    }

    /** Whatever is sent, whoever reads: every frame comes, in order, whole. */
    @Property(tries = 200)
    void shouldLeaveAllMessagesAsTheyAre(@ForAll @IntRange(min = 0, max = 1 << 20) final int seed,
            @ForAll @IntRange(min = 8, max = 16) final int shift, @ForAll @IntRange(min = 24, max = 3_000) final int sampling) {
        final Random random = new Random(seed);
        try (LaneFixture lane = new LaneFixture(1 << shift)) {
            lane.lane.sampleLatency(sampling);
            final LaneReader reader = lane.lane.join(Start.latest(), Patience.UNLIMITED);
            final LatencyHistogram times = new LatencyHistogram();
            reader.record(times);
            final int longest = lane.writer.maxFrameLength();
            int received = 0;
            boolean batching = false;
            for (int i = 0; i < 400; i++) {
                final int claimed = FrameDescriptor.HEADER_LENGTH + random.nextInt(longest - FrameDescriptor.HEADER_LENGTH + 1);
                final int length = random.nextInt(4) == 0
                        ? FrameDescriptor.HEADER_LENGTH + random.nextInt(claimed - FrameDescriptor.HEADER_LENGTH + 1) : claimed;
                switch (random.nextInt(12)) {
                    case 0 -> {
                        lane.writer.beginBatch();
                        batching = true;
                    }
                    case 1 -> {
                        lane.writer.endBatch();
                        batching = false;
                    }
                    case 2 -> lane.writer.claim(claimed);
                    case 3 -> {
                        if (!batching && shift >= 12) {
                            lane.writeParts(longest + 1 + random.nextInt(longest / 2));
                        }
                    }
                    case 4, 5 -> {
                        for (final int number : lane.drain(reader)) {
                            assertThat(number).isEqualTo(received++);
                        }
                    }
                    default -> lane.write(claimed, length);
                }
            }
            lane.writer.endBatch();
            for (final int number : lane.drain(reader)) {
                assertThat(number).isEqualTo(received++);
            }
            assertThat(received).isEqualTo(lane.written());
            assertThat(lane.lane.frames()).isEqualTo(received);
            reader.leave();
        }
    }
}
