// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kaelix.telemetry.LatencyHistogram;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** What 'lately' is, and the shares of time in it. */
class WindowTest {

    private static Totals at(final long nanos, final long... idle) {
        return new Totals(nanos, 0, 0, 0, 0, idle, new LatencyHistogram[0]);
    }

    @Test
    void shouldBeginAtLaunch() {
        final Totals launch = Totals.none(2, 4);
        final Window window = new Window(launch);
        window.move(at(Window.NANOS - 1));
        assertThat(window.start()).isSameAs(launch);
        assertThat(window.latest()).isSameAs(launch);
        assertThat(window.isOver(Window.NANOS)).isTrue();
        assertThat(launch.delays()).hasSize(4);
        assertThat(launch.idleNanos()).hasSize(2);
    }

    @Property(tries = 300)
    void shouldBeOneOrTwoLengthsLongIfLookedAtOften(
            @ForAll @Size(min = 1, max = 100) final long[] pauses) {
        final Window window = new Window(at(0));
        long now = 0;
        for (final long pause : pauses) {
            now += Math.floorMod(pause, Window.NANOS / 2);
            window.move(at(now));
            assertThat(now - window.start().at()).isBetween(Math.min(now, Window.NANOS), 3 * Window.NANOS);
        }
    }

    @Property(tries = 100)
    void shouldReachToTheLookBeforeIfLookedAtSeldom(@ForAll @LongRange(min = Window.NANOS, max = 1L << 40) final long pause) {
        final Window window = new Window(at(0));
        for (int look = 1; look < 5; look++) {
            window.move(at(look * pause));
            assertThat(window.start().at()).isEqualTo((look - 1) * pause);
        }
    }

    @Test
    void shouldCountTimeThatIsNotIdleAsWork() {
        final Totals before = at(1_000, 100, 0);
        final Totals now = at(2_000, 350, 1_000);
        assertThat(now.utilization(0, before)).isEqualTo(0.75, within(1e-9));
        assertThat(now.utilization(1, before)).isZero();
        assertThat(now.utilization(before)).isEqualTo(0.375, within(1e-9));
        // Two counters of a worker that goes on meanwhile may not fit together: a share is a share.
        assertThat(at(2_000, 1_200).utilization(0, at(1_000, 100))).isZero();
        assertThat(at(2_000, 90).utilization(0, at(1_000, 100))).isOne();
        assertThat(now.utilization(now)).isZero();
    }
}
