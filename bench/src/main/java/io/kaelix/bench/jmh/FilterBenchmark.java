// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.jmh;

import io.kaelix.platform.Comparison;
import io.kaelix.platform.Kernels;
import io.kaelix.platform.Platform;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The library's filter, {@code value > operand} over a column of int64 into a list of indices, on each instruction set; checks of arguments
 * and the call into C included, once per batch.
 *
 * <pre>
 *   column in native memory ──► Kernels.filter ──► count, indices in native memory        the figure: 'values' a microsecond
 * </pre>
 *
 * <p>{@code isa=java} is the portable platform: the loop that the library falls back to, over native memory, with its checks. What Java can
 * do by itself, at its best, is {@link JavaFilterBenchmark}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 2, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+IgnoreUnrecognizedVMOptions",
        "--sun-misc-unsafe-memory-access=allow"})
public class FilterBenchmark {

    @Param({"java", "scalar", "avx2", "avx512", "neon"})
    private String isa;

    private Platform platform;
    private MemorySegment out;

    @Setup
    public void choose(final Column column) {
        platform = KernelIsa.platform(isa);
        out = Arena.ofAuto().allocate(Kernels.SELECTION_HEADER_BYTES + (long) column.batch * Integer.BYTES, 64);
    }

    @Benchmark
    public int filter(final Column column, final Column.Filtered filtered) {
        filtered.values += column.batch;
        return platform.kernels().filter(column.segment, column.byteOffset(column.nextBatch()), column.batch, Comparison.GT, column.operand, out);
    }
}
