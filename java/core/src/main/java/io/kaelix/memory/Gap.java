// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.memory;

import java.util.Comparator;

/** Free memory between blocks, or around them, within one region. In the order in which they are tried: the smallest first, then the lowest. */
record Gap(Region region, long offset, long bytes) implements Comparable<Gap> {

    private static final Comparator<Gap> BEST_FIRST = Comparator.comparingLong(Gap::bytes).thenComparingLong(Gap::address);

    /** Before every gap of this many bytes. */
    static Gap before(final long bytes) {
        return new Gap(null, 0, bytes);
    }

    private long address() {
        return region == null ? 0 : region.memory().address() + offset;
    }

    /** Offset of a block in it, as its size wants it to be aligned. */
    long fit(final long rounded) {
        return (offset + SizeClass.alignment(rounded) - 1) & -SizeClass.alignment(rounded);
    }

    boolean holds(final long rounded) {
        return fit(rounded) + rounded <= offset + bytes;
    }

    @Override
    public int compareTo(final Gap other) {
        return BEST_FIRST.compare(this, other);
    }
}
