// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.kernel;

import io.kaelix.platform.Kernels;
import io.kaelix.platform.Platforms;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Measures the same workloads by the library's kernels on the instruction set of this JVM, by loops over arrays, or by the Vector API: items a
 * second, printed as one line of JSON.
 */
public final class KernelTrial {

    /** Name of the loops among the instruction sets. */
    public static final String LOOPS = "loop";

    /** Name of the Vector API among the instruction sets. */
    public static final String VECTOR_API = "vector api";

    /** Where the Vector API is, in the JDK but not in a JVM that does not ask for it. */
    public static final String VECTOR_MODULE = "jdk.incubator.vector";

    /** To measure the kernels on the instruction set that this JVM's platform has. */
    public static final String KERNELS = "kernels";

    /** What the line of a failure begins with. */
    public static final String FAILED = "kernels: ";

    private static final long WARMUP_NANOS = 150_000_000;
    private static final int ROUNDS = 5;

    /** Keeps what is computed from being left out. */
    private static volatile long sink;

    private KernelTrial() {
    }

    /** @param args values in a batch, milliseconds of each of five measurements, and what is measured: constants of this class */
    public static void main(final String[] args) {
        try {
            final Kernels kernels = Platforms.current().kernels();
            final int values = Integer.parseInt(args[0]);
            final long nanos = Long.parseLong(args[1]) * 1_000_000;
            final List<String> measured = List.of(args).subList(2, args.length);
            final int batches = Workload.batches(values);
            final Map<String, Map<String, Double>> found = new LinkedHashMap<>();
            for (final Workload workload : Workloads.of(kernels, values)) {
                final Map<String, Double> figures = new LinkedHashMap<>();
                if (measured.contains(KERNELS)) {
                    figures.put(kernels.isa().label(), workload.items() * rate(workload.kernel(), batches, nanos));
                }
                if (measured.contains(LOOPS)) {
                    double best = 0;
                    for (final Workload.Batch loop : workload.loops()) {
                        best = Math.max(best, rate(loop, batches, nanos));
                    }
                    figures.put(LOOPS, workload.items() * best);
                }
                if (measured.contains(VECTOR_API) && workload.vector() != null) {
                    checkSameCount(workload);
                    figures.put(VECTOR_API, workload.items() * rate(workload.vector(), batches, nanos));
                }
                found.put(workload.name() + '|' + workload.unit() + '|' + workload.items() + '|' + workload.goal(), figures);
            }
            System.out.println(JsonMapper.shared().writeValueAsString(found));
        } catch (final RuntimeException e) {
            System.err.println(FAILED + e);
            System.exit(1);
        }
    }

    /** What is compared has to do the same work. */
    private static void checkSameCount(final Workload workload) {
        final long expected = workload.kernel().run(0);
        final long found = workload.vector().run(0);
        if (found != expected) {
            throw new IllegalStateException(workload.name() + ": the Vector API found " + found + ", the kernel " + expected);
        }
    }

    /** Batches a second: the median of the measurements. */
    private static double rate(final Workload.Batch batch, final int batches, final long nanos) {
        warmUp(batch, batches);
        final double[] rates = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            rates[i] = measure(batch, batches, nanos);
        }
        Arrays.sort(rates);
        return rates[ROUNDS / 2];
    }

    /** By this thread's own time: a machine that is busy with something else does not make it shorter. */
    private static void warmUp(final Workload.Batch batch, final int batches) {
        final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        final long end = threads.getCurrentThreadCpuTime() + WARMUP_NANOS;
        while (threads.getCurrentThreadCpuTime() < end) {
            sink += turn(batch, batches);
        }
    }

    private static double measure(final Workload.Batch batch, final int batches, final long nanos) {
        final long start = System.nanoTime();
        long runs = 0;
        long now;
        do {
            sink += turn(batch, batches);
            runs += batches;
            now = System.nanoTime();
        } while (now - start < nanos);
        return runs * 1e9 / (now - start);
    }

    private static long turn(final Workload.Batch batch, final int batches) {
        long sum = 0;
        for (int i = 0; i < batches; i++) {
            sum += batch.run(i);
        }
        return sum;
    }
}
