// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.memory;

import io.kaelix.KaelixException;
import io.kaelix.Placement;
import io.kaelix.platform.MappedMemory;
import io.kaelix.platform.MemoryRequest;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Rung;
import java.util.ArrayList;
import java.util.List;

/**
 * Blocks for lanes out of few large regions: a lane of 64 KiB costs no hugepage of its own. Maps a region when those it has are
 * full, and unmaps one as soon as nothing of it is used, unless it is the last.
 *
 * <p><b>Threads</b>: any; one lock. <b>Blocking</b>: {@link #allocate} while the kernel clears pages, if a region
 * must be mapped; and while a block that was used before is zeroed.
 */
public final class RegionArena {

    /** Least that is mapped at a time: three default lanes in two hugepages. */
    static final long REGION_BYTES = 4L << 20;

    private final Platform platform;
    private final int node;
    private final Rung firstRung;
    private final long limit;
    private final List<Region> regions = new ArrayList<>();
    private final List<Region> retired = new ArrayList<>();
    private final MappedMemory first;
    private long mappedBytes;
    private boolean closed;

    /**
     * Maps its first region, so that {@link #placement} can tell what was obtained.
     *
     * @param node that the memory should be on, or {@link io.kaelix.platform.Topology#ANY_NODE}
     * @param limit most bytes to map, in all
     */
    public RegionArena(final Platform platform, final int node, final Rung firstRung, final long limit) {
        this.platform = platform;
        this.node = node;
        this.firstRung = firstRung;
        this.limit = limit;
        first = map(REGION_BYTES, Region.GRANULE).memory();
    }

    /**
     * A zeroed block of at least this many bytes.
     *
     * @throws KaelixException if it would exceed the limit, or the memory cannot be had
     */
    public synchronized Block allocate(final long bytes) {
        if (closed) {
            throw new IllegalStateException("the streamer is closed");
        }
        final long rounded = Math.ceilDiv(bytes, Region.GRANULE) * Region.GRANULE;
        for (final Region region : regions) {
            final Block block = region.allocate(this, rounded);
            if (block != null) {
                return block;
            }
        }
        retryUnmapping();
        if (mappedBytes + rounded > limit) {
            // The first region is kept when it is unused, but not when it is in the way.
            regions.stream().filter(Region::isUnused).toList().forEach(this::unmap);
        }
        return map(Math.max(REGION_BYTES, rounded), rounded).allocate(this, rounded);
    }

    /** Maps as much as wanted, or what the limit leaves if that is at least what is needed. */
    private Region map(final long wanted, final long needed) {
        final long room = (limit - mappedBytes) / Region.GRANULE * Region.GRANULE;
        if (room < needed) {
            throw new KaelixException("memory limit reached: " + mappedBytes + " bytes are mapped, " + needed
                    + " more are needed, the limit is " + limit + "; close publishers, use smaller lanes or raise memoryLimit");
        }
        Region region = new Region(platform, new MemoryRequest(Math.min(wanted, room), node, firstRung));
        if (region.memory().bytes() > room) {
            // Rounded up to hugepages, it is more than allowed; in base pages it is not.
            region.tryUnmap();
            region = new Region(platform, new MemoryRequest(Math.min(wanted, room), node, Rung.NORMAL));
        }
        regions.add(region);
        mappedBytes += region.memory().bytes();
        return region;
    }

    void free(final Block block) {
        if (!block.markFreed()) {
            return;
        }
        // Cleared when freed, not when it is needed next: a publisher's creation is the more urgent, and no bytes of one topic
        // are left for another to find.
        block.segment().fill((byte) 0);
        giveBack(block.region(), block);
    }

    private synchronized void giveBack(final Region region, final Block block) {
        region.free(block.offset(), block.segment().byteSize());
        retryUnmapping();
        if (region.isUnused() && (closed || regions.size() > 1)) {
            unmap(region);
        }
    }

    private void unmap(final Region region) {
        regions.remove(region);
        retired.add(region);
        retryUnmapping();
    }

    /** Regions whose segments somebody holds stay mapped, and counted, until they can be unmapped. */
    private void retryUnmapping() {
        retired.removeIf(region -> {
            final boolean unmapped = region.tryUnmap();
            if (unmapped) {
                mappedBytes -= region.memory().bytes();
            }
            return unmapped;
        });
    }

    /** What was obtained: of the first region, and the bytes of all. */
    public synchronized Placement placement() {
        return new Placement(first.node(), first.pageBytes(), mappedBytes, first.reason(), platform.name(),
                platform.kernels().isa().label());
    }

    /** Bytes mapped now. */
    public synchronized long mappedBytes() {
        return mappedBytes;
    }

    /** No more is allocated; what is unused is unmapped now, the rest with its last block. */
    public synchronized void close() {
        closed = true;
        retryUnmapping();
        for (final Region region : List.copyOf(regions)) {
            if (region.isUnused()) {
                unmap(region);
            }
        }
    }
}
