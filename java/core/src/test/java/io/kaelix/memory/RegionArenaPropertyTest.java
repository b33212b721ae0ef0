// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.KaelixException;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import io.kaelix.platform.Platform;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is allocated and freed, in whatever order: no two blocks overlap, each was zero, and the limit holds. */
class RegionArenaPropertyTest {

    private static final long LIMIT = 12L << 20;

    @Property(tries = 60)
    void shouldGiveZeroedBlocksThatDoNotOverlap(@ForAll("steps") final List<Integer> steps) {
        final RegionArena arena = new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, LIMIT);
        final List<Block> held = new ArrayList<>();
        final TreeMap<Long, Long> taken = new TreeMap<>();
        byte stamp = 0;
        for (final int step : steps) {
            if (step < 0 && !held.isEmpty()) {
                final Block block = held.remove(-step % held.size());
                assertFilled(block);
                taken.remove(block.address());
                block.free();
                block.free();
            } else if (step > 0) {
                try {
                    final Block block = arena.allocate(step);
                    assertThat(block.segment().byteSize()).isBetween((long) step, Math.max(step + step / 8, step + 511L));
                    assertApart(taken, block);
                    assertThat(firstDifference(block, (byte) 0)).as("zero").isEqualTo(-1);
                    block.segment().fill(++stamp == 0 ? ++stamp : stamp);
                    held.add(block);
                } catch (final KaelixException full) {
                    assertThat(held.stream().mapToLong(block -> block.segment().byteSize()).sum() + step)
                            .as("it is refused only where memory is short").isGreaterThan(LIMIT / 4);
                }
            }
            assertThat(arena.mappedBytes()).isLessThanOrEqualTo(LIMIT);
        }
        arena.close();
        for (final Block block : held) {
            assertFilled(block);
            block.free();
        }
        assertThat(arena.mappedBytes()).isZero();
    }

    private static void assertApart(final TreeMap<Long, Long> taken, final Block block) {
        final long end = block.address() + block.segment().byteSize();
        final Map.Entry<Long, Long> before = taken.lowerEntry(end);
        if (before != null) {
            assertThat(before.getValue()).as("end of the block before").isLessThanOrEqualTo(block.address());
        }
        taken.put(block.address(), end);
    }

    /** Nobody else wrote into it. */
    private static void assertFilled(final Block block) {
        assertThat(firstDifference(block, block.segment().get(ValueLayout.JAVA_BYTE, 0))).as("one stamp").isEqualTo(-1);
        assertThat(block.segment().get(ValueLayout.JAVA_BYTE, 0)).isNotZero();
    }

    private static long firstDifference(final Block block, final byte value) {
        final byte[] expected = new byte[(int) block.segment().byteSize()];
        Arrays.fill(expected, value);
        return block.segment().mismatch(MemorySegment.ofArray(expected));
    }

    /** Bytes to allocate, or the negative number of a block to free. */
    @Provide
    Arbitrary<List<Integer>> steps() {
        return Arbitraries.oneOf(
                Arbitraries.integers().between(1, 200_000),
                Arbitraries.integers().between(1, 5 << 20),
                Arbitraries.integers().between(-1000, -1)).list().ofMinSize(5).ofMaxSize(60);
    }
}
