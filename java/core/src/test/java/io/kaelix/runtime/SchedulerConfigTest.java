// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.kaelix.numa.PlacementGoal;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Which settings a scheduler has, and what is said of those that it cannot have. */
class SchedulerConfigTest {

    private static final SchedulerConfig DEFAULTS = SchedulerConfig.defaults();

    private static void assertRefused(final ThrowingCallable what, final String line) {
        assertThatIllegalArgumentException().isThrownBy(what).withMessage(line);
    }

    @Test
    void shouldRefuseValuesOutOfTheirRange() {
        assertRefused(() -> DEFAULTS.withWorkers(-1), "workers must be from 0 to 64, not -1");
        assertRefused(() -> DEFAULTS.withWorkers(65), "workers must be from 0 to 64, not 65");
        assertRefused(() -> DEFAULTS.withPriorities(1), "priorities must be from 2 to 4, not 1");
        assertRefused(() -> DEFAULTS.withPriorities(5), "priorities must be from 2 to 4, not 5");
        for (final int bad : new int[] {Integer.MIN_VALUE, -2, 0, 1, 3, 1000, 1 << 21}) {
            assertRefused(() -> DEFAULTS.withQueueCapacity(bad), "queueCapacity must be a power of two from 2 to 1048576, not " + bad);
        }
        for (final int bad : new int[] {Integer.MIN_VALUE, -2, 0, 1, 3, 1000, 1 << 27}) {
            assertRefused(() -> DEFAULTS.withForkCapacity(bad), "forkCapacity must be a power of two from 2 to 67108864, not " + bad);
        }
        assertRefused(() -> DEFAULTS.withDelayedCapacity(0), "delayedCapacity must be from 1 to 67108864, not 0");
        assertRefused(() -> DEFAULTS.withDelayedCapacity((1 << 26) + 1), "delayedCapacity must be from 1 to 67108864, not 67108865");
        assertRefused(() -> DEFAULTS.withTargetLatency(Duration.ofNanos(999)),
                "targetLatency must be from PT0.000001S to PT1S, not PT0.000000999S");
        assertRefused(() -> DEFAULTS.withTargetLatency(Duration.ofMillis(1001)),
                "targetLatency must be from PT0.000001S to PT1S, not PT1.001S");
        assertRefused(() -> DEFAULTS.withBlockingLimit(Duration.ofNanos(1)),
                "blockingLimit, unless it is 0, must be from PT0.001S to PT24H, not PT0.000000001S");
        assertRefused(() -> DEFAULTS.withBlockingLimit(Duration.ofMillis(-1)),
                "blockingLimit, unless it is 0, must be from PT0.001S to PT24H, not PT-0.001S");
        assertRefused(() -> DEFAULTS.withBlockingLimit(Duration.ofSeconds(Long.MAX_VALUE)),
                "blockingLimit, unless it is 0, must be from PT0.001S to PT24H, not " + Duration.ofSeconds(Long.MAX_VALUE));
        assertRefused(() -> DEFAULTS.withCloseTimeout(Duration.ofNanos(-1)), "closeTimeout must be from PT0S to PT24H, not PT-0.000000001S");
        assertRefused(() -> DEFAULTS.withCloseTimeout(Duration.ofDays(2)), "closeTimeout must be from PT0S to PT24H, not PT48H");
    }

    @Test
    void shouldTakeTheEndsOfEachRange() {
        assertThat(DEFAULTS.withWorkers(0).withWorkers(64).workers()).isEqualTo(64);
        assertThat(DEFAULTS.withPriorities(4).withPriorities(2).priorities()).isEqualTo(2);
        assertThat(DEFAULTS.withQueueCapacity(2).withQueueCapacity(1 << 20).queueCapacity()).isEqualTo(1 << 20);
        assertThat(DEFAULTS.withForkCapacity(2).withForkCapacity(1 << 26).forkCapacity()).isEqualTo(1 << 26);
        assertThat(DEFAULTS.withDelayedCapacity(1).withDelayedCapacity(1 << 26).delayedCapacity()).isEqualTo(1 << 26);
        assertThat(DEFAULTS.withTargetLatency(Duration.ofNanos(1000)).withTargetLatency(Duration.ofSeconds(1))
                .targetLatency()).isEqualTo(Duration.ofSeconds(1));
        assertThat(DEFAULTS.withBlockingLimit(Duration.ofMillis(1)).withBlockingLimit(Duration.ofDays(1)).withBlockingLimit(Duration.ZERO)
                .blockingLimit()).isZero();
        assertThat(DEFAULTS.withCloseTimeout(Duration.ofDays(1)).withCloseTimeout(Duration.ZERO).closeTimeout()).isZero();
    }

    @Test
    void shouldNameWhatIsNull() {
        assertThatNullPointerException().isThrownBy(() -> DEFAULTS.withName(null)).withMessage("name");
        assertThatNullPointerException().isThrownBy(() -> DEFAULTS.withGoal(null)).withMessage("goal");
        assertThatNullPointerException().isThrownBy(() -> DEFAULTS.withIdle(null)).withMessage("idle");
        assertThatNullPointerException().isThrownBy(() -> DEFAULTS.withTargetLatency(null)).withMessage("targetLatency");
        assertThatNullPointerException().isThrownBy(() -> DEFAULTS.withBlockingLimit(null)).withMessage("blockingLimit");
        assertThatNullPointerException().isThrownBy(() -> DEFAULTS.withCloseTimeout(null)).withMessage("closeTimeout");
        assertThatNullPointerException().isThrownBy(() -> DEFAULTS.withErrors(null)).withMessage("errors");
    }

    @Test
    void shouldChangeOneSettingAndKeepTheOthers() {
        final TaskErrorHandler errors = (task, error) -> { };
        final SchedulerConfig config = DEFAULTS.withName("n").withWorkers(3).withGoal(PlacementGoal.values()[1]).withPinned(false).withPriorities(2)
                .withQueueCapacity(4).withForkCapacity(8).withDelayedCapacity(5).withIdle(IdleMode.PARK).withTargetLatency(Duration.ofMillis(1))
                .withBlockingLimit(Duration.ofMillis(2)).withCloseTimeout(Duration.ofMillis(3)).withErrors(errors);
        assertThat(config).isEqualTo(new SchedulerConfig("n", 3, PlacementGoal.values()[1], false, 2, 4, 8, 5, IdleMode.PARK, Duration.ofMillis(1),
                Duration.ofMillis(2), Duration.ofMillis(3), errors));
        // In the other order: what is set first survives what is set later.
        assertThat(DEFAULTS.withErrors(errors).withCloseTimeout(Duration.ofMillis(3)).withBlockingLimit(Duration.ofMillis(2))
                .withTargetLatency(Duration.ofMillis(1)).withIdle(IdleMode.PARK).withDelayedCapacity(5).withForkCapacity(8).withQueueCapacity(4)
                .withPriorities(2).withPinned(false).withGoal(PlacementGoal.values()[1]).withWorkers(3).withName("n")).isEqualTo(config);
    }

    @Test
    void shouldBeAsDocumentedByDefault() {
        assertThat(DEFAULTS).isEqualTo(new SchedulerConfig("kaelix-worker", 0, PlacementGoal.LOW_LATENCY, true, 4, 1024, 65_536, 1 << 20,
                IdleMode.ADAPTIVE, Duration.ofNanos(10_000), Duration.ofMillis(100), Duration.ofSeconds(5), DEFAULTS.errors()));
    }
}
