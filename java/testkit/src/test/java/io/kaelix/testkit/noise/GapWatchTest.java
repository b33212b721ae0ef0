// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit.noise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GapWatchTest {

    private static final long GAP = GapWatch.GAP_NANOS + 1;

    private final GapWatch watch = new GapWatch(1_000);

    @Test
    void shouldFindTheTimeBetweenTwoLooksThatAreFarApart() {
        watch.observe(1_000);
        watch.observe(1_000 + GapWatch.GAP_NANOS);
        assertThat(watch.gaps().size()).as("just no gap").isZero();
        watch.observe(1_000 + GapWatch.GAP_NANOS + GAP);
        assertThat(watch.gaps().size()).isEqualTo(1);
        assertThat(watch.gaps().start(0)).isEqualTo(1_000 + GapWatch.GAP_NANOS);
        assertThat(watch.gaps().end(0)).isEqualTo(1_000 + GapWatch.GAP_NANOS + GAP);
        assertThat(watch.watchedNanos()).isEqualTo(GapWatch.GAP_NANOS + GAP);
        assertThat(watch.unwatchedNanos()).isZero();
    }

    @Test
    void shouldNotTakeTheUsersCodeForAGap() {
        watch.observe(1_000);
        watch.pause();
        watch.resume(1_000 + GAP);
        watch.observe(1_100 + GAP);
        assertThat(watch.gaps().size()).isZero();
        assertThat(watch.watchedNanos()).isEqualTo(100);
        assertThat(watch.unwatchedNanos()).isEqualTo(GAP);
    }

    @Test
    void shouldIgnoreWhatWasBeforeItsStart() {
        watch.observe(0);
        watch.observe(999);
        watch.observe(1_000 + GAP);
        assertThat(watch.gaps().size()).isZero();
        assertThat(watch.watchedNanos()).isZero();
        assertThat(watch.unwatchedNanos()).isEqualTo(GAP);
    }

    @Test
    void shouldHoldMoreGapsThanItHadRoomForAtFirst() {
        for (int i = 0; i <= 1_000; i++) {
            watch.observe(1_000 + i * GAP);
        }
        assertThat(watch.gaps().size()).isEqualTo(1_000);
        assertThat(watch.gaps().totalLength()).isEqualTo(1_000 * GAP);
        assertThat(watch.gaps().longest()).isEqualTo(GAP);
        assertThat(watch.gaps().start(999)).isEqualTo(1_000 + 999 * GAP);
    }
}
