// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.testkit.Verdict.Outcome;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class JudgeTest {

    private static final Duration LIMIT = Duration.ofNanos(10_000);
    private static final long FAST = 1_000;
    private static final long SLOW = 20_000;

    /** Of 1,000 messages so many are slow, so many of them even without gaps, on threads watched for a share of their time. */
    private static LatencyResults results(final int slow, final int unexplained, final double watchedShare) {
        final LatencyDistribution all = new LatencyDistribution();
        final LatencyDistribution withoutGaps = new LatencyDistribution();
        for (int i = 0; i < 1_000; i++) {
            all.record(i < slow ? SLOW : FAST);
            withoutGaps.record(i < unexplained ? SLOW : FAST);
        }
        return new LatencyResults(1_000, 1_000, 0, all, new LatencyDistribution(), withoutGaps,
                new MachineNoise(0.05, Duration.ofMillis(1), 0.05, 100, Duration.ofMillis(1), watchedShare, 0.03, Duration.ZERO));
    }

    private static Outcome p99(final int slow, final int unexplained, final double watchedShare) {
        return results(slow, unexplained, watchedShare).verdict(Goal.p99Below(LIMIT)).outcome();
    }

    @Test
    void shouldAllowOneInAHundred() {
        assertThat(p99(10, 10, 1)).isEqualTo(Outcome.PASSED);
        assertThat(p99(11, 11, 1)).isEqualTo(Outcome.FAILED);
        assertThat(p99(11, 10, 1)).isEqualTo(Outcome.MACHINE_TOO_NOISY);
    }

    @Test
    void shouldForgiveAsManyAsUnseenGapsMayHaveDelayed() {
        // 60 were seen to be delayed; a third of the time was unwatched, half as much as was watched: 30 more may have been.
        assertThat(p99(100, 40, 2.0 / 3)).isEqualTo(Outcome.MACHINE_TOO_NOISY);
        assertThat(p99(101, 41, 2.0 / 3)).isEqualTo(Outcome.FAILED);
        assertThat(p99(100, 40, 1)).isEqualTo(Outcome.FAILED);
    }

    @Test
    void shouldForgiveNoMoreThanWasSeenHoweverLittleWasWatched() {
        assertThat(p99(100, 55, 0.01)).isEqualTo(Outcome.MACHINE_TOO_NOISY);
        assertThat(p99(100, 56, 0.01)).isEqualTo(Outcome.FAILED);
        assertThat(p99(1_000, 1_000, 0)).isEqualTo(Outcome.FAILED);
    }

    @Test
    void shouldLetTheWorstGoalDecide() {
        final LatencyResults results = results(30, 10, 1);
        final Goal passes = Goal.p90Below(LIMIT);
        final Goal isNoisy = Goal.p99Below(LIMIT);
        final Goal fails = Goal.maxBelow(LIMIT);
        assertThat(results.verdict(passes).reason()).isEqualTo("p90 was 1.0 µs, below 10.0 µs");
        assertThat(results.verdict(passes, isNoisy).outcome()).isEqualTo(Outcome.MACHINE_TOO_NOISY);
        assertThat(results.verdict(passes, fails, isNoisy).outcome()).isEqualTo(Outcome.FAILED);
        assertThat(results.verdict(passes, fails, isNoisy).reason()).startsWith("max was 20.0 µs").doesNotContain("p99", "p90");
    }

    @Test
    void shouldGiveTheFiguresOfTheMachineInOneLine() {
        assertThat(results(30, 10, 1).verdict(Goal.p99Below(LIMIT)).reason()).isEqualTo(
                "p99 was 20.0 µs, not below 10.0 µs, and 1.0 µs without the machine's gaps: "
                        + "5.00 % of the time went into 100 of them, the longest 1.0 ms, and 3.00 % was stolen");
    }
}
