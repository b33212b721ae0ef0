// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.platform.MappedMemory;
import io.kaelix.platform.MemoryRequest;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What cutting memory up costs, under a stated workload: 100,000 operations that keep some 64 MiB in use, three quarters of them blocks of 1 KiB
 * to 256 KiB (each doubling as likely as the next), one quarter lanes with rings of 16 KiB to 1 MiB; a random block is freed next. It is the
 * workload of 256 MiB with blocks up to 1 MiB and lanes up to 4 MiB at a quarter of its size, so that the suite needs no more memory than it has.
 */
class FragmentationTest {

    private static final int OPERATIONS = 100_000;
    private static final int WARM_UP = 10_000;
    private static final long LIVE_BYTES = 64L << 20;
    private static final long CONTROL_BYTES = 12L << 10;

    private static long size(final SplittableRandom random) {
        return random.nextInt(4) == 0 ? (16L << 10 << random.nextInt(7)) + CONTROL_BYTES : (long) (1024 * Math.pow(256, random.nextDouble()));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldLoseLessThanATwentiethOfWhatIsUsed(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final NumaAllocator memory = new NumaAllocator(Platforms.current(), Rung.NORMAL, 4 * LIVE_BYTES);
        final List<Block> held = new ArrayList<>();
        long live = 0;
        double sum = 0;
        int samples = 0;
        for (int i = 0; i < OPERATIONS; i++) {
            if (live > LIVE_BYTES) {
                final int which = random.nextInt(held.size());
                final Block block = held.set(which, held.getLast());
                held.removeLast();
                live -= block.asked();
                block.free();
            } else {
                final Block block = memory.allocateOnNode(0, size(random));
                live += block.asked();
                held.add(block);
            }
            if (i > WARM_UP && i % 100 == 0) {
                final NodeMemory node = memory.statistics().getFirst();
                assertThat(node.reserved()).as("%s", node).isEqualTo(node.used() + node.rounding() + node.free());
                assertThat(node.used()).isEqualTo(live);
                assertThat(node.reserved()).as("%s", node).isLessThan(live * 3 / 2);
                assertThat((double) node.rounding() / live).isLessThan(0.05);
                sum += node.fragmentation();
                samples++;
            }
        }
        assertThat(sum / samples).as("mean fragmentation, with seed %d", seed).isLessThan(0.05);
        held.forEach(Block::free);
        memory.close();
        assertThat(memory.mappedBytes()).isZero();
    }

    @Test
    void shouldCountGapsThatAreShorterThanAMeanBlockAsUnusable() {
        final NumaAllocator memory = new NumaAllocator(Platforms.current(), Rung.NORMAL, 64L << 20);
        final List<Block> blocks = new ArrayList<>();
        for (final long bytes : new long[] {5000, 1 << 20, 8192, 1 << 20}) {
            blocks.add(memory.allocateOnNode(0, bytes));
        }
        blocks.removeFirst().free();
        final NodeMemory node = memory.statistics().getFirst();
        // 5,120 bytes before the first large block, and those behind 8,192 that it is not aligned by; the rest is one long gap.
        assertThat(node.blocks()).isEqualTo(3);
        assertThat(node.used()).isEqualTo((2 << 20) + 8192);
        assertThat(node.rounding()).isZero();
        assertThat(node.unusableFree()).isBetween(5120L, 8192L).isEqualTo(8192);
        assertThat(node.fragmentation()).isEqualTo(8192.0 / ((2 << 20) + 8192));
        memory.close();
    }

    @Test
    void shouldRoundByAnEighthAtMostFromAPageOn() {
        long before = 0;
        for (long bytes = 1; bytes <= 1 << 20; bytes += bytes < 70_000 ? 1 : 97) {
            final long rounded = SizeClass.round(bytes);
            assertThat(rounded).isBetween(Math.max(bytes, before), bytes + Math.max(511, Math.min(bytes / 8, 4095)));
            assertThat(rounded % SizeClass.GRANULE).isZero();
            assertThat(SizeClass.round(rounded)).isEqualTo(rounded);
            before = rounded;
        }
        assertThat(SizeClass.round(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    }

    /** Regions of one arena may lie side by side, as the kernel likes to put them; a block must not span two. */
    @Test
    void shouldNotJoinRegionsThatLieSideBySide() {
        final Platform real = Platforms.current();
        final MappedMemory both = real.map(new MemoryRequest(2 * RegionArena.REGION_BYTES, -1, Rung.NORMAL));
        final List<Long> offsets = new ArrayList<>(List.of(0L, RegionArena.REGION_BYTES));
        final Platform adjacent = (Platform) Proxy.newProxyInstance(Platform.class.getClassLoader(), new Class<?>[] {Platform.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "map" -> new MappedMemory(both.address() + offsets.removeFirst(), RegionArena.REGION_BYTES, 4096, Rung.NORMAL, -1, "half");
                    case "unmap" -> null;
                    default -> throw new AssertionError(method);
                });
        final RegionArena arena = new RegionArena(adjacent, -1, Rung.NORMAL, 2 * RegionArena.REGION_BYTES);
        final Block first = arena.allocate(RegionArena.REGION_BYTES);
        final Block second = arena.allocate(RegionArena.REGION_BYTES / 2);
        final Block third = arena.allocate(RegionArena.REGION_BYTES / 2);
        assertThat(second.address()).isEqualTo(first.address() + RegionArena.REGION_BYTES);
        first.free(); // its region goes
        assertThat(arena.statistics().reserved()).isEqualTo(RegionArena.REGION_BYTES);
        second.free();
        assertThat(arena.statistics().free()).isEqualTo(RegionArena.REGION_BYTES / 2);
        third.free();
        arena.close();
        real.unmap(both);
    }
}
