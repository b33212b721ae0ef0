// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static io.kaelix.lane.SamplePace.MOST_DOUBLINGS;
import static io.kaelix.lane.SamplePace.OVERDUE_MILLIS;
import static io.kaelix.lane.SamplePace.PACED_DISTANCE;
import static io.kaelix.lane.SamplePace.PAUSE_NANOS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SamplePaceTest {

    private final SamplePace pace = new SamplePace();

    private static SamplePace of(final int bytes) {
        final SamplePace pace = new SamplePace();
        pace.restart(bytes);
        pace.timed(0, 0);
        pace.restart(bytes);
        return pace;
    }

    @Test
    void shouldAskForNothingAtFirst() {
        assertThat(pace.distance()).isZero();
        assertThat(pace.isOverdue(Long.MAX_VALUE)).isFalse();
    }

    @Test
    void shouldDoubleTheDistanceWhileMessagesComeFast() {
        final SamplePace pace = of(PACED_DISTANCE);
        for (int i = 1; i <= MOST_DOUBLINGS + 3; i++) {
            assertThat(pace.timed(i * (PAUSE_NANOS - 1), i)).isEqualTo((long) PACED_DISTANCE << Math.min(i, MOST_DOUBLINGS));
        }
    }

    @Test
    void shouldHalveTheDistanceOfMessagesThatComeSlowlyDownToWhatWasAskedFor() {
        final SamplePace pace = of(PACED_DISTANCE);
        assertThat(pace.timed(1, 0)).isEqualTo(2L * PACED_DISTANCE);
        assertThat(pace.timed(2, 0)).isEqualTo(4L * PACED_DISTANCE);
        assertThat(pace.timed(2 + PAUSE_NANOS, 0)).isEqualTo(2L * PACED_DISTANCE);
        assertThat(pace.timed(2 + 2 * PAUSE_NANOS, 0)).isEqualTo(PACED_DISTANCE);
        assertThat(pace.timed(2 + 3 * PAUSE_NANOS, 0)).isEqualTo(PACED_DISTANCE);
    }

    @Test
    void shouldKeepShortDistancesAsTheyWereAskedFor() {
        final SamplePace pace = of(PACED_DISTANCE - 1);
        for (int i = 0; i < 20; i++) {
            assertThat(pace.timed(i, i)).isEqualTo(PACED_DISTANCE - 1);
            assertThat(pace.isOverdue(i + 2 * OVERDUE_MILLIS)).isFalse();
        }
    }

    @Test
    void shouldBeOverdueOnlyWhenTheDistanceWasMadeLonger() {
        final SamplePace pace = of(PACED_DISTANCE);
        assertThat(pace.isOverdue(2 * OVERDUE_MILLIS)).isFalse();
        pace.timed(1, 7);
        assertThat(pace.isOverdue(7 + OVERDUE_MILLIS)).isFalse();
        assertThat(pace.isOverdue(8 + OVERDUE_MILLIS)).isTrue();
        pace.restart(PACED_DISTANCE);
        assertThat(pace.isOverdue(8 + OVERDUE_MILLIS)).isFalse();
    }
}
