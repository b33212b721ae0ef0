// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.bench.trial.BackpressureOutcome.Nanos;
import io.kaelix.platform.Platforms;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** That all events happen as they are drawn, the trial checks by itself: it fails if a full lane takes a message, or a freed one none. */
class BackpressureTrialTest {

    @Test
    @Timeout(300)
    void shouldTakeEveryEventAndItsFloor() throws Exception {
        final List<Integer> cpus = Platforms.current().affinity().stream().boxed().toList();

        final BackpressureOutcome found = BackpressureTrial.run(500, List.of(cpus.get(0), cpus.get(cpus.size() - 1)));

        assertThat(List.of(found.refused(), found.refusedMoved(), found.freed(), found.handOff()))
                .allSatisfy(nanos -> assertThat(nanos.p50()).isPositive())
                .allSatisfy(nanos -> assertThat(nanos.p99()).isGreaterThanOrEqualTo(nanos.p50()));
    }

    @Test
    void shouldTakePercentilesOfUnsortedSamples() {
        assertThat(Nanos.of(LongStream.rangeClosed(1, 1000).map(i -> 1001 - i).toArray())).isEqualTo(new Nanos(501, 991));
        assertThat(Nanos.of(new long[] {7})).isEqualTo(new Nanos(7, 7));
    }
}
