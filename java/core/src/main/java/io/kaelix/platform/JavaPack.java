// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/** Copies pieces one behind the other, in plain Java. */
final class JavaPack {

    private static final int ALIGNMENT = 8;

    private JavaPack() {
    }

    /** Whether every index and every piece lies inside, and all together are not too long; what does not fit ends it before the next is looked at. */
    static boolean pack(final MemorySegment base, final MemorySegment offsets, final MemorySegment lengths, final int count,
            final MemorySegment selection, final int selected, final MemorySegment target, final MemorySegment targetOffsets,
            final MemorySegment out) {
        long left = Kernels.MAX_BYTES;
        long used = 0;
        int copied = 0;
        for (; copied < selected; copied++) {
            final int piece = piece(selection, copied);
            if (Integer.compareUnsigned(piece, count) >= 0) {
                return false;
            }
            final long length = JavaBytes.unsigned(lengths, piece);
            left -= length;
            if (left < 0 || JavaBytes.unsigned(offsets, piece) + length > base.byteSize()) {
                return false;
            }
            final long rounded = (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
            if (rounded > target.byteSize() - used) {
                break;
            }
            MemorySegment.copy(base, JavaBytes.unsigned(offsets, piece), target, used, length);
            target.asSlice(used + length, rounded - length).fill((byte) 0);
            targetOffsets.set(JAVA_INT, (long) copied * Integer.BYTES, (int) used);
            used += rounded;
        }
        out.set(JAVA_LONG, 0, copied);
        out.set(JAVA_LONG, Long.BYTES, used);
        return true;
    }

    private static int piece(final MemorySegment selection, final int i) {
        return selection == null ? i : selection.get(JAVA_INT, Kernels.SELECTION_HEADER_BYTES + (long) i * Integer.BYTES);
    }
}
