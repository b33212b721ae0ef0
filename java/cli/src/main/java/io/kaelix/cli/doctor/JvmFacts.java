// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.stream.Collectors;

/**
 * The JVM that this runs in.
 *
 * @param version with its vendor
 * @param collectors names of its garbage collectors
 * @param processors that it counts
 * @param maxHeap bytes
 * @param nanoTimeCost nanoseconds that a look at the clock takes
 */
public record JvmFacts(String version, String collectors, int processors, long maxHeap, double nanoTimeCost) {

    private static final int LOOKS = 100_000;

    /** Of this process; takes some milliseconds. */
    public static JvmFacts ofThisProcess() {
        return new JvmFacts(System.getProperty("java.vendor") + " " + Runtime.version(),
                ManagementFactory.getGarbageCollectorMXBeans().stream().map(GarbageCollectorMXBean::getName)
                .collect(Collectors.joining(", ")),
                Runtime.getRuntime().availableProcessors(), Runtime.getRuntime().maxMemory(), nanoTime());
    }

    /** The least of some rounds: the first are not compiled, and others may be interrupted. */
    private static double nanoTime() {
        double least = Double.POSITIVE_INFINITY;
        for (int round = 0; round < 5; round++) {
            final long before = System.nanoTime();
            long last = before;
            for (int i = 0; i < LOOKS; i++) {
                last = System.nanoTime();
            }
            least = Math.min(least, (double) (last - before) / LOOKS);
        }
        return least;
    }
}
