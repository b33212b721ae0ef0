// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** Raw access reads and writes what the same access through a checked segment does. */
class NativeMemoryTest {

    @Test
    void shouldReadAndWriteLittleEndianAtAnyAddress() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment segment = arena.allocate(64, 8);
            final long at = segment.address();
            for (int offset = 0; offset < 16; offset++) {
                NativeMemory.putLong(at + offset, 0x1122334455667788L);
                assertThat(segment.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), offset))
                        .isEqualTo(0x1122334455667788L).isEqualTo(NativeMemory.getLong(at + offset));
                NativeMemory.putInt(at + offset, 0xAABBCCDD);
                assertThat(segment.get(ValueLayout.JAVA_BYTE, offset)).isEqualTo((byte) 0xDD);
                assertThat(NativeMemory.getInt(at + offset)).isEqualTo(0xAABBCCDD);
                NativeMemory.putDouble(at + offset, -1.5);
                assertThat(NativeMemory.getDouble(at + offset)).isEqualTo(-1.5);
                NativeMemory.putByte(at + offset, (byte) -3);
                assertThat(NativeMemory.getByte(at + offset)).isEqualTo((byte) -3);
            }
            assertThat(segment.asSlice(24).mismatch(MemorySegment.ofArray(new byte[40]))).as("nothing beside it").isEqualTo(-1);
        }
    }

    @Test
    void shouldReadAndWriteWithAnOrdering() {
        try (Arena arena = Arena.ofConfined()) {
            final long at = arena.allocate(16, 8).address();
            NativeMemory.putLongRelease(at, 77);
            assertThat(NativeMemory.getLongAcquire(at)).isEqualTo(77);
            NativeMemory.putIntRelease(at + 8, 5);
            assertThat(NativeMemory.getIntAcquire(at + 8)).isEqualTo(5);
            assertThat(NativeMemory.compareAndSetInt(at + 8, 4, 6)).isFalse();
            assertThat(NativeMemory.compareAndSetInt(at + 8, 5, 6)).isTrue();
            assertThat(NativeMemory.getInt(at + 8)).isEqualTo(6);
            assertThat(NativeMemory.getInt(at + 12)).isZero();
        }
    }

    @Test
    void shouldCopyInEveryDirectionAndCheckWhatItCan() {
        final byte[] bytes = {1, 2, 3, 4, 5, 6, 7, 8};
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment segment = arena.allocate(32, 8);
            final long at = segment.address();
            NativeMemory.copy(bytes, 2, at, 3);
            NativeMemory.copy(MemorySegment.ofArray(bytes), 5, at + 3, 3);
            NativeMemory.copy(at, at + 16, 6);
            final byte[] back = new byte[8];
            NativeMemory.copy(at + 16, back, 1, 6);
            NativeMemory.copy(at, MemorySegment.ofArray(back), 7, 1);
            assertThat(back).containsExactly(0, 3, 4, 5, 6, 7, 8, 3);
            assertThatThrownBy(() -> NativeMemory.copy(bytes, 6, at, 3)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> NativeMemory.copy(at, back, 6, 3)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> NativeMemory.copy(MemorySegment.ofArray(bytes), 6, at, 3))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> NativeMemory.copy(at, MemorySegment.ofArray(back), 6, 3))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            NativeMemory.clear(at + 1, 4);
            assertThat(segment.asSlice(0, 6).toArray(ValueLayout.JAVA_BYTE)).containsExactly(3, 0, 0, 0, 0, 8);
        }
    }
}
