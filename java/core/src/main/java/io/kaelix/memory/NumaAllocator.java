// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.memory;

import io.kaelix.KaelixException;
import io.kaelix.Placement;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Rung;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Memory on the node where it is used: one arena of big pages for each node, made when first asked for, and one limit for all.
 *
 * <pre>{@code
 * NumaAllocator memory = new NumaAllocator(Platforms.current(), Rung.HUGETLB_2M, 1L << 30);
 * Block ring = memory.allocateOnNode(1, 1 << 20);     // on node 1, or placement(1) says why not
 * ring.free();                                        // zeroed, and used again
 * }</pre>
 *
 * <p>Blocks are rounded to size classes, eight for each doubling and never coarser than a page, and cut out of the smallest gap that holds them;
 * freed neighbours are joined, and a region with no block is unmapped, unless it is its node's last.
 *
 * <p><b>How much is lost</b> to that is {@link NodeMemory#fragmentation}, for each node.
 *
 * <p><b>Where a node cannot be had</b> (a container refuses to bind, it has no memory), memory is given all the same, elsewhere:
 * {@link #placement} tells, and never claims what was not read back.
 *
 * <p><b>Threads</b>: any; a lock for each node, held while sets of gaps change, never while memory is mapped, zeroed or unmapped; another
 * for the first use of a node, while that maps.
 * <b>Blocking</b>: allocating, while the kernel clears the pages of a new region, some 20 ms at most unless the block itself is larger;
 * freeing, while the block is zeroed.
 */
public final class NumaAllocator {

    /** In place of a node's number, in statistics: memory spread page by page over all nodes. */
    public static final int INTERLEAVED = RegionArena.INTERLEAVED;

    private final Platform platform;
    private final Rung firstRung;
    private final MemoryLimit limit;
    private final Map<Integer, RegionArena> arenas = new ConcurrentHashMap<>();
    private final boolean small;
    private boolean closed;

    /**
     * Maps nothing yet.
     *
     * @param firstRung where the memory ladder starts
     * @param limit most bytes to map on all nodes together
     */
    public NumaAllocator(final Platform platform, final Rung firstRung, final long limit) {
        this(platform, firstRung, limit, false);
    }

    /**
     * @param small whether arenas begin with few base pages, and map what the memory ladder has when these are full: for who may never need
     *     more, and is one of many
     */
    public NumaAllocator(final Platform platform, final Rung firstRung, final long limit, final boolean small) {
        this.platform = platform;
        this.firstRung = firstRung;
        this.limit = new MemoryLimit(limit);
        this.small = small;
    }

    /**
     * A zeroed block on the node that the calling thread runs on at this moment; where that has no memory left, on others, the nearest
     * first: it then counts as memory of {@link Platform#ANY_NODE} in the {@link #statistics}.
     *
     * @throws KaelixException as {@link #allocateOnNode}
     */
    public Block allocateLocal(final long bytes) {
        final int node = platform.currentNode();
        try {
            return allocateOnNode(node, bytes);
        } catch (final KaelixException full) {
            try {
                // Under no policy but the thread's own, which is to prefer its node.
                return allocateOnNode(Platform.ANY_NODE, bytes);
            } catch (final KaelixException refused) {
                full.addSuppressed(refused);
                throw full;
            }
        }
    }

    /**
     * A zeroed block on a node.
     *
     * @param node its number, or {@link Platform#ANY_NODE} for wherever the thread's own policy puts it
     * @throws KaelixException if the node does not exist, the limit is reached, or the memory cannot be had; it says which, how much is
     *     used, and the remedy
     * @throws IllegalStateException if this is closed
     */
    public Block allocateOnNode(final int node, final long bytes) {
        if (node < Platform.ANY_NODE) {
            throw new IllegalArgumentException("node must be -1 (any) or a node's number, not " + node);
        }
        return arena(node).allocate(bytes);
    }

    /**
     * A zeroed block whose pages are spread over all nodes that the process may use: for what threads everywhere use alike.
     *
     * @throws KaelixException as {@link #allocateOnNode}
     */
    public Block allocateInterleaved(final long bytes) {
        return arena(INTERLEAVED).allocate(bytes);
    }

    /** What the memory of a node really is, read back from the kernel; its bytes are those of all nodes. Maps its first region if it has none. */
    public Placement placement(final int node) {
        return arena(node).placement();
    }

    /** What each node's memory is used for, by number; of nodes that were asked for memory. */
    public List<NodeMemory> statistics() {
        return arenas.values().stream().map(RegionArena::statistics).sorted(Comparator.comparingInt(NodeMemory::node)).toList();
    }

    /** Has another limit from now on. What is mapped stays, even if that is more. */
    public void limit(final long bytes) {
        limit.limit(bytes);
    }

    /** Bytes mapped on all nodes; never more than the limit was when they were. */
    public long mappedBytes() {
        return limit.reserved();
    }

    /** No more is allocated; what is unused is unmapped now, the rest with its last block. Again is without effect. */
    public void close() {
        synchronized (this) {
            closed = true;
        }
        arenas.values().forEach(RegionArena::close);
    }

    /**
     * The arena of a node, for whoever allocates there again and again, or wants to know what was obtained before it allocates. Maps its
     * first region if it has none.
     *
     * @param node as for {@link #allocateOnNode}, or {@link #INTERLEAVED}
     * @throws KaelixException as {@link #allocateOnNode}
     */
    public RegionArena arena(final int node) {
        final RegionArena arena = arenas.get(node);
        return arena != null ? arena : create(node);
    }

    /** Once in the life of a node's arena. A node that does not exist leaves nothing behind. */
    private synchronized RegionArena create(final int node) {
        if (closed) {
            throw new IllegalStateException("the streamer is closed");
        }
        return arenas.computeIfAbsent(node, absent -> new RegionArena(platform, node, firstRung, limit, small));
    }
}
