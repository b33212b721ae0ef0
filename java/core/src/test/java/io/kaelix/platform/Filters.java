// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;

/** Oracle of {@link Kernels#filter}: the operators of Java. */
final class Filters {

    private static final int GUARD_BYTES = 128;
    private static final byte GUARD = 0x5A;

    private Filters() {
    }

    /** Checks all six comparisons of {@code values[skipped, end)}, which end flush with their segment. */
    static void check(final Platform platform, final long[] values, final int skipped, final long operand) {
        for (final Comparison comparison : Comparison.values()) {
            checkOne(platform, values, skipped, comparison, operand);
        }
    }

    private static void checkOne(final Platform platform, final long[] values, final int skipped, final Comparison comparison,
            final long operand) {
        final int length = values.length - skipped;
        final int[] expected = IntStream.range(0, length).filter(i -> holds(values[skipped + i], comparison, operand)).toArray();
        final long outBytes = Kernels.SELECTION_HEADER_BYTES + 4L * length;
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment column = arena.allocateFrom(JAVA_LONG, values);
            final MemorySegment guarded = arena.allocate(outBytes + GUARD_BYTES, Long.BYTES).fill(GUARD);
            final MemorySegment out = guarded.asSlice(0, outBytes);

            final int found = platform.kernels().filter(column, 8L * skipped, length, comparison, operand, out);

            assertThat(found).as("%s %s of %s values", comparison, operand, length).isEqualTo(expected.length);
            assertThat(out.get(JAVA_LONG, 0)).isEqualTo(found);
            assertThat(out.asSlice(Kernels.SELECTION_HEADER_BYTES, 4L * found).toArray(JAVA_INT)).isEqualTo(expected);
            assertThat(guarded.asSlice(outBytes).toArray(JAVA_BYTE)).containsOnly(GUARD);
        }
    }

    private static boolean holds(final long value, final Comparison comparison, final long operand) {
        return switch (comparison) {
            case LT -> value < operand;
            case LE -> value <= operand;
            case GT -> value > operand;
            case GE -> value >= operand;
            case EQ -> value == operand;
            case NE -> value != operand;
        };
    }
}
