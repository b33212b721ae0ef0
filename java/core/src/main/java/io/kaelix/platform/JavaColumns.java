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

    private static final long KEY_INFINITY = key(Double.doubleToLongBits(Double.POSITIVE_INFINITY));
    private static final long KEY_MINUS_INFINITY = key(Double.doubleToLongBits(Double.NEGATIVE_INFINITY));

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
        return selection == null ? aggregateAllLongs(values, offset, selected, out)
                : aggregateSelectedLongs(values, offset, length, selection, selected, out);
    }

    /** Three reductions and nothing else in the loop, so that the compiler makes vectors of it. */
    private static boolean aggregateAllLongs(final MemorySegment values, final long offset, final int length, final MemorySegment out) {
        long sum = 0;
        long min = Long.MAX_VALUE;
        long max = Long.MIN_VALUE;
        for (int i = 0; i < length; i++) {
            final long value = values.get(JAVA_LONG, offset + (long) i * Long.BYTES);
            sum += value;
            min = Math.min(min, value);
            max = Math.max(max, value);
        }
        return finish(out, length, sum, min, max);
    }

    private static boolean aggregateSelectedLongs(final MemorySegment values, final long offset, final int length,
            final MemorySegment selection, final int selected, final MemorySegment out) {
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
        return finish(out, selected, sum, min, max);
    }

    private static boolean finish(final MemorySegment out, final int count, final long sum, final long min, final long max) {
        out.set(JAVA_LONG, 0, count);
        out.set(JAVA_LONG, 8, sum);
        out.set(JAVA_LONG, 16, min);
        out.set(JAVA_LONG, 24, max);
        return true;
    }

    private static long index(final MemorySegment selection, final int i) {
        return Integer.toUnsignedLong(selection.get(JAVA_INT, Kernels.SELECTION_HEADER_BYTES + (long) i * Integer.BYTES));
    }

    /** As {@link #aggregateLongs}; the sum is made in one order, so that it is the same to the last bit whoever makes it. */
    static boolean aggregateDoubles(final MemorySegment values, final long offset, final int length, final MemorySegment selection,
            final int selected, final MemorySegment out) {
        return selection == null ? aggregateAllDoubles(values, offset, length, out)
                : aggregateSelectedDoubles(values, offset, length, selection, selected, out);
    }

    private static boolean aggregateAllDoubles(final MemorySegment values, final long offset, final int length, final MemorySegment out) {
        // A loop of its own: on keys, which are compared in vectors as Java's doubles are not.
        long lowest = Long.MAX_VALUE;
        long highest = Long.MIN_VALUE;
        for (int i = 0; i < length; i++) {
            final long key = key(values.get(JAVA_LONG, offset + (long) i * Double.BYTES));
            lowest = Math.min(lowest, key);
            highest = Math.max(highest, key);
        }
        final double sum = sum(values, offset, length);
        if (length > 0 && lowest >= KEY_MINUS_INFINITY && highest <= KEY_INFINITY) {
            return finish(out, length, sum, Double.longBitsToDouble(key(lowest)), Double.longBitsToDouble(key(highest)));
        }
        // Some are no number: below -infinity or above infinity as a key, depending on the sign.
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < length; i++) {
            final double value = values.get(JAVA_DOUBLE, offset + (long) i * Double.BYTES);
            min = lower(min, value);
            max = higher(max, value);
        }
        return finish(out, length, sum, min, max);
    }

    /** An integer that is less than another where the double of these bits is less than the other's; and back. */
    private static long key(final long bits) {
        return bits ^ bits >> Long.SIZE - 1 >>> 1;
    }

    private static double sum(final MemorySegment values, final long offset, final int length) {
        // Variables, since an array would be memory that each addition waits for.
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        double sum4 = 0;
        double sum5 = 0;
        double sum6 = 0;
        double sum7 = 0;
        int i = 0;
        for (; i <= length - LANES; i += LANES) {
            final long at = offset + (long) i * Double.BYTES;
            sum0 += values.get(JAVA_DOUBLE, at);
            sum1 += values.get(JAVA_DOUBLE, at + 8);
            sum2 += values.get(JAVA_DOUBLE, at + 16);
            sum3 += values.get(JAVA_DOUBLE, at + 24);
            sum4 += values.get(JAVA_DOUBLE, at + 32);
            sum5 += values.get(JAVA_DOUBLE, at + 40);
            sum6 += values.get(JAVA_DOUBLE, at + 48);
            sum7 += values.get(JAVA_DOUBLE, at + 56);
        }
        sum0 += valueOrZero(values, offset, i, length);
        sum1 += valueOrZero(values, offset, i + 1, length);
        sum2 += valueOrZero(values, offset, i + 2, length);
        sum3 += valueOrZero(values, offset, i + 3, length);
        sum4 += valueOrZero(values, offset, i + 4, length);
        sum5 += valueOrZero(values, offset, i + 5, length);
        sum6 += valueOrZero(values, offset, i + 6, length);
        return sum0 + sum4 + (sum2 + sum6) + (sum1 + sum5 + (sum3 + sum7));
    }

    /** Zero changes no sum: none is -0.0, since each began as 0.0. */
    private static double valueOrZero(final MemorySegment values, final long offset, final int i, final int length) {
        return i < length ? values.get(JAVA_DOUBLE, offset + (long) i * Double.BYTES) : 0;
    }

    private static boolean aggregateSelectedDoubles(final MemorySegment values, final long offset, final int length,
            final MemorySegment selection, final int selected, final MemorySegment out) {
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
            min = lower(min, value);
            max = higher(max, value);
        }
        return finish(out, selected, sums[0] + sums[4] + (sums[2] + sums[6]) + (sums[1] + sums[5] + (sums[3] + sums[7])), min, max);
    }

    private static double lower(final double min, final double value) {
        return Double.isNaN(value) ? min : Math.min(min, value);
    }

    private static double higher(final double max, final double value) {
        return Double.isNaN(value) ? max : Math.max(max, value);
    }

    private static boolean finish(final MemorySegment out, final int count, final double sum, final double min, final double max) {
        out.set(JAVA_DOUBLE, 0, count);
        // To long and back: of the many bits that are no number, Java's own.
        out.set(JAVA_LONG, 8, Double.doubleToLongBits(sum));
        out.set(JAVA_DOUBLE, 16, min);
        out.set(JAVA_DOUBLE, 24, max);
        return true;
    }
}
