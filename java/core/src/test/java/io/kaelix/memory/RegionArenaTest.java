// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import io.kaelix.platform.Platform;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blocks are zeroed, apart from one another, used again, and given back. */
class RegionArenaTest {

    private static final long LIMIT = 32L << 20;
    private static final long REGION = RegionArena.REGION_BYTES;

    private final RegionArena arena = arena(LIMIT);

    private static RegionArena arena(final long limit) {
        return new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, limit);
    }

    @AfterEach
    void close() {
        arena.close();
    }

    private static void assertZero(final Block block) {
        assertThat(block.segment().mismatch(MemorySegment.ofArray(new byte[(int) block.segment().byteSize()])))
                .as("first byte that is not zero").isEqualTo(-1);
    }

    @Test
    void shouldGiveZeroedBlocksOfRoundedSizes() {
        final long[][] sizes = {{1, 512}, {512, 512}, {513, 1024}, {4095, 4096}, {4096, 4096}, {4097, 4608}, {9000, 9216}, {17_000, 18_432},
                {32_768, 32_768}, {77_825, 81_920}, {1_000_000, 1_003_520}};
        for (final long[] size : sizes) {
            final Block block = arena.allocate(size[0]);
            assertThat(block.segment().byteSize()).as("of %d bytes", size[0]).isEqualTo(size[1]);
            assertThat(block.address()).isEqualTo(block.segment().address());
            assertThat(block.address() % (size[0] < 32_768 ? 512 : 4096)).isZero();
            assertZero(block);
            block.segment().fill((byte) 0xFF);
        }
    }

    @Test
    void shouldRefuseBlocksOfNoBytes() {
        for (final long bytes : new long[] {0, -1, Long.MIN_VALUE}) {
            assertThatThrownBy(() -> arena.allocate(bytes)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("at least 1 byte");
        }
        assertThatThrownBy(() -> arena.allocate(Long.MAX_VALUE)).isInstanceOf(KaelixException.class).hasMessageContaining("memory limit reached");
        assertThat(arena.mappedBytes()).isEqualTo(REGION);
    }

    @Test
    void shouldZeroABlockThatWasUsedBefore() {
        final Block first = arena.allocate(100_000);
        final long address = first.address();
        first.segment().fill((byte) 0xFF);
        first.free();

        final Block second = arena.allocate(100_000);

        assertThat(second.address()).as("the same memory").isEqualTo(address);
        assertZero(second);
    }

    @Test
    void shouldLeaveNoBytesBehindInFreedMemory() {
        final Block block = arena.allocate(8192);
        final MemorySegment view = block.segment();
        view.fill((byte) 0xFF);
        block.free();
        assertThat(view.get(ValueLayout.JAVA_LONG, 0)).isZero();
        assertThat(view.get(ValueLayout.JAVA_LONG, 8184)).isZero();
    }

    @Test
    void shouldJoinFreedNeighboursInWhateverOrder() {
        final int[][] orders = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
        for (final int[] order : orders) {
            final List<Block> blocks = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                blocks.add(arena.allocate(REGION / 4));
            }
            final Block end = arena.allocate(REGION / 4);
            for (final int which : order) {
                blocks.get(which).free();
            }
            final Block joined = arena.allocate(REGION / 4 * 3);
            assertThat(arena.mappedBytes()).as("no new region, freed in order %s", (Object) order).isEqualTo(REGION);
            joined.free();
            end.free();
            final Block all = arena.allocate(REGION);
            assertThat(arena.mappedBytes()).isEqualTo(REGION);
            all.free();
        }
    }

    @Test
    void shouldFreeABlockOnce() {
        final Block first = arena.allocate(8192);
        first.free();
        final Block second = arena.allocate(8192);
        assertThat(second.address()).isEqualTo(first.address());
        second.segment().set(ValueLayout.JAVA_LONG, 0, 42);

        first.free();

        assertThat(second.segment().get(ValueLayout.JAVA_LONG, 0)).as("another's now").isEqualTo(42);
        assertThat(arena.allocate(8192).address()).isNotEqualTo(second.address());
    }

    @Test
    void shouldMapRegionsAsNeededAndUnmapThemWhenUnused() {
        assertThat(arena.mappedBytes()).isEqualTo(REGION);
        final Block first = arena.allocate(REGION);
        final Block second = arena.allocate(REGION / 2);
        final Block third = arena.allocate(REGION / 2);
        final Block large = arena.allocate(REGION * 2 + 1);
        assertThat(arena.mappedBytes()).isEqualTo(REGION * 4 + 4096);
        assertThat(arena.placement().bytes()).isEqualTo(arena.mappedBytes());

        large.free();
        assertThat(arena.mappedBytes()).isEqualTo(REGION * 2);
        second.free();
        assertThat(arena.mappedBytes()).as("half of it is in use").isEqualTo(REGION * 2);
        third.free();
        assertThat(arena.mappedBytes()).isEqualTo(REGION);
        first.free();
        assertThat(arena.mappedBytes()).as("one region is kept").isEqualTo(REGION);
    }

    @Test
    void shouldThrowAndNotCrashWhenABlockIsReadAfterItsRegionIsUnmapped() {
        arena.allocate(REGION);
        final Block block = arena.allocate(8192);
        final MemorySegment view = block.segment();
        final MemorySegment slice = view.asSlice(100, 8).asReadOnly();
        block.free();
        assertThat(arena.mappedBytes()).isEqualTo(REGION);

        assertThatThrownBy(() -> view.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> view.fill((byte) 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> slice.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
        assertThat(view.scope().isAlive()).isFalse();
    }

    @Test
    void shouldRefuseWhatExceedsTheLimitAndSayWhatToDo() {
        final RegionArena small = arena(REGION + 100_000);
        final Block first = small.allocate(REGION);
        assertThatThrownBy(() -> small.allocate(100_001)).isInstanceOf(KaelixException.class)
                .hasMessageContaining("limit").hasMessageContaining(String.valueOf(REGION + 100_000))
                .hasMessageContaining("close publishers");
        final Block rest = small.allocate(90_000);
        assertThat(small.mappedBytes()).as("less than a usual region, what the limit leaves")
                .isBetween(REGION + 90_000, REGION + 100_000);
        assertThatThrownBy(() -> small.allocate(Long.MAX_VALUE / 2)).isInstanceOf(KaelixException.class);
        first.free();
        rest.free();
        small.close();
        assertThat(small.mappedBytes()).isZero();
    }

    @Test
    void shouldMakeWayForABlockThatOnlyFitsWithoutTheUnusedRegion() {
        final RegionArena small = arena(REGION * 2);
        final Block block = small.allocate(REGION * 2);
        assertZero(block);
        assertThat(small.mappedBytes()).isEqualTo(REGION * 2);
        block.free();
        small.close();
        assertThat(small.mappedBytes()).isZero();
    }

    @Test
    void shouldUnmapTheRestWithItsLastBlockOnceItIsClosed() {
        final Block first = arena.allocate(REGION / 2);
        final Block second = arena.allocate(REGION);
        arena.close();
        arena.close();
        assertThat(arena.mappedBytes()).isEqualTo(REGION * 2);
        assertThatThrownBy(() -> arena.allocate(1)).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        first.segment().fill((byte) 1);
        first.free();
        assertThat(arena.mappedBytes()).isEqualTo(REGION);
        second.free();
        assertThat(arena.mappedBytes()).isZero();
        second.free();
        assertThat(arena.mappedBytes()).isZero();
    }

    @Test
    void shouldWriteABlockToAFileAsItIs(@TempDir final Path folder) throws Exception {
        final Block block = arena.allocate(4096);
        block.segment().set(ValueLayout.JAVA_LONG, 0, 0x0807060504030201L);
        final ByteBuffer buffer = block.segment().asByteBuffer();
        final Path file = folder.resolve("block");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            assertThat(channel.write(buffer)).isEqualTo(4096);
        }
        assertThat(Files.readAllBytes(file)).hasSize(4096).startsWith(1, 2, 3, 4, 5, 6, 7, 8, 0);
        block.free();
    }

    @Test
    void shouldKeepCountingARegionThatANativeWriteHoldsAndUnmapItLater() throws Exception {
        final Block block = arena.allocate(1 << 20);
        final Pipe pipe = Pipe.open();
        final ByteBuffer held = block.segment().asByteBuffer();
        final FutureTask<Integer> write = new FutureTask<>(() -> pipe.sink().write(held));
        Thread.ofPlatform().daemon().start(write);
        // The pipe takes 64 KiB: when the first byte is there, the writer is inside the call, and stays until all are read.
        assertThat(pipe.source().read(ByteBuffer.allocate(1))).isEqualTo(1);
        block.free();
        arena.close();
        assertThat(arena.mappedBytes()).as("held").isPositive();
        final ByteBuffer rest = ByteBuffer.allocate(1 << 20);
        while (rest.position() < (1 << 20) - 1) {
            pipe.source().read(rest);
        }
        assertThat(write.get(60, TimeUnit.SECONDS)).isEqualTo(1 << 20);
        arena.close();
        assertThat(arena.mappedBytes()).isZero();
        assertThatThrownBy(() -> block.segment().get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
    }

    private static RegionArena smallArena() {
        return new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, new MemoryLimit(LIMIT), true);
    }

    @Test
    void shouldMapNothingOfASmallArenaBeforeItIsNeeded() {
        final RegionArena small = smallArena();
        assertThat(small.mappedBytes()).isZero();
        small.allocate(1_000).free();
        assertThat(small.mappedBytes()).isEqualTo(RegionArena.SMALL_REGION_BYTES);
        small.close();
        assertThat(small.mappedBytes()).isZero();
    }

    @Test
    void shouldMapWhatALargeBlockNeedsAsTheFirstOfASmallArena() {
        final RegionArena small = smallArena();
        final Block block = small.allocate(RegionArena.SMALL_REGION_BYTES + 1);
        assertZero(block);
        assertThat(small.mappedBytes()).isEqualTo(REGION);
        block.free();
        small.close();
        assertThat(small.mappedBytes()).isZero();
    }

    @Test
    void shouldTellThePlacementOfASmallArenaThatMappedNothingYet() {
        final RegionArena small = smallArena();
        assertThat(small.placement().pageBytes()).isPositive();
        assertThat(small.placement().reason()).isNotEmpty();
        assertThat(small.placement().bytes()).isEqualTo(RegionArena.SMALL_REGION_BYTES);
        small.close();
        assertThat(small.placement().bytes()).isZero();
        assertThat(small.placement().pageBytes()).as("what there was").isPositive();
    }

    @Test
    void shouldTellThatASmallArenaWasClosedBeforeItsFirstUse() {
        final RegionArena small = smallArena();
        small.close();
        assertThat(small.placement().bytes()).isZero();
        assertThat(small.placement().pageBytes()).isZero();
        assertThat(small.placement().reason()).isEqualTo("closed before any memory was needed");
        assertThat(small.mappedBytes()).isZero();
    }
}
