// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.Topic;
import io.kaelix.memory.Block;
import io.kaelix.memory.NativeMemory;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.FrameMessage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** Two views of one lane, as two processes have them. */
class SharedSlotsTest {

    private static final int CAPACITY = 4096;
    private static final int FRAME = 64;

    private final MemorySegment memory = Arena.ofAuto().allocate(LaneDescriptor.laneBytes(CAPACITY), 4096);
    private final Lane writing = LaneMapping.share(Block.of(memory, () -> { }), CAPACITY, 7, "a#7", block -> { });
    private final LaneWriter writer = writing.createWriter();
    private final Lane reading = LaneMapping.attach(Block.of(memory, () -> { }), "a#7", block -> { });

    private boolean write() {
        if (writer.claim(FRAME) < 0) {
            return false;
        }
        writer.commit(FRAME, FrameDescriptor.VERSION_BITS, 0, (int) writer.frames());
        return true;
    }

    private int fill() {
        int frames = 0;
        while (write()) {
            frames++;
        }
        return frames;
    }

    @Test
    void shouldGateForASubscriberOfAnotherProcessUntilThatAdoptsItsSlot() {
        write();
        SharedSlots.lend(writing, Patience.UNLIMITED, SharedSlots.owner(3, 9));
        final int sent = fill();
        assertThat(sent).isBetween(CAPACITY / FRAME - 5, CAPACITY / FRAME);
        assertThat(SharedSlots.has(reading, SharedSlots.owner(3, 9))).isTrue();
        assertThat(SharedSlots.has(reading, SharedSlots.owner(3, 8))).isFalse();
        assertThat(SharedSlots.slotsOf(reading, 3)).isEqualTo(1);
        assertThat(SharedSlots.slotsOf(reading, 2)).isZero();
        assertThat(SharedSlots.number(reading, 0)).isEqualTo(9);
        final LaneReader reader = SharedSlots.adopt(reading, 0);
        assertThat(reader.start()).isEqualTo(FRAME);
        assertThat(reader.framesBefore()).isOne();
        assertThat(write()).isFalse();
        reader.publish(reader.start() + CAPACITY / 2);
        assertThat(write()).isTrue();
    }

    @Test
    void shouldNotGateWithARetiredSlotAndTakeItAgainOnlyWhenItWasFreed() {
        SharedSlots.lend(writing, Patience.UNLIMITED, SharedSlots.owner(0, 1));
        fill();
        final LaneReader reader = SharedSlots.adopt(reading, 0);
        reader.leave();
        assertThat(write()).isTrue();
        assertThat(SharedSlots.slotsOf(writing, 0)).isEqualTo(1);
        assertThat(SharedSlots.number(writing, 0)).isZero();
        SharedSlots.lend(writing, Patience.UNLIMITED, SharedSlots.owner(1, 2));
        assertThat(SharedSlots.slotsOf(writing, 1)).as("another slot").isEqualTo(2);
        SharedSlots.freeRetired(writing, 0);
        assertThat(SharedSlots.slotsOf(writing, 0)).isZero();
        SharedSlots.freeRetired(writing, 1);
        assertThat(SharedSlots.slotsOf(writing, 1)).as("it is not retired").isEqualTo(2);
        SharedSlots.freeAll(writing, 1);
        assertThat(writing.usedSlots()).isZero();
    }

    @Test
    void shouldTellAReaderThatItsSlotWasEvictedBeforeItAdoptedIt() {
        SharedSlots.lend(writing, new Patience(CAPACITY / 2, Long.MAX_VALUE), SharedSlots.owner(0, 1));
        for (int i = 0; i < 2 * CAPACITY / FRAME; i++) {
            assertThat(write()).isTrue();
        }
        assertThat(SharedSlots.adopt(reading, 0).isEvicted()).isTrue();
    }

    @Test
    void shouldEndALaneBehindTheLastFrameWhereItsWriterDiedBeforeTheTail() {
        write();
        write();
        write();
        final long tail = writing.tail();
        // As if it had died between a run of two frames and the tail.
        NativeMemory.putLong(writing.control() + LaneDescriptor.TAIL_OFFSET, tail - 2 * FRAME);
        assertThat(SharedSlots.endForDead(reading)).isEqualTo(tail);
        assertThat(reading.tail()).isEqualTo(tail);
        assertThat(reading.isClosed()).isTrue();
        assertThat(NativeMemory.getInt(writing.control() + LaneDescriptor.STATE_OFFSET)).isEqualTo(LaneDescriptor.STATE_CLOSED);
    }

    @Test
    void shouldEndALaneWithGarbageBehindItsTailAtItsTail() {
        write();
        final long tail = writing.tail();
        NativeMemory.putInt(writing.ring() + tail, 0x7FFF_FFFF);
        assertThat(SharedSlots.endForDead(reading)).isEqualTo(SharedSlots.CORRUPT);
        assertThat(reading.tail()).isEqualTo(tail);
    }

    @Test
    void shouldRefuseMemoryThatIsNoLane() {
        final MemorySegment zeros = Arena.ofAuto().allocate(LaneDescriptor.laneBytes(CAPACITY), 4096);
        assertThatThrownBy(() -> LaneMapping.attach(Block.of(zeros, () -> { }), "x", block -> { })).isInstanceOf(KaelixException.class);
        assertThatThrownBy(() -> LaneMapping.attach(Block.of(zeros.asSlice(0, 100), () -> { }), "x", block -> { }))
                .isInstanceOf(KaelixException.class).hasMessageContaining("100 bytes");
        assertThatThrownBy(() -> LaneMapping.attach(Block.of(memory.asSlice(0, memory.byteSize() - 64), () -> { }), "x", block -> { }))
                .isInstanceOf(KaelixException.class);
    }

    @Test
    void shouldGoOnFromABoundaryAndCountWhatWasOverwrittenSince() {
        final LossyLaneReader reader = reading.joinLossy(0, 0);
        int sent = 0;
        while (sent < 4 * CAPACITY / FRAME) {
            assertThat(write()).isTrue();
            sent++;
        }
        final FrameMessage message = new FrameMessage(reader.copySegment(), 7,
                id -> Topic.of("a"));
        int got = 0;
        for (int round = 0; round < 10; round++) {
            got += reader.poll(message, shown -> { }, 1000);
        }
        assertThat(got).isPositive();
        assertThat(got + reader.lost()).isEqualTo(sent);
    }
}
