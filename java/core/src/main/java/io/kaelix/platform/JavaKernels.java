// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import java.lang.foreign.MemorySegment;

/** Kernels in plain Java: where there is no libkaelix, and where a call into it would cost more than it gains. */
final class JavaKernels implements KernelSet {

    @Override
    public int filterLongs(final MemorySegment values, final long offset, final int length, final Comparison comparison, final long operand,
            final MemorySegment out) {
        return JavaFilters.longs(values, offset, length, comparison, operand, out);
    }

    @Override
    public int filterInts(final MemorySegment values, final long offset, final int length, final Comparison comparison, final int operand,
            final MemorySegment out) {
        return JavaFilters.ints(values, offset, length, comparison, operand, out);
    }

    @Override
    public int filterDoubles(final MemorySegment values, final long offset, final int length, final Comparison comparison,
            final double operand, final MemorySegment out) {
        return JavaFilters.doubles(values, offset, length, comparison, operand, out);
    }

    @Override
    public int filterLongRange(final MemorySegment values, final long offset, final int length, final long low, final long high,
            final MemorySegment out) {
        return JavaFilters.longRange(values, offset, length, low, high, out);
    }

    @Override
    public int filterIntRange(final MemorySegment values, final long offset, final int length, final int low, final int high,
            final MemorySegment out) {
        return JavaFilters.intRange(values, offset, length, low, high, out);
    }

    @Override
    public int filterDoubleRange(final MemorySegment values, final long offset, final int length, final double low, final double high,
            final MemorySegment out) {
        return JavaFilters.doubleRange(values, offset, length, low, high, out);
    }

    @Override
    public int filterIds(final MemorySegment ids, final long offset, final int length, final MemorySegment bitmap, final int bits,
            final MemorySegment out) {
        return JavaFilters.ids(ids, offset, length, bitmap, bits, out);
    }

    @Override
    public boolean gatherLongs(final MemorySegment base, final MemorySegment offsets, final int count, final long field,
            final MemorySegment column) {
        return JavaColumns.gatherLongs(base, offsets, count, field, column);
    }

    @Override
    public boolean gatherInts(final MemorySegment base, final MemorySegment offsets, final int count, final long field,
            final MemorySegment column) {
        return JavaColumns.gatherInts(base, offsets, count, field, column);
    }

    @Override
    public boolean aggregateLongs(final MemorySegment values, final long offset, final int length, final MemorySegment selection,
            final int selected, final MemorySegment out) {
        return JavaColumns.aggregateLongs(values, offset, length, selection, selected, out);
    }

    @Override
    public boolean aggregateDoubles(final MemorySegment values, final long offset, final int length, final MemorySegment selection,
            final int selected, final MemorySegment out) {
        return JavaColumns.aggregateDoubles(values, offset, length, selection, selected, out);
    }

    @Override
    public int newlines(final MemorySegment data, final long offset, final int length, final MemorySegment out, final int capacity) {
        return JavaBytes.newlines(data, offset, length, out, capacity);
    }

    @Override
    public boolean crc32c(final MemorySegment base, final MemorySegment offsets, final MemorySegment lengths, final int count,
            final MemorySegment crcs) {
        return JavaBytes.crc32c(base, offsets, lengths, count, crcs);
    }

    @Override
    public int validAscii(final MemorySegment data, final long offset, final int length, final MemorySegment out) {
        return JavaBytes.validAscii(data, offset, length);
    }

    @Override
    public int validUtf8(final MemorySegment data, final long offset, final int length, final MemorySegment out) {
        return JavaBytes.validUtf8(data, offset, length);
    }

    @Override
    public boolean pack(final MemorySegment base, final MemorySegment offsets, final MemorySegment lengths, final int count,
            final MemorySegment selection, final int selected, final MemorySegment target, final MemorySegment targetOffsets,
            final MemorySegment out) {
        return JavaPack.pack(base, offsets, lengths, count, selection, selected, target, targetOffsets, out);
    }

    @Override
    public void walk(final MemorySegment ring, final long position, final int bytes, final int frames, final FrameTerms terms,
            final MemorySegment offsets, final MemorySegment columns, final int rows, final int row, final MemorySegment result) {
        JavaWalk.walk(ring, position, bytes, frames, terms, offsets, columns, rows, row, result);
    }
}
