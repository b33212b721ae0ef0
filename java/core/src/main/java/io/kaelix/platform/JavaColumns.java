// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Columns out of frames, and what they add up to, in plain Java. */
final class JavaColumns {

    /** Sums that a sum of doubles is made of: value {@code i} goes to sum {@code i % 8}, as in C. */
    private static final int LANES = 8;

    private static final ValueLayout.OfLong FIELD_LONG = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt FIELD_INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private JavaColumns() {
    }

    /** Whether every field lies inside; if not, the column holds anything. */
    static boolean gatherLongs(final MemorySegment base, final MemorySegment offsets, final int count, final long field,
            final MemorySegment column) {
        final long last = base.byteSize() - Long.BYTES;
        for (int i = 0; i < count; i++) {
            final long at = field + unsigned(offsets, i);
            if (at < 0 || at > last) {
                return false;
            }
            column.set(JAVA_LONG, (long) i * Long.BYTES, base.get(FIELD_LONG, at));
        }
        return true;
    }

    /** As {@link #gatherLongs}. */
    static boolean gatherInts(final MemorySegment base, final MemorySegment offsets, final int count, final long field,
            final MemorySegment column) {
        final long last = base.byteSize() - Integer.BYTES;
        for (int i = 0; i < count; i++) {
            final long at = field + unsigned(offsets, i);
            if (at < 0 || at > last) {
                return false;
            }
            column.set(JAVA_INT, (long) i * Integer.BYTES, base.get(FIELD_INT, at));
        }
        return true;
    }

    private static long unsigned(final MemorySegment numbers, final int index) {
        return Integer.toUnsignedLong(numbers.get(JAVA_INT, (long) index * Integer.BYTES));
    }

    /** Whether every index of the selection is one of the column's; if not, the result holds anything. */
    static boolean aggregateLongs(final MemorySegment values, final long offset, final int length, final MemorySegment selection,
            final int selected, final MemorySegment out) {
        long sum = 0;
        long min = Long.MAX_VALUE;
        long max = Long.MIN_VALUE;
        for (int i = 0; i < selected; i++) {
            final long index = index(selection, i);
            if (index >= length) {
                return false;
            }
            final long value = values.get(JAVA_LONG, offset + index * Long.BYTES);
            sum += value;
            min = Math.min(min, value);
            max = Math.max(max, value);
        }
        out.set(JAVA_LONG, 0, selected);
        out.set(JAVA_LONG, 8, sum);
        out.set(JAVA_LONG, 16, min);
        out.set(JAVA_LONG, 24, max);
        return true;
    }

    private static long index(final MemorySegment selection, final int i) {
        return selection == null ? i : Integer.toUnsignedLong(selection.get(JAVA_INT, Kernels.SELECTION_HEADER_BYTES + (long) i * Integer.BYTES));
    }

    /** As {@link #aggregateLongs}; the sum is made in one order, so that it is the same to the last bit whoever makes it. */
    static boolean aggregateDoubles(final MemorySegment values, final long offset, final int length, final MemorySegment selection,
            final int selected, final MemorySegment out) {
        final double[] sums = new double[LANES];
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < selected; i++) {
            final long index = index(selection, i);
            if (index >= length) {
                return false;
            }
            final double value = values.get(JAVA_DOUBLE, offset + index * Double.BYTES);
            sums[i % LANES] += value;
            if (!Double.isNaN(value)) {
                min = Math.min(min, value);
                max = Math.max(max, value);
            }
        }
        final double sum = sums[0] + sums[4] + (sums[2] + sums[6]) + (sums[1] + sums[5] + (sums[3] + sums[7]));
        out.set(JAVA_DOUBLE, 0, selected);
        // To long and back: of the many bits that are no number, Java's own.
        out.set(JAVA_LONG, 8, Double.doubleToLongBits(sum));
        out.set(JAVA_DOUBLE, 16, min);
        out.set(JAVA_DOUBLE, 24, max);
        return true;
    }
}
