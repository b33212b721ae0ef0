// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.memory;

import io.kaelix.platform.MappedMemory;
import io.kaelix.platform.MemoryRequest;
import io.kaelix.platform.Platform;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;

/**
 * Memory mapped in one piece: one node, one page size, one lifetime. Cut into blocks by first fit, with neighbours joined when
 * they are freed.
 *
 * <p><b>Lifetime</b>: it is unmapped by {@link #tryUnmap}, which its arena calls when no block of it is left. Segments handed out are
 * slices of a shared {@link Arena}: one used after that throws {@link IllegalStateException}.
 *
 * <p><b>Threads</b>: guarded by the {@link RegionArena} that owns it.
 */
final class Region {

    /** Blocks start and end on base pages, so that no two lanes share one. */
    static final long GRANULE = 4096;

    private final MappedMemory memory;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;
    private final TreeMap<Long, Long> free = new TreeMap<>();

    Region(final Platform platform, final MemoryRequest request) {
        memory = platform.map(request);
        segment = MemorySegment.ofAddress(memory.address())
                .reinterpret(memory.bytes(), arena, ignored -> platform.unmap(memory));
        free.put(0L, memory.bytes());
    }

    MappedMemory memory() {
        return memory;
    }

    /** Cuts a block, or answers null if no gap is large enough. */
    Block allocate(final RegionArena owner, final long bytes) {
        for (final Map.Entry<Long, Long> gap : free.entrySet()) {
            if (gap.getValue() >= bytes) {
                final long offset = gap.getKey();
                final long rest = gap.getValue() - bytes;
                free.remove(offset);
                if (rest > 0) {
                    free.put(offset + bytes, rest);
                }
                return new Block(owner, this, offset, segment.asSlice(offset, bytes));
            }
        }
        return null;
    }

    void free(final long offset, final long bytes) {
        long start = offset;
        long end = offset + bytes;
        final Map.Entry<Long, Long> before = free.floorEntry(start);
        if (before != null && before.getKey() + before.getValue() == start) {
            start = before.getKey();
        }
        final Long after = free.remove(end);
        if (after != null) {
            end += after;
        }
        free.put(start, end - start);
    }

    boolean isUnused() {
        final Map.Entry<Long, Long> first = free.firstEntry();
        return first != null && first.getValue() == memory.bytes();
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
