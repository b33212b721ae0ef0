// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is lost is counted exactly, what is handed over is right, and the writer never waits. */
class LossyLaneReaderTest {

    private static final int CAPACITY = 1024;

    private final LaneFixture fixture = new LaneFixture(CAPACITY);
    private final LossyLaneReader reader = fixture.lane.joinLossy();

    @AfterEach
    void free() {
        fixture.close();
    }

    @Test
    void shouldLoseNothingWhileItKeepsUp() {
        for (int i = 0; i < 5_000; i++) {
            fixture.writeAll(16 + i * 7 % 241);
            assertThat(fixture.drain(reader)).containsExactly(i);
        }
        assertThat(reader.lost()).isZero();
    }

    @Test
    void shouldLoseNothingOfAFullRing() {
        for (int i = 0; i < 15; i++) {
            fixture.writeAll(64);
        }
        assertThat(fixture.drain(reader)).isEqualTo(numbers(0, 15));
        assertThat(reader.lost()).isZero();
    }

    @Test
    void shouldCountTheLossWhenOverrunByOneFrame() {
        for (int i = 0; i < 16; i++) {
            fixture.writeAll(64);
        }
        assertExact(fixture.drain(reader), 16);
        assertThat(reader.lost()).isBetween(1L, 8L);
    }

    @Test
    void shouldNotTrustWhatAClaimMayBeWritingOver() {
        for (int i = 0; i < 15; i++) {
            fixture.writeAll(64);
        }
        final long claimed = fixture.writer.claim(64);
        LaneFixture.fill(claimed, 99, 64);

        assertExact(fixture.drain(reader), 15);
        assertThat(reader.lost()).as("the word behind the claim is the first frame's").isPositive();
    }

    /**
     * Half a ring held back, then a claim whose padding and frame take the other half: what lies before the batch is overwritten, while the
     * batch is not published yet.
     */
    @ParameterizedTest
    @ValueSource(ints = {16, 64, 112, 160, 208, 256, 304, 352, 400, 448, 496})
    void shouldGoOnAtTheNewestMarkWhereverTheMarksAre(final int firstFrame) {
        try (LaneFixture lane = new LaneFixture(4096)) {
            final LossyLaneReader lossy = lane.lane.joinLossy();
            lane.writeAll(firstFrame);
            while ((lane.lane.tail() + 64 & 4095) != 1040 || lane.lane.tail() < 4096) {
                lane.drain(lossy);
                lane.writeAll(16);
            }
            final int before = lane.written() - lane.drain(lossy).size();
            final int last = lane.written() - before;
            lane.writeAll(16, 16, 16, 16);
            lane.writer.beginBatch();
            lane.writeAll(1024, 1016);
            assertThat(lane.lane.tail()).as("held back").isEqualTo(lane.writer.position() - 2040);
            assertThat(lane.writer.claim(1024)).isPositive();
            assertThat(before + last + lane.drain(lossy).size() + lossy.lost()).isEqualTo(lane.written() - 2);
            lossy.leave();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 40, 100, 1_000, 50_000})
    void shouldCountTheLossWhenOverrunByManyFrames(final int frames) {
        for (int i = 0; i < frames; i++) {
            fixture.writeAll(16 + i * 13 % 200);
        }
        final List<Integer> read = fixture.drain(reader);
        assertExact(read, frames);
        if (frames >= 40) {
            assertThat(reader.lost()).isPositive();
        }
        assertThat(read).as("it goes on near the tail, not at it").isNotEmpty();
        fixture.writeAll(16, 17);
        assertThat(fixture.drain(reader)).containsExactly(frames, frames + 1);
        assertThat(reader.isDrained()).isFalse();
    }

    @Test
    void shouldCountTheLossWhenOverrunInsideItsHandler() {
        fixture.writeAll(24, 24, 24);
        final int[] overruns = {0};
        int expected = 0;
        for (int round = 0; round < 200; round++) {
            final var read = fixture.poll(reader, 3, number -> {
                if (overruns[0]++ % 3 == 1) {
                    for (int i = 0; i < 60; i++) {
                        fixture.writeAll(24 + i % 50);
                    }
                }
            });
            fixture.writeAll(24, 30);
            for (final var frame : read) {
                assertThat(frame.number()).isGreaterThanOrEqualTo(expected);
                expected = frame.number() + 1;
            }
        }
        final List<Integer> rest = fixture.drain(reader);
        assertThat(rest.getLast()).isEqualTo(fixture.written() - 1);
        assertThat(reader.lost() + overruns[0] + rest.size()).isEqualTo(fixture.written());
        assertThat(reader.lost()).isGreaterThan(1_000);
    }

    @Test
    void shouldKeepShowingTheFrameThatItsHandlerIsAtWhenOverrun() {
        fixture.writeAll(200);
        final var message = fixture.messageOf(reader);
        message.open(Thread.currentThread());

        reader.poll(message, shown -> {
            for (int i = 0; i < 100; i++) {
                fixture.writeAll(64);
            }
            assertThat(LaneFixture.check(shown)).isEqualTo(new LaneFixture.Frame(0, 200));
        }, 1);
    }

    @Test
    void shouldCountTheLossWhenOverrunByBatches() {
        int delivered = 0;
        for (int round = 0; round < 300; round++) {
            fixture.writer.beginBatch();
            for (int i = 0; i < round % 40; i++) {
                fixture.writeAll(16 + (i + round) % 70);
            }
            delivered += fixture.drain(reader).size();
            fixture.writer.endBatch();
            final List<Integer> read = fixture.drain(reader);
            delivered += read.size();
            assertThat(delivered + reader.lost()).as("round %d", round).isEqualTo(fixture.written());
        }
        assertThat(reader.lost()).isPositive();
    }

    @Test
    void shouldStartWithTheRightCountWhereverItJoins() {
        final Random random = new Random(11);
        for (int round = 0; round < 300; round++) {
            for (int i = random.nextInt(20); i >= 0; i--) {
                fixture.writeAll(16 + random.nextInt(241));
            }
            final LossyLaneReader joined = fixture.lane.joinLossy();
            final int first = fixture.written();
            final int frames = random.nextInt(80);
            for (int i = 0; i < frames; i++) {
                fixture.writeAll(16 + random.nextInt(241));
            }
            final List<Integer> read = fixture.drain(joined);
            assertThat(joined.lost() + read.size()).as("round %d", round).isEqualTo(frames);
            assertThat(read).isEqualTo(numbers(first + frames - read.size(), first + frames));
            joined.leave();
        }
    }

    @Test
    void shouldLoseNothingThatAGatingReaderProtects() {
        final LaneReader gating = fixture.lane.join();
        assertThat(fixture.fillWith(64)).isEqualTo(15);
        for (int length = 16; length <= CAPACITY / 4; length += 8) {
            fixture.writer.claim(length);
        }

        assertThat(fixture.drain(reader)).as("nothing was written over").isEqualTo(fixture.drain(gating));
        assertThat(reader.lost()).isZero();
    }

    @Test
    void shouldBeDrainedWhenTheLaneIsClosedAndAllIsReadOrLost() {
        for (int i = 0; i < 100; i++) {
            fixture.writeAll(64);
        }
        fixture.lane.close();
        assertThat(reader.isDrained()).isFalse();
        assertExact(fixture.drain(reader), 100);
        assertThat(reader.isDrained()).isTrue();
    }

    @Test
    void shouldStopBeforeTheNextFrameWhenAskedToLeave() {
        fixture.writeAll(16, 16);
        assertThat(fixture.poll(reader, 10, number -> reader.requestLeave())).hasSize(1);
        assertThat(fixture.poll(reader, 10)).isEmpty();
        assertThat(reader.isDrained()).isTrue();
    }

    private void assertExact(final List<Integer> read, final int published) {
        assertThat(read).isEqualTo(numbers(published - read.size(), published));
        assertThat(reader.lost()).isEqualTo(published - read.size());
    }

    private static List<Integer> numbers(final int from, final int to) {
        return IntStream.range(from, to).boxed().toList();
    }
}
