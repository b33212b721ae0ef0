// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Start;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where readers start, how many frames lie before, and how far behind they are. */
class LaneStartTest {

    private static final int CAPACITY = 1024;

    private final LaneFixture fixture = new LaneFixture(CAPACITY);

    @AfterEach
    void free() {
        fixture.close();
    }

    private PollableLane join(final boolean lossy, final Start start) {
        return lossy ? fixture.lane.joinLossy(start) : fixture.lane.join(start, Patience.UNLIMITED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldKnowHowManyFramesLieBeforeItsStart(final boolean lossy) {
        final List<Function<Long, Start>> starts = List.of(now -> Start.latest(), now -> Start.oldest(),
                now -> Start.at(Instant.ofEpochMilli(now)), now -> Start.at(Instant.EPOCH), now -> Start.at(Instant.ofEpochMilli(Long.MAX_VALUE)));
        for (int i = 0; i < 500; i++) {
            fixture.writeAll(16 + i * 7 % 240);
            final PollableLane reader = join(lossy, starts.get(i % starts.size()).apply(System.currentTimeMillis()));
            assertThat(reader.framesBefore()).isLessThanOrEqualTo(fixture.written());
            assertThat(LaneLag.of(reader, System.currentTimeMillis()).frames()).isEqualTo(fixture.written() - reader.framesBefore());
            assertThat(fixture.drain(reader)).as("after %d frames", fixture.written())
                    .isEqualTo(IntStream.range((int) reader.framesBefore(), fixture.written()).boxed().toList());
            assertThat(reader.lost()).isZero();
            reader.leave();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldStartAtTheNewestMarkThatIsOlderThanATime(final boolean lossy) {
        final long control = fixture.lane.control();
        fixture.writeAll(16);
        LaneMarks.record(control, 16, 1, 5_000);
        fixture.writeAll(24);
        LaneMarks.record(control, 40, 2, 6_000);
        fixture.writeAll(16);
        LaneMarks.record(control, 56, 3, 6_000);
        fixture.writeAll(16);

        assertThat(join(lossy, Start.at(Instant.ofEpochMilli(6_001))).start()).isEqualTo(56);
        assertThat(join(lossy, Start.at(Instant.ofEpochMilli(6_000))).start()).as("before all of that millisecond").isEqualTo(16);
        assertThat(join(lossy, Start.at(Instant.ofEpochMilli(5_500))).start()).isEqualTo(16);
        assertThat(join(lossy, Start.at(Instant.ofEpochMilli(5_000))).start()).as("the oldest there is").isZero();
        assertThat(join(lossy, Start.at(Instant.ofEpochMilli(5_500))).framesBefore()).isEqualTo(1);
    }

    @Test
    void shouldMeasureTheLagOfAGatingReaderExactly() {
        final LaneReader reader = fixture.lane.join();
        long read = 0;
        for (int i = 0; i < 2_000; i++) {
            fixture.write(16 + i * 7 % 240);
            if (i % 3 == 0) {
                read += fixture.poll(reader, 1 + i % 4).size();
            }
            final LaneLag lag = LaneLag.of(reader, System.currentTimeMillis());
            assertThat(lag.frames()).as("after %d frames", fixture.written()).isEqualTo(fixture.written() - read);
            assertThat(lag.bytes()).isEqualTo(fixture.lane.tail() - reader.position());
            assertThat(lag.leastMillis()).isBetween(0L, lag.mostMillis());
        }
        assertThat(read).isGreaterThan(500);
    }

    @Test
    void shouldMeasureTheLagOfALossyReaderThatWasOverrunExactly() {
        final LossyLaneReader reader = fixture.lane.joinLossy();
        for (int i = 0; i < 500; i++) {
            fixture.writeAll(16 + i * 7 % 240);
            assertThat(LaneLag.of(reader, System.currentTimeMillis()).frames()).isEqualTo(fixture.written());
        }
        final int read = fixture.drain(reader).size();
        assertThat(read + reader.lost()).isEqualTo(fixture.written());
        assertThat(LaneLag.of(reader, System.currentTimeMillis())).isEqualTo(new LaneLag(0, 0, 0, 0));
    }

    @Test
    void shouldBoundTheAgeOfWhatIsNotReadByTheMarksAround() {
        final long control = fixture.lane.control();
        fixture.writeAll(16);
        LaneMarks.record(control, 16, 1, 5_000);
        final LaneReader reader = fixture.lane.join();
        fixture.writeAll(24, 24);
        assertThat(LaneLag.of(reader, 9_000)).isEqualTo(new LaneLag(48, 2, 0, 4_000));
        LaneMarks.record(control, 64, 3, 7_000);
        assertThat(LaneLag.of(reader, 9_000)).isEqualTo(new LaneLag(48, 2, 2_000, 4_000));
    }
}
