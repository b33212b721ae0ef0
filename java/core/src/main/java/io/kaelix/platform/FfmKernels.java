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
    public int filter(final MemorySegment values, final long offset, final int length, final Comparison comparison, final long operand,
            final MemorySegment out) {
        try {
            check("kaelix_filter_int64", (int) FILTER_INT64.invokeExact(values.asSlice(offset, (long) length * Long.BYTES), (long) length,
                    comparison.ordinal(), operand, out.asSlice(Kernels.SELECTION_HEADER_BYTES), out));
        } catch (final Throwable thrown) {
            throw rethrow(thrown);
        }
        return (int) out.get(JAVA_LONG, 0);
    }

    private static void check(final String function, final int status) {
        if (status != kaelix_h.KAELIX_OK()) {
            throw new AssertionError(function + " refused arguments that were checked, status " + status);
        }
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
