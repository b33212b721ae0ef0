// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.memory;

import io.kaelix.KaelixException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Most bytes that several arenas together may map. Mapping reserves first, so that no two threads can exceed it together.
 *
 * <p><b>Threads</b>: any; no lock.
 */
final class MemoryLimit {

    private volatile long limit;
    private final AtomicLong reserved = new AtomicLong();
    private final List<RegionArena> arenas = new CopyOnWriteArrayList<>();

    MemoryLimit(final long limit) {
        this.limit = limit;
    }

    /** An arena that maps under this limit, and makes room when another one needs it. */
    void add(final RegionArena arena) {
        arenas.add(arena);
    }

    /** Reserves as much as wanted, or the whole pages that are left if those are what is needed at least; else 0. */
    long reserve(final long wanted, final long needed) {
        while (true) {
            final long before = reserved.get();
            final long granted = Math.min(wanted, (limit - before) & -SizeClass.PAGE);
            if (granted < needed) {
                return 0;
            }
            if (reserved.compareAndSet(before, before + granted)) {
                return granted;
            }
        }
    }

    void release(final long bytes) {
        reserved.addAndGet(-bytes);
    }

    /** Another limit. What is mapped stays, even if that is more. */
    void limit(final long bytes) {
        limit = bytes;
    }

    /** Bytes mapped, or about to be. */
    long reserved() {
        return reserved.get();
    }

    /** Has every arena unmap what it keeps unused, unless that could never be enough. */
    void makeRoom(final long needed) {
        if (needed <= limit) {
            arenas.forEach(RegionArena::unmapUnused);
        }
    }

    KaelixException exceeded(final long needed) {
        return new KaelixException("memory limit reached: " + reserved.get() + " bytes are mapped, " + needed
                + " more are needed, the limit is " + limit + "; close publishers, use smaller lanes or raise memoryLimit");
    }
}
