// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.CompilerControl;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to call C: the same empty function, which returns its argument, through each door.
 *
 * <pre>
 *   Java ──► FFM, FFM critical, JNA direct, JNA interface ──────────► kaelix_bench_identity
 *   Java ──► JNI ──► Java_…_jni, a shim in C, one call more ────────► kaelix_bench_identity
 * </pre>
 *
 * <p>The baseline is {@link #javaCall}: a Java method that does the same and is not inlined, so the price of a call and of JMH itself. All
 * method handles are constants, all methods are compiled by C2. A critical call leaves the thread in Java's state: it is
 * cheaper, holds up a safepoint while it runs, and may neither block nor call back; the library makes its kernels so, and nothing else.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+IgnoreUnrecognizedVMOptions",
        "--sun-misc-unsafe-memory-access=allow"})
public class DowncallBenchmark {

    private long value = 42;

    @Benchmark
    public long javaCall() {
        return identity(value);
    }

    @Benchmark
    public long ffm() throws Throwable {
        return (long) IdentityFunction.FFM.invokeExact(value);
    }

    @Benchmark
    public long ffmCritical() throws Throwable {
        return (long) IdentityFunction.FFM_CRITICAL.invokeExact(value);
    }

    @Benchmark
    public long jni() {
        return IdentityFunction.jni(value);
    }

    @Benchmark
    public long jnaDirect() {
        return IdentityFunction.JnaDirect.kaelix_bench_identity(value);
    }

    @Benchmark
    public long jnaInterface() {
        return IdentityFunction.JNA_INTERFACE.kaelix_bench_identity(value);
    }

    @CompilerControl(CompilerControl.Mode.DONT_INLINE)
    private static long identity(final long value) {
        return value;
    }
}
