// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.jmh;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What the filter benchmarks read: 65,536 random values from 0 to 99, the same ones in a Java array and in native memory (512 KiB),
 * batch after batch. Not one batch again and again: a branch predictor learns a thousand outcomes by heart, and a loop with a branch
 * would look faster than it is on data that it has not seen.
 */
@State(Scope.Thread)
public class Column {

    private static final int VALUES = 1 << 16;
    private static final int BOUND = 100;

    /** Values per call. */
    @Param({"64", "1000", "16384"})
    int batch;

    /** How many of a hundred values match. */
    @Param({"1", "10", "50", "90"})
    int percent;

    /** Values greater than this match. */
    long operand;

    long[] array;
    MemorySegment segment;
    private int next;

    @Setup
    public void fill() {
        array = new Random(42).longs(VALUES, 0, BOUND).toArray();
        segment = Arena.ofAuto().allocate(VALUES * (long) Long.BYTES, 64).copyFrom(MemorySegment.ofArray(array));
        operand = BOUND - 1 - percent;
    }

    /** Index of the first value of the next batch. */
    int nextBatch() {
        final int first = next + batch > VALUES ? 0 : next;
        next = first + batch;
        return first;
    }

    long byteOffset(final int index) {
        return index * ValueLayout.JAVA_LONG.byteSize();
    }

    /** Counts values, so that batches of all sizes can be compared: the figure {@code values}. */
    @State(Scope.Thread)
    @AuxCounters
    public static class Filtered {

        /** Read by JMH. */
        public long values;

        @Setup(Level.Iteration)
        public void reset() {
            values = 0;
        }
    }
}
