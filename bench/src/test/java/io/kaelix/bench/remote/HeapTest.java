// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapTest {

    private static final int MESSAGES = 10_000;
    private static final int BYTES = 1_000;

    private volatile byte[] kept;

    @Test
    void shouldSayWhatAMessageTookInHeap() {
        final Heap heap = new Heap(0);
        for (int i = 1; i <= MESSAGES; i++) {
            kept = new byte[BYTES];
            heap.look(i);
        }

        assertThat(kept).hasSize(BYTES);
        assertThat(heap.figures().get(Figures.SERVER_HEAP.name())).isBetween((double) BYTES, 1.5 * BYTES);
    }

    @Test
    void shouldSayNothingBeforeMessagesCameBehindTheWarmUp() {
        final Heap heap = new Heap(3_600);
        for (int i = 1; i <= MESSAGES; i++) {
            heap.look(i);
        }

        assertThat(heap.figures()).isEmpty();
    }

    @Test
    void shouldCountNothingForTurnsWithoutMessages() {
        final Heap heap = new Heap(0);
        for (int i = 0; i < MESSAGES; i++) {
            heap.look(0);
        }

        assertThat(heap.figures()).isEmpty();
    }
}
