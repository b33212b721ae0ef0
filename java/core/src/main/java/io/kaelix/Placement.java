// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

/**
 * Where the memory of a streamer really is: what was obtained, read back from the kernel, not what was asked. But for the bytes, it tells
 * of the memory that was mapped at launch; what is mapped later is asked for in the same way.
 *
 * @param node NUMA node that holds it; -1 if spread or not readable
 * @param pageBytes size of the pages behind it
 * @param bytes mapped so far
 * @param reason one line: what was obtained, and why each better choice was not
 * @param platform {@code ffm}, {@code jna} or {@code portable}: how native memory is reached
 * @param isa instruction set of the batch kernels: {@code avx512}, {@code avx2}, {@code neon}, {@code scalar}, {@code java}
 */
public record Placement(int node, long pageBytes, long bytes, String reason, String platform, String isa) {
}
