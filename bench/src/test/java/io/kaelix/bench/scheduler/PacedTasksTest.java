// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class PacedTasksTest {

    private static final long START = 1_000_000;
    private static final int WARMUPS = 2;
    private static final int TASKS = 102;

    private final long[] called = new long[TASKS];
    private final long[] started = new long[TASKS];

    /** Each is scheduled 10 ns late and starts 100 ns later; every tenth takes 500 ns more. */
    private Map<String, Double> judge(final PacedTasks.Gaps gaps) {
        for (int n = 0; n < TASKS; n++) {
            called[n] = START + n * 20_000L + 10;
            started[n] = called[n] + (n < WARMUPS ? 1_000_000_000 : n % 10 == 0 ? 600 : 100);
        }
        return PacedTasks.judge(START, called, started, WARMUPS, gaps);
    }

    @Test
    void shouldTellTheCallFromTheIntendedTimeAndLeaveOutTheWarmUp() {
        final Map<String, Double> found = judge((from, to) -> false);

        assertThat(found).containsEntry("callP50Nanos", 100.0).containsEntry("callP99Nanos", 600.0).containsEntry("callMaxNanos", 600.0)
                .containsEntry("intendedP50Nanos", 110.0).containsEntry("intendedP99Nanos", 610.0)
                .containsEntry("quietCallP99Nanos", 600.0).containsEntry("quietFraction", 1.0);
    }

    @Test
    void shouldLeaveOutOfTheQuietOnesThoseThatAGapOverlaps() {
        final Map<String, Double> found = judge((from, to) -> to - from > 500);

        assertThat(found).containsEntry("callP99Nanos", 600.0).containsEntry("quietCallP99Nanos", 100.0)
                .containsEntry("quietIntendedP99Nanos", 110.0).containsEntry("quietFraction", 0.9);
    }

    @Test
    void shouldHaveNoPercentilesWhereNothingWasQuiet() {
        assertThat(judge((from, to) -> true)).containsEntry("quietFraction", 0.0).doesNotContainKeys("quietCallP50Nanos", "quietCallP99Nanos",
                "quietIntendedP99Nanos");
    }

    @Test
    void shouldAskForTheTimeFromTheIntendedOneToTheStart() {
        judge((from, to) -> {
            assertThat((from - START) % 20_000).isZero();
            assertThat(to - from).isIn(110L, 610L);
            return false;
        });
    }
}
