// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ThrottleTest {

    private static final long SECOND = 1_000_000_000;

    private long now = -5;

    private int passWithin(final Throttle throttle, final long nanos) {
        final long end = now + nanos;
        int passed = 0;
        while (now < end) {
            final long wait = throttle.nanosUntilDue(now);
            if (wait > 0) {
                now += wait;
            } else {
                throttle.pass();
                passed++;
            }
        }
        return passed;
    }

    @Test
    void shouldLetTheRatePassExactly() {
        for (final long rate : new long[] {1, 3, 1_000, 300_000}) {
            now = -5;
            final Throttle throttle = new Throttle(rate);
            assertThat(passWithin(throttle, 7 * SECOND)).isEqualTo((int) (7 * rate));
        }
    }

    @Test
    void shouldNotMakeUpForAPause() {
        final Throttle throttle = new Throttle(1_000);
        passWithin(throttle, SECOND);
        now += 60 * SECOND;
        assertThat(passWithin(throttle, SECOND)).isBetween(999, 1_001);
    }

    @Test
    void shouldMakeUpForADelay() {
        final Throttle throttle = new Throttle(10_000);
        passWithin(throttle, SECOND);
        now += 5_000_000;
        assertThat(passWithin(throttle, SECOND)).isBetween(10_049, 10_051);
    }
}
