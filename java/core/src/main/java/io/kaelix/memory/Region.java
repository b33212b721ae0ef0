// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.memory;

import io.kaelix.platform.MappedMemory;
import io.kaelix.platform.MemoryRequest;
import io.kaelix.platform.Platform;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.TreeMap;

/**
 * Memory mapped in one piece: one placement, one page size, one lifetime.
 *
 * <p><b>Lifetime</b>: it is unmapped by {@link #tryUnmap}, which its arena calls when no block of it is left. Segments handed out are
 * slices of a shared {@link Arena}: one used after that throws {@link IllegalStateException}.
 *
 * <p><b>Threads</b>: its gaps are guarded by the {@link RegionArena} that owns it.
 */
final class Region {

    private final MappedMemory memory;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;
    private final TreeMap<Long, Gap> gaps = new TreeMap<>();

    Region(final Platform platform, final MemoryRequest request) {
        memory = platform.map(request);
        segment = MemorySegment.ofAddress(memory.address())
                .reinterpret(memory.bytes(), arena, ignored -> platform.unmap(memory));
    }

    MappedMemory memory() {
        return memory;
    }

    MemorySegment slice(final long offset, final long bytes) {
        return segment.asSlice(offset, bytes);
    }

    /** By offset; {@link FreeSpace} keeps them. */
    TreeMap<Long, Gap> gaps() {
        return gaps;
    }

    boolean isUnused() {
        final Gap first = gaps.get(0L);
        return first != null && first.bytes() == memory.bytes();
    }

    /**
     * Unmaps it, unless a native call or an input-output operation of another thread holds a segment of it at this moment.
     *
     * @return whether it is unmapped; if not, try later
     */
    boolean tryUnmap() {
        try {
            arena.close();
            return true;
        } catch (final IllegalStateException held) {
            return false;
        }
    }
}
