// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** That each of the three is taken as often as was asked for. */
class BackpressureTrialTest {

    @Test
    void shouldTakeAllThreeAsOftenAsAskedFor() throws Exception {
        final BackpressureTrial trial = new BackpressureTrial();
        trial.run(500);
        assertThat(trial.refused.getTotalCount()).isEqualTo(500);
        assertThat(trial.freed.getTotalCount()).isEqualTo(500);
        assertThat(trial.handOff.getTotalCount()).isEqualTo(500);
        assertThat(trial.handOff.getMaxValue()).isPositive();
    }
}
