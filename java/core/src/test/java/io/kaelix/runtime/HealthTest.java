// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.telemetry.LatencyHistogram;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Which health follows from what; all times are given. */
class HealthTest {

    private static final long LIMIT = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int LEVELS = 4;

    private final LatencyHistogram[] delays = new LatencyHistogram[LEVELS];
    private long executed = 100;
    private long failed;
    private long refused;
    private String ended;
    private long held;
    private long limit = LIMIT;
    private boolean closed;
    private final Totals before = totals(Window.NANOS, 1_000, 900, 50);

    private Totals totals(final long at, final long executedUntil, final long failedUntil, final long refusedUntil) {
        final LatencyHistogram[] copies = new LatencyHistogram[LEVELS];
        for (int level = 0; level < LEVELS; level++) {
            delays[level] = delays[level] == null ? new LatencyHistogram() : delays[level];
            copies[level] = delays[level].snapshot();
        }
        return new Totals(at, executedUntil, executedUntil, failedUntil, refusedUntil, new long[1], copies);
    }

    private Health health() {
        final Totals now = totals(3 * Window.NANOS, 1_000 + executed, 900 + failed, 50 + refused);
        return new Vitals(closed, ended, "worker-1", held, limit, before, now).judge();
    }

    private void delay(final TaskPriority priority, final long millis, final int tasks) {
        for (int i = 0; i < tasks; i++) {
            delays[priority.level(LEVELS)].record(TimeUnit.MILLISECONDS.toNanos(millis));
        }
    }

    @Test
    void shouldBeHealthyWhereNothingIsWrong() {
        failed = 10;
        held = LIMIT;
        delay(TaskPriority.CRITICAL, 90, 100);
        delay(TaskPriority.BACKGROUND, 60_000, 100);
        assertThat(health()).isEqualTo(new Health(Health.State.HEALTHY, "100 tasks in the last 2000 ms"));
        assertThat(health().isHealthy()).isTrue();
        executed = 0;
        failed = 0;
        assertThat(health().isHealthy()).isTrue();
    }

    @Test
    void shouldBeDegradedWhereMoreThanATenthFails() {
        failed = 11;
        assertThat(health()).isEqualTo(new Health(Health.State.DEGRADED, "11 failures, of 100 tasks that ended in the last 2000 ms"));
        assertThat(health().isHealthy()).isFalse();
    }

    @Test
    void shouldBeDegradedWhereTasksStartLate() {
        delay(TaskPriority.NORMAL, 1, 98);
        delay(TaskPriority.NORMAL, 250, 1);
        assertThat(health().state()).isEqualTo(Health.State.DEGRADED);
        assertThat(health().reason()).startsWith("NORMAL tasks start late: 1% of 99 more than 25").contains("in the last 2000 ms");
        delay(TaskPriority.NORMAL, 1, 2);
        assertThat(health().isHealthy()).as("one of 101").isTrue();
    }

    @Test
    void shouldForgiveDelaysOfLongAgo() {
        delay(TaskPriority.NORMAL, 250, 1_000);
        final Totals longAgo = totals(Window.NANOS, 1_000, 900, 50);
        final Totals now = totals(3 * Window.NANOS, 1_000, 900, 50);
        assertThat(new Vitals(false, null, null, 0, LIMIT, longAgo, now).judge().isHealthy()).isTrue();
    }

    @Test
    void shouldBeDegradedWhileATaskHoldsAWorkerAndUnhealthyOnceItIsStuck() {
        held = LIMIT + 1;
        assertThat(health()).isEqualTo(new Health(Health.State.DEGRADED, "a task has held worker-1 for 100 ms, the limit is 100 ms"));
        held = 10 * LIMIT;
        assertThat(health().state()).isEqualTo(Health.State.DEGRADED);
        held = 11 * LIMIT;
        assertThat(health()).isEqualTo(new Health(Health.State.UNHEALTHY,
                "a task has held worker-1 for 1100 ms, more than 10 times the limit of 100 ms"));
    }

    @Test
    void shouldLetTasksRunForEverWhereThereIsNoLimit() {
        limit = 0;
        held = TimeUnit.DAYS.toNanos(365);
        assertThat(health().isHealthy()).isTrue();
        delay(TaskPriority.HIGH, 120, 1);
        assertThat(health().reason()).startsWith("HIGH tasks start late");
    }

    @Test
    void shouldBeUnhealthyWhereTasksAreRefused() {
        refused = 3;
        failed = 100;
        assertThat(health()).isEqualTo(new Health(Health.State.UNHEALTHY, "a queue was full: 3 tasks were refused in the last 2000 ms"));
    }

    @Test
    void shouldBeUnhealthyWithoutAWorkerAndAtTheEnd() {
        ended = "worker-0";
        refused = 3;
        assertThat(health().state()).isEqualTo(Health.State.UNHEALTHY);
        assertThat(health().reason()).contains("worker-0").contains("has ended");
        closed = true;
        assertThat(health()).isEqualTo(new Health(Health.State.UNHEALTHY, "the scheduler was shut down"));
    }
}
