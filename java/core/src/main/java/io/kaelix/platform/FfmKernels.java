// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import io.kaelix.platform.bindings.kaelix.kaelix_h;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Kernels of libkaelix, called without leaving the Java thread state: a third of the cost of an ordinary call. In
 * return a garbage collection waits until the kernel returns, so only kernels are called like this, and only on
 * {@link Platform#KERNEL_MAX_BYTES} at a time. Initialised after the library is loaded.
 */
final class FfmKernels {

    private static final MethodHandle NEWLINES = Linker.nativeLinker().downcallHandle(
            kaelix_h.kaelix_newlines$address(), kaelix_h.kaelix_newlines$descriptor(), Linker.Option.critical(false));

    private static final MethodHandle FILTER_INT64 = Linker.nativeLinker().downcallHandle(
            kaelix_h.kaelix_filter_int64$address(), kaelix_h.kaelix_filter_int64$descriptor(), Linker.Option.critical(false));

    private static final MethodHandle PREFETCH_WRITE = Linker.nativeLinker().downcallHandle(
            kaelix_h.kaelix_prefetch_write$address(),
            // The pointer as a number: a segment would be allocated for it until the call is compiled.
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG), Linker.Option.critical(false));

    private FfmKernels() {
    }

    /** Calls {@code kaelix_newlines} with arguments that were checked, and returns its status. */
    static int newlines(final MemorySegment data, final long length, final MemorySegment positions, final long capacity,
            final MemorySegment result) {
        try {
            return (int) NEWLINES.invokeExact(data, length, positions, capacity, result);
        } catch (final RuntimeException | Error known) {
            throw known; // a segment whose arena is closed, or belongs to another thread
        } catch (final Throwable impossible) {
            throw new AssertionError("a downcall throws no checked exception", impossible);
        }
    }

    /** Calls {@code kaelix_prefetch_write}, which is a hint: what it answers does not matter. */
    static void prefetchWrite(final long address, final long bytes) {
        try {
            final int ignored = (int) PREFETCH_WRITE.invokeExact(address, bytes);
        } catch (final Throwable impossible) {
            throw new AssertionError("a downcall throws no checked exception", impossible);
        }
    }

    /** Calls {@code kaelix_filter_int64} with arguments that were checked, and returns its status. */
    static int filter(final MemorySegment values, final long length, final int comparison, final long operand,
            final MemorySegment indices, final MemorySegment count) {
        try {
            return (int) FILTER_INT64.invokeExact(values, length, comparison, operand, indices, count);
        } catch (final RuntimeException | Error known) {
            throw known; // as above
        } catch (final Throwable impossible) {
            throw new AssertionError("a downcall throws no checked exception", impossible);
        }
    }
}
