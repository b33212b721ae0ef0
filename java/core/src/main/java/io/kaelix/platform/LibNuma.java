// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kaelix.CpuSet;
import io.kaelix.platform.bindings.numa.bitmask;
import io.kaelix.platform.bindings.numa.numa_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@link NumaLibrary} over {@code libnuma.so.1}, which is opened when the first method is called: a {@link
 * LinkageError} from there says that it is not installed.
 */
final class LibNuma implements NumaLibrary {

    private static final long ABSENT = -1;

    // Without it libnuma guesses, and says so on stderr.
    private static final Path NODES = Path.of("/sys/devices/system/node/online");

    @Override
    public boolean available() {
        return Files.isReadable(NODES) && numa_h.numa_available() >= 0;
    }

    @Override
    public int maxNode() {
        return numa_h.numa_max_node();
    }

    @Override
    public long[] memory(final int node) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment free = arena.allocate(JAVA_LONG);
            final long size = numa_h.numa_node_size64(node, free);
            return size == ABSENT ? null : new long[] {size, free.get(JAVA_LONG, 0)};
        }
    }

    @Override
    public CpuSet cpus(final int node) {
        final MemorySegment mask = numa_h.numa_allocate_cpumask();
        if (mask.address() == 0) {
            return CpuSet.of();
        }
        try {
            return numa_h.numa_node_to_cpus(node, mask) == 0 ? read(mask) : CpuSet.of();
        } finally {
            numa_h.numa_bitmask_free(mask);
        }
    }

    @Override
    public int distance(final int from, final int to) {
        return numa_h.numa_distance(from, to);
    }

    private static CpuSet read(final MemorySegment address) {
        final MemorySegment mask = address.reinterpret(bitmask.sizeof());
        final int bytes = numa_h.numa_bitmask_nbytes(mask);
        return CpuSet.ofWords(bitmask.maskp(mask).reinterpret(bytes).toArray(JAVA_LONG));
    }
}
