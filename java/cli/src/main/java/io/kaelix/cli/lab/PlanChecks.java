// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.lab;

import io.kaelix.CpuSet;
import io.kaelix.memory.Block;
import io.kaelix.memory.NumaAllocator;
import io.kaelix.numa.NumaOptimizer;
import io.kaelix.numa.PlacementGoal;
import io.kaelix.numa.PlacementPlan;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Rung;
import io.kaelix.platform.topology.NumaTopology;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Plans, carried out: whether workers run, and lanes lie, where the plan says, and whether that is what its goal promises. */
final class PlanChecks {

    private static final long LANE_BYTES = 1L << 20;

    private PlanChecks() {
    }

    /** Two workers and lanes: on one node. */
    static Answer lowLatency(final Platform platform) throws Exception {
        return carryOut(platform, PlacementGoal.LOW_LATENCY, 2, 1);
    }

    /** As many workers and lanes as nodes with CPUs: one on each. */
    static Answer highThroughput(final Platform platform) throws Exception {
        final int nodes = nodesWithCpus(platform);
        return carryOut(platform, PlacementGoal.HIGH_THROUGHPUT, nodes, nodes);
    }

    /** As many workers and lanes as half of the nodes have CPUs: those nodes filled, and no other. */
    static Answer balanced(final Platform platform) throws Exception {
        final NumaTopology machine = platform.topology();
        final int nodes = (nodesWithCpus(platform) + 1) / 2;
        final int cpusOfOne = machine.usableCpus().size() / nodesWithCpus(platform);
        return carryOut(platform, PlacementGoal.BALANCED, nodes * cpusOfOne, nodes);
    }

    private static int nodesWithCpus(final Platform platform) {
        return (int) platform.topology().nodes().stream().filter(node -> !platform.topology().usableCpus(node.id()).isEmpty()).count();
    }

    private static Answer carryOut(final Platform platform, final PlacementGoal goal, final int workers, final int nodes) throws Exception {
        final PlacementPlan plan = new NumaOptimizer(platform.topology()).optimizeFor(goal, workers, workers, LANE_BYTES);
        final List<String> strays = new ArrayList<>();
        final Set<Integer> nodesOfWorkers = new TreeSet<>();
        for (final PlacementPlan.WorkerPlace place : plan.workers()) {
            nodesOfWorkers.add(run(platform, place, strays));
        }
        final Set<Integer> nodesOfLanes = new TreeSet<>();
        final NumaAllocator memory = new NumaAllocator(platform, Rung.NORMAL, 16 * workers * LANE_BYTES);
        try {
            for (final PlacementPlan.LanePlace place : plan.lanes()) {
                nodesOfLanes.addAll(lay(platform, memory, place, strays));
            }
        } finally {
            memory.close();
        }
        return new Answer(sentence(plan, nodes, nodes), sentence(plan, nodesOfWorkers.size(), nodesOfLanes.size())
                + (strays.isEmpty() ? "" : ", but " + String.join(", ", strays)), String.join("; ", plan.notes()));
    }

    private static String sentence(final PlacementPlan plan, final int nodesOfWorkers, final int nodesOfLanes) {
        return plan.workers().size() + " workers on " + nodesOfWorkers + " nodes, " + plan.lanes().size() + " lanes on " + nodesOfLanes
                + ", each where planned";
    }

    private static int run(final Platform platform, final PlacementPlan.WorkerPlace place, final List<String> strays) throws Exception {
        return PlacementChecks.onThread(() -> {
            platform.pin(CpuSet.of(place.cpu()));
            final int cpu = platform.currentCpu();
            final int node = platform.currentNode();
            if (cpu != place.cpu() || node != place.node()) {
                strays.add("worker " + place.worker() + " on CPU " + cpu + " of node " + node + " instead of CPU " + place.cpu() + " of "
                        + place.node());
            }
            return node;
        });
    }

    private static Set<Integer> lay(final Platform platform, final NumaAllocator memory, final PlacementPlan.LanePlace place,
            final List<String> strays) {
        final Block lane = memory.allocateOnNode(place.node(), LANE_BYTES);
        final Set<Integer> nodes = new Pages().add(lane.segment()).byNode(platform).keySet();
        lane.free();
        if (!nodes.equals(Set.of(place.node()))) {
            strays.add("lane " + place.lane() + " on " + nodes + " instead of " + place.node());
        }
        return nodes;
    }
}
