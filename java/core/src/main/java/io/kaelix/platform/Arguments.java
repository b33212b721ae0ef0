// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** Checks of arguments that every platform shares, called right above what they protect. */
final class Arguments {

    private Arguments() {
    }

    /** Arguments of {@link Platform#newlines}. */
    static void checkNewlines(final MemorySegment data, final long offset, final int length, final MemorySegment out,
            final int capacity) {
        Objects.checkFromIndexSize(offset, length, data.byteSize());
        if (length > Platform.KERNEL_MAX_BYTES) {
            throw new IndexOutOfBoundsException("length is at most " + Platform.KERNEL_MAX_BYTES + ", not " + length
                    + ": index a longer range in pieces");
        }
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity is at least 1, not " + capacity);
        }
        final long needed = Platform.NEWLINES_HEADER_BYTES + (long) capacity * Integer.BYTES;
        if (out.byteSize() < needed) {
            throw new IndexOutOfBoundsException("out has " + out.byteSize() + " bytes, but " + capacity
                    + " positions need " + needed);
        }
        checkMemory("data", data, out);
    }

    /** Arguments of {@link Platform#filter}. */
    static void checkFilter(final MemorySegment values, final long offset, final int length, final Comparison comparison,
            final MemorySegment out) {
        if (length > Platform.FILTER_MAX_VALUES) {
            throw new IndexOutOfBoundsException("length is at most " + Platform.FILTER_MAX_VALUES + " values, not " + length
                    + ": filter a longer column in pieces");
        }
        Objects.checkFromIndexSize(offset, (long) length * Long.BYTES, values.byteSize());
        Objects.requireNonNull(comparison, "comparison");
        final long needed = Platform.FILTER_HEADER_BYTES + (long) length * Integer.BYTES;
        if (out.byteSize() < needed) {
            throw new IndexOutOfBoundsException("out has " + out.byteSize() + " bytes, but " + length
                    + " indices need " + needed);
        }
        checkMemory("values", values, out);
        if ((values.address() + offset & Long.BYTES - 1) != 0) {
            throw new IllegalArgumentException("values must be aligned to " + Long.BYTES + " bytes at the offset, " + offset);
        }
    }

    private static void checkMemory(final String name, final MemorySegment input, final MemorySegment out) {
        if (!input.isNative() || !out.isNative()) {
            throw new IllegalArgumentException(name + " and out must be native memory, not a Java array");
        }
        if ((out.address() & Long.BYTES - 1) != 0 || out.isReadOnly()) {
            throw new IllegalArgumentException("out must be aligned to " + Long.BYTES + " bytes and writable");
        }
    }

    /** Argument of {@link Platform#schedule}. */
    static void checkScheduling(final Scheduling wanted) {
        if (wanted.policy() == Scheduling.Policy.OTHER) {
            throw new IllegalArgumentException("OTHER stands for policies that cannot be asked for; use NORMAL, FIFO, ROUND_ROBIN, BATCH or IDLE");
        }
    }

    /** Arguments of {@link Platform#pageNodes}. */
    static void checkPages(final long address, final long pageBytes, final int count) {
        if (count < 0) {
            throw new IllegalArgumentException("count is at least 0, not " + count);
        }
        if (pageBytes < 1 || Long.bitCount(pageBytes) != 1) {
            throw new IllegalArgumentException("pageBytes is a power of two, not " + pageBytes);
        }
        if (address <= 0 || count > (Long.MAX_VALUE - address) / pageBytes) {
            throw new IllegalArgumentException("no " + count + " pages of " + pageBytes + " bytes lie at address "
                    + address);
        }
    }
}
