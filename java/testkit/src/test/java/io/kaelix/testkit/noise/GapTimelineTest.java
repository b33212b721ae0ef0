// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit.noise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GapTimelineTest {

    private static Intervals intervals(final long... bounds) {
        final Intervals intervals = new Intervals();
        for (int i = 0; i < bounds.length; i += 2) {
            intervals.add(bounds[i], bounds[i + 1]);
        }
        return intervals;
    }

    @Test
    void shouldMeasureWhatFellIntoAGapAndItsShadow() {
        // With its shadow: 100 to 120.
        final GapTimeline timeline = GapTimeline.of(List.of(intervals(100, 110)));
        assertThat(timeline.overlap(0, 100)).isZero();
        assertThat(timeline.overlap(0, 105)).isEqualTo(5);
        assertThat(timeline.overlap(105, 115)).isEqualTo(10);
        assertThat(timeline.overlap(0, 1_000)).isEqualTo(20);
        assertThat(timeline.overlap(118, 1_000)).isEqualTo(2);
        assertThat(timeline.overlap(120, 1_000)).isZero();
    }

    @Test
    void shouldCountOnceWhatTwoThreadsSaw() {
        final GapTimeline timeline = GapTimeline.of(List.of(intervals(100, 110, 300, 310), intervals(105, 112, 120, 121)));
        // 100 to 122, and 300 to 320.
        assertThat(timeline.overlap(0, 200)).isEqualTo(22);
        assertThat(timeline.overlap(0, 1_000)).isEqualTo(42);
        assertThat(timeline.overlap(110, 305)).isEqualTo(17);
    }

    @Test
    void shouldBeEmptyWithoutGaps() {
        assertThat(GapTimeline.of(List.of(intervals(), intervals())).overlap(Long.MIN_VALUE / 2, Long.MAX_VALUE / 2)).isZero();
    }

    @Test
    void shouldAgreeWithCountingEachNanosecond() {
        final Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            // Also where the clock runs over.
            final long base = round % 2 == 0 ? -500 : Long.MAX_VALUE - 500;
            final boolean[] covered = new boolean[1_200];
            final List<Intervals> threads = List.of(randomGaps(random, base, covered), randomGaps(random, base, covered));
            final GapTimeline timeline = GapTimeline.of(threads);
            for (int i = 0; i < 50; i++) {
                final int from = random.nextInt(1_100);
                final int to = from + random.nextInt(1_200 - from);
                long expected = 0;
                for (int at = from; at < to; at++) {
                    expected += covered[at] ? 1 : 0;
                }
                assertThat(timeline.overlap(base + from, base + to)).as("round %d, %d to %d", round, from, to).isEqualTo(expected);
            }
        }
    }

    private static Intervals randomGaps(final Random random, final long base, final boolean[] covered) {
        final Intervals gaps = new Intervals();
        int at = random.nextInt(100);
        while (at < 1_000) {
            final int length = 1 + random.nextInt(50);
            gaps.add(base + at, base + at + length);
            for (int i = at; i < at + 2 * length; i++) {
                covered[i] = true;
            }
            at += length + random.nextInt(200);
        }
        return gaps;
    }

    @Test
    void shouldLeaveOutGapsThatTouchAnother() {
        final Intervals rest = intervals(0, 10, 20, 30, 40, 50, 60, 70).without(intervals(25, 26, 50, 60));
        assertThat(rest.size()).isEqualTo(1);
        assertThat(rest.start(0)).isZero();
        assertThat(rest.end(0)).isEqualTo(10);
    }
}
