// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.config;

/**
 * What one trial found.
 *
 * @param keys in the file
 * @param fileBytes of the file
 * @param parseMicros to make a tree of its text: the median, warm
 * @param validateMicros from the tree to a checked configuration
 * @param bytesPerConfig of heap that one configuration keeps
 * @param reload from just before the rename to the snapshot in another thread's sight
 * @param handOver from just before the rename to the JDK's event in another thread's hands: the least that any reload takes
 * @param burst many renames without a pause
 */
public record ConfigOutcome(int keys, int fileBytes, double parseMicros, double validateMicros, double bytesPerConfig, Reload reload,
        Micros handOver, Burst burst) {

    /**
     * Single reloads.
     *
     * @param times of the figures in {@code warm}
     * @param first of the process: classes are loaded
     * @param second of the process, right after it: nothing is compiled yet
     * @param warm those behind as many to warm up, 500 at most
     */
    public record Reload(int times, double first, double second, Micros warm) {
    }

    /** Microseconds. */
    public record Micros(double p50, double p99, double max) {
    }

    /**
     * Renames without a pause, each of a file that was written before.
     *
     * @param renames of files with another value each
     * @param reloads that they came to
     * @param renameMicros that they took
     * @param lastSeenMicros from just before the last rename to its snapshot in another thread's sight
     */
    public record Burst(int renames, long reloads, double renameMicros, double lastSeenMicros) {
    }
}
