// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.memory;

import java.util.TreeSet;

/**
 * All gaps of the regions of an arena, by size. A block comes out of the smallest gap that holds it: what is left over is small, and
 * large gaps stay whole for large blocks.
 *
 * <p><b>Threads</b>: guarded by the {@link RegionArena} that owns it.
 */
final class FreeSpace {

    private final TreeSet<Gap> gaps = new TreeSet<>();

    /** A new region: one gap. */
    void add(final Region region) {
        put(new Gap(region, 0, region.memory().bytes()));
    }

    /** Takes an unused region out. */
    void remove(final Region region) {
        gaps.remove(region.gaps().firstEntry().getValue());
    }

    /** Cuts out of the best gap, or answers null if none is large enough. The gap that is returned is no more among them. */
    Gap take(final long rounded) {
        // A gap can fail only where it is not a page longer than the block, and does not begin on one.
        for (final Gap gap : gaps.tailSet(Gap.before(rounded))) {
            if (gap.holds(rounded)) {
                drop(gap);
                final long start = gap.fit(rounded);
                final long end = gap.offset() + gap.bytes();
                if (start > gap.offset()) {
                    put(new Gap(gap.region(), gap.offset(), start - gap.offset()));
                }
                if (start + rounded < end) {
                    put(new Gap(gap.region(), start + rounded, end - start - rounded));
                }
                return new Gap(gap.region(), start, rounded);
            }
        }
        return null;
    }

    /** Gives a part back, joined with its neighbours. Regions that happen to lie side by side are never joined. */
    void giveBack(final Region region, final long offset, final long bytes) {
        long start = offset;
        long end = offset + bytes;
        final var before = region.gaps().lowerEntry(start);
        if (before != null && before.getValue().offset() + before.getValue().bytes() == start) {
            start = before.getKey();
            drop(before.getValue());
        }
        final Gap after = region.gaps().get(end);
        if (after != null) {
            end += after.bytes();
            drop(after);
        }
        put(new Gap(region, start, end - start));
    }

    /** Bytes in those gaps of regions in use that are shorter than that. */
    long bytesBelow(final long bytes) {
        return gaps.headSet(Gap.before(bytes)).stream().filter(gap -> !gap.region().isUnused()).mapToLong(Gap::bytes).sum();
    }

    private void put(final Gap gap) {
        gaps.add(gap);
        gap.region().gaps().put(gap.offset(), gap);
    }

    private void drop(final Gap gap) {
        gaps.remove(gap);
        gap.region().gaps().remove(gap.offset());
    }
}
