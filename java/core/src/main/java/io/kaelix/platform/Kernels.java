// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Kernels over batches: one call for thousands of values, by the widest registers that the CPU has.
 *
 * <p>Input is native memory of a region; never a mapped file, which may be truncated while a kernel reads it. One call takes at most {@link
 * #MAX_BYTES} of it, since a garbage collection waits for a kernel to return: longer input is taken in pieces. Integers are in the
 * machine's own byte order. Whatever runs a kernel gives the same result to the last byte; what a result leaves unsaid may differ.
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
        return set.filter(values, offset, length, comparison, operand, out);
    }
}
