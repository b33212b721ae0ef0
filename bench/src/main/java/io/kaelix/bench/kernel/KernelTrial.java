// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.kernel;

import io.kaelix.platform.Kernels;
import io.kaelix.platform.Platforms;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Measures every kernel on the instruction set of this JVM: items a second by workload, printed as one line of JSON. Where the kernels are
 * plain Java, the loops over arrays are measured, too.
 */
public final class KernelTrial {

    /** Name of the loops among the instruction sets. */
    public static final String LOOPS = "loop";

    /** What the line of a failure begins with. */
    public static final String FAILED = "kernels: ";

    private static final long WARMUP_NANOS = 150_000_000;
    private static final int ROUNDS = 5;

    /** Keeps what is computed from being left out. */
    private static volatile long sink;

    private KernelTrial() {
    }

    /** @param args values in a batch, milliseconds of each of five measurements, {@code loops} to measure them */
    public static void main(final String[] args) {
        try {
            final Kernels kernels = Platforms.current().kernels();
            final int values = Integer.parseInt(args[0]);
            final long nanos = Long.parseLong(args[1]) * 1_000_000;
            final boolean loops = args.length > 2;
            final Map<String, Map<String, Double>> found = new LinkedHashMap<>();
            for (final Workload workload : Workloads.of(kernels, values)) {
                final Map<String, Double> figures = new LinkedHashMap<>();
                figures.put(kernels.isa().label(), workload.items() * rate(workload.kernel(), nanos));
                if (loops) {
                    double best = 0;
                    for (final Workload.Batch loop : workload.loops()) {
                        best = Math.max(best, rate(loop, nanos));
                    }
                    figures.put(LOOPS, workload.items() * best);
                }
                found.put(workload.name() + '|' + workload.unit() + '|' + workload.items(), figures);
            }
            System.out.println(JsonMapper.shared().writeValueAsString(found));
        } catch (final RuntimeException e) {
            System.err.println(FAILED + e);
            System.exit(1);
        }
    }

    /** Batches a second: the median of the measurements. */
    private static double rate(final Workload.Batch batch, final long nanos) {
        measure(batch, WARMUP_NANOS);
        final double[] rates = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            rates[i] = measure(batch, nanos);
        }
        Arrays.sort(rates);
        return rates[ROUNDS / 2];
    }

    private static double measure(final Workload.Batch batch, final long nanos) {
        final long start = System.nanoTime();
        long runs = 0;
        long now;
        do {
            sink += turn(batch);
            runs += Workload.BATCHES;
            now = System.nanoTime();
        } while (now - start < nanos);
        return runs * 1e9 / (now - start);
    }

    private static long turn(final Workload.Batch batch) {
        long sum = 0;
        for (int i = 0; i < Workload.BATCHES; i++) {
            sum += batch.run(i);
        }
        return sum;
    }
}
