// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.memory.RegionArena;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sequences by stream id: from 0, apart from one another, and in as little memory as is used. */
class StreamCountersTest {

    private final RegionArena arena = new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, 64L << 20);
    private final StreamCounters counters = new StreamCounters(arena);

    @AfterEach
    void close() {
        counters.close();
        assertThat(arena.statistics().used()).isZero();
        arena.close();
    }

    @Test
    void shouldCountEachStreamFromZero() {
        final int[] ids = {0, 1, 1_023, 1_024, 5_000, 999_999, StreamTable.MAX_STREAMS - 1};
        for (int round = 0; round < 3; round++) {
            for (final int id : ids) {
                assertThat(counters.get(id)).isEqualTo(round);
                assertThat(counters.next(id)).isEqualTo(round);
            }
        }
        assertThat(counters.get(2)).isZero();
        assertThat(counters.get(500_000)).as("no chunk").isZero();
    }

    @Test
    void shouldTakeMemoryForTheChunksThatAreUsed() {
        assertThat(arena.statistics().used()).isZero();
        counters.next(999_999);
        counters.next(999_998);
        assertThat(arena.statistics().used()).isEqualTo(8_192);
        counters.get(0);
        assertThat(arena.statistics().used()).isEqualTo(8_192);
        counters.next(0);
        assertThat(arena.statistics().used()).isEqualTo(16_384);
    }

    @Test
    void shouldSumWhatLanesHaveCounted() {
        try (StreamCounters other = new StreamCounters(arena)) {
            counters.next(7);
            other.next(7);
            other.next(7);
            other.next(70_000);
            assertThat(StreamCounters.sum(List.of(counters, other), 7)).isEqualTo(3);
            assertThat(StreamCounters.sum(List.of(counters, other), 70_000)).isEqualTo(1);
            assertThat(StreamCounters.sum(List.of(counters, other), 8)).isZero();
            assertThat(StreamCounters.sum(List.of(), 7)).isZero();
        }
    }

    @Test
    void shouldBeginAgainWhenClearedOrClosed() {
        counters.next(7);
        counters.next(8);
        counters.clear(7);
        counters.clear(40_000);
        assertThat(counters.next(7)).isZero();
        assertThat(counters.next(8)).isEqualTo(1);
        counters.close();
        assertThat(counters.get(8)).isZero();
        assertThat(counters.next(8)).isZero();
    }

    @Test
    void shouldRefuseWhatIsNoId() {
        for (final int id : new int[] {-1, Integer.MIN_VALUE, StreamTable.MAX_STREAMS, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> counters.next(id)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no stream has the id " + id);
            assertThat(counters.get(id)).isZero();
        }
    }

    @Test
    void shouldStayWholeWhenMemoryRunsOut() {
        final RegionArena small = new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, 4L << 20);
        try (StreamCounters full = new StreamCounters(small)) {
            assertThatThrownBy(() -> {
                for (int id = 0; id < 10_000_000; id += 1_000) {
                    assertThat(full.next(id)).isZero();
                }
            }).isInstanceOf(KaelixException.class).hasMessageContaining("memory limit reached");
            assertThat(full.next(0)).isEqualTo(1);
            assertThat(full.get(400_000)).isEqualTo(1);
        }
        small.close();
        assertThat(small.mappedBytes()).isZero();
    }
}
