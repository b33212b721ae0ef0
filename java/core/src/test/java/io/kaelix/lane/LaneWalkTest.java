// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many messages a lane has carried, for reports. */
class LaneWalkTest {

    private static final int LARGE = 16 << 20;

    private static long capacityInFrames(final LaneFixture fixture) {
        return (long) fixture.written() * fixture.capacity / Math.max(1, fixture.lane.tail());
    }

    @ParameterizedTest
    @ValueSource(ints = {1 << 16, LaneWalk.EXACT_CAPACITY})
    void shouldCountExactlyUpToFourMebibytes(final int capacity) {
        try (LaneFixture fixture = new LaneFixture(capacity)) {
            final Random random = new Random(capacity);
            for (int look = 0; look < 40; look++) {
                for (int i = 0; i < 1 + random.nextInt(2_000); i++) {
                    fixture.write(16 + random.nextInt(240));
                }
                assertThat(fixture.lane.frames()).isEqualTo(fixture.written());
            }
        }
    }

    @Test
    void shouldReckonALargerOneToWithinASixteenth() {
        try (LaneFixture fixture = new LaneFixture(LARGE)) {
            final Random random = new Random(1);
            int reckoned = 0;
            for (int look = 0; look < 100; look++) {
                // Lengths that change along the lane: what is reckoned by the part before it is seldom right.
                final int most = 16 + random.nextInt(1_000);
                for (int i = 0; i < 1 + random.nextInt(4_000); i++) {
                    fixture.write(16 + random.nextInt(most));
                }
                final long off = fixture.lane.frames() - fixture.written();
                assertThat(Math.abs(off)).isLessThanOrEqualTo(capacityInFrames(fixture) / 16);
                reckoned += off == 0 ? 0 : 1;
            }
            assertThat(reckoned).as("times that not all was walked").isPositive();
        }
    }

    @Test
    void shouldReckonRightWhereFramesAreAlike() {
        try (LaneFixture fixture = new LaneFixture(LARGE); LaneFixture small = new LaneFixture(1 << 16)) {
            for (int i = 0; i < 9_000; i++) {
                fixture.write(64);
                small.write(64);
            }
            assertThat(fixture.lane.tail()).isGreaterThan(LaneWalk.WALKED);
            assertThat(fixture.lane.frames()).isEqualTo(small.lane.frames()).isEqualTo(9_000);
        }
    }
}
