// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.kernel;

import java.util.Optional;

/**
 * Filters over arrays in a way that not every JVM has: each writes the index of each value above the operand, and returns how many. What this is
 * for are those by the Vector API, a module in incubation: they are compiled apart and found by name, so that nothing else depends on it.
 */
interface ArrayFilters {

    long greater(long[] values, int from, int length, long operand, int[] indices);

    long greater(int[] values, int from, int length, int operand, int[] indices);

    long greater(double[] values, int from, int length, double operand, int[] indices);

    /** Those by the Vector API; empty where the JVM was started without its module. */
    static Optional<ArrayFilters> ofVectorApi() {
        if (ModuleLayer.boot().findModule(KernelTrial.VECTOR_MODULE).isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of((ArrayFilters) Class.forName("io.kaelix.bench.kernel.VectorFilters").getDeclaredConstructor().newInstance());
        } catch (final ReflectiveOperationException e) {
            throw new IllegalStateException("the benchmarks were built without their filters by the Vector API", e);
        }
    }
}
