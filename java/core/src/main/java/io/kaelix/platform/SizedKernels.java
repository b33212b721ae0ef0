// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/**
 * The kernels of C where a call into it gains, those of Java where it costs more: below so many values, and for checksums of long pieces.
 * Both give the same results to the last bit, so nobody sees the difference but in time.
 *
 * <p>A call into C costs 10 to 20 ns with what leads to it, which is what a loop of Java needs for some eight values. The limits are
 * measured, by {@code KernelThresholds} among the tests: through {@link Kernels}, on x86-64 with AVX-512 and JDK 25. Behind each stand
 * nanoseconds of a call in C and in Java.
 */
final class SizedKernels implements KernelSet {

    /** 4 values, int32: 12 and 10 ns; 8: 12 and 15; 16: 13 and 23. Ids: 14 and 13; 14 and 19; 14 and 37. */
    static final int FILTER_VALUES = 8;

    /** 8 values: 14 and 14 ns; 16: 15 and 21. */
    static final int GATHER_VALUES = 16;

    /** 4 values: 13 and 11 ns; 8: 13 and 14. */
    static final int AGGREGATE_VALUES = 8;

    /** 8 doubles: 26 and 23 ns; 16: 24 and 35. */
    static final int AGGREGATE_DOUBLES = 16;

    /** 16 bytes: 10 and 9 ns; 32: 11 and 12. */
    static final int NEWLINES_BYTES = 32;

    /** 64 bytes: 10 and 10 ns; 128: 10 and 14. */
    static final int ASCII_BYTES = 128;

    /** Mixed text, 8 bytes: 12 and 12 ns; 16: 12 and 20; 128: 16 and 144. */
    static final int UTF8_BYTES = 16;

    /**
     * Pieces of this many bytes on average are folded by the JDK, faster than the CPU's instruction for CRC32C can go, which is what C has
     * unless it folds, too. 512 bytes, eight pieces: 124 and 155 ns; 65,536 bytes, four pieces: 7191 and 4843.
     */
    static final int CRC32C_LONG_BYTES = 1024;

    /** Fewer pieces than C takes side by side, of {@link #CRC32C_FEW_BYTES} on average, are the JDK's, too. */
    static final int CRC32C_FEW = 4;

    /** One piece of 128 bytes: 19 and 39 ns; of 256: 29 and 25; of 512: 50 and 27. */
    static final int CRC32C_FEW_BYTES = 256;

    /** Frames wanted, two: 35 and 27 ns; four: 39 and 46. */
    static final int WALK_FRAMES = 3;

    private final KernelSet java;
    private final KernelSet c;
    private final boolean folds;

    /**
     * Puts two sets together.
     *
     * @param java takes what is too small for the other
     * @param c takes the rest
     * @param folds whether C folds long pieces for their checksums, by multiplications of wide registers
     */
    SizedKernels(final KernelSet java, final KernelSet c, final boolean folds) {
        this.java = java;
        this.c = c;
        this.folds = folds;
    }

    @Override
    public int filterLongs(final MemorySegment values, final long offset, final int length, final Comparison comparison, final long operand,
            final MemorySegment out) {
        return length < FILTER_VALUES ? java.filterLongs(values, offset, length, comparison, operand, out)
                : c.filterLongs(values, offset, length, comparison, operand, out);
    }

    @Override
    public int filterInts(final MemorySegment values, final long offset, final int length, final Comparison comparison, final int operand,
            final MemorySegment out) {
        return length < FILTER_VALUES ? java.filterInts(values, offset, length, comparison, operand, out)
                : c.filterInts(values, offset, length, comparison, operand, out);
    }

    @Override
    public int filterDoubles(final MemorySegment values, final long offset, final int length, final Comparison comparison, final double operand,
            final MemorySegment out) {
        return length < FILTER_VALUES ? java.filterDoubles(values, offset, length, comparison, operand, out)
                : c.filterDoubles(values, offset, length, comparison, operand, out);
    }

    @Override
    public int filterLongRange(final MemorySegment values, final long offset, final int length, final long low, final long high,
            final MemorySegment out) {
        return length < FILTER_VALUES ? java.filterLongRange(values, offset, length, low, high, out)
                : c.filterLongRange(values, offset, length, low, high, out);
    }

    @Override
    public int filterIntRange(final MemorySegment values, final long offset, final int length, final int low, final int high,
            final MemorySegment out) {
        return length < FILTER_VALUES ? java.filterIntRange(values, offset, length, low, high, out)
                : c.filterIntRange(values, offset, length, low, high, out);
    }

    @Override
    public int filterDoubleRange(final MemorySegment values, final long offset, final int length, final double low, final double high,
            final MemorySegment out) {
        return length < FILTER_VALUES ? java.filterDoubleRange(values, offset, length, low, high, out)
                : c.filterDoubleRange(values, offset, length, low, high, out);
    }

    @Override
    public int filterIds(final MemorySegment ids, final long offset, final int length, final MemorySegment bitmap, final int bits,
            final MemorySegment out) {
        return length < FILTER_VALUES ? java.filterIds(ids, offset, length, bitmap, bits, out)
                : c.filterIds(ids, offset, length, bitmap, bits, out);
    }

    @Override
    public boolean gatherLongs(final MemorySegment base, final MemorySegment offsets, final int count, final long field,
            final MemorySegment column) {
        return count < GATHER_VALUES ? java.gatherLongs(base, offsets, count, field, column) : c.gatherLongs(base, offsets, count, field, column);
    }

    @Override
    public boolean gatherInts(final MemorySegment base, final MemorySegment offsets, final int count, final long field,
            final MemorySegment column) {
        return count < GATHER_VALUES ? java.gatherInts(base, offsets, count, field, column) : c.gatherInts(base, offsets, count, field, column);
    }

    @Override
    public boolean aggregateLongs(final MemorySegment values, final long offset, final int length, final MemorySegment selection,
            final int selected, final MemorySegment out) {
        return selected < AGGREGATE_VALUES ? java.aggregateLongs(values, offset, length, selection, selected, out)
                : c.aggregateLongs(values, offset, length, selection, selected, out);
    }

    @Override
    public boolean aggregateDoubles(final MemorySegment values, final long offset, final int length, final MemorySegment selection,
            final int selected, final MemorySegment out) {
        return selected < AGGREGATE_DOUBLES ? java.aggregateDoubles(values, offset, length, selection, selected, out)
                : c.aggregateDoubles(values, offset, length, selection, selected, out);
    }

    @Override
    public int newlines(final MemorySegment data, final long offset, final int length, final MemorySegment out, final int capacity) {
        return length < NEWLINES_BYTES ? java.newlines(data, offset, length, out, capacity) : c.newlines(data, offset, length, out, capacity);
    }

    @Override
    public boolean crc32c(final MemorySegment base, final MemorySegment offsets, final MemorySegment lengths, final int count,
            final MemorySegment crcs) {
        return !folds && isForTheJdk(lengths, count) ? java.crc32c(base, offsets, lengths, count, crcs) : c.crc32c(base, offsets, lengths, count, crcs);
    }

    /** Lengths are added up only where they may be long on average, all together being limited. */
    private static boolean isForTheJdk(final MemorySegment lengths, final int count) {
        if (count > Kernels.MAX_BYTES / CRC32C_LONG_BYTES) {
            return false;
        }
        long total = 0;
        for (int i = 0; i < count; i++) {
            total += Integer.toUnsignedLong(lengths.get(JAVA_INT, (long) i * Integer.BYTES));
        }
        return total >= (long) count * (count < CRC32C_FEW ? CRC32C_FEW_BYTES : CRC32C_LONG_BYTES);
    }

    @Override
    public int validAscii(final MemorySegment data, final long offset, final int length, final MemorySegment out) {
        return length < ASCII_BYTES ? java.validAscii(data, offset, length, out) : c.validAscii(data, offset, length, out);
    }

    @Override
    public int validUtf8(final MemorySegment data, final long offset, final int length, final MemorySegment out) {
        return length < UTF8_BYTES ? java.validUtf8(data, offset, length, out) : c.validUtf8(data, offset, length, out);
    }

    /** Always in C, which copies without a call for each piece. One piece of 64 bytes: 21 and 19 ns; two: 25 and 25; eight: 35 and 62. */
    @Override
    public boolean pack(final MemorySegment base, final MemorySegment offsets, final MemorySegment lengths, final int count,
            final MemorySegment selection, final int selected, final MemorySegment target, final MemorySegment targetOffsets,
            final MemorySegment out) {
        return c.pack(base, offsets, lengths, count, selection, selected, target, targetOffsets, out);
    }

    /** By how many are wanted: how many there are, nobody knows before. */
    @Override
    public void walk(final MemorySegment ring, final long position, final int bytes, final int frames, final FrameTerms terms,
            final MemorySegment offsets, final MemorySegment columns, final int rows, final int row, final MemorySegment result) {
        if (frames < WALK_FRAMES) {
            java.walk(ring, position, bytes, frames, terms, offsets, columns, rows, row, result);
        } else {
            c.walk(ring, position, bytes, frames, terms, offsets, columns, rows, row, result);
        }
    }
}
