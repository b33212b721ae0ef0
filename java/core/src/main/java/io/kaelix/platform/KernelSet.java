// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import java.lang.foreign.MemorySegment;

/**
 * The kernels of {@link Kernels}, with arguments that were checked but for what only a kernel sees: an offset or an index among thousands.
 * Where such a one lies outside, the answer is false, and what was written means nothing.
 */
interface KernelSet {

    int filterLongs(MemorySegment values, long offset, int length, Comparison comparison, long operand, MemorySegment out);

    int filterInts(MemorySegment values, long offset, int length, Comparison comparison, int operand, MemorySegment out);

    int filterDoubles(MemorySegment values, long offset, int length, Comparison comparison, double operand, MemorySegment out);

    int filterLongRange(MemorySegment values, long offset, int length, long low, long high, MemorySegment out);

    int filterIntRange(MemorySegment values, long offset, int length, int low, int high, MemorySegment out);

    int filterDoubleRange(MemorySegment values, long offset, int length, double low, double high, MemorySegment out);

    int filterIds(MemorySegment ids, long offset, int length, MemorySegment bitmap, int bits, MemorySegment out);

    boolean gatherLongs(MemorySegment base, MemorySegment offsets, int count, long field, MemorySegment column);

    boolean gatherInts(MemorySegment base, MemorySegment offsets, int count, long field, MemorySegment column);

    /** @param selection null for the whole column, else what a filter wrote, with {@code selected} indices */
    boolean aggregateLongs(MemorySegment values, long offset, int length, MemorySegment selection, int selected, MemorySegment out);

    /** @param selection as above */
    boolean aggregateDoubles(MemorySegment values, long offset, int length, MemorySegment selection, int selected, MemorySegment out);

    int newlines(MemorySegment data, long offset, int length, MemorySegment out, int capacity);

    boolean crc32c(MemorySegment base, MemorySegment offsets, MemorySegment lengths, int count, MemorySegment crcs);

    int validAscii(MemorySegment data, long offset, int length, MemorySegment out);

    int validUtf8(MemorySegment data, long offset, int length, MemorySegment out);

    /** @param columns as of {@link Kernels#walk}; null for none */
    void walk(MemorySegment ring, long position, int bytes, int frames, FrameTerms terms, MemorySegment offsets, MemorySegment columns,
            int rows, int row, MemorySegment result);

    /** @param selection null for the first {@code selected} pieces, else what a filter wrote, with {@code selected} indices */
    boolean pack(MemorySegment base, MemorySegment offsets, MemorySegment lengths, int count, MemorySegment selection, int selected,
            MemorySegment target, MemorySegment targetOffsets, MemorySegment out);
}
