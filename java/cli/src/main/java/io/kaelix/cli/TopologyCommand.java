// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import io.kaelix.cli.console.CommandException;
import io.kaelix.cli.console.ExitStatus;
import io.kaelix.cli.console.Terminal;
import io.kaelix.cli.report.TopologyDrawing;
import io.kaelix.cli.report.TopologyJson;
import io.kaelix.numa.NumaOptimizer;
import io.kaelix.numa.PlacementGoal;
import io.kaelix.numa.PlacementPlan;
import io.kaelix.platform.LibNuma;
import io.kaelix.platform.topology.NumaTopology;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kaelix topology}: draws the machine as this process may use it, and a plan for it. */
@Command(name = "topology", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = {"Draws nodes, caches, cores, memory, hugepages and distances of this machine, what this process may use of them, and a "
                + "plan of which worker should run where."},
        footer = {"",
            "The JSON object; a number that the kernel does not tell is null:",
            "  nodes[]    id, cpus[] that are online, memoryBytes, freeBytes,",
            "             memoryAllowed, distances[] in the order of nodes,",
            "             hugepages[]: pageBytes, total, free",
            "  cpus[]     id, node, socket, online, allowed,",
            "             core: the first CPU of its SMT siblings",
            "  caches[]   level, type (data, instruction, unified), bytes,",
            "             cpus[] that share it",
            "  limits     cpus[], nodes[], quotaSource,",
            "             cpuQuota: CPUs' worth of time, null if there is none",
            "  unknowns[] what could not be told, and why",
            "  libnuma    verdict: agrees, differs or silent; text",
            "  plan       with --plan: goal, notes[],",
            "             workers[]: worker, cpu, node, reason,",
            "             lanes[]: lane, node, reason",
            "", "Exit status: 0 drawn, 1 it could not be written, 2 wrong usage."})
final class TopologyCommand implements Callable<Integer> {

    private static final int MAX_WORKERS = 8192;

    private final Terminal terminal;
    private final Supplier<NumaTopology> machine;
    private final Function<NumaTopology, LibNuma.Testimony> witness;

    @Option(names = "--json", description = "One JSON object, as below.")
    private boolean json;

    @Option(names = "--plan", paramLabel = "GOAL", converter = GoalName.class,
            description = "Plan for low-latency (one node, shared caches), high-throughput (spread) or balanced (near, a core for each).")
    private PlacementGoal goal;

    @Option(names = "--workers", paramLabel = "N",
            description = "Workers of the plan, each with a lane. Default: one for each core that may be used.")
    private Integer workers;

    /**
     * @param machine asked once, when the command is done
     * @param witness asked for what libnuma tells of it
     */
    TopologyCommand(final Terminal terminal, final Supplier<NumaTopology> machine,
            final Function<NumaTopology, LibNuma.Testimony> witness) {
        this.terminal = terminal;
        this.machine = machine;
        this.witness = witness;
    }

    @Override
    public Integer call() throws IOException {
        if (workers != null && goal == null) {
            throw CommandException.usage("--workers is for a plan: give --plan too");
        }
        if (workers != null && (workers < 1 || workers > MAX_WORKERS)) {
            throw CommandException.usage("--workers must be from 1 to " + MAX_WORKERS + ", not " + workers);
        }
        final NumaTopology found = machine.get();
        final PlacementPlan plan = goal == null ? null : plan(found);
        terminal.print(json ? TopologyJson.of(found, witness.apply(found), plan) : TopologyDrawing.of(found, witness.apply(found), plan));
        return ExitStatus.OK;
    }

    private PlacementPlan plan(final NumaTopology found) {
        final int count = workers != null ? workers : (int) found.usableCpus().stream().map(NumaTopology.Cpu::core).distinct().count();
        return new NumaOptimizer(found).optimizeFor(goal, count, count);
    }
}
