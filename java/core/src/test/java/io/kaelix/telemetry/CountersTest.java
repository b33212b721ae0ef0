// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Counters beside one another: each counts for itself, by one thread or by many. */
class CountersTest {

    private static final int THREADS = 4;
    private static final int ROUNDS = 200_000;

    @Test
    void shouldCountEachForItself() {
        final Counters counters = new Counters(3);
        counters.increment(0);
        counters.add(1, 40);
        counters.add(1, -5);
        assertThat(counters.addAtomically(2, 7)).isEqualTo(7);
        assertThat(counters.addAtomically(2, 1)).isEqualTo(8);
        assertThat(counters.size()).isEqualTo(3);
        assertThat(counters.get(0)).isEqualTo(1);
        assertThat(counters.snapshot(new long[4])).containsExactly(1, 35, 8, 0);
    }

    @Test
    void shouldRefuseWhatIsNoCounter() {
        final Counters counters = new Counters(2);
        for (final int index : new int[] {-1, 2, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> counters.get(index)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> counters.increment(index)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> counters.addAtomically(index, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertThatThrownBy(() -> counters.snapshot(new long[1])).isInstanceOf(IndexOutOfBoundsException.class);
        for (final int size : new int[] {0, -1, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> new Counters(size)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not " + size);
        }
    }

    @Test
    void shouldLoseNothingThatOwnersOrManyAdd() throws InterruptedException {
        final Counters counters = new Counters(THREADS + 1);
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            final int own = i;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                    counters.increment(own);
                    counters.addAtomically(THREADS, 2);
                }
            }));
        }
        for (final Thread thread : threads) {
            thread.join();
        }
        assertThat(counters.snapshot(new long[THREADS + 1]))
                .containsExactly(ROUNDS, ROUNDS, ROUNDS, ROUNDS, 2L * THREADS * ROUNDS);
    }
}
