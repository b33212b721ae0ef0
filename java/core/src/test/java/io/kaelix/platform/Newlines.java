// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Oracle of {@link Kernels#newlines}: calls it as often as it takes to get to the end of the data, and judges each
 * call.
 */
final class Newlines {

    private static final int GUARD_BYTES = 64;
    private static final byte GUARD = 0x5A;

    private Newlines() {
    }

    /**
     * Checks every call that is needed to index {@code data[offset, end)}, with the data flush against its segment's
     * end.
     */
    static void check(final Platform platform, final byte[] data, final int offset, final int capacity) {
        final int[] expected = IntStream.range(offset, data.length).filter(i -> data[i] == '\n').toArray();
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment source = arena.allocateFrom(JAVA_BYTE, data);
            int from = offset;
            int seen = 0;
            do {
                final int[] rest = Arrays.copyOfRange(expected, seen, expected.length);
                final long scanned = checkOne(platform, source, from, data.length - from, capacity, rest, arena);
                final int start = from;
                from += (int) scanned;
                final int end = from;
                seen += (int) Arrays.stream(rest).filter(at -> at >= start && at < end).count();
            } while (from < data.length);
            assertThat(seen).isEqualTo(expected.length);
        }
    }

    private static long checkOne(final Platform platform, final MemorySegment data, final int offset, final int length,
            final int capacity, final int[] expected, final Arena arena) {
        final long outBytes = Kernels.NEWLINES_HEADER_BYTES + 4L * capacity;
        final MemorySegment guarded = arena.allocate(outBytes + GUARD_BYTES, Long.BYTES).fill(GUARD);
        final MemorySegment out = guarded.asSlice(0, outBytes);

        final int found = platform.kernels().newlines(data, offset, length, out, capacity);

        final long scanned = out.get(JAVA_LONG, Long.BYTES);
        final int[] first = Arrays.stream(expected).limit(capacity).map(at -> at - offset).toArray();
        assertThat(found).isEqualTo(first.length);
        assertThat(out.get(JAVA_LONG, 0)).isEqualTo(found);
        assertThat(out.asSlice(Kernels.NEWLINES_HEADER_BYTES, 4L * found).toArray(JAVA_INT)).isEqualTo(first);
        if (found < capacity) {
            assertThat(scanned).isEqualTo(length);
        } else {
            final int next = expected.length > found ? expected[found] - offset : length;
            assertThat(scanned).isGreaterThan(first[found - 1]).isLessThanOrEqualTo(next);
        }
        assertThat(guarded.asSlice(outBytes).toArray(JAVA_BYTE)).containsOnly(GUARD);
        return scanned;
    }
}
