// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import java.lang.foreign.MemorySegment;

/** The kernels of {@link Kernels}, with arguments that were checked: what one way to run them has to provide. */
interface KernelSet {

    int newlines(MemorySegment data, long offset, int length, MemorySegment out, int capacity);

    int filter(MemorySegment values, long offset, int length, Comparison comparison, long operand, MemorySegment out);
}
