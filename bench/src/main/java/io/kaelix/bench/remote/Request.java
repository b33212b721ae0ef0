// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a trial is asked for.
 *
 * @param payload bytes of a message, whole words
 * @param seconds measured
 * @param warmup seconds before
 * @param cpus of the process that connects, and of the server
 * @param bytes of payload that are measured at the least, where messages are counted
 * @param connections that are made at once
 */
public record Request(Exchange mode, Subject subject, int payload, double seconds, double warmup, List<Integer> cpus, long bytes,
        int connections) {

    private static final int ARGUMENTS = 8;

    /** The command line that {@link #parse} reads. */
    public List<String> toArguments() {
        return List.of(mode.label(), subject.label(), Integer.toString(payload), Double.toString(seconds), Double.toString(warmup),
                cpus.stream().map(String::valueOf).collect(Collectors.joining(",")), Long.toString(bytes), Integer.toString(connections));
    }

    /** Reads what {@link #toArguments} wrote. */
    static Request parse(final String... arguments) {
        if (arguments.length != ARGUMENTS) {
            throw new IllegalArgumentException("usage: MODE SYSTEM PAYLOAD SECONDS WARMUP CPU,CPU BYTES CONNECTIONS");
        }
        return new Request(Exchange.of(arguments[0]), Subject.of(arguments[1]), Integer.parseInt(arguments[2]),
                Double.parseDouble(arguments[3]), Double.parseDouble(arguments[4]),
                Arrays.stream(arguments[5].split(",")).map(Integer::valueOf).toList(), Long.parseLong(arguments[6]),
                Integer.parseInt(arguments[7]));
    }

    int words() {
        return payload / Long.BYTES;
    }

    int clientCpu() {
        return cpus.get(0);
    }

    int serverCpu() {
        return cpus.get(cpus.size() - 1);
    }
}
