// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * What a {@link Kernels#walk} selects frames by: comparisons of fields in their payloads, all of which have to hold. A frame whose payload
 * is too short to have one of the fields is not selected.
 *
 * <p>Each is kept as a stretch of the circle of 64-bit numbers, {@code value - first <= span}, unsigned and wrapping, which every
 * comparison and range comes down to; doubles are compared as the integers that ascend with them.
 *
 * <p><b>Threads</b>: built by one, then not changed; any may use it. <b>Allocation</b>: while it is built.
 */
public final class FrameTerms {

    /** Most comparisons. */
    public static final int MAX_TERMS = 16;

    private static final int TERM_BYTES = 4 * Long.BYTES;
    private static final int INT32 = 0;
    private static final int INT64 = 1;
    private static final int DOUBLE = 2;
    private static final int NEVER = 3;
    private static final long INFINITY = 0x7FF0_0000_0000_0000L;
    private static final long MINUS_INFINITY = ~INFINITY;

    private final MemorySegment terms = Arena.ofAuto().allocate(MAX_TERMS * TERM_BYTES, Long.BYTES);
    private final int[] types = new int[MAX_TERMS];
    private final int[] fields = new int[MAX_TERMS];
    private final long[] firsts = new long[MAX_TERMS];
    private final long[] spans = new long[MAX_TERMS];
    private int count;

    /** No comparisons: all frames. */
    public FrameTerms() {
    }

    /** How many there are. */
    public int count() {
        return count;
    }

    /** As the kernels of C take them. */
    MemorySegment terms() {
        return terms;
    }

    /** Adds {@code value comparison operand} for the int32 at an offset of the payload. */
    public void compareInt(final int field, final Comparison comparison, final int operand) {
        // Among 64-bit numbers, so that nothing is below the lowest or above the highest.
        add(INT32, field, comparison, operand, operand, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    /** Adds {@code low <= value <= high} for the int32 at an offset. */
    public void rangeOfInts(final int field, final int low, final int high) {
        add(INT32, field, low, high);
    }

    /** As {@link #compareInt} for an int64. */
    public void compareLong(final int field, final Comparison comparison, final long operand) {
        add(INT64, field, comparison, operand, operand, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    /** As {@link #rangeOfInts} for an int64. */
    public void rangeOfLongs(final int field, final long low, final long high) {
        add(INT64, field, low, high);
    }

    /** As {@link #compareInt} for a double, compared as the operators of Java do. */
    public void compareDouble(final int field, final Comparison comparison, final double operand) {
        if (!Double.isNaN(operand)) {
            add(DOUBLE, field, comparison, lowKey(operand), highKey(operand), MINUS_INFINITY, INFINITY);
        } else if (comparison == Comparison.NE) {
            put(DOUBLE, field, 0, -1);
        } else {
            put(NEVER, field, 0, 0);
        }
    }

    /** As {@link #rangeOfInts} for a double; a NaN, wherever it stands, holds for nothing. */
    public void rangeOfDoubles(final int field, final double low, final double high) {
        if (low <= high) {
            put(DOUBLE, field, lowKey(low), highKey(high) - lowKey(low));
        } else {
            put(NEVER, field, 0, 0);
        }
    }

    /** An integer that is less than another where the double is; that of the other zero is next to it. */
    private static long key(final long bits) {
        return bits ^ bits >> Long.SIZE - 1 >>> 1;
    }

    private static long lowKey(final double value) {
        return value == 0 ? key(Double.doubleToRawLongBits(-0.0)) : key(Double.doubleToRawLongBits(value));
    }

    private static long highKey(final double value) {
        return value == 0 ? key(Double.doubleToRawLongBits(0.0)) : key(Double.doubleToRawLongBits(value));
    }

    /** The operand is every number from low to high, among numbers from lowest to highest. */
    private void add(final int type, final int field, final Comparison comparison, final long low, final long high, final long lowest,
            final long highest) {
        switch (comparison) {
            case LT -> putUnless(low == lowest, type, field, lowest, low - 1);
            case LE -> putUnless(false, type, field, lowest, high);
            case GT -> putUnless(high == highest, type, field, high + 1, highest);
            case GE -> putUnless(false, type, field, low, highest);
            case EQ -> putUnless(false, type, field, low, high);
            case NE -> putUnless(false, type, field, high + 1, low - 1); // over the top
        }
    }

    private void add(final int type, final int field, final long low, final long high) {
        putUnless(low > high, type, field, low, high);
    }

    private void putUnless(final boolean nothingHolds, final int type, final int field, final long first, final long last) {
        put(nothingHolds ? NEVER : type, field, first, last - first);
    }

    private void put(final int type, final int field, final long first, final long span) {
        if (field < 0) {
            throw new IllegalArgumentException("the offset of a field is at least 0, not " + field);
        }
        Objects.checkIndex(count, MAX_TERMS);
        types[count] = type;
        fields[count] = field;
        firsts[count] = first;
        spans[count] = span;
        final long at = (long) count * TERM_BYTES;
        terms.set(ValueLayout.JAVA_LONG, at, type);
        terms.set(ValueLayout.JAVA_LONG, at + 8, field);
        terms.set(ValueLayout.JAVA_LONG, at + 16, first);
        terms.set(ValueLayout.JAVA_LONG, at + 24, span);
        count++;
    }

    /**
     * Whether all hold for a payload.
     *
     * @param memory that it lies in
     * @param offset where it begins
     * @param length of it, all of which lies inside
     */
    public boolean hold(final MemorySegment memory, final long offset, final int length) {
        for (int i = 0; i < count; i++) {
            if (!holds(i, memory, offset, length)) {
                return false;
            }
        }
        return true;
    }

    private boolean holds(final int term, final MemorySegment memory, final long offset, final int length) {
        if (!has(term, length)) {
            return false;
        }
        final long at = offset + fields[term];
        return holds(term, isInt(term) ? memory.get(ValueLayout.JAVA_INT_UNALIGNED, at) : memory.get(ValueLayout.JAVA_LONG_UNALIGNED, at));
    }

    /** Whether a payload of so many bytes has the field of a comparison; not, if that holds for nothing. */
    public boolean has(final int term, final int length) {
        final int type = types[term];
        return type != NEVER && fields[term] <= length - (type == INT32 ? Integer.BYTES : Long.BYTES);
    }

    /** Whether the field of a comparison has four bytes; else it has eight. */
    public boolean isInt(final int term) {
        return types[term] == INT32;
    }

    /** Offset of the field in the payload. */
    public int field(final int term) {
        return fields[term];
    }

    /** Where a comparison's stretch begins on the circle. */
    public long first(final int term) {
        return firsts[term];
    }

    /** How far it goes. */
    public long span(final int term) {
        return spans[term];
    }

    /** Whether a comparison holds for the four or eight bytes of its field, as an int64. */
    public boolean holds(final int term, final long bits) {
        final long value = types[term] == DOUBLE ? key(bits) : bits;
        return Long.compareUnsigned(value - firsts[term], spans[term]) <= 0;
    }
}
