// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamerConfig;
import io.kaelix.Topic;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    private static final long START = 5_000;

    private static Schedule[] schedules(final long rate, final int publishers, final Duration warmUp, final Duration duration) {
        return Schedule.of(new LoadSettings(message -> { }, (claim, number) -> { }, 0, rate, publishers, warmUp, duration, Duration.ZERO,
                Topic.of("any"), SlowSubscriberPolicy.BLOCK, null, StreamerConfig.defaults(), System::nanoTime), START);
    }

    @Test
    void shouldRestBetweenWarmUpAndMeasuredLoad() {
        final Schedule schedule = schedules(1_000, 1, Duration.ofMillis(3), Duration.ofMillis(2))[0];
        assertThat(schedule.messages()).isEqualTo(5);
        assertThat(schedule.dueNanos(0)).isEqualTo(START);
        assertThat(schedule.dueNanos(2)).isEqualTo(START + 2_000_000);
        assertThat(schedule.measuredStart()).isEqualTo(START + 3_000_000 + Schedule.REST.toNanos());
        assertThat(schedule.dueNanos(3)).isEqualTo(schedule.measuredStart()).isEqualTo(schedule.measuredDueNanos(0));
        assertThat(schedule.dueNanos(4)).isEqualTo(schedule.measuredStart() + 1_000_000);
    }

    @Test
    void shouldNeedNoRestWithoutWarmUp() {
        assertThat(schedules(1_000, 1, Duration.ZERO, Duration.ofMillis(2))[0].dueNanos(0)).isEqualTo(START);
    }

    @Test
    void shouldLetPublishersTakeTurns() {
        final Schedule[] schedules = schedules(1_000, 3, Duration.ZERO, Duration.ofMillis(10));
        assertThat(schedules).extracting(Schedule::messages).containsExactly(4, 3, 3);
        for (int turn = 0; turn < 10; turn++) {
            assertThat(schedules[turn % 3].dueNanos(turn / 3)).isEqualTo(START + turn * 1_000_000L);
        }
    }

    @Test
    void shouldNotDriftWhereTheIntervalIsNoWholeNumber() {
        final Schedule schedule = schedules(7_000_000, 1, Duration.ZERO, Duration.ofSeconds(2))[0];
        assertThat(schedule.messages()).isEqualTo(14_000_000);
        assertThat(schedule.dueNanos(7_000_000)).isEqualTo(START + 1_000_000_000);
        assertThat(schedule.dueNanos(13_999_999)).isEqualTo(START + 1_999_999_857);
    }
}
