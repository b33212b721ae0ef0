// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import static io.kaelix.cli.CommandRun.kaelix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code kaelix topology} on the machine at hand: it tells what other tools tell. */
class TopologyTest {

    private static final Pattern NODE = Pattern.compile("\\{\"id\":(\\d+),\"cpus\":\\[([\\d,]*)],\"memoryBytes\":(\\d+|null),"
            + "\"freeBytes\":(?:\\d+|null),\"memoryAllowed\":(?:true|false),\"distances\":\\[([\\d,]*)]");
    private static final Pattern CPU = Pattern.compile("\\{\"id\":(\\d+),\"node\":(\\d+),\"socket\":(\\d+),\"core\":(\\d+),\"online\":true");

    private static List<MatchResult> told(final Pattern pattern) throws IOException {
        final CommandRun run = kaelix("topology", "--json");
        assertThat(run.status()).isZero();
        assertThat(run.err()).isEmpty();
        final List<MatchResult> found = pattern.matcher(run.text()).results().toList();
        assertThat(found).isNotEmpty();
        return found;
    }

    private static List<String> output(final String... command) throws Exception {
        final ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("LC_ALL", "C");
        final Process process;
        try {
            process = builder.start();
        } catch (final IOException absent) {
            assumeTrue(false, command[0] + " is not installed");
            throw absent;
        }
        final String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assumeTrue(process.waitFor() == 0, command[0] + " tells nothing here");
        return text.lines().toList();
    }

    @Test
    void shouldAgreeWithNumactl() throws Exception {
        final List<String> expected = output("numactl", "-H");
        final List<String> nodes = new ArrayList<>();
        final List<String> distances = new ArrayList<>();
        for (final MatchResult node : told(NODE)) {
            nodes.add(("node " + node.group(1) + " cpus: " + node.group(2).replace(',', ' ')).strip());
            nodes.add("node " + node.group(1) + " size: " + Long.parseLong(node.group(3)) / (1 << 20) + " MB");
            distances.add(node.group(1) + ": " + node.group(4).replace(',', ' '));
        }
        assertThat(expected.stream().map(String::strip).filter(line -> line.matches("node \\d+ (cpus|size):.*"))).isEqualTo(nodes);
        assertThat(expected.stream().map(line -> line.strip().replaceAll(" +", " ")).filter(line -> line.matches("\\d+: .*")))
                .isEqualTo(distances);
    }

    /** Its cores and sockets have numbers of their own: what must agree is which CPUs are together. */
    @Test
    void shouldAgreeWithLscpu() throws Exception {
        final Map<String, TreeSet<Integer>> expected = new TreeMap<>();
        for (final String line : output("lscpu", "-p=CPU,NODE,SOCKET,CORE")) {
            if (!line.startsWith("#")) {
                together(expected, line.split(",", -1));
            }
        }
        final Map<String, TreeSet<Integer>> found = new TreeMap<>();
        for (final MatchResult cpu : told(CPU)) {
            together(found, cpu.group(1), cpu.group(2), cpu.group(3), cpu.group(4));
        }
        assertThat(found.values()).containsExactlyInAnyOrderElementsOf(expected.values());
    }

    private static void together(final Map<String, TreeSet<Integer>> groups, final String... cpuNodeSocketCore) {
        final int cpu = Integer.parseInt(cpuNodeSocketCore[0]);
        groups.computeIfAbsent("node " + (cpuNodeSocketCore[1].isEmpty() ? "0" : cpuNodeSocketCore[1]), key -> new TreeSet<>()).add(cpu);
        groups.computeIfAbsent("socket " + cpuNodeSocketCore[2], key -> new TreeSet<>()).add(cpu);
        groups.computeIfAbsent("core " + cpuNodeSocketCore[3], key -> new TreeSet<>()).add(cpu);
    }

    @ParameterizedTest
    @ValueSource(strings = {"low-latency", "high-throughput", "balanced"})
    void shouldDrawThisMachineWithAPlan(final String goal) throws IOException {
        final CommandRun run = kaelix("topology", "--plan", goal, "--workers", "3");
        assertThat(run.status()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.text()).startsWith("machine ").contains("\nplan        " + goal + "\n", "\n  worker 2  CPU ", "\n  lane 2 ");
    }

    @Test
    void shouldPlanForEachCoreIfNothingElseIsSaid() throws IOException {
        final long cores = told(CPU).stream().map(cpu -> cpu.group(4)).distinct().count();
        final CommandRun run = kaelix("topology", "--json", "--plan", "balanced");
        assertThat(Pattern.compile("\\{\"worker\":").matcher(run.text()).results().count()).isBetween(1L, cores);
    }

    @Test
    void shouldDescribeTheJsonInItsHelp() throws IOException {
        assertThat(kaelix("topology", "--help").text()).contains("--json", "--plan", "--workers", "nodes[]", "cpus[]", "caches[]", "limits",
                "unknowns[]", "plan ");
    }
}
