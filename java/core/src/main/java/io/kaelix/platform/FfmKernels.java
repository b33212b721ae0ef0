// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kaelix.platform.bindings.kaelix.kaelix_h;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Kernels of libkaelix, called without leaving the Java thread state: a third of the cost of an ordinary call. In
 * return a garbage collection waits until the kernel returns, so only kernels are called like this, and only on
 * {@link Kernels#MAX_BYTES} at a time. Initialised after the library is loaded.
 */
final class FfmKernels implements KernelSet {

    private static final MethodHandle NEWLINES = critical(kaelix_h.kaelix_newlines$address(), kaelix_h.kaelix_newlines$descriptor());

    private static final MethodHandle FILTER_INT64 =
            critical(kaelix_h.kaelix_filter_int64$address(), kaelix_h.kaelix_filter_int64$descriptor());

    private static final MethodHandle FILTER_INT32 =
            critical(kaelix_h.kaelix_filter_int32$address(), kaelix_h.kaelix_filter_int32$descriptor());

    private static final MethodHandle FILTER_DOUBLE =
            critical(kaelix_h.kaelix_filter_double$address(), kaelix_h.kaelix_filter_double$descriptor());

    private static final MethodHandle FILTER_INT64_RANGE =
            critical(kaelix_h.kaelix_filter_int64_range$address(), kaelix_h.kaelix_filter_int64_range$descriptor());

    private static final MethodHandle FILTER_INT32_RANGE =
            critical(kaelix_h.kaelix_filter_int32_range$address(), kaelix_h.kaelix_filter_int32_range$descriptor());

    private static final MethodHandle FILTER_DOUBLE_RANGE =
            critical(kaelix_h.kaelix_filter_double_range$address(), kaelix_h.kaelix_filter_double_range$descriptor());

    private static final MethodHandle FILTER_IDS =
            critical(kaelix_h.kaelix_filter_ids$address(), kaelix_h.kaelix_filter_ids$descriptor());

    private static final MethodHandle GATHER_INT64 =
            critical(kaelix_h.kaelix_gather_int64$address(), kaelix_h.kaelix_gather_int64$descriptor());

    private static final MethodHandle GATHER_INT32 =
            critical(kaelix_h.kaelix_gather_int32$address(), kaelix_h.kaelix_gather_int32$descriptor());

    private static final MethodHandle AGGREGATE_INT64 =
            critical(kaelix_h.kaelix_aggregate_int64$address(), kaelix_h.kaelix_aggregate_int64$descriptor());

    private static final MethodHandle AGGREGATE_DOUBLE =
            critical(kaelix_h.kaelix_aggregate_double$address(), kaelix_h.kaelix_aggregate_double$descriptor());

    private static final MethodHandle CRC32C =
            critical(kaelix_h.kaelix_crc32c_batch$address(), kaelix_h.kaelix_crc32c_batch$descriptor());

    private static final MethodHandle ASCII_VALID =
            critical(kaelix_h.kaelix_ascii_valid$address(), kaelix_h.kaelix_ascii_valid$descriptor());

    private static final MethodHandle UTF8_VALID =
            critical(kaelix_h.kaelix_utf8_valid$address(), kaelix_h.kaelix_utf8_valid$descriptor());

    private static final MethodHandle PACK =
            critical(kaelix_h.kaelix_pack$address(), kaelix_h.kaelix_pack$descriptor());

    private static final MethodHandle WALK =
            critical(kaelix_h.kaelix_walk$address(), kaelix_h.kaelix_walk$descriptor());

    private static final MethodHandle PREFETCH_WRITE = critical(kaelix_h.kaelix_prefetch_write$address(),
            // The pointer as a number: a segment would be allocated for it until the call is compiled.
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));

    private static MethodHandle critical(final MemorySegment function, final FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(function, descriptor, Linker.Option.critical(false));
    }

    /** Calls {@code kaelix_prefetch_write}, which is a hint: what it answers does not matter. */
    static void prefetchWrite(final long address, final long bytes) {
        try {
            final int ignored = (int) PREFETCH_WRITE.invokeExact(address, bytes);
        } catch (final Throwable thrown) {
            throw rethrow(thrown);
        }
    }

    @Override
    public int newlines(final MemorySegment data, final long offset, final int length, final MemorySegment out, final int capacity) {
        try {
            check("kaelix_newlines", (int) NEWLINES.invokeExact(data.asSlice(offset, length), (long) length,
                    out.asSlice(Kernels.NEWLINES_HEADER_BYTES), (long) capacity, out));
        } catch (final Throwable thrown) {
            throw rethrow(thrown);
        }
        return (int) out.get(JAVA_LONG, 0);
    }

    @Override
    public int filterLongs(final MemorySegment values, final long offset, final int length, final Comparison comparison, final long operand,
            final MemorySegment out) {
        try {
            check("kaelix_filter_int64", (int) FILTER_INT64.invokeExact(values.asSlice(offset, (long) length * Long.BYTES), (long) length,
                    comparison.ordinal(), operand, indices(out), out));
        } catch (final Throwable thrown) {
            throw rethrow(thrown);
        }
        return (int) out.get(JAVA_LONG, 0);
    }

    @Override
    public int filterInts(final MemorySegment values, final long offset, final int length, final Comparison comparison, final int operand,
            final MemorySegment out) {
        try {
            check("kaelix_filter_int32", (int) FILTER_INT32.invokeExact(values.asSlice(offset, (long) length * Integer.BYTES), (long) length,
                    comparison.ordinal(), operand, indices(out), out));
        } catch (final Throwable thrown) {
            throw rethrow(thrown);
        }
        return (int) out.get(JAVA_LONG, 0);
    }

    @Override
    public int filterDoubles(final MemorySegment values, final long offset, final int length, final Comparison comparison, final double operand,
            final MemorySegment out) {
        try {
            check("kaelix_filter_double", (int) FILTER_DOUBLE.invokeExact(values.asSlice(offset, (long) length * Double.BYTES), (long) length,
                    comparison.ordinal(), operand, indices(out), out));
        } catch (final Throwable thrown) {
            throw rethrow(thrown);
        }
        return (int) out.get(JAVA_LONG, 0);
    }

    @Override
    public int filterLongRange(final MemorySegment values, final long offset, final int length, final long low, final long high,
            final MemorySegment out) {
        try {
            check("kaelix_filter_int64_range", (int) FILTER_INT64_RANGE.invokeExact(values.asSlice(offset, (long) length * Long.BYTES), (long) length,
                    low, high, indices(out), out));
        } catch (final Throwable thrown) {
            throw rethrow(thrown);
        }
        return (int) out.get(JAVA_LONG, 0);
    }

    @Override
    public int filterIntRange(final MemorySegment values, final long offset, final int length, final int low, final int high,
            final MemorySegment out) {
        try {
            check("kaelix_filter_int32_range",
                    (int) FILTER_INT32_RANGE.invokeExact(values.asSlice(offset, (long) length * Integer.BYTES), (long) length,
                    low, high, indices(out), out));
        } catch (final Throwable thrown) {
            throw rethrow(thrown);
        }
        return (int) out.get(JAVA_LONG, 0);
    }

    @Override
    public int filterDoubleRange(final MemorySegment values, final long offset, final int length, final double low, final double high,
            final MemorySegment out) {
        try {
            check("kaelix_filter_double_range",
                    (int) FILTER_DOUBLE_RANGE.invokeExact(values.asSlice(offset, (long) length * Double.BYTES), (long) length,
                    low, high, indices(out), out));
        } catch (final Throwable thrown) {
            throw rethrow(thrown);
        }
        return (int) out.get(JAVA_LONG, 0);
    }

    @Override
    public int filterIds(final MemorySegment ids, final long offset, final int length, final MemorySegment bitmap, final int bits,
            final MemorySegment out) {
        try {
            check("kaelix_filter_ids", (int) FILTER_IDS.invokeExact(ids.asSlice(offset, (long) length * Integer.BYTES), (long) length,
                    bitmap, (long) bits, indices(out), out));
        } catch (final Throwable thrown) {
            throw rethrow(thrown);
        }
        return (int) out.get(JAVA_LONG, 0);
    }

    @Override
    public boolean gatherLongs(final MemorySegment base, final MemorySegment offsets, final int count, final long field,
            final MemorySegment column) {
        try {
            return inside("kaelix_gather_int64",
                    (int) GATHER_INT64.invokeExact(base, base.byteSize(), offsets, (long) count, field, column));
        } catch (final Throwable thrown) {
            throw rethrow(thrown);
        }
    }

    @Override
    public boolean gatherInts(final MemorySegment base, final MemorySegment offsets, final int count, final long field,
            final MemorySegment column) {
        try {
            return inside("kaelix_gather_int32",
                    (int) GATHER_INT32.invokeExact(base, base.byteSize(), offsets, (long) count, field, column));
        } catch (final Throwable thrown) {
            throw rethrow(thrown);
        }
    }

    @Override
    public boolean aggregateLongs(final MemorySegment values, final long offset, final int length, final MemorySegment selection,
            final int selected, final MemorySegment out) {
        try {
            return inside("kaelix_aggregate_int64", (int) AGGREGATE_INT64.invokeExact(values.asSlice(offset, (long) length * Long.BYTES),
                    (long) length, indices(selection), (long) selected, out));
        } catch (final Throwable thrown) {
            throw rethrow(thrown);
        }
    }

    @Override
    public boolean aggregateDoubles(final MemorySegment values, final long offset, final int length, final MemorySegment selection,
            final int selected, final MemorySegment out) {
        try {
            return inside("kaelix_aggregate_double", (int) AGGREGATE_DOUBLE.invokeExact(values.asSlice(offset, (long) length * Long.BYTES),
                    (long) length, indices(selection), (long) selected, out));
        } catch (final Throwable thrown) {
            throw rethrow(thrown);
        }
    }

    @Override
    public boolean crc32c(final MemorySegment base, final MemorySegment offsets, final MemorySegment lengths, final int count,
            final MemorySegment crcs) {
        try {
            return inside("kaelix_crc32c_batch", (int) CRC32C.invokeExact(base, base.byteSize(), offsets, lengths, (long) count, crcs));
        } catch (final Throwable thrown) {
            throw rethrow(thrown);
        }
    }

    @Override
    public int validAscii(final MemorySegment data, final long offset, final int length, final MemorySegment out) {
        try {
            check("kaelix_ascii_valid", (int) ASCII_VALID.invokeExact(data.asSlice(offset, length), (long) length, out));
        } catch (final Throwable thrown) {
            throw rethrow(thrown);
        }
        return (int) out.get(JAVA_LONG, 0);
    }

    @Override
    public int validUtf8(final MemorySegment data, final long offset, final int length, final MemorySegment out) {
        try {
            check("kaelix_utf8_valid", (int) UTF8_VALID.invokeExact(data.asSlice(offset, length), (long) length, out));
        } catch (final Throwable thrown) {
            throw rethrow(thrown);
        }
        return (int) out.get(JAVA_LONG, 0);
    }

    @Override
    public boolean pack(final MemorySegment base, final MemorySegment offsets, final MemorySegment lengths, final int count,
            final MemorySegment selection, final int selected, final MemorySegment target, final MemorySegment targetOffsets,
            final MemorySegment out) {
        try {
            return inside("kaelix_pack", (int) PACK.invokeExact(base, base.byteSize(), offsets, lengths, (long) count, indices(selection),
                    (long) selected, target, target.byteSize(), targetOffsets, out));
        } catch (final Throwable thrown) {
            throw rethrow(thrown);
        }
    }

    @Override
    public void walk(final MemorySegment ring, final long position, final int bytes, final int frames, final FrameTerms terms,
            final MemorySegment offsets, final MemorySegment columns, final int rows, final int row, final MemorySegment result) {
        final MemorySegment selectedBy = terms == null ? MemorySegment.NULL : terms.terms();
        final long termCount = terms == null ? 0 : terms.count();
        final MemorySegment written = columns == null ? MemorySegment.NULL : columns;
        try {
            check("kaelix_walk", (int) WALK.invokeExact(ring, ring.byteSize(), position, (long) bytes, (long) frames, selectedBy, termCount,
                    offsets, written, (long) rows, (long) row, result));
        } catch (final Throwable thrown) {
            throw rethrow(thrown);
        }
    }

    private static MemorySegment indices(final MemorySegment selection) {
        return selection == null ? MemorySegment.NULL : selection.asSlice(Kernels.SELECTION_HEADER_BYTES);
    }

    private static void check(final String function, final int status) {
        if (status != kaelix_h.KAELIX_OK()) {
            throw new AssertionError(function + " refused arguments that were checked, status " + status);
        }
    }

    /** For kernels whose arguments were checked but for offsets and indices. */
    private static boolean inside(final String function, final int status) {
        if (status == kaelix_h.KAELIX_E_INVALID()) {
            return false;
        }
        check(function, status);
        return true;
    }

    /** What the Java side of a downcall throws: of a segment whose arena is closed, or belongs to another thread. */
    private static AssertionError rethrow(final Throwable thrown) {
        if (thrown instanceof final RuntimeException known) {
            throw known;
        }
        if (thrown instanceof final Error known) {
            throw known;
        }
        return new AssertionError("a downcall throws no checked exception", thrown);
    }
}
