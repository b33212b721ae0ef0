// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * Filters in plain Java. An index is written where the next match belongs and stays if it is one, which leaves the compiler free to do
 * without a branch on the data.
 */
final class JavaFilters {

    private static final int INDICES = Kernels.SELECTION_HEADER_BYTES;

    private JavaFilters() {
    }

    static int longs(final MemorySegment values, final long offset, final int length, final Comparison comparison, final long operand,
            final MemorySegment out) {
        return switch (comparison) {
            case LT -> operand == Long.MIN_VALUE ? none(out) : within(values, offset, length, Long.MIN_VALUE, operand - 1, out);
            case LE -> within(values, offset, length, Long.MIN_VALUE, operand, out);
            case GT -> operand == Long.MAX_VALUE ? none(out) : within(values, offset, length, operand + 1, Long.MAX_VALUE, out);
            case GE -> within(values, offset, length, operand, Long.MAX_VALUE, out);
            case EQ -> within(values, offset, length, operand, operand, out);
            case NE -> within(values, offset, length, operand + 1, operand - 1, out); // over the top
        };
    }

    static int longRange(final MemorySegment values, final long offset, final int length, final long low, final long high,
            final MemorySegment out) {
        return low > high ? none(out) : within(values, offset, length, low, high, out);
    }

    /** Values in a stretch of the circle of 64-bit numbers, both ends included: what each comparison comes down to. */
    private static int within(final MemorySegment values, final long offset, final int length, final long first, final long last,
            final MemorySegment out) {
        final long span = last - first;
        int found = 0;
        for (int i = 0; i < length; i++) {
            final long distance = values.get(JAVA_LONG, offset + (long) i * Long.BYTES) - first;
            put(out, found, i);
            found += Long.compareUnsigned(distance, span) <= 0 ? 1 : 0;
        }
        return finish(out, found);
    }

    static int ints(final MemorySegment values, final long offset, final int length, final Comparison comparison, final int operand,
            final MemorySegment out) {
        return switch (comparison) {
            case LT -> operand == Integer.MIN_VALUE ? none(out) : within(values, offset, length, Integer.MIN_VALUE, operand - 1, out);
            case LE -> within(values, offset, length, Integer.MIN_VALUE, operand, out);
            case GT -> operand == Integer.MAX_VALUE ? none(out) : within(values, offset, length, operand + 1, Integer.MAX_VALUE, out);
            case GE -> within(values, offset, length, operand, Integer.MAX_VALUE, out);
            case EQ -> within(values, offset, length, operand, operand, out);
            case NE -> within(values, offset, length, operand + 1, operand - 1, out); // over the top
        };
    }

    static int intRange(final MemorySegment values, final long offset, final int length, final int low, final int high,
            final MemorySegment out) {
        return low > high ? none(out) : within(values, offset, length, low, high, out);
    }

    private static int within(final MemorySegment values, final long offset, final int length, final int first, final int last,
            final MemorySegment out) {
        final int span = last - first;
        int found = 0;
        for (int i = 0; i < length; i++) {
            final int distance = values.get(JAVA_INT, offset + (long) i * Integer.BYTES) - first;
            put(out, found, i);
            found += Integer.compareUnsigned(distance, span) <= 0 ? 1 : 0;
        }
        return finish(out, found);
    }

    /** As the operators of Java have it: only {@code NE} holds for a value that is no number, or for such an operand. */
    static int doubles(final MemorySegment values, final long offset, final int length, final Comparison comparison, final double operand,
            final MemorySegment out) {
        final int less = comparison == Comparison.LT || comparison == Comparison.LE || comparison == Comparison.NE ? 1 : 0;
        final int equal = comparison == Comparison.LE || comparison == Comparison.EQ || comparison == Comparison.GE ? 1 : 0;
        final int greater = comparison == Comparison.GT || comparison == Comparison.GE || comparison == Comparison.NE ? 1 : 0;
        final int unordered = comparison == Comparison.NE ? 1 : 0;
        final int notANumber = Double.isNaN(operand) ? unordered : 0;
        int found = 0;
        for (int i = 0; i < length; i++) {
            final double value = values.get(JAVA_DOUBLE, offset + (long) i * Double.BYTES);
            put(out, found, i);
            // Not one after the other: each comparison is a number, and no branch is guessed wrong.
            found += (value < operand ? less : 0) | (value == operand ? equal : 0) | (value > operand ? greater : 0)
                    | (value != value ? unordered : 0) | notANumber;
        }
        return finish(out, found);
    }

    static int doubleRange(final MemorySegment values, final long offset, final int length, final double low, final double high,
            final MemorySegment out) {
        int found = 0;
        for (int i = 0; i < length; i++) {
            final double value = values.get(JAVA_DOUBLE, offset + (long) i * Double.BYTES);
            put(out, found, i);
            found += value >= low & value <= high ? 1 : 0;
        }
        return finish(out, found);
    }

    static int ids(final MemorySegment ids, final long offset, final int length, final MemorySegment bitmap, final long bits,
            final MemorySegment out) {
        int found = 0;
        for (int i = 0; i < length; i++) {
            final int id = ids.get(JAVA_INT, offset + (long) i * Integer.BYTES);
            put(out, found, i);
            if (id >= 0 && id < bits) {
                found += (int) (bitmap.get(JAVA_LONG, (long) (id >> 6) << 3) >>> (id & 63) & 1);
            }
        }
        return finish(out, found);
    }

    private static void put(final MemorySegment out, final int index, final int value) {
        out.set(JAVA_INT, INDICES + (long) index * Integer.BYTES, value);
    }

    private static int none(final MemorySegment out) {
        return finish(out, 0);
    }

    private static int finish(final MemorySegment out, final int found) {
        out.set(JAVA_LONG, 0, found);
        return found;
    }
}
