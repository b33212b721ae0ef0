// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.lane.LaneFixture.Frame;
import io.kaelix.memory.NativeMemory;
import io.kaelix.memory.RegionArena;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import io.kaelix.platform.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lengths that no writer writes: reported, never followed. */
class LaneCorruptionTest {

    private static final int CAPACITY = 1024;
    /** Where the corrupt word lies, behind one good frame. */
    private static final int INDEX = 40;
    private static final int REST = CAPACITY - INDEX;

    private final LaneFixture fixture = new LaneFixture(CAPACITY);

    @AfterEach
    void free() {
        fixture.close();
    }

    static Stream<Integer> corruptWords() {
        return Stream.of(
                        IntStream.rangeClosed(1, 15),
                        IntStream.of(REST + 1, REST + 8, CAPACITY, CAPACITY + 1, 1 << 20, Integer.MAX_VALUE, Integer.MAX_VALUE - 7),
                        IntStream.of(-1, -7, -9, -12, -15, -17, -REST + 1),
                        IntStream.of(-REST - 8, -CAPACITY, -(1 << 20), Integer.MIN_VALUE, Integer.MIN_VALUE + 8))
                .flatMapToInt(words -> words).boxed();
    }

    @ParameterizedTest
    @MethodSource("corruptWords")
    void shouldReportACorruptLengthAndStayBeforeIt(final int word) {
        final LaneReader gating = fixture.lane.join();
        final LossyLaneReader lossy = fixture.lane.joinLossy();
        fixture.writeAll(INDEX, 64, 64);
        NativeMemory.putInt(fixture.address(INDEX), word);

        assertStays(gating, word);
        assertStays(lossy, word);
        assertThat(fixture.lane.isClosed()).as("others may still read what comes before").isFalse();
    }

    private void assertStays(final PollableLane reader, final int word) {
        final List<Frame> read = new ArrayList<>();
        final var message = fixture.messageOf(reader);
        message.open(Thread.currentThread());
        for (int attempt = 0; attempt < 3; attempt++) {
            assertThatThrownBy(() -> reader.poll(message, shown -> read.add(LaneFixture.check(shown)), 10))
                    .isInstanceOf(KaelixException.class)
                    .hasMessageContaining("corrupt length " + word)
                    .hasMessageContaining("byte " + INDEX)
                    .hasMessageContaining("publisher " + LaneFixture.PUBLISHER);
            assertThat(reader.position()).isEqualTo(INDEX);
        }
        assertThat(read).containsExactly(new Frame(0, INDEX));
        assertThat(reader.lost()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {CAPACITY / 4 + 1, CAPACITY / 2, CAPACITY})
    void shouldReportAFrameLongerThanAnyThatCanBeClaimed(final int word) {
        final LaneReader gating = fixture.lane.join();
        final LossyLaneReader lossy = fixture.lane.joinLossy();
        fixture.writeAll(64);
        NativeMemory.putInt(fixture.address(0), word);

        assertThatThrownBy(() -> fixture.poll(gating, 1)).isInstanceOf(KaelixException.class);
        assertThatThrownBy(() -> fixture.poll(lossy, 1)).isInstanceOf(KaelixException.class);
        assertThat(gating.position()).isZero();
        assertThat(lossy.position()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {65, 72, CAPACITY / 4, -72, -CAPACITY / 4})
    void shouldReportALengthThatReachesBeyondTheRing(final int word) {
        final LaneReader gating = fixture.lane.join();
        final LossyLaneReader lossy = fixture.lane.joinLossy();
        for (int index = 0; index < CAPACITY - 64; index += 64) {
            fixture.writeAll(64);
        }
        fixture.drain(gating);
        fixture.drain(lossy);
        // In the ring's last 64 bytes; what comes round is there, so that a reader could follow it.
        fixture.writeAll(64, 64, 64, 64, 64, 64);
        NativeMemory.putInt(fixture.address(CAPACITY - 64), word);

        for (final PollableLane reader : List.of(gating, lossy)) {
            assertThatThrownBy(() -> fixture.poll(reader, 10)).isInstanceOf(KaelixException.class)
                    .hasMessageContaining("corrupt length " + word);
            assertThat(reader.position()).isEqualTo(CAPACITY - 64);
        }
    }

    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void shouldNotGoRoundForEverInPaddingOfAnAllowedLength() {
        final LaneReader gating = fixture.lane.join();
        final LossyLaneReader lossy = fixture.lane.joinLossy();
        fixture.writeAll(64);
        for (int index = 0; index < CAPACITY; index += CAPACITY / 4) {
            NativeMemory.putInt(fixture.address(index), -CAPACITY / 4);
        }
        assertThatThrownBy(() -> fixture.poll(gating, 1)).isInstanceOf(KaelixException.class);
        assertThatThrownBy(() -> fixture.poll(lossy, 1)).isInstanceOf(KaelixException.class);
    }

    @ParameterizedTest
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    @ValueSource(ints = {-CAPACITY, -CAPACITY / 2})
    void shouldNotGoRoundForEverInPadding(final int word) {
        final LaneReader gating = fixture.lane.join();
        final LossyLaneReader lossy = fixture.lane.joinLossy();
        fixture.writeAll(64);
        NativeMemory.putInt(fixture.address(0), word);
        NativeMemory.putInt(fixture.address(CAPACITY / 2), -CAPACITY / 2);

        assertThatThrownBy(() -> fixture.poll(gating, 1)).isInstanceOf(KaelixException.class);
        assertThatThrownBy(() -> fixture.poll(lossy, 1)).isInstanceOf(KaelixException.class);
    }

    @Test
    void shouldReportHeadersThatEndBehindTheirFrame() {
        final LaneReader gating = fixture.lane.join();
        final LossyLaneReader lossy = fixture.lane.joinLossy();
        fixture.writeAll(INDEX, 64);
        NativeMemory.putInt(fixture.address(INDEX) + FrameDescriptor.FLAGS_OFFSET, FrameDescriptor.VERSION_BITS | 49 << 16);

        for (final PollableLane reader : List.of(gating, lossy)) {
            assertThat(fixture.poll(reader, 1)).containsExactly(new Frame(0, INDEX));
            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatThrownBy(() -> fixture.poll(reader, 1)).isInstanceOf(KaelixException.class)
                        .hasMessageContaining("byte " + INDEX).hasMessageContaining("headers end behind its 64 bytes");
                assertThat(reader.position()).isEqualTo(INDEX);
            }
        }
    }

    @Test
    void shouldReportACorruptLengthToWhoJoinsWithoutGatingAndFreeTheLaneAllTheSame() {
        final var arena = new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, 16 << 20);
        final Lane lane = new Lane(arena.allocate(LaneDescriptor.laneBytes(CAPACITY)), CAPACITY, 1);
        lane.hold();
        arena.close();
        final LaneWriter writer = lane.createWriter();
        final long frame = writer.claim(32);
        writer.commit(32, FrameDescriptor.VERSION_BITS, 0, 0);
        NativeMemory.putInt(frame, 5);

        assertThatThrownBy(lane::joinLossy).isInstanceOf(KaelixException.class).hasMessageContaining("corrupt length 5");

        lane.release();
        assertThat(arena.mappedBytes()).isZero();
    }
}
