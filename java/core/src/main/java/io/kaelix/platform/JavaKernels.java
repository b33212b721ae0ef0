// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Batch kernels in plain Java. Newlines are looked for eight bytes at a time, read as little endian whatever the machine is,
 * so that the lowest set bit belongs to the first byte; columns and results are in the machine's own order, as in C.
 */
final class JavaKernels implements KernelSet {

    private static final ValueLayout.OfLong WORD = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final byte NEWLINE = '\n';
    private static final long NEWLINES = 0x0A0A_0A0A_0A0A_0A0AL;
    private static final long LOW_BITS = 0x7F7F_7F7F_7F7F_7F7FL;

    private static final int RESULT_COUNT = 0;
    private static final int RESULT_SCANNED = Long.BYTES;
    private static final int RESULT_POSITIONS = Kernels.NEWLINES_HEADER_BYTES;
    private static final int FILTER_INDICES = Kernels.SELECTION_HEADER_BYTES;

    @Override
    public int newlines(final MemorySegment data, final long offset, final int length, final MemorySegment out,
            final int capacity) {
        int found = 0;
        int at = 0;
        for (; at <= length - Long.BYTES; at += Long.BYTES) {
            for (long marks = markNewlines(data.get(WORD, offset + at)); marks != 0; marks &= marks - 1) {
                final int position = at + Long.numberOfTrailingZeros(marks) / Byte.SIZE;
                put(out, found++, position);
                if (found == capacity) {
                    return finish(out, found, position + 1);
                }
            }
        }
        for (; at < length; at++) {
            if (data.get(JAVA_BYTE, offset + at) == NEWLINE) {
                put(out, found++, at);
                if (found == capacity) {
                    return finish(out, found, at + 1);
                }
            }
        }
        return finish(out, found, length);
    }

    /**
     * The top bit of each byte that is a newline, and no other bit. After the exclusive or, a newline is a zero byte;
     * adding 0x7F to the low seven bits carries into the top bit exactly if one of them is set, and never into the next
     * byte.
     */
    static long markNewlines(final long word) {
        final long zeroes = word ^ NEWLINES;
        return ~((zeroes & LOW_BITS) + LOW_BITS | zeroes | LOW_BITS);
    }

    private static void put(final MemorySegment out, final int index, final int position) {
        out.set(JAVA_INT, RESULT_POSITIONS + (long) index * Integer.BYTES, position);
    }

    private static int finish(final MemorySegment out, final int found, final int scanned) {
        out.set(JAVA_LONG, RESULT_COUNT, found);
        out.set(JAVA_LONG, RESULT_SCANNED, scanned);
        return found;
    }

    @Override
    public int filter(final MemorySegment values, final long offset, final int length, final Comparison comparison,
            final long operand, final MemorySegment out) {
        final int found = switch (comparison) {
            case LT -> operand == Long.MIN_VALUE ? 0 : within(values, offset, length, Long.MIN_VALUE, operand - 1, out);
            case LE -> within(values, offset, length, Long.MIN_VALUE, operand, out);
            case GT -> operand == Long.MAX_VALUE ? 0 : within(values, offset, length, operand + 1, Long.MAX_VALUE, out);
            case GE -> within(values, offset, length, operand, Long.MAX_VALUE, out);
            case EQ -> within(values, offset, length, operand, operand, out);
            case NE -> within(values, offset, length, operand + 1, operand - 1, out); // over the top
        };
        out.set(JAVA_LONG, RESULT_COUNT, found);
        return found;
    }

    /**
     * Indices of the values in a stretch of the circle of 64-bit numbers, both ends included: what each comparison comes
     * down to. An index is written where the next match belongs and stays if it is one, which leaves the compiler free to do
     * without a branch on the data.
     */
    private static int within(final MemorySegment values, final long offset, final int length, final long first,
            final long last, final MemorySegment out) {
        final long span = last - first;
        int found = 0;
        for (int i = 0; i < length; i++) {
            final long distance = values.get(JAVA_LONG, offset + (long) i * Long.BYTES) - first;
            out.set(JAVA_INT, FILTER_INDICES + (long) found * Integer.BYTES, i);
            found += Long.compareUnsigned(distance, span) <= 0 ? 1 : 0;
        }
        return found;
    }
}
