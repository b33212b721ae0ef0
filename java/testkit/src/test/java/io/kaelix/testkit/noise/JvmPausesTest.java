// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit.noise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JvmPausesTest {

    @Test
    void shouldSeeAGarbageCollectionOnTheClockOfTheRun() {
        final JvmPauses pauses = new JvmPauses(System::nanoTime);
        final long before;
        final long after;
        try (pauses) {
            before = System.nanoTime();
            System.gc();
            after = System.nanoTime();
        }
        final Intervals during = new Intervals();
        during.add(before, after);
        assertThat(pauses.pauses().size()).isPositive();
        assertThat(during.without(pauses.pauses()).size()).as("the time of the collection, if no collection was in it").isZero();
    }

    @Test
    void shouldSeeNothingAfterItsEnd() {
        final JvmPauses pauses = new JvmPauses(System::nanoTime);
        pauses.close();
        final int known = pauses.pauses().size();
        final JvmPauses second = new JvmPauses(System::nanoTime);
        try (second) {
            System.gc();
        }
        assertThat(second.pauses().size()).isPositive();
        assertThat(pauses.pauses().size()).isEqualTo(known);
    }
}
