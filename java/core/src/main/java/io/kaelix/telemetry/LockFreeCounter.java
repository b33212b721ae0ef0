// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

/**
 * A count from 0 to a maximum that never leaves that range: what would overflow it, or take it below zero, is refused and changes
 * nothing. It counts places, bytes or permits that are limited, without a lock.
 *
 * <p><b>Threads</b>: any. Lock-free: an attempt is repeated only because another thread's succeeded meanwhile. Nothing blocks.
 * What a thread did before it changed the count is visible to whoever changes or reads it afterwards.
 *
 * {@snippet :
 * LockFreeCounter places = new LockFreeCounter(1_000);
 * if (places.tryIncrement()) {
 *     try {
 *         System.out.println("one of " + places.get());
 *     } finally {
 *         places.tryDecrement();
 *     }
 * }
 * }
 */
public final class LockFreeCounter {

    private final Counters counters;
    private final int index;
    private final long max;

    /** A count of its own, at 0. */
    public LockFreeCounter(final long max) {
        this(new Counters(1), 0, max);
    }

    /**
     * One of a set of counters, at 0 as yet, which nobody else changes.
     *
     * @param max largest value, at least 0
     * @throws IllegalArgumentException if {@code max} is negative, or the counter does not stand from 0 to {@code max}
     * @throws IndexOutOfBoundsException if there is no such counter
     */
    public LockFreeCounter(final Counters counters, final int index, final long max) {
        if (max < 0) {
            throw new IllegalArgumentException("the maximum must be at least 0, not " + max);
        }
        final long value = counters.get(index);
        if (value < 0 || value > max) {
            throw new IllegalArgumentException("counter " + index + " stands at " + value + ", not from 0 to " + max);
        }
        this.counters = counters;
        this.index = index;
        this.max = max;
    }

    /** Adds 1, unless it is at the maximum; whether it did. */
    public boolean tryIncrement() {
        return tryAdd(1);
    }

    /**
     * Adds all of {@code amount}, or nothing if that would exceed the maximum.
     *
     * @return whether it did
     * @throws IllegalArgumentException if {@code amount} is negative
     */
    public boolean tryAdd(final long amount) {
        checkNotNegative(amount);
        while (true) {
            final long value = counters.get(index);
            // As a difference, which cannot overflow.
            if (amount > max - value) {
                return false;
            }
            if (counters.compareAndSet(index, value, value + amount)) {
                return true;
            }
        }
    }

    /** Takes 1 away, unless it is at zero; whether it did. */
    public boolean tryDecrement() {
        return trySubtract(1);
    }

    /**
     * Takes all of {@code amount} away, or nothing if there is less.
     *
     * @return whether it did
     * @throws IllegalArgumentException if {@code amount} is negative
     */
    public boolean trySubtract(final long amount) {
        checkNotNegative(amount);
        while (true) {
            final long value = counters.get(index);
            if (amount > value) {
                return false;
            }
            if (counters.compareAndSet(index, value, value - amount)) {
                return true;
            }
        }
    }

    private static void checkNotNegative(final long amount) {
        if (amount < 0) {
            throw new IllegalArgumentException("the amount must be at least 0, not " + amount);
        }
    }

    /** Where it stands, from 0 to {@link #max()}. */
    public long get() {
        return counters.get(index);
    }

    /** The largest value that it takes. */
    public long max() {
        return max;
    }

    /** The count and its maximum. */
    @Override
    public String toString() {
        return get() + " of " + max;
    }
}
