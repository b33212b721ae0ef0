// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.kaelix.testkit.Verdict.Outcome;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** Whole runs in simulated time: see {@link Simulation}. */
class VerdictTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Goal P99_BELOW_1_MS = Goal.p99Below(millis(1));
    private static final int FEW = 100;
    private static final int MANY = 10_000;

    private static Duration millis(final long millis) {
        return Duration.ofMillis(millis);
    }

    private static Duration micros(final long micros) {
        return Duration.ofNanos(1_000 * micros);
    }

    /** What a handler that stalls at one message for 50 ms comes to at 10,000 a second: 500 messages are late, by 50 ms to 0.1 ms. */
    private static LatencyResults stallOnce() {
        final Simulation simulation = Simulation.of(MANY, SECOND);
        return simulation.handler(number -> {
            if (number == MANY / 2) {
                simulation.busy(millis(50));
            }
        }).run();
    }

    @Test
    void shouldPassAFastHandlerOnAQuietMachine() {
        final LatencyResults results = Simulation.of(MANY, SECOND).run();
        assertThat(results.verdict(P99_BELOW_1_MS, Goal.maxBelow(micros(5))).outcome()).isEqualTo(Outcome.PASSED);
        assertThat(results.quiet().count()).isEqualTo(results.sent()).isEqualTo(MANY);
        assertThat(results.noise().gaps()).isZero();
        assertThat(results.messagesPerSecond()).isCloseTo(MANY, within(1.0));
        assertThat(results.assertMeets(P99_BELOW_1_MS)).isSameAs(results);
    }

    @Test
    void shouldCountAStallForEveryMessageThatItMadeLate() {
        final LatencyResults results = stallOnce();
        // A load that waits for the system would have one late message of 10,000, and a p99 of nothing.
        assertThat(results.p99()).isBetween(micros(39_900), micros(40_100));
        assertThat(results.max()).isBetween(millis(50), micros(50_100));
        assertThat(results.all().countNotBelow(micros(100))).isBetween(498L, 501L);
        assertThat(results.noise().gaps()).as("the handler's time is no gap").isZero();
        assertThat(results.verdict(P99_BELOW_1_MS).outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void shouldFailASlowHandler() {
        final Simulation simulation = Simulation.of(FEW, SECOND);
        final LatencyResults results = simulation.handler(number -> simulation.busy(millis(2))).run();
        assertThat(results.p50()).isBetween(millis(2), micros(2_010));
        assertThat(results.verdict(P99_BELOW_1_MS))
                .isEqualTo(new Verdict(Outcome.FAILED, "p99 was 2.0 ms, not below 1.0 ms, and 2.0 ms without the machine's gaps"));
    }

    @Test
    void shouldBlameTheMachineForWhatItsGapsExplain() {
        final LatencyResults results = Simulation.of(MANY, SECOND).gapsOf(millis(2), millis(20)).run();
        assertThat(results.p99()).isGreaterThan(millis(1));
        assertThat(results.withoutGaps().max()).isLessThan(micros(10));
        assertThat(results.quiet().max()).isLessThan(micros(10));
        assertThat(results.quiet().count()).isBetween(MANY / 2L, MANY - 500L);
        final Verdict verdict = results.verdict(P99_BELOW_1_MS);
        assertThat(verdict.outcome()).as(verdict.reason()).isEqualTo(Outcome.MACHINE_TOO_NOISY);
        assertThat(verdict.reason()).contains("not below 1.0 ms", "without the machine's gaps", "the longest 2.0 ms",
                "0.00 % before the load");
    }

    @Test
    void shouldFailASlowHandlerOnANoisyMachineToo() {
        final Simulation simulation = Simulation.of(FEW, SECOND).gapsOf(millis(2), millis(20));
        final LatencyResults results = simulation.handler(number -> simulation.busy(millis(5))).run();
        assertThat(results.noise().gaps()).isPositive();
        assertThat(results.verdict(P99_BELOW_1_MS).outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void shouldNotExcuseALongStallByShortGaps() {
        final Simulation simulation = Simulation.of(MANY, SECOND).gapsOf(micros(20), millis(2));
        final LatencyResults results = simulation.handler(number -> {
            if (number == MANY / 2) {
                simulation.busy(millis(25));
                simulation.standStill(micros(20));
                simulation.busy(millis(25));
            }
        }).run();
        assertThat(results.verdict(P99_BELOW_1_MS).outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void shouldPassOnANoisyMachineWhatMeetsTheGoalAllTheSame() {
        // 0.5 % of the messages.
        final LatencyResults results = Simulation.of(MANY, SECOND).gapsOf(millis(5), millis(600)).run();
        assertThat(results.max()).isGreaterThan(millis(4));
        assertThat(results.verdict(P99_BELOW_1_MS).outcome()).isEqualTo(Outcome.PASSED);
    }

    @Test
    void shouldNotBlameTheMachineForGarbageCollection() {
        final LatencyResults results = Simulation.of(MANY, SECOND).gapsOf(millis(2), millis(20)).byGarbageCollection().run();
        assertThat(results.noise().gaps()).isZero();
        assertThat(results.verdict(P99_BELOW_1_MS).outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void shouldNeverPassWhenMessagesWereLost() {
        final Simulation simulation = Simulation.of(MANY, SECOND).lossy();
        final LatencyResults results = simulation.handler(number -> {
            if (number == MANY / 2) {
                simulation.busy(millis(400));
            }
        }).run();
        assertThat(results.lost()).isPositive().isEqualTo(MANY - results.received());
        final Verdict verdict = results.verdict(Goal.p50Below(Duration.ofHours(1)));
        assertThat(verdict).isEqualTo(new Verdict(Outcome.FAILED, results.lost() + " of 10000 messages were lost"));
    }

    @Test
    void shouldNotPassLossOnANoisyMachineEither() {
        final Simulation simulation = Simulation.of(MANY, SECOND).lossy().gapsOf(millis(2), millis(20));
        final LatencyResults results = simulation.handler(number -> {
            if (number == MANY / 2) {
                simulation.busy(millis(400));
            }
        }).run();
        assertThat(results.verdict(P99_BELOW_1_MS).outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void shouldCountBackPressureAsLatency() {
        // The lane holds far less than what comes due while the handler is busy.
        final Simulation simulation = Simulation.of(MANY, SECOND);
        final LatencyResults results = simulation.handler(number -> {
            if (number == 0) {
                simulation.busy(millis(500));
            }
        }).run();
        assertThat(results.backPressuredTries()).isPositive();
        assertThat(results.lost()).isZero();
        assertThat(results.p50()).isGreaterThan(Duration.ZERO);
        assertThat(results.all().countNotBelow(millis(1))).isGreaterThan(4_900);
    }

    @Test
    void shouldThrowWhatTestFrameworksTakeForFailedAndAborted() {
        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> stallOnce().assertP99Below(millis(1)))
                .withMessageContaining("FAILED: p99 was 40.0 ms, not below 1.0 ms").withMessageContaining("10000 sent, 10000 received");
        final LatencyResults noisy = Simulation.of(MANY, SECOND).gapsOf(millis(2), millis(20)).run();
        assertThatExceptionOfType(TestAbortedException.class).isThrownBy(() -> noisy.assertP99Below(millis(1)))
                .withMessageContaining("MACHINE_TOO_NOISY: p99 was");
        assertThatIllegalArgumentException().isThrownBy(noisy::verdict).withMessageContaining("needs a goal");
    }
}
