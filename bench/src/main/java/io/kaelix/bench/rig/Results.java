// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import java.util.List;
import java.util.Map;

/**
 * What a run of the bench found, as its JSON has it.
 *
 * @param command that gives these figures again
 * @param startedAt ISO 8601, UTC
 * @param environment where it ran
 * @param floors what the machine itself can do, measured in the same run; keys name quantity and unit
 * @param rows one per system, mode and payload: {@link Throughput}, {@link Latency} or {@link Kernel}
 * @param failures what was asked for and came to no figures; empty if all went well
 * @param <R> kind of row
 */
public record Results<R extends Results.Row>(String command, String startedAt, Environment environment, Map<String, Object> floors,
        List<R> rows, List<Failure> failures) {

    /**
     * What came to no figures.
     *
     * @param label of the row that is missing: system, mode and payload
     * @param reason in one line
     */
    public record Failure(String label, String reason) {
    }

    /**
     * Where the figures come from.
     *
     * @param cpus that the threads under test could have, one each as far as they go round
     * @param isa instruction set of the library's kernels
     * @param pageBytes of the pages that a lane got
     * @param node of its memory, -1 if that cannot be told
     */
    public record Environment(String cpu, int cpus, String kernel, String jvm, String isa, long pageBytes, int node, String kaelix) {
    }

    /** What all rows have. */
    public sealed interface Row {

        /** Name of the system: {@code kaelix}, {@code aeron-ipc}, …; {@code floor} for what C does on this machine. */
        String system();

        /** How it was used: {@code one-by-one}, {@code batch-64}, … */
        String mode();

        /** Bytes of each message. */
        int payload();
    }

    /**
     * Messages a second, as received; with several subscribers, as each of them received.
     *
     * @param perSecond of every round, in order
     * @param ofFloor median over the rounds of what it is of the C ring in the same mode and round; 0 if there is none
     * @param settings of the system, in one line
     * @param allocatedPerMessage bytes of heap that producers and consumer allocated per message received; median over the rounds
     */
    public record Throughput(String system, String mode, int payload, int publishers, int subscribers, double medianPerSecond,
            double minPerSecond, double maxPerSecond, List<Double> perSecond, double ofFloor, double lostFraction, String version,
            String settings, double allocatedPerMessage) implements Row {
    }

    /**
     * Time on the way, one way, in nanoseconds; medians over the rounds.
     *
     * @param mode {@code ping-pong}, or {@code paced}: from the intended send time
     * @param variant how the system was used: {@code one-by-one}, …
     * @param ratePerSecond of a paced load, 0 for ping-pong
     * @param all of all messages
     * @param quiet of messages that overlap no gap of the machine which either thread saw, nor its shadow; null for ping-pong
     * @param quietFraction how many messages that were
     * @param ofFloor median over the rounds of its p50 divided by that of the C probe in the same round
     * @param histogram name of the {@code .hgrm} file with all rounds added up; null if none was asked for
     * @param allocatedPerMessage bytes of heap that both threads allocated per message; median over the rounds
     */
    public record Latency(String system, String mode, String variant, int payload, long ratePerSecond, Percentiles all, Percentiles quiet,
            double quietFraction, double ofFloor, String histogram, String version, String settings,
            double allocatedPerMessage) implements Row {
    }

    /**
     * A kernel on one instruction set.
     *
     * @param system the instruction set; {@code loop} for plain Java over arrays, {@code java} for the library's own Java, {@code vector api}
     *     for filters over arrays by the JDK's module in incubation
     * @param mode the kernel and its data
     * @param payload items in a batch: one call, or several where one takes less
     * @param unit what an item is
     * @param medianPerSecond items a second, checks and the call into C included
     * @param ofLoop median over the rounds of what it is of the fastest loop of plain Java in the same round
     * @param ofVectorApi the same of the Vector API; 0 where it was not measured
     * @param goal what {@code ofLoop} is meant to be at least on the instruction set that the library chooses here; and {@code ofVectorApi} 1
     */
    public record Kernel(String system, String mode, int payload, String unit, double medianPerSecond, double minPerSecond,
            double maxPerSecond, double ofLoop, double ofVectorApi, double goal) implements Row {

        /** Whether it is as fast as it is meant to be. */
        boolean isGoalMet() {
            return ofLoop >= goal && (ofVectorApi == 0 || ofVectorApi >= 1);
        }
    }

    /** Nanoseconds; each the median over the rounds. */
    public record Percentiles(long p50, long p90, long p99, long p999, long p9999, long max) {
    }
}
