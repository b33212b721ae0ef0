// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scheduler;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a trial is asked for.
 *
 * @param workers of the system
 * @param seconds measured
 * @param warmup seconds before
 * @param cpus for the workers, from the last on, and for the pacer
 * @param silences before each of which nothing is scheduled for a second
 * @param treeTasks of a tree, all in
 */
public record SchedulerRequest(Mode mode, Subject subject, int workers, double seconds, double warmup, List<Integer> cpus, int silences,
        int treeTasks) {

    private static final int ARGUMENTS = 8;

    /** The command line that {@link #parse} reads. */
    public List<String> toArguments() {
        return List.of(mode.label(), subject.label(), Integer.toString(workers), Double.toString(seconds), Double.toString(warmup),
                cpus.stream().map(String::valueOf).collect(Collectors.joining(",")), Integer.toString(silences),
                Integer.toString(treeTasks));
    }

    /** Reads what {@link #toArguments} wrote. */
    static SchedulerRequest parse(final String... arguments) {
        if (arguments.length != ARGUMENTS) {
            throw new IllegalArgumentException("usage: MODE SYSTEM WORKERS SECONDS WARMUP CPU,CPU SILENCES TREE-TASKS");
        }
        return new SchedulerRequest(Mode.of(arguments[0]), Subject.of(arguments[1]), Integer.parseInt(arguments[2]),
                Double.parseDouble(arguments[3]), Double.parseDouble(arguments[4]),
                Arrays.stream(arguments[5].split(",")).map(Integer::valueOf).toList(), Integer.parseInt(arguments[6]),
                Integer.parseInt(arguments[7]));
    }

    /** Whether tasks are forked. */
    boolean isForked() {
        return subject == Subject.FORK_JOIN_FORK;
    }
}
