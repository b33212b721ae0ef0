// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.memory;

import io.kaelix.KaelixException;
import io.kaelix.Placement;
import io.kaelix.platform.MappedMemory;
import io.kaelix.platform.MemoryRequest;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Rung;
import io.kaelix.telemetry.FlightEvents;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Blocks out of few large regions of one placement: a lane of 64 KiB costs no hugepage of its own. Maps a region when those it has are
 * full, an eighth of what it has already and at least {@link #REGION_BYTES}, and unmaps one as soon as nothing of it is used, unless
 * it is the last.
 *
 * <p><b>Threads</b>: any. One lock, held while sets of gaps change and never while memory is mapped, zeroed or unmapped; another, for whoever
 * maps, so that threads which find no room map one region and not one each. <b>Blocking</b>: {@link #allocate} while the kernel
 * clears pages, if a region must be mapped. {@link Block#free} zeroes, and may unmap.
 */
public final class RegionArena {

    /** Least that is mapped at a time: three default lanes in two hugepages. */
    static final long REGION_BYTES = 4L << 20;

    /** What one maps first that begins small: some 30 us of clearing pages. */
    static final long SMALL_REGION_BYTES = 256L << 10;

    /** Most that is mapped at a time for blocks shorter than that: some 20 ms of clearing pages. */
    static final long MAX_REGION_BYTES = 64L << 20;

    private static final long HUGE_PAGE = 2L << 20;

    private static final Executor LATER = CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS);

    /** Node of an arena whose pages are spread over all. */
    static final int INTERLEAVED = -2;

    private final Platform platform;
    private final int node;
    private final Rung firstRung;
    private final MemoryLimit limit;
    private final boolean small;

    /** Held while mapping; always taken before the monitor of an arena, never after. */
    private final Object mapping = new Object();
    /** Null if it begins small, and nothing was needed yet. Changed by whoever maps. */
    private volatile MappedMemory first;

    private final List<Region> regions = new ArrayList<>();
    private final List<Region> retired = new ArrayList<>();
    private final FreeSpace space = new FreeSpace();
    private long mappedBytes;
    private long used;
    private long rounding;
    private long blocks;
    private boolean closed;

    /**
     * An arena with a limit of its own. Maps its first region, so that {@link #placement} can tell what was obtained.
     *
     * @param node that the memory should be on, or {@link io.kaelix.platform.Platform#ANY_NODE}
     * @param limit most bytes to map, in all
     */
    public RegionArena(final Platform platform, final int node, final Rung firstRung, final long limit) {
        this(platform, node, firstRung, new MemoryLimit(limit));
    }

    RegionArena(final Platform platform, final int node, final Rung firstRung, final MemoryLimit limit) {
        this(platform, node, firstRung, limit, false);
    }

    /**
     * @param small whether it maps nothing before it is asked for something, and then few base pages, for who may never need more, and the
     *     rest when it does
     */
    RegionArena(final Platform platform, final int node, final Rung firstRung, final MemoryLimit limit, final boolean small) {
        this.platform = platform;
        this.node = node;
        this.firstRung = firstRung;
        this.limit = limit;
        this.small = small;
        if (!small) {
            final Region region = map(SizeClass.GRANULE);
            first = region.memory();
            mappedBytes = first.bytes();
            add(region);
        }
        limit.add(this);
    }

    /**
     * A zeroed block of at least this many bytes, rounded up to a size class: by at most 12.5% from 4 KiB on, by less than a page always.
     *
     * @throws KaelixException if it would exceed the limit, or the memory cannot be had
     */
    public Block allocate(final long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("a block has at least 1 byte, not " + bytes);
        }
        final long rounded = SizeClass.round(bytes);
        final Block block = take(bytes, rounded);
        if (block != null) {
            return block;
        }
        synchronized (mapping) {
            // Whoever mapped meanwhile may have left enough.
            final Block left = take(bytes, rounded);
            return left != null ? left : takeFromNewRegion(bytes, rounded);
        }
    }

    private Block takeFromNewRegion(final long bytes, final long rounded) {
        final Region region = map(rounded);
        if (first == null) {
            first = region.memory();
        }
        synchronized (this) {
            mappedBytes += region.memory().bytes();
            if (!closed) {
                add(region);
                // Before another arena that needs room can find the region unused.
                return take(bytes, rounded);
            }
        }
        unmap(region);
        throw closedException();
    }

    private synchronized Block take(final long bytes, final long rounded) {
        if (closed) {
            throw closedException();
        }
        final Gap part = space.take(rounded);
        if (part == null) {
            return null;
        }
        final Block block = new Block(this, part, bytes);
        used += bytes;
        rounding += block.rounding();
        blocks++;
        return block;
    }

    /** Maps a region that holds a block of this size; as much more as is good, and as the limit leaves. */
    private Region map(final long rounded) {
        if (small && first == null && rounded <= SMALL_REGION_BYTES) {
            return map(SMALL_REGION_BYTES, SMALL_REGION_BYTES, Rung.NORMAL);
        }
        final long needed = SizeClass.pages(rounded);
        final long usual = Math.clamp(mappedBytes() / 8 & -HUGE_PAGE, REGION_BYTES, MAX_REGION_BYTES);
        return map(Math.max(usual, needed), needed, firstRung);
    }

    private Region map(final long wanted, final long needed, final Rung rung) {
        retryUnmapping();
        long granted = limit.reserve(wanted, needed);
        if (granted == 0) {
            limit.makeRoom(needed);
            granted = limit.reserve(wanted, needed);
        }
        if (granted == 0) {
            throw limit.exceeded(needed);
        }
        try {
            final Region within = mapWithin(granted, rung);
            // Rounded up to hugepages, it may be more than allowed; in base pages it is not.
            final Region region = within != null ? within : mapWithin(granted, Rung.NORMAL);
            if (rung == firstRung) {
                tellFallback(region.memory());
            }
            return region;
        } catch (final RuntimeException | Error e) {
            limit.release(granted);
            throw e;
        }
    }

    /** Null if what the pages round it up by exceeds the limit. */
    private Region mapWithin(final long granted, final Rung rung) {
        final Region region = new Region(platform, request(granted, rung));
        final long more = region.memory().bytes() - granted;
        if (more > 0 && limit.reserve(more, more) == 0) {
            region.tryUnmap(); // nobody else knows it, so nobody holds it
            if (rung == Rung.NORMAL) {
                throw limit.exceeded(region.memory().bytes());
            }
            return null;
        }
        return region;
    }

    private void tellFallback(final MappedMemory got) {
        final boolean elsewhere = node >= 0 && got.node() >= 0 && got.node() != node;
        if ((got.rung() != firstRung || elsewhere) && FlightEvents.isPlacementFallbackOn()) {
            FlightEvents.placementFallback("memory", place(firstRung, node), place(got.rung(), got.node()), got.reason());
        }
    }

    private static String place(final Rung rung, final int node) {
        return rung.label() + (node >= 0 ? " on node " + node : "");
    }

    private MemoryRequest request(final long bytes, final Rung rung) {
        return node == INTERLEAVED ? MemoryRequest.interleaved(bytes, Set.of(), rung) : new MemoryRequest(bytes, node, rung);
    }

    private void add(final Region region) {
        regions.add(region);
        space.add(region);
    }

    private static IllegalStateException closedException() {
        return new IllegalStateException("the streamer is closed");
    }

    void free(final Block block) {
        if (!block.markFreed()) {
            return;
        }
        // Cleared when freed, not when it is needed next: a publisher's creation is the more urgent, and no bytes of one topic
        // are left for another to find. No lock is held: nobody else has this memory.
        block.segment().fill((byte) 0);
        retryUnmapping();
        if (giveBack(block)) {
            unmap(block.region());
        }
    }

    /** Whether its region is to be unmapped. */
    private synchronized boolean giveBack(final Block block) {
        final Region region = block.region();
        space.giveBack(region, block.offset(), block.segment().byteSize());
        used -= block.asked();
        rounding -= block.rounding();
        blocks--;
        final boolean goes = region.isUnused() && (closed || regions.size() > 1);
        if (goes) {
            forget(region);
        }
        return goes;
    }

    private void forget(final Region region) {
        regions.remove(region);
        space.remove(region);
    }

    /** Regions whose segments somebody holds stay mapped, and counted, until they can be unmapped. */
    private void unmap(final Region region) {
        final boolean unmapped = region.tryUnmap();
        synchronized (this) {
            if (unmapped) {
                mappedBytes -= region.memory().bytes();
            } else {
                retired.add(region);
            }
        }
        if (unmapped) {
            limit.release(region.memory().bytes());
        } else {
            // Who holds a segment lets go of it without telling; and after a close, nobody may come by here again.
            LATER.execute(this::retryUnmapping);
        }
    }

    private void retryUnmapping() {
        final List<Region> again;
        synchronized (this) {
            if (retired.isEmpty()) {
                return;
            }
            again = List.copyOf(retired);
            retired.clear();
        }
        again.forEach(this::unmap);
    }

    /** Unmaps all that is not used, the last region too. */
    void unmapUnused() {
        retryUnmapping();
        final List<Region> unused;
        synchronized (this) {
            unused = regions.stream().filter(Region::isUnused).toList();
            unused.forEach(this::forget);
        }
        unused.forEach(this::unmap);
    }

    /**
     * What was obtained: of the first region, and the bytes of all that were mapped under the same limit. Maps that region if it begins
     * small and nothing was needed yet; of one that was closed before, the page size is 0.
     *
     * @throws KaelixException if the region would exceed the limit, or the memory cannot be had
     */
    public Placement placement() {
        if (first == null) {
            try {
                allocate(1).free();
            } catch (final IllegalStateException closedBefore) {
                // It has no memory, and will have none.
            }
        }
        final MappedMemory obtained = first;
        final String isa = platform.kernels().isa().label();
        return obtained == null
                ? new Placement(Platform.ANY_NODE, 0, limit.reserved(), "closed before any memory was needed", platform.name(), isa)
                : new Placement(obtained.node(), obtained.pageBytes(), limit.reserved(), obtained.reason(), platform.name(), isa);
    }

    /** What it is used for now. Looks at every gap. */
    public synchronized NodeMemory statistics() {
        final long mean = blocks == 0 ? 0 : (used + rounding) / blocks;
        return new NodeMemory(node, mappedBytes, used, blocks, rounding, mappedBytes - used - rounding, space.bytesBelow(mean));
    }

    /** Bytes mapped now. */
    public synchronized long mappedBytes() {
        return mappedBytes;
    }

    /** No more is allocated; what is unused is unmapped now, the rest with its last block. */
    public void close() {
        synchronized (this) {
            closed = true;
        }
        unmapUnused();
    }
}
