// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;

/**
 * A fixed number of 64-bit counters, each two cache lines from the next: threads that count different things never wait for one another.
 *
 * <pre>
 *   | 128 bytes unused | counter 0, unused ... | counter 1, unused ... | ... | counter n-1, unused ... |
 * </pre>
 *
 * <p>Two lines, because CPUs fetch lines in pairs; unused bytes in front, because what lies before an array in the heap is somebody
 * else's.
 *
 * <p><b>Threads</b>: a counter has either one owner, which alone calls {@link #increment} and {@link #add} on it (a load and a store, a
 * nanosecond), or any number of threads that all call {@link #addAtomically}. Choose one for each counter: what an owner adds may be
 * lost if others add as well. Reading is for all. Nothing blocks.
 *
 * <p><b>Overflow</b>: at 2<sup>63</sup> it wraps round; {@link LockFreeCounter} is one that does not.
 *
 * {@snippet :
 * Counters counters = new Counters(2);
 * counters.increment(0);
 * counters.addAtomically(1, 64);
 * long[] seen = counters.snapshot(new long[2]);
 * }
 */
public final class Counters {

    /** Longs from one counter to the next: 128 bytes. */
    private static final int STRIDE = 16;

    private static final VarHandle VALUE = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] values;
    private final int size;

    /**
     * Counters that stand at 0.
     *
     * @param size how many, at least 1
     */
    public Counters(final int size) {
        if (size < 1 || size > Integer.MAX_VALUE / STRIDE - 1) {
            throw new IllegalArgumentException(
                    "the number of counters must be from 1 to " + (Integer.MAX_VALUE / STRIDE - 1) + ", not " + size);
        }
        this.size = size;
        this.values = new long[(size + 1) * STRIDE];
    }

    /** How many there are. */
    public int size() {
        return size;
    }

    private int at(final int index) {
        return (Objects.checkIndex(index, size) + 1) * STRIDE;
    }

    /** Adds 1, for the one thread that owns it. */
    public void increment(final int index) {
        add(index, 1);
    }

    /** Adds {@code amount}, for the one thread that owns it. */
    public void add(final int index, final long amount) {
        final int at = at(index);
        // SYNC: pairs with get: who reads the sum sees what its owner did before.
        VALUE.setRelease(values, at, values[at] + amount);
    }

    /**
     * Adds {@code amount}, for any thread.
     *
     * @return the sum
     */
    public long addAtomically(final int index, final long amount) {
        return (long) VALUE.getAndAdd(values, at(index), amount) + amount;
    }

    /** Where it stands. */
    public long get(final int index) {
        // SYNC: pairs with add.
        return (long) VALUE.getAcquire(values, at(index));
    }

    /** Replaces the value if it is as expected. */
    boolean compareAndSet(final int index, final long expected, final long value) {
        return VALUE.compareAndSet(values, at(index), expected, value);
    }

    /**
     * Reads all, one after the other: each value is one that its counter had, not all of them at the same moment.
     *
     * @param target filled from 0 on
     * @return the target
     * @throws IndexOutOfBoundsException if it is shorter than {@link #size()}
     */
    public long[] snapshot(final long[] target) {
        Objects.checkFromIndexSize(0, size, target.length);
        for (int index = 0; index < size; index++) {
            target[index] = get(index);
        }
        return target;
    }
}
