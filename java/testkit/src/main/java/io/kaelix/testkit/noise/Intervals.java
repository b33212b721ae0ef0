// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit.noise;

import java.util.Arrays;

/**
 * A list of intervals of time that grows, without an object for each.
 *
 * <p><b>Threads</b>: one.
 */
public final class Intervals {

    private static final int INITIAL_CAPACITY = 256;

    /** Start and end of each, in turn. */
    private long[] bounds = new long[2 * INITIAL_CAPACITY];
    private int size;

    /** Adds the time from {@code start} to {@code end}. */
    public void add(final long start, final long end) {
        if (2 * size == bounds.length) {
            bounds = Arrays.copyOf(bounds, 2 * bounds.length);
        }
        bounds[2 * size] = start;
        bounds[2 * size + 1] = end;
        size++;
    }

    /** How many there are. */
    public int size() {
        return size;
    }

    /** Start of the interval of an index. */
    public long start(final int index) {
        return bounds[2 * index];
    }

    /** End of the interval of an index. */
    public long end(final int index) {
        return bounds[2 * index + 1];
    }

    /** Length of the interval of an index. */
    public long length(final int index) {
        return end(index) - start(index);
    }

    /** Sum of all lengths. */
    public long totalLength() {
        long total = 0;
        for (int i = 0; i < size; i++) {
            total += length(i);
        }
        return total;
    }

    /** Length of the longest, 0 if there is none. */
    public long longest() {
        long longest = 0;
        for (int i = 0; i < size; i++) {
            longest = Math.max(longest, length(i));
        }
        return longest;
    }

    /** Those that touch none of the others. */
    public Intervals without(final Intervals others) {
        final Intervals rest = new Intervals();
        for (int i = 0; i < size; i++) {
            if (!others.touches(start(i), end(i))) {
                rest.add(start(i), end(i));
            }
        }
        return rest;
    }

    private boolean touches(final long start, final long end) {
        for (int i = 0; i < size; i++) {
            if (start(i) - end <= 0 && start - end(i) <= 0) {
                return true;
            }
        }
        return false;
    }
}
