// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import io.kaelix.platform.bindings.kaelix.kaelix_h;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Kernels of libkaelix, called without leaving the Java thread state: a third of the cost of an ordinary call. In
 * return a garbage collection waits until the kernel returns, so only kernels are called like this, and only on
 * {@link Platform#KERNEL_MAX_BYTES} at a time. Initialised after the library is loaded.
 */
final class FfmKernels {

    private static final MethodHandle NEWLINES = Linker.nativeLinker().downcallHandle(
            kaelix_h.kaelix_newlines$address(), kaelix_h.kaelix_newlines$descriptor(), Linker.Option.critical(false));

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
}
