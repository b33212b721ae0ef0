// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.numa;

import io.kaelix.numa.PlacementPlan.LanePlace;
import io.kaelix.numa.PlacementPlan.WorkerPlace;
import io.kaelix.platform.topology.NumaTopology;
import io.kaelix.platform.topology.NumaTopology.Hugepages;
import io.kaelix.platform.topology.NumaTopology.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds nodes for lanes: the one that is wished if it has memory for them, else the nearest that has. */
final class LanePlanner {

    private final NumaTopology machine;
    private final List<String> notes;

    // By node: what was given out so far.
    private final Map<Integer, Long> planned = new HashMap<>();

    /**
     * For one plan.
     *
     * @param notes takes what did not fit
     */
    LanePlanner(final NumaTopology machine, final List<String> notes) {
        this.machine = machine;
        this.notes = notes;
    }

    /** Whether the process may allocate this much on the node, as far as is known. */
    static boolean hasRoom(final Node node, final long bytes) {
        // A node of CPUs alone may be 'allowed', and has nothing.
        return node.memoryAllowed() && node.memoryBytes() != 0 && (node.freeBytes() == NumaTopology.UNKNOWN || freeBytes(node) >= bytes);
    }

    /** Free memory, free hugepages included. */
    static long freeBytes(final Node node) {
        long free = Math.max(0, node.freeBytes());
        for (final Hugepages pages : node.hugepages()) {
            free += Math.max(0, pages.free()) * pages.pageBytes();
        }
        return free;
    }

    /** The distance, by which an unknown one is the farthest. */
    static int farness(final NumaTopology machine, final int from, final int to) {
        final int told = machine.distance(from, to);
        return told == NumaTopology.UNKNOWN ? Integer.MAX_VALUE : told;
    }

    /** All lanes on one node. */
    List<LanePlace> together(final int wished, final int lanes, final long bytes) {
        final int node = nodeFor(wished, bytes);
        final List<LanePlace> places = new ArrayList<>();
        for (int lane = 0; lane < lanes; lane++) {
            places.add(new LanePlace(lane, node, node == wished ? "on the node of the workers" : elsewhere(node, wished)));
        }
        return places;
    }

    /** Each lane on the node of a worker, in turn; of the home node where there are no workers. */
    List<LanePlace> inTurn(final List<WorkerPlace> workers, final int home, final int lanes, final long laneBytes) {
        final List<LanePlace> places = new ArrayList<>();
        for (int lane = 0; lane < lanes; lane++) {
            final WorkerPlace worker = workers.isEmpty() ? null : workers.get(lane % workers.size());
            final int wished = worker == null ? home : worker.node();
            final int node = nodeFor(wished, laneBytes);
            final String reason = worker == null ? "the first choice; there are no workers to be near" : "on the node of worker " + worker.worker();
            places.add(new LanePlace(lane, node, node == wished ? reason : elsewhere(node, wished)));
        }
        return places;
    }

    private int nodeFor(final int wished, final long bytes) {
        final Comparator<Node> nearest = Comparator.comparingInt((Node node) -> farness(machine, wished, node.id())).thenComparingInt(Node::id);
        final Node node = machine.nodes().stream().filter(candidate -> hasRoom(candidate, total(candidate, bytes))).min(nearest)
                .or(() -> machine.nodes().stream().filter(candidate -> hasRoom(candidate, 0)).min(nearest).map(this::noting))
                .orElseGet(() -> machine.node(wished));
        planned.put(node.id(), total(node, bytes));
        return node.id();
    }

    private long total(final Node node, final long bytes) {
        final long total = planned.getOrDefault(node.id(), 0L) + bytes;
        return total < 0 ? Long.MAX_VALUE : total;
    }

    private Node noting(final Node node) {
        final String note = "no node has free memory for all lanes: mapping them may fail; use smaller or fewer lanes, or free memory";
        if (!notes.contains(note)) {
            notes.add(note);
        }
        return node;
    }

    private String elsewhere(final int node, final int wished) {
        return "node " + wished + (machine.node(wished).memoryAllowed() && machine.node(wished).memoryBytes() != 0
                ? " has too little free memory" : " has no memory that the process may use") + "; node " + node + " is the nearest that has";
    }
}
