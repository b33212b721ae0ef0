// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.numa;

import io.kaelix.platform.topology.NumaTopology;
import io.kaelix.platform.topology.NumaTopology.Cpu;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/** The usable CPUs of one node in the order in which they are handed out: all whole cores before the first SMT sibling. */
final class CpuOrder {

    /** A CPU, and how many CPUs of its core are handed out before it: 0 for a whole core. */
    record Candidate(Cpu cpu, int siblingsBefore) {
    }

    private final NumaTopology machine;
    private final int node;

    CpuOrder(final NumaTopology machine, final int node) {
        this.machine = machine;
        this.node = node;
    }

    /** Neighbours next to each other: the largest group that shares a last-level cache first, and all of it before the next. */
    List<Candidate> near() {
        final List<Candidate> order = new ArrayList<>();
        groups().forEach(order::addAll);
        order.sort(Comparator.comparingInt(Candidate::siblingsBefore)); // stable: groups stay together
        return order;
    }

    /** Neighbours apart: one of each group that shares a last-level cache in turn. */
    List<Candidate> apart() {
        record Turn(Candidate candidate, int turn) {
        }
        final List<Turn> turns = new ArrayList<>();
        for (final List<Candidate> group : groups()) {
            final Map<Integer, Integer> taken = new HashMap<>();
            group.forEach(candidate -> turns.add(new Turn(candidate, taken.merge(candidate.siblingsBefore(), 1, Integer::sum))));
        }
        turns.sort(Comparator.comparingInt((ToIntFunction<Turn>) turn -> turn.candidate().siblingsBefore()).thenComparingInt(Turn::turn));
        return turns.stream().map(Turn::candidate).toList();
    }

    /** How many cores have a CPU that may be used. */
    static int wholeCores(final NumaTopology machine, final int node) {
        return (int) machine.usableCpus(node).stream().map(Cpu::core).distinct().count();
    }

    private List<List<Candidate>> groups() {
        final Map<Integer, List<Candidate>> groups = new TreeMap<>(); // by the group's first CPU
        final Map<Integer, Integer> taken = new HashMap<>(); // by core
        for (final Cpu cpu : machine.usableCpus(node)) {
            final int siblings = taken.merge(cpu.core(), 1, Integer::sum) - 1;
            groups.computeIfAbsent(machine.lastLevelGroup(cpu).getFirst(), first -> new ArrayList<>()).add(new Candidate(cpu, siblings));
        }
        return groups.values().stream().sorted(Comparator.comparingLong((List<Candidate> group) ->
                group.stream().filter(candidate -> candidate.siblingsBefore() == 0).count()).reversed()).toList();
    }

    /** Each node's order in turn, of all nodes. */
    static List<Candidate> interleaved(final List<List<Candidate>> orders) {
        final int longest = orders.stream().mapToInt(List::size).max().orElse(0);
        return Stream.iterate(0, i -> i < longest, i -> i + 1)
                .flatMap(i -> orders.stream().filter(order -> i < order.size()).map(order -> order.get(i)))
                .sorted(Comparator.comparingInt(Candidate::siblingsBefore)).toList();
    }
}
