// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/** Checks of arguments that every platform shares, called right above what they protect. */
final class Arguments {

    private static final long MAX_BASE_BYTES = 1L << 31;
    private static final long MIN_RING_BYTES = 256;
    private static final long MAX_RING_BYTES = 1L << 30;

    private Arguments() {
    }

    /** Arguments of {@link Kernels#newlines}. */
    static void checkNewlines(final MemorySegment data, final long offset, final int length, final MemorySegment out,
            final int capacity) {
        Objects.checkFromIndexSize(offset, length, data.byteSize());
        if (length > Kernels.MAX_BYTES) {
            throw new IndexOutOfBoundsException("length is at most " + Kernels.MAX_BYTES + ", not " + length
                    + ": index a longer range in pieces");
        }
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity is at least 1, not " + capacity);
        }
        final long needed = Kernels.NEWLINES_HEADER_BYTES + (long) capacity * Integer.BYTES;
        if (out.byteSize() < needed) {
            throw new IndexOutOfBoundsException("out has " + out.byteSize() + " bytes, but " + capacity
                    + " positions need " + needed);
        }
        checkMemory("data", data, out);
    }

    /** Arguments of the filters: a column of values of so many bytes each, and where a selection of them goes. */
    static void checkFilter(final MemorySegment values, final long offset, final int length, final int valueBytes, final MemorySegment out) {
        if (length > Kernels.MAX_BYTES / valueBytes) {
            throw new IndexOutOfBoundsException("length is at most " + Kernels.MAX_BYTES / valueBytes + " values, not " + length
                    + ": filter a longer column in pieces");
        }
        Objects.checkFromIndexSize(offset, (long) length * valueBytes, values.byteSize());
        final long needed = Kernels.SELECTION_HEADER_BYTES + (long) length * Integer.BYTES;
        if (out.byteSize() < needed) {
            throw new IndexOutOfBoundsException("out has " + out.byteSize() + " bytes, but " + length
                    + " indices need " + needed);
        }
        checkMemory("values", values, out);
        if ((values.address() + offset & valueBytes - 1) != 0) {
            throw new IllegalArgumentException("values must be aligned to " + valueBytes + " bytes at the offset, " + offset);
        }
    }

    /** A set of ids. */
    static void checkBitmap(final MemorySegment bitmap, final int bits) {
        if (bits < 0 || bits > Kernels.MAX_BYTES * Byte.SIZE) {
            throw new IndexOutOfBoundsException("bits is 0 to " + Kernels.MAX_BYTES * Byte.SIZE + ", not " + bits);
        }
        final long needed = Math.ceilDiv(bits, Long.SIZE) * (long) Long.BYTES;
        if (bitmap.byteSize() < needed) {
            throw new IndexOutOfBoundsException("bitmap has " + bitmap.byteSize() + " bytes, but " + bits + " bits need " + needed);
        }
        checkAligned("bitmap", bitmap, Long.BYTES);
    }

    /** Arguments of the gathers. */
    static void checkGather(final MemorySegment base, final MemorySegment offsets, final int count, final int valueBytes,
            final MemorySegment column) {
        if (count < 0 || count > Kernels.MAX_GATHERED) {
            throw new IndexOutOfBoundsException("count is 0 to " + Kernels.MAX_GATHERED + ", not " + count + ": gather more in pieces");
        }
        if (base.byteSize() > MAX_BASE_BYTES) {
            throw new IndexOutOfBoundsException("base has at most 2 GiB, not " + base.byteSize() + " bytes");
        }
        Objects.checkFromIndexSize(0, (long) count * Integer.BYTES, offsets.byteSize());
        Objects.checkFromIndexSize(0, (long) count * valueBytes, column.byteSize());
        checkAligned("base", base, 1);
        checkAligned("offsets", offsets, Integer.BYTES);
        checkAligned("column", column, valueBytes);
        if (column.isReadOnly()) {
            throw new IllegalArgumentException("column must be writable");
        }
    }

    static IndexOutOfBoundsException outsideOfBase(final MemorySegment base, final long field, final int valueBytes) {
        return new IndexOutOfBoundsException("one of the offsets, with the field at " + field + " of " + valueBytes
                + " bytes, lies outside of base, which has " + base.byteSize() + " bytes");
    }

    /** Arguments of the aggregates; how many values are selected. */
    static int checkAggregate(final MemorySegment values, final long offset, final int length, final MemorySegment selection,
            final MemorySegment out) {
        if (length > Kernels.MAX_LONGS) {
            throw new IndexOutOfBoundsException("length is at most " + Kernels.MAX_LONGS + " values, not " + length
                    + ": aggregate a longer column in pieces");
        }
        Objects.checkFromIndexSize(offset, (long) length * Long.BYTES, values.byteSize());
        Objects.checkFromIndexSize(0, Kernels.AGGREGATE_BYTES, out.byteSize());
        checkMemory("values", values, out);
        if ((values.address() + offset & Long.BYTES - 1) != 0) {
            throw new IllegalArgumentException("values must be aligned to " + Long.BYTES + " bytes at the offset, " + offset);
        }
        if (selection == null) {
            return length;
        }
        return selected(selection, Kernels.MAX_LONGS);
    }

    /** How many indices a selection has, as it says itself. */
    static int selected(final MemorySegment selection, final int most) {
        checkAligned("selection", selection, Long.BYTES);
        final long selected = selection.get(ValueLayout.JAVA_LONG, 0);
        if (selected < 0 || selected > most || selected * Integer.BYTES > selection.byteSize() - Kernels.SELECTION_HEADER_BYTES) {
            throw new IndexOutOfBoundsException("selection says that it has " + selected + " indices, in " + selection.byteSize()
                    + " bytes: at most " + most + " can be used here, and no more than fit");
        }
        return (int) selected;
    }

    /** Where a walk begins, and its limits. */
    static void checkWalk(final MemorySegment ring, final long position, final int bytes, final int frames, final MemorySegment result) {
        final long capacity = ring.byteSize();
        if (capacity < MIN_RING_BYTES || capacity > MAX_RING_BYTES || Long.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("the size of a ring is a power of two from " + MIN_RING_BYTES + " to " + MAX_RING_BYTES
                    + ", not " + capacity);
        }
        if (position < 0 || (position & Long.BYTES - 1) != 0) {
            throw new IllegalArgumentException("position is a multiple of 8, not " + position);
        }
        if (bytes < 0 || bytes > capacity) {
            throw new IndexOutOfBoundsException("bytes is 0 to " + capacity + ", not " + bytes);
        }
        if (frames < 0 || frames > Kernels.MAX_WALKED) {
            throw new IndexOutOfBoundsException("frames is 0 to " + Kernels.MAX_WALKED + ", not " + frames + ": walk further in pieces");
        }
        Objects.checkFromIndexSize(0, Kernels.WALK_RESULT_BYTES, result.byteSize());
        checkAligned("ring", ring, Long.BYTES);
        checkWritable("result", result, Long.BYTES);
    }

    /** Where a walk writes. */
    static void checkRows(final MemorySegment offsets, final MemorySegment columns, final int rows, final int row) {
        if (rows < 0 || rows > Kernels.MAX_ROWS) {
            throw new IndexOutOfBoundsException("rows is 0 to " + Kernels.MAX_ROWS + ", not " + rows);
        }
        if (row < 0 || row > rows) {
            throw new IndexOutOfBoundsException("row is 0 to " + rows + ", not " + row);
        }
        Objects.checkFromIndexSize(0, (long) rows * Integer.BYTES, offsets.byteSize());
        checkWritable("offsets", offsets, Integer.BYTES);
        if (columns != null) {
            Objects.checkFromIndexSize(0, (long) rows * Kernels.ROW_BYTES, columns.byteSize());
            checkWritable("columns", columns, Long.BYTES);
        }
    }

    private static void checkWritable(final String name, final MemorySegment segment, final int alignment) {
        checkAligned(name, segment, alignment);
        if (segment.isReadOnly()) {
            throw new IllegalArgumentException(name + " must be writable");
        }
    }

    /** Pieces of base: where each begins, and how long it is. */
    static void checkPieces(final MemorySegment base, final MemorySegment offsets, final MemorySegment lengths, final int count) {
        if (count < 0 || count > Kernels.MAX_PIECES) {
            throw new IndexOutOfBoundsException("count is 0 to " + Kernels.MAX_PIECES + ", not " + count + ": take more in several calls");
        }
        checkAligned("base", base, 1);
        checkRoom("offsets", offsets, count);
        checkRoom("lengths", lengths, count);
    }

    private static void checkRoom(final String name, final MemorySegment numbers, final int count) {
        if (numbers.byteSize() < (long) count * Integer.BYTES) {
            throw new IndexOutOfBoundsException(name + " has " + numbers.byteSize() + " bytes, but " + count + " numbers need "
                    + (long) count * Integer.BYTES);
        }
        checkAligned(name, numbers, Integer.BYTES);
    }

    /** Room for so many numbers. */
    static void checkNumbers(final String name, final MemorySegment numbers, final int count) {
        checkRoom(name, numbers, count);
        if (numbers.isReadOnly()) {
            throw new IllegalArgumentException(name + " must be writable");
        }
    }

    static IndexOutOfBoundsException outsidePiece(final MemorySegment base) {
        return new IndexOutOfBoundsException("a piece lies outside of base, which has " + base.byteSize()
                + " bytes, an index is not one of a piece, or all of them are longer than " + Kernels.MAX_BYTES + " bytes together");
    }

    /** Arguments of the validations. */
    static void checkText(final MemorySegment data, final long offset, final int length, final MemorySegment out) {
        if (length > Kernels.MAX_BYTES) {
            throw new IndexOutOfBoundsException("length is at most " + Kernels.MAX_BYTES + ", not " + length
                    + ": validate a longer text in pieces");
        }
        Objects.checkFromIndexSize(offset, length, data.byteSize());
        Objects.checkFromIndexSize(0, Long.BYTES, out.byteSize());
        checkMemory("data", data, out);
    }

    /** That writing to one does not change the other. Segments of Java arrays have addresses of their own: they were refused before. */
    static void checkApart(final String outputName, final MemorySegment output, final String inputName, final MemorySegment input) {
        if (output.address() < input.address() + input.byteSize() && input.address() < output.address() + output.byteSize()) {
            throw new IllegalArgumentException(outputName + " must not overlap " + inputName);
        }
    }

    /** Where pieces are packed, and where the result goes. */
    static void checkTarget(final MemorySegment target, final MemorySegment out) {
        Objects.checkFromIndexSize(0, 2 * Long.BYTES, out.byteSize());
        checkMemory("target", target, out);
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("target must be writable");
        }
    }

    static IndexOutOfBoundsException outsideOfColumn(final int length) {
        return new IndexOutOfBoundsException("an index of the selection is not below " + length + ": it is of another column");
    }

    private static void checkAligned(final String name, final MemorySegment memory, final int bytes) {
        if (!memory.isNative()) {
            throw new IllegalArgumentException(name + " must be native memory, not a Java array");
        }
        if ((memory.address() & bytes - 1) != 0) {
            throw new IllegalArgumentException(name + " must be aligned to " + bytes + " bytes");
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
