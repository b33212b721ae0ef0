// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.memory.Block;
import io.kaelix.memory.RegionArena;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import io.kaelix.platform.Platform;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who may attach, where they start, and when a lane's memory goes. */
class LaneJoinTest {

    private static final int CAPACITY = 1024;

    private final LaneFixture fixture = new LaneFixture(CAPACITY);

    @AfterEach
    void free() {
        fixture.close();
    }

    @Test
    void shouldStartAtTheTail() {
        fixture.writeAll(16, 24, 40);

        final LaneReader gating = fixture.lane.join();
        final LossyLaneReader lossy = fixture.lane.joinLossy();

        assertThat(gating.start()).isEqualTo(80).isEqualTo(gating.position());
        assertThat(lossy.start()).isEqualTo(80).isEqualTo(lossy.position());
        assertThat(fixture.poll(gating, 10)).isEmpty();
        fixture.writeAll(17, 18);
        assertThat(fixture.drain(gating)).containsExactly(3, 4);
        assertThat(fixture.drain(lossy)).containsExactly(3, 4);
        assertThat(gating.start()).isEqualTo(80);
    }

    @Test
    void shouldStartAtTheTailAfterManyTurns() {
        for (int i = 0; i < 500; i++) {
            fixture.writeAll(16 + i % 200);
            final LaneReader joined = fixture.lane.join();
            assertThat(joined.start()).isEqualTo(fixture.lane.tail());
            final int next = fixture.written();
            fixture.writeAll(40);
            assertThat(fixture.drain(joined)).containsExactly(next);
            joined.leave();
        }
    }

    @Test
    void shouldStartAtTheBeginningOfALaneThatWasNeverOverwritten() {
        fixture.writeAll(16, 24, 40);
        final LaneReader oldest = fixture.lane.joinOldest();
        assertThat(oldest.start()).isZero();
        assertThat(fixture.drain(oldest)).containsExactly(0, 1, 2);
    }

    @Test
    void shouldStartAtTheOldestBoundaryThatIsThereStill() {
        for (int i = 0; i < 300; i++) {
            fixture.writeAll(16 + i * 5 % 100);
            final LaneReader oldest = fixture.lane.joinOldest();
            final List<Integer> read = fixture.drain(oldest);
            oldest.leave();

            assertThat(read).as("after frame %d", i)
                    .isEqualTo(IntStream.rangeClosed(read.getFirst(), i).boxed().toList());
            assertThat(oldest.start()).isGreaterThanOrEqualTo(fixture.lane.tail() - CAPACITY);
            assertThat(fixture.lane.tail() - oldest.start()).as("half a ring back, or all there is")
                    .isGreaterThanOrEqualTo(Math.min(fixture.lane.tail(), CAPACITY / 2));
        }
    }

    @Test
    void shouldGateTheWriterFromTheOldestOn() {
        for (int i = 0; i < 40; i++) {
            fixture.writeAll(64);
        }
        final LaneReader oldest = fixture.lane.joinOldest();
        while (fixture.write(64) >= 0) {
            assertThat(fixture.lane.tail() - oldest.start()).isLessThanOrEqualTo(CAPACITY);
        }
        final List<Integer> read = fixture.drain(oldest);
        assertThat(read).isEqualTo(IntStream.range(read.getFirst(), fixture.written()).boxed().toList());
    }

    @Test
    void shouldHaveRoomFor64GatingReadersAndSayWhenThereIsNoMore() {
        final List<LaneReader> readers = new ArrayList<>();
        for (int i = 0; i < LaneDescriptor.SLOTS; i++) {
            readers.add(i % 2 == 0 ? fixture.lane.join() : fixture.lane.joinOldest());
        }
        assertThat(readers).extracting(LaneReader::slot).doesNotHaveDuplicates();
        assertThat(fixture.lane.usedSlots()).isEqualTo(64);

        assertThatThrownBy(fixture.lane::join).isInstanceOf(KaelixException.class).hasMessageContaining("publisher 7")
                .hasMessageContaining("64 readers").hasMessageContaining("close a subscriber");
        assertThatThrownBy(fixture.lane::joinOldest).isInstanceOf(KaelixException.class);

        assertThat(fixture.fillWith(64)).isEqualTo(15);
        readers.forEach(reader -> assertThat(fixture.drain(reader)).hasSize(15));
        readers.get(63).leave();
        assertThat(fixture.lane.join().slot()).isEqualTo(readers.get(63).slot());
    }

    @Test
    void shouldHaveRoomForAnyNumberOfLossyReaders() {
        final List<LossyLaneReader> readers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            readers.add(fixture.lane.joinLossy());
        }
        fixture.writeAll(16);
        readers.forEach(reader -> assertThat(fixture.drain(reader)).containsExactly(0));
    }

    @Test
    void shouldReuseASlotWithoutTheStateOfItsLastReader() {
        final LaneReader first = fixture.lane.join();
        fixture.lane.evict(first);
        first.leave();

        final LaneReader second = fixture.lane.join();

        assertThat(second.slot()).isEqualTo(first.slot());
        assertThat(second.isEvicted()).isFalse();
        assertThat(fixture.fillWith(64)).isEqualTo(15);
        assertThat(fixture.drain(second)).hasSize(15);
    }

    @Test
    void shouldFreeItsMemoryWithTheLastParticipant() {
        final var arena = new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, 16 << 20);
        final Block block = arena.allocate(LaneDescriptor.laneBytes(CAPACITY));
        final Lane lane = new Lane(block, CAPACITY, 1);
        lane.hold();
        final LaneReader reader = lane.join();
        final LossyLaneReader lossy = lane.joinLossy();
        arena.close();

        lane.close();
        lane.release();
        assertThat(arena.mappedBytes()).isPositive();
        reader.leave();
        assertThat(arena.mappedBytes()).isPositive();
        lossy.leave();

        assertThat(arena.mappedBytes()).isZero();
        assertThatThrownBy(() -> lane.ringSegment().get(ValueLayout.JAVA_BYTE, 0))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldRefuseABlockThatIsTooSmallOrACapacityThatIsNoPowerOfTwo() {
        final var arena = new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, 16 << 20);
        final Block block = arena.allocate(LaneDescriptor.laneBytes(4096));
        for (final int capacity : new int[] {8192, 3000, 0, -4096, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> new Lane(block, capacity, 1)).as("capacity %d", capacity)
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(String.valueOf(capacity));
        }
        assertThat(new Lane(block, 4096, 1).capacity()).isEqualTo(4096);
        block.free();
        arena.close();
    }

    @Test
    void shouldHandOutTheRingReadOnly() {
        assertThat(fixture.lane.ringSegment().isReadOnly()).isTrue();
        assertThat(fixture.lane.ringSegment().byteSize()).isEqualTo(CAPACITY);
        assertThat(fixture.lane.joinLossy().copySegment().isReadOnly()).isTrue();
    }
}
