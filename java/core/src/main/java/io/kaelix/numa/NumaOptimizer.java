// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.numa;

import io.kaelix.numa.CpuOrder.Candidate;
import io.kaelix.numa.PlacementPlan.LanePlace;
import io.kaelix.numa.PlacementPlan.WorkerPlace;
import io.kaelix.platform.topology.NumaTopology;
import io.kaelix.platform.topology.NumaTopology.Cpu;
import io.kaelix.platform.topology.NumaTopology.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Plans where workers run and lanes lie, on any machine: one node and one CPU too.
 *
 * <pre>{@code
 * NumaOptimizer optimizer = new NumaOptimizer(NumaTopology.ofThisMachine());
 * PlacementPlan plan = optimizer.optimizeFor(PlacementGoal.LOW_LATENCY, 4, 4);
 * plan.workers().forEach(place -> System.out.println(place.worker() + " on CPU " + place.cpu() + ": " + place.reason()));
 * }</pre>
 *
 * <p>A pure function of the topology: the same machine gives the same plan. Only CPUs that are online and that the process may use are in it,
 * and none twice while another is free. A CPU quota limits time, not CPUs: a plan that it slows down says so in its notes.
 *
 * <p><b>Threads</b>: immutable, any. <b>Blocking</b>: never. <b>Errors</b>: {@link IllegalArgumentException} for negative counts alone.
 */
public final class NumaOptimizer {

    /** What a lane takes if nothing else is said: the default of {@link io.kaelix.StreamerConfig}. */
    public static final long DEFAULT_LANE_BYTES = 1 << 20;

    private final NumaTopology machine;

    /** For this machine. */
    public NumaOptimizer(final NumaTopology machine) {
        this.machine = machine;
    }

    /** A plan for lanes of the default size. */
    public PlacementPlan optimizeFor(final PlacementGoal goal, final int workers, final int lanes) {
        return optimizeFor(goal, workers, lanes, DEFAULT_LANE_BYTES);
    }

    /**
     * A plan.
     *
     * @param workers threads to place, 0 or more
     * @param lanes rings to place, 0 or more
     * @param laneBytes memory of each lane, for the choice of a node that has enough of it
     * @throws IllegalArgumentException if a number is negative
     */
    public PlacementPlan optimizeFor(final PlacementGoal goal, final int workers, final int lanes, final long laneBytes) {
        if (workers < 0 || lanes < 0 || laneBytes < 0) {
            throw new IllegalArgumentException("workers, lanes and their bytes are 0 or more, not " + workers + ", " + lanes + ", " + laneBytes);
        }
        final List<String> notes = new ArrayList<>();
        final long laneMemory = lanes == 0 ? 0 : laneBytes > Long.MAX_VALUE / lanes ? Long.MAX_VALUE : lanes * laneBytes;
        final Node home = home(goal, workers, laneMemory);
        final List<WorkerPlace> places = workerPlaces(goal, order(goal, home), workers, home);
        final LanePlanner lanePlanner = new LanePlanner(machine, notes);
        final List<LanePlace> rings = goal == PlacementGoal.LOW_LATENCY
                ? lanePlanner.together(home.id(), lanes, laneMemory) : lanePlanner.inTurn(places, home.id(), lanes, laneBytes);
        addNotes(workers, notes);
        return new PlacementPlan(goal, places, rings, notes);
    }

    /**
     * The node that is filled first. Memory counts first, for a lane elsewhere is slow for all; then room for the workers, on whole cores if
     * possible; then how near the other nodes are, then how much memory is free, then the number.
     */
    private Node home(final PlacementGoal goal, final int workers, final long laneMemory) {
        final Comparator<Node> order = Comparator
                .comparing((Node node) -> !LanePlanner.hasRoom(node, laneMemory))
                .thenComparing(node -> -Math.min(workers, CpuOrder.wholeCores(machine, node.id())))
                .thenComparing(node -> -Math.min(workers, machine.usableCpus(node.id()).size()))
                .thenComparing(this::distanceToOthers)
                .thenComparing(node -> goal == PlacementGoal.LOW_LATENCY ? -largestGroup(node) : 0)
                .thenComparing(node -> -LanePlanner.freeBytes(node))
                .thenComparing(Node::id);
        return machine.nodes().stream().filter(node -> !machine.usableCpus(node.id()).isEmpty()).min(order).orElseThrow();
    }

    private long distanceToOthers(final Node node) {
        return node.distances().stream().mapToLong(Integer::longValue).sum();
    }

    private int largestGroup(final Node node) {
        return machine.usableCpus(node.id()).stream().mapToInt(cpu -> machine.lastLevelGroup(cpu).size()).max().orElse(0);
    }

    /** All usable CPUs, in the order in which workers get them. */
    private List<Candidate> order(final PlacementGoal goal, final Node home) {
        final List<Node> nodes = machine.nodes().stream().filter(node -> !machine.usableCpus(node.id()).isEmpty())
                .sorted(Comparator.comparingInt((Node node) -> LanePlanner.farness(machine, home.id(), node.id()))
                        .thenComparingInt(Node::id)).toList();
        final List<List<Candidate>> orders = nodes.stream().map(node -> new CpuOrder(machine, node.id()))
                .map(order -> goal == PlacementGoal.HIGH_THROUGHPUT ? order.apart() : order.near()).toList();
        return switch (goal) {
            case HIGH_THROUGHPUT -> CpuOrder.interleaved(orders);
            case LOW_LATENCY -> orders.stream().flatMap(List::stream).toList();
            case BALANCED -> orders.stream().flatMap(List::stream).sorted(Comparator.comparingInt(Candidate::siblingsBefore)).toList();
        };
    }

    private List<WorkerPlace> workerPlaces(final PlacementGoal goal, final List<Candidate> order, final int workers, final Node home) {
        final List<WorkerPlace> places = new ArrayList<>();
        for (int worker = 0; worker < workers; worker++) {
            final Candidate candidate = order.get(worker % order.size());
            final Cpu cpu = candidate.cpu();
            final String reason = worker >= order.size()
                    ? "shares CPU " + cpu.id() + " with worker " + worker % order.size() + ": the process may use "
                            + (order.size() == 1 ? "one CPU" : order.size() + " CPUs")
                    : reason(goal, candidate, home, worker == 0 ? null : order.getFirst().cpu());
            places.add(new WorkerPlace(worker, cpu.id(), cpu.node(), reason));
        }
        return places;
    }

    private String reason(final PlacementGoal goal, final Candidate candidate, final Node home, final Cpu first) {
        final Cpu cpu = candidate.cpu();
        final String core = candidate.siblingsBefore() == 0 ? "a core of its own"
                : "an SMT sibling on core " + cpu.core() + ": no whole core is left" + (goal == PlacementGoal.LOW_LATENCY ? " on the node" : "");
        final String where = cpu.node() == home.id() ? "on node " + home.id()
                : "on node " + cpu.node() + ", at distance " + distance(home.id(), cpu.node()) + " of node " + home.id();
        final String why = switch (goal) {
            case HIGH_THROUGHPUT -> "spread over nodes and caches";
            case LOW_LATENCY, BALANCED -> first == null ? homeReason(home)
                    : machine.lastLevelGroup(first).contains(cpu.id()) ? groupReason()
                    : cpu.node() == home.id() ? "beside worker 0, without its cache" : "the nearest CPU that is free";
        };
        return core + ' ' + where + "; " + why;
    }

    private String groupReason() {
        return machine.caches().isEmpty() ? "on the socket of worker 0, whose caches are unknown" : "shares the last-level cache of worker 0";
    }

    private String homeReason(final Node home) {
        return machine.nodes().size() == 1 ? "the only node" : "the first choice by memory, cores and distance to the others ("
                + distanceToOthers(home) + " in sum)";
    }

    private String distance(final int from, final int to) {
        final int told = machine.distance(from, to);
        return told == NumaTopology.UNKNOWN ? "unknown" : Integer.toString(told);
    }

    private void addNotes(final int workers, final List<String> notes) {
        final int usable = machine.usableCpus().size();
        if (workers > usable) {
            notes.add(workers + " workers share " + (usable == 1 ? "one CPU" : usable + " CPUs") + ": none of them may spin; use fewer workers");
        }
        if (machine.limits().cpuQuota() < Math.min(workers, usable)) {
            notes.add(String.format(Locale.ROOT, "%s grants %.2f CPUs of time: %d workers that spin are held up; raise it, or use fewer workers",
                    machine.limits().quotaSource(), machine.limits().cpuQuota(), workers));
        }
    }
}
