// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What {@link FilterBenchmark} is compared with: the same filter over the same values as a user writes it in plain Java. Both loops are at
 * their best: from a {@code long[]} into an {@code int[]}, on the heap, where the compiler knows most, with no checks but the array's own;
 * compiled by C2 for one comparison and one selectivity, since each fork sees no other. Java has no instruction that compresses a
 * vector outside of its incubating Vector API, which prints a warning at each start and is not measured.
 *
 * <pre>
 *   long[] ──► loop ──► int[]        the figure: 'values' a microsecond
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 2, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+IgnoreUnrecognizedVMOptions",
        "--sun-misc-unsafe-memory-access=allow"})
public class JavaFilterBenchmark {

    private int[] indices;

    @Setup
    public void allocate(final Column column) {
        indices = new int[column.batch];
    }

    /** {@code if (value > operand)}: mispredicted as often as the rarer outcome happens, if the data is random as here. */
    @Benchmark
    public int branching(final Column column, final Column.Filtered filtered) {
        filtered.values += column.batch;
        return branching(column.array, column.nextBatch(), column.batch, column.operand, indices);
    }

    /** Each index is stored, then overwritten by the next unless it matches. The comparison is arithmetic: no compiler adds a branch. */
    @Benchmark
    public int branchFree(final Column column, final Column.Filtered filtered) {
        filtered.values += column.batch;
        return branchFree(column.array, column.nextBatch(), column.batch, column.operand, indices);
    }

    private static int branching(final long[] values, final int from, final int length, final long operand, final int[] indices) {
        int found = 0;
        for (int i = 0; i < length; i++) {
            if (values[from + i] > operand) {
                indices[found++] = i;
            }
        }
        return found;
    }

    private static int branchFree(final long[] values, final int from, final int length, final long operand, final int[] indices) {
        int found = 0;
        for (int i = 0; i < length; i++) {
            final long value = values[from + i];
            indices[found] = i;
            // The top bit of this is operand < value, whatever overflows.
            found += (int) ((operand & ~value | ~(operand ^ value) & operand - value) >>> Long.SIZE - 1);
        }
        return found;
    }
}
