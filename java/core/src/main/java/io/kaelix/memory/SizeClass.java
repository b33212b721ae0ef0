// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.memory;

/**
 * Sizes that blocks are rounded to: eight for each doubling, but never finer than {@link #GRANULE} nor coarser than {@link #PAGE}.
 *
 * <pre>
 *   up to      4 KiB   8 KiB   16 KiB  32 KiB  more
 *   step       512     512     1 KiB   2 KiB   4 KiB        rounding at most 12.5% from 4 KiB on, falling beyond 32 KiB
 *   aligned to 512     512     512     512     4 KiB from 32 KiB on
 * </pre>
 *
 * <p>Fewer sizes mean that a gap more often fits exactly. Blocks share no cache line, and large ones, such as lanes, no page.
 */
final class SizeClass {

    /** What every size and every address of a block is a multiple of. */
    static final long GRANULE = 512;

    /** Of a block of {@link #LARGE} bytes or more. */
    static final long PAGE = 4096;

    static final long LARGE = 8 * PAGE;

    /** Longer than any request that can be served: not rounded, so that nothing overflows. */
    private static final long BEYOND = 1L << 46;

    private SizeClass() {
    }

    /** The smallest size that holds as many bytes, of which there is at least one. */
    static long round(final long bytes) {
        if (bytes > BEYOND) {
            return bytes;
        }
        final long step = Math.clamp(Long.highestOneBit(bytes - 1) / 8, GRANULE, PAGE);
        return (bytes + step - 1) & -step;
    }

    /** What the address of a block of this size is a multiple of. */
    static long alignment(final long rounded) {
        return rounded >= LARGE ? PAGE : GRANULE;
    }

    /** Whole pages. */
    static long pages(final long bytes) {
        return bytes > BEYOND ? bytes : (bytes + PAGE - 1) & -PAGE;
    }
}
