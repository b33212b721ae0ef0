// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PaceTest {

    @Test
    void shouldSpreadPublishersEvenly() {
        final List<Long> due = new ArrayList<>();
        for (int message = 0; message < 3; message++) {
            for (int publisher = 0; publisher < 4; publisher++) {
                due.add(new Pace(100, 1000, 4, publisher).dueNanos(message));
            }
        }
        for (int turn = 0; turn < due.size(); turn++) {
            assertThat(due.get(turn)).isEqualTo(100 + turn * 1_000_000L);
        }
    }

    @Test
    void shouldNotDriftOrOverflow() {
        // A day of the highest rate, and of one that divides no second evenly.
        final long highest = RunSettings.Load.MAX_RATE;
        assertThat(new Pace(0, highest, 1, 0).dueNanos(86_400L * highest)).isEqualTo(86_400_000_000_000L);
        assertThat(new Pace(0, 7, 1, 0).dueNanos(7 * 86_400L)).isEqualTo(86_400_000_000_000L);
        assertThat(new Pace(0, 7, 1, 0).dueNanos(1)).isEqualTo(142_857_142L);
    }
}
