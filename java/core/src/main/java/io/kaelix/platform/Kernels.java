// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * Kernels over batches: one call for thousands of values, by the widest registers that the CPU has.
 *
 * <p>Input is native memory of a region; never a mapped file, which may be truncated while a kernel reads it. One call takes at most {@link
 * #MAX_BYTES} of it, since a garbage collection waits for a kernel to return: longer input is taken in pieces. Integers are in the
 * machine's own byte order. Whatever runs a kernel gives the same result to the last byte; what a result leaves unsaid may differ. Input
 * that another thread changes meanwhile makes the result meaningless; nothing outside the segments is read or written even then.
 *
 * <p><b>Threads</b>: any, at any time. <b>Blocking</b>: never. <b>Errors</b>: arguments outside their range throw {@link
 * IllegalArgumentException} or {@link IndexOutOfBoundsException} before anything is touched. <b>Allocation</b>: none, once compiled.
 */
public final class Kernels {

    /** Most bytes of input for one call: a kernel holds up a safepoint for as long as it runs. */
    public static final int MAX_BYTES = 256 * 1024;

    /** Bytes at the front of the output of {@link #newlines} that hold its result, before the positions. */
    public static final int NEWLINES_HEADER_BYTES = 16;

    /** Most int64 for one call: {@link #MAX_BYTES} of them. */
    public static final int MAX_LONGS = MAX_BYTES / Long.BYTES;

    /** Most int32 for one call. */
    public static final int MAX_INTS = MAX_BYTES / Integer.BYTES;

    /** Most values for one call of the gathers: each may be a cache miss. */
    public static final int MAX_GATHERED = 8192;

    /** Most pieces for one call of {@link #crc32c} and {@link #pack}. */
    public static final int MAX_PIECES = 32_768;

    /** Bytes of an aggregate: count, sum, least and greatest. */
    public static final int AGGREGATE_BYTES = 32;

    /** Most frames for one call of {@link #walk}: each may be a cache miss. */
    public static final int MAX_WALKED = 4096;

    /** Most rows that a {@link #walk} can write into. */
    public static final int MAX_ROWS = 131_072;

    /** Bytes of a row of the columns that a {@link #walk} writes. */
    public static final int ROW_BYTES = Long.BYTES + 4 * Integer.BYTES;

    /** Bytes of the result of a {@link #walk}. */
    public static final int WALK_RESULT_BYTES = 24;

    /** Bytes at the front of a selection, which is what filters write: they hold the count, before the indices. */
    public static final int SELECTION_HEADER_BYTES = 8;

    private final Isa isa;
    private final KernelSet set;

    Kernels(final Isa isa, final KernelSet set) {
        this.isa = isa;
        this.set = set;
    }

    /** Instruction set of the kernels. */
    public Isa isa() {
        return isa;
    }

    /**
     * Index of the newlines (0x0A) in {@code data[offset, offset + length)}.
     *
     * <p>{@code out} receives two int64, the number of positions written and the bytes scanned, then from
     * {@link #NEWLINES_HEADER_BYTES} on the positions as uint32, ascending, relative to {@code offset}. It stops at the
     * end of the data or when {@code capacity} positions are written; every newline before 'bytes scanned' is among
     * them.
     *
     * @param length at most {@link #MAX_BYTES}
     * @param out native memory, at least {@code NEWLINES_HEADER_BYTES + 4 * capacity} bytes, aligned to 8
     * @param capacity most positions to write, at least 1
     * @return the number of positions written
     */
    public int newlines(final MemorySegment data, final long offset, final int length, final MemorySegment out, final int capacity) {
        Arguments.checkNewlines(data, offset, length, out, capacity);
        return set.newlines(data, offset, length, out, capacity);
    }

    /**
     * Filters a column of int64: the index of each of the {@code length} values from {@code values[offset]} on for which
     * {@code value comparison operand} holds.
     *
     * <p>{@code out} receives a selection: an int64, the number of indices, then from {@link #SELECTION_HEADER_BYTES} on the indices as
     * uint32, ascending, relative to {@code offset}. It has room for {@code length} of them, whatever matches; those behind
     * the last one hold anything afterwards.
     *
     * @param values does not overlap {@code out}
     * @param offset in bytes; the address there is aligned to 8
     * @param length values, not bytes; at most {@link #MAX_LONGS}
     * @param out native memory, at least {@code SELECTION_HEADER_BYTES + 4 * length} bytes, aligned to 8
     * @return the number of indices
     */
    public int filter(final MemorySegment values, final long offset, final int length, final Comparison comparison, final long operand,
            final MemorySegment out) {
        Objects.requireNonNull(comparison, "comparison");
        Arguments.checkFilter(values, offset, length, Long.BYTES, out);
        return set.filterLongs(values, offset, length, comparison, operand, out);
    }

    /** As {@link #filter} over int32, at most {@link #MAX_INTS} of them, aligned to 4. */
    public int filterInts(final MemorySegment values, final long offset, final int length, final Comparison comparison, final int operand,
            final MemorySegment out) {
        Objects.requireNonNull(comparison, "comparison");
        Arguments.checkFilter(values, offset, length, Integer.BYTES, out);
        return set.filterInts(values, offset, length, comparison, operand, out);
    }

    /** As {@link #filter} over doubles, compared as the operators of Java do: a NaN, as value or operand, holds for {@code NE} alone. */
    public int filterDoubles(final MemorySegment values, final long offset, final int length, final Comparison comparison,
            final double operand, final MemorySegment out) {
        Objects.requireNonNull(comparison, "comparison");
        Arguments.checkFilter(values, offset, length, Double.BYTES, out);
        return set.filterDoubles(values, offset, length, comparison, operand, out);
    }

    /** As {@link #filter}, for {@code low <= value <= high}; with low above high nothing matches. */
    public int filterRange(final MemorySegment values, final long offset, final int length, final long low, final long high,
            final MemorySegment out) {
        Arguments.checkFilter(values, offset, length, Long.BYTES, out);
        return set.filterLongRange(values, offset, length, low, high, out);
    }

    /** As {@link #filterInts}, for {@code low <= value <= high}. */
    public int filterIntRange(final MemorySegment values, final long offset, final int length, final int low, final int high,
            final MemorySegment out) {
        Arguments.checkFilter(values, offset, length, Integer.BYTES, out);
        return set.filterIntRange(values, offset, length, low, high, out);
    }

    /** As {@link #filterDoubles}, for {@code low <= value <= high}; a NaN, wherever it stands, matches nothing. */
    public int filterDoubleRange(final MemorySegment values, final long offset, final int length, final double low, final double high,
            final MemorySegment out) {
        Arguments.checkFilter(values, offset, length, Double.BYTES, out);
        return set.filterDoubleRange(values, offset, length, low, high, out);
    }

    /**
     * Selects ids, as of streams, that are in a set: id {@code i} is if bit {@code i % 64} of the int64 {@code i / 64} of {@code bitmap} is
     * set.
     *
     * @param ids int32; one below 0, or not below {@code bits}, is in no set
     * @param bitmap aligned to 8, with at least {@code (bits + 63) / 64} int64
     * @param bits of the set, at most those of {@link #MAX_BYTES}
     * @param out as for {@link #filter}
     * @return the number of indices
     */
    public int filterIds(final MemorySegment ids, final long offset, final int length, final MemorySegment bitmap, final int bits,
            final MemorySegment out) {
        Arguments.checkFilter(ids, offset, length, Integer.BYTES, out);
        Arguments.checkBitmap(bitmap, bits);
        return set.filterIds(ids, offset, length, bitmap, bits, out);
    }

    /**
     * Gathers a field of many records into a column: {@code column[i]} is the int64 at {@code offsets[i] + field} of {@code base}, of any
     * alignment, little endian.
     *
     * @param base what the records lie in, at most 2 GiB
     * @param offsets uint32, aligned to 4
     * @param count of them, at most {@link #MAX_GATHERED}
     * @param field may be negative
     * @param column aligned to 8; overlaps neither
     * @throws IndexOutOfBoundsException if a field does not lie inside {@code base}; the column then holds anything
     */
    public void gatherLongs(final MemorySegment base, final MemorySegment offsets, final int count, final long field,
            final MemorySegment column) {
        Arguments.checkGather(base, offsets, count, Long.BYTES, column);
        if (!set.gatherLongs(base, offsets, count, field, column)) {
            throw Arguments.outsideOfBase(base, field, Long.BYTES);
        }
    }

    /** As {@link #gatherLongs} for int32, into a column aligned to 4. */
    public void gatherInts(final MemorySegment base, final MemorySegment offsets, final int count, final long field,
            final MemorySegment column) {
        Arguments.checkGather(base, offsets, count, Integer.BYTES, column);
        if (!set.gatherInts(base, offsets, count, field, column)) {
            throw Arguments.outsideOfBase(base, field, Integer.BYTES);
        }
    }

    /**
     * Adds up a column of int64, or those of it that a filter selected. {@code out} receives four int64: how many, their sum (it wraps),
     * the least ({@link Long#MAX_VALUE} of none) and the greatest ({@link Long#MIN_VALUE} of none).
     *
     * @param length values, at most {@link #MAX_LONGS}
     * @param selection what a filter over this column wrote; null for all of it
     * @param out {@link #AGGREGATE_BYTES}, aligned to 8
     * @throws IndexOutOfBoundsException if an index of the selection is not below {@code length}
     */
    public void aggregate(final MemorySegment values, final long offset, final int length, final MemorySegment selection,
            final MemorySegment out) {
        final int selected = Arguments.checkAggregate(values, offset, length, selection, out);
        if (!set.aggregateLongs(values, offset, length, selection, selected, out)) {
            throw Arguments.outsideOfColumn(length);
        }
    }

    /**
     * The same of doubles, into four doubles. Least and greatest are of those that are numbers, with -0.0 below 0.0 (of none infinity and
     * minus infinity). The sum is made in one stated order (kaelix.h), so that it is the same to the last bit on every machine.
     */
    public void aggregateDoubles(final MemorySegment values, final long offset, final int length, final MemorySegment selection,
            final MemorySegment out) {
        final int selected = Arguments.checkAggregate(values, offset, length, selection, out);
        if (!set.aggregateDoubles(values, offset, length, selection, selected, out)) {
            throw Arguments.outsideOfColumn(length);
        }
    }

    /**
     * CRC32C, as {@link java.util.zip.CRC32C} has it, of many pieces: {@code crcs[i]} is of the {@code lengths[i]} bytes from
     * {@code base[offsets[i]]} on. Small ones gain most; long ones are as fast as by that class, which then computes them.
     *
     * @param offsets uint32, aligned to 4; so are lengths and crcs
     * @param count of pieces, at most {@link #MAX_PIECES}; together at most {@link #MAX_BYTES}
     * @param crcs overlaps nothing else
     * @throws IndexOutOfBoundsException if a piece lies outside, or they are too long together; {@code crcs} then holds anything
     */
    public void crc32c(final MemorySegment base, final MemorySegment offsets, final MemorySegment lengths, final int count,
            final MemorySegment crcs) {
        Arguments.checkPieces(base, offsets, lengths, count);
        Arguments.checkNumbers("crcs", crcs, count);
        Arguments.checkApart("crcs", crcs, "base", base);
        Arguments.checkApart("crcs", crcs, "offsets", offsets);
        Arguments.checkApart("crcs", crcs, "lengths", lengths);
        if (!set.crc32c(base, offsets, lengths, count, crcs)) {
            throw Arguments.outsidePiece(base);
        }
    }

    private static void checkApart(final String name, final MemorySegment output, final MemorySegment base, final MemorySegment offsets,
            final MemorySegment lengths, final MemorySegment selection) {
        Arguments.checkApart(name, output, "base", base);
        Arguments.checkApart(name, output, "offsets", offsets);
        Arguments.checkApart(name, output, "lengths", lengths);
        if (selection != null) {
            Arguments.checkApart(name, output, "selection", selection);
        }
    }

    /**
     * How much of {@code data[offset, offset + length)} is ASCII.
     *
     * @param length at most {@link #MAX_BYTES}
     * @param out 8 bytes of native memory for the kernel, aligned to 8
     * @return {@code length}, or the offset of the first byte above 0x7F, from {@code offset} on
     */
    public int validAscii(final MemorySegment data, final long offset, final int length, final MemorySegment out) {
        Arguments.checkText(data, offset, length, out);
        return set.validAscii(data, offset, length, out);
    }

    /**
     * How much of {@code data[offset, offset + length)} is well-formed UTF-8, by table 3-7 of the Unicode standard. Longer text is taken in
     * pieces: a sequence cut off at the end of one is not well-formed in it, and the next piece begins there.
     *
     * @param length at most {@link #MAX_BYTES}
     * @param out 8 bytes of native memory for the kernel, aligned to 8
     * @return {@code length}, or where the first sequence begins that is not well-formed, from {@code offset} on
     */
    public int validUtf8(final MemorySegment data, final long offset, final int length, final MemorySegment out) {
        Arguments.checkText(data, offset, length, out);
        return set.validUtf8(data, offset, length, out);
    }

    /**
     * Copies pieces one behind the other into {@code target}, each begun on a multiple of 8, the bytes between zero. Stops before the
     * first that does not fit. {@code out} receives two int64: pieces copied, and bytes used.
     *
     * @param offsets uint32, aligned to 4; so are lengths and targetOffsets, which say where each copied piece begins in target
     * @param count of pieces, at most {@link #MAX_PIECES}
     * @param selection which of them, as a filter wrote it; null for all in order
     * @param target native memory that overlaps nothing else
     * @param out 16 bytes, aligned to 8
     * @return pieces copied
     * @throws IndexOutOfBoundsException if one selected lies outside, or they are longer than {@link #MAX_BYTES} together; what is behind
     *     the first that does not fit is not looked at. {@code target} and {@code targetOffsets} then hold anything
     */
    public int pack(final MemorySegment base, final MemorySegment offsets, final MemorySegment lengths, final int count,
            final MemorySegment selection, final MemorySegment target, final MemorySegment targetOffsets, final MemorySegment out) {
        Arguments.checkPieces(base, offsets, lengths, count);
        final int selected = selection == null ? count : Arguments.selected(selection, MAX_PIECES);
        Arguments.checkNumbers("targetOffsets", targetOffsets, selected);
        Arguments.checkTarget(target, out);
        checkApart("target", target, base, offsets, lengths, selection);
        checkApart("targetOffsets", targetOffsets, base, offsets, lengths, selection);
        Arguments.checkApart("targetOffsets", targetOffsets, "target", target);
        if (!set.pack(base, offsets, lengths, count, selection, selected, target, targetOffsets, out)) {
            throw Arguments.outsidePiece(base);
        }
        return (int) out.get(ValueLayout.JAVA_LONG, 0);
    }

    /**
     * Walks the frames of a lane's ring from a boundary on, and writes down where they are: all, or those that terms hold for. Each length
     * is checked before it is followed; the walk stops before whatever is no plain frame (nothing committed yet, padding, a corrupt
     * length, flags that it does not know), and the caller looks at what stands there.
     *
     * <p>A row is written for each frame selected, from {@code row} on: {@code offsets} receives as uint32 where the frame begins in the
     * ring; {@code columns}, one behind the other with room for {@code rows} each, int64 timestamps ({@link Long#MIN_VALUE} for none), then
     * as int32 where the payload begins in the ring, its length, the stream, the sequence. {@code result} receives three int64: the
     * position behind the last frame walked over, how many were, and the row behind the last one written. If a writer overwrites frames
     * meanwhile, rows mean nothing, but what they tell still lies inside the ring.
     *
     * @param ring aligned to 8; its size is a power of two from 256 to 2<sup>30</sup>
     * @param position a multiple of 8
     * @param bytes at most to walk over, up to the size of the ring
     * @param frames at most to walk over, up to {@link #MAX_WALKED}
     * @param terms what frames are selected by; null for all
     * @param offsets aligned to 4, with room for {@code rows}
     * @param columns {@link #ROW_BYTES} for each of {@code rows}, aligned to 8; null if they are not wanted
     * @param rows that there is room for, at most {@link #MAX_ROWS}; the walk stops when they are used
     * @param row first one to write
     * @param result {@link #WALK_RESULT_BYTES}, aligned to 8
     */
    public void walk(final MemorySegment ring, final long position, final int bytes, final int frames, final FrameTerms terms,
            final MemorySegment offsets, final MemorySegment columns, final int rows, final int row, final MemorySegment result) {
        Arguments.checkWalk(ring, position, bytes, frames, result);
        Arguments.checkRows(offsets, columns, rows, row);
        set.walk(ring, position, bytes, frames, terms, offsets, columns, rows, row, result);
    }
}
