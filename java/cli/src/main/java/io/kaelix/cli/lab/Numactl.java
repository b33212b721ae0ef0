// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.lab;

import io.kaelix.CpuSet;
import io.kaelix.platform.Platform;
import io.kaelix.platform.topology.NumaTopology;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What {@code numactl --hardware} says of the machine, beside what the library reads: nodes, their CPUs, sizes and distances. */
final class Numactl {

    private static final Pattern CPUS = Pattern.compile("node (\\d+) cpus:(.*)");
    private static final Pattern SIZE = Pattern.compile("node (\\d+) size: (\\d+) MB");
    private static final Pattern DISTANCES = Pattern.compile("\\s*(\\d+):((?:\\s+\\d+)+)\\s*");

    private Numactl() {
    }

    /** Skipped, in those words, where there is no such program. */
    static Answer agreement(final Platform platform) throws Exception {
        final Process process;
        try {
            process = new ProcessBuilder("numactl", "--hardware").redirectErrorStream(true).start();
        } catch (final IOException missing) {
            return Answer.of("skipped: no numactl", "skipped: no numactl");
        }
        final String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return new Answer(asToldBy(printed.lines().toList()), asRead(platform.topology()), "");
    }

    /** One line out of its lines. */
    static String asToldBy(final List<String> lines) {
        final Map<Integer, String> cpus = new TreeMap<>();
        final Map<Integer, String> sizes = new TreeMap<>();
        final Map<Integer, String> distances = new TreeMap<>();
        for (final String line : lines) {
            final Matcher ofCpus = CPUS.matcher(line);
            final Matcher ofSize = SIZE.matcher(line);
            final Matcher ofDistances = DISTANCES.matcher(line);
            if (ofCpus.matches()) {
                cpus.put(Integer.valueOf(ofCpus.group(1)), cpuSet(numbers(ofCpus.group(2))));
            } else if (ofSize.matches()) {
                sizes.put(Integer.valueOf(ofSize.group(1)), ofSize.group(2));
            } else if (ofDistances.matches()) {
                distances.put(Integer.valueOf(ofDistances.group(1)), Arrays.toString(numbers(ofDistances.group(2))));
            }
        }
        return sizes.keySet().stream().map(node -> line(node, cpus.get(node), sizes.get(node), distances.get(node)))
                .collect(Collectors.joining("; "));
    }

    private static String asRead(final NumaTopology machine) {
        return machine.nodes().stream().map(node -> line(node.id(),
                cpuSet(node.cpus().stream().mapToInt(Integer::intValue).toArray()), Long.toString(node.memoryBytes() >> 20),
                node.distances().toString())).collect(Collectors.joining("; "));
    }

    private static String line(final int node, final String cpus, final String size, final String distances) {
        return "node " + node + " CPUs " + cpus + ", " + size + " MB, distances " + distances;
    }

    private static String cpuSet(final int[] cpus) {
        return cpus.length == 0 ? "none" : CpuSet.of(cpus).toString();
    }

    private static int[] numbers(final String text) {
        return Arrays.stream(text.trim().split("\\s+")).filter(word -> !word.isEmpty()).mapToInt(Integer::parseInt).toArray();
    }
}
