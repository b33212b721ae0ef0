// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.lane.LaneFixture.Frame;
import io.kaelix.memory.NativeMemory;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When the writer must wait, for whom, and when not. */
class LaneGatingTest {

    private static final int CAPACITY = 1024;

    private final LaneFixture fixture = new LaneFixture(CAPACITY);

    @AfterEach
    void free() {
        fixture.close();
    }

    @Test
    void shouldBackPressureExactlyWhenOneMoreByteWouldNotFit() {
        fixture.lane.join();
        // 15 * 64 = 960; a frame and the word behind it must end by 1024.
        assertThat(fixture.fillWith(64)).isEqualTo(15);
        assertThat(fixture.writer.claim(57)).isEqualTo(LaneWriter.BACK_PRESSURED);
        assertThat(fixture.write(56)).isEqualTo(1016);
        assertThat(fixture.writer.claim(16)).isEqualTo(LaneWriter.BACK_PRESSURED);
    }

    @Test
    void shouldGoOnAsSoonAsEnoughWasRead() {
        final LaneReader reader = fixture.lane.join();
        fixture.fillWith(64);

        assertThat(fixture.poll(reader, 1)).hasSize(1);
        assertThat(fixture.write(64)).as("64 bytes were read, 64 are free and the word stays").isEqualTo(1024);
        assertThat(fixture.write(64)).isEqualTo(LaneWriter.BACK_PRESSURED);

        assertThat(fixture.drain(reader)).isEqualTo(numbers(1, 16));
        assertThat(fixture.fillWith(64)).isEqualTo(15);
    }

    @Test
    void shouldWaitForTheSlowestOfSeveral() {
        final LaneReader slow = fixture.lane.join();
        final LaneReader fast = fixture.lane.join();
        int written = 0;
        for (int round = 0; round < 100; round++) {
            written += fixture.fillWith(40);
            fixture.drain(fast);
            assertThat(fixture.write(40)).isEqualTo(LaneWriter.BACK_PRESSURED);
            assertThat(fixture.poll(slow, 3)).hasSize(3);
        }
        assertThat(written).isGreaterThan(300);
        fixture.drain(slow);
        assertThat(slow.position()).isEqualTo(fixture.lane.tail());
    }

    @Test
    void shouldNeverWaitWhenNobodyGates() {
        for (int i = 0; i < 10_000; i++) {
            assertThat(fixture.write(16 + i % 240)).isPositive();
        }
    }

    @Test
    void shouldNotBeHeldUpByAReaderThatLeft() {
        final LaneReader reader = fixture.lane.join();
        fixture.fillWith(64);

        reader.leave();

        for (int i = 0; i < 100; i++) {
            fixture.writeAll(64);
        }
        assertThat(fixture.lane.usedSlots()).isZero();
    }

    @Test
    void shouldStillBeGatedByAReaderThatIsLeaving() {
        final LaneReader reader = fixture.lane.join();
        fixture.fillWith(64);

        reader.requestLeave();

        assertThat(fixture.write(64)).isEqualTo(LaneWriter.BACK_PRESSURED);
    }

    @Test
    void shouldPassAnEvictedReaderThatThenReadsNothing() {
        final LaneReader evicted = fixture.lane.join();
        final LaneReader other = fixture.lane.join();
        fixture.fillWith(64);
        fixture.drain(other);
        assertThat(evicted.isEvicted()).isFalse();

        fixture.lane.evict(evicted);

        assertThat(evicted.isEvicted()).isTrue();
        assertThat(fixture.fillWith(64)).isEqualTo(15);
        assertThat(fixture.poll(evicted, 100)).isEmpty();
        assertThat(evicted.isDrained()).isTrue();
        assertThat(fixture.drain(other)).isEqualTo(numbers(15, 30));
    }

    @Test
    void shouldStopAnEvictedReaderBeforeItFollowsAnotherFrame() {
        final LaneReader reader = fixture.lane.join();
        fixture.writeAll(16, 16, 16);

        assertThat(fixture.poll(reader, 10, number -> fixture.lane.evict(reader))).containsExactly(new Frame(0, 16));
    }

    @Test
    void shouldNotEvictAReaderThatIsLeaving() {
        final LaneReader reader = fixture.lane.join();
        reader.requestLeave();
        fixture.lane.evict(reader);
        assertThat(reader.isEvicted()).isFalse();
    }

    @Test
    void shouldTakeAPositionBeyondTheTailForTheTail() {
        final LaneReader honest = fixture.lane.join();
        final LaneReader corrupt = fixture.lane.join();
        for (final long position : new long[] {1L << 40, Long.MAX_VALUE, Long.MAX_VALUE - CAPACITY + 1}) {
            NativeMemory.putLong(LaneDescriptor.slot(fixture.lane.control(), corrupt.slot()), position);
            final int first = fixture.written();
            assertThat(fixture.fillWith(64)).as("with a position of %d", position).isEqualTo(15);
            assertThat(fixture.drain(honest)).isEqualTo(numbers(first, first + 15));
        }
    }

    @Test
    void shouldNotBeHeldUpForEverByAPositionThatNoReaderCanHave() {
        final LaneReader corrupt = fixture.lane.join();
        NativeMemory.putLong(LaneDescriptor.slot(fixture.lane.control(), corrupt.slot()), Long.MAX_VALUE);
        for (int i = 0; i < 1_000; i++) {
            fixture.writeAll(64);
        }
    }

    @Test
    void shouldTakeAPositionFarBehindForOneTurnBehindAndRecover() {
        final LaneReader reader = fixture.lane.join();
        for (int i = 0; i < 100; i++) {
            fixture.writeAll(64);
            fixture.drain(reader);
        }
        final long slot = LaneDescriptor.slot(fixture.lane.control(), reader.slot());
        fixture.fillWith(64);
        for (final long position : new long[] {0, -1, Long.MIN_VALUE, Long.MIN_VALUE + 1}) {
            NativeMemory.putLong(slot, position);
            assertThat(fixture.write(64)).as("with a position of %d", position).isEqualTo(LaneWriter.BACK_PRESSURED);
        }
        assertThat(fixture.drain(reader)).hasSize(15);
        fixture.writeAll(64);
    }

    @Test
    void shouldPublishItsPositionWithinALongPoll() {
        final LaneReader reader = fixture.lane.join();
        fixture.fillWith(64);
        final boolean[] roomBeforeTheEnd = new boolean[1];

        fixture.poll(reader, 15, number -> roomBeforeTheEnd[0] |= number == 8 && fixture.writer.claim(64) >= 0);

        assertThat(roomBeforeTheEnd[0]).isTrue();
    }

    @Test
    void shouldKeepTheFrameThatTheHandlerIsAtWhenThePositionIsPublishedEarly() {
        final LaneReader reader = fixture.lane.join();
        fixture.writeAll(16, 24, 16);

        fixture.poll(reader, 3, number -> {
            reader.publishCurrent();
            assertThat(reader.position()).isEqualTo(new long[] {0, 16, 40}[number]);
        });

        assertThat(reader.position()).isEqualTo(56);
    }

    @Test
    void shouldKnowWhoIsSlowest() {
        final LaneReader behind = fixture.lane.join();
        final LaneReader ahead = fixture.lane.join();
        assertThat(behind.isSlowest()).isTrue();
        assertThat(ahead.isSlowest()).as("as far as the other").isTrue();
        fixture.writeAll(16, 16);
        fixture.drain(ahead);
        assertThat(behind.isSlowest()).isTrue();
        assertThat(ahead.isSlowest()).isFalse();

        fixture.lane.evict(behind);
        assertThat(ahead.isSlowest()).as("an evicted reader holds nobody up").isTrue();
    }

    private static List<Integer> numbers(final int from, final int to) {
        return IntStream.range(from, to).boxed().toList();
    }
}
