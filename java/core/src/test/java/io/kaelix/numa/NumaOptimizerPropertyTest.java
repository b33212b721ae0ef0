// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.numa;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.numa.PlacementPlan.LanePlace;
import io.kaelix.numa.PlacementPlan.WorkerPlace;
import io.kaelix.platform.topology.NumaTopology;
import io.kaelix.platform.topology.NumaTopology.Cpu;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What holds for every plan, on machines of every shape. */
class NumaOptimizerPropertyTest {

    @Provide
    Arbitrary<NumaTopology> machines() {
        return RandomMachines.any();
    }

    @Property
    void shouldPlaceEveryWorkerAndLaneWhereItMayBe(@ForAll("machines") final NumaTopology machine, @ForAll final PlacementGoal goal,
            @ForAll @IntRange(max = 40) final int workers, @ForAll @IntRange(max = 40) final int lanes) {
        final PlacementPlan plan = new NumaOptimizer(machine).optimizeFor(goal, workers, lanes);
        assertThat(plan.workers()).extracting(WorkerPlace::worker).isEqualTo(IntStream.range(0, workers).boxed().toList());
        assertThat(plan.lanes()).extracting(LanePlace::lane).isEqualTo(IntStream.range(0, lanes).boxed().toList());
        final Map<Integer, Integer> usable = machine.usableCpus().stream().collect(Collectors.toMap(Cpu::id, Cpu::node));
        assertThat(plan.workers()).allMatch(place -> usable.get(place.cpu()) == place.node());
        assertThat(plan.workers()).allMatch(place -> !place.reason().isBlank() && place.reason().lines().count() == 1);
        assertThat(plan.lanes()).allMatch(place -> !place.reason().isBlank() && place.reason().lines().count() == 1);
        if (machine.nodes().stream().anyMatch(node -> LanePlanner.hasRoom(node, 0))) {
            assertThat(plan.lanes()).allMatch(place -> LanePlanner.hasRoom(machine.node(place.node()), 0));
        }
    }

    @Property
    void shouldUseNoCpuTwiceWhileOneIsFree(@ForAll("machines") final NumaTopology machine, @ForAll final PlacementGoal goal,
            @ForAll @IntRange(max = 40) final int workers) {
        final PlacementPlan plan = new NumaOptimizer(machine).optimizeFor(goal, workers, 1);
        final int usable = machine.usableCpus().size();
        final Map<Integer, Long> uses = plan.workers().stream()
                .collect(Collectors.groupingBy(WorkerPlace::cpu, Collectors.counting()));
        assertThat(uses).hasSize(Math.min(workers, usable));
        assertThat(uses.values()).allMatch(count -> count <= (workers + usable - 1) / usable);
        assertThat(plan.workers().stream().filter(place -> place.reason().startsWith("shares CPU"))).hasSize(Math.max(0, workers - usable));
        assertThat(plan.notes().stream().anyMatch(note -> note.contains("none of them may spin"))).isEqualTo(workers > usable);
    }

    @Property
    void shouldUseWholeCoresFirst(@ForAll("machines") final NumaTopology machine, @ForAll final PlacementGoal goal,
            @ForAll @IntRange(min = 1, max = 40) final int workers) {
        final Map<Integer, Cpu> cpus = machine.cpus().stream().collect(Collectors.toMap(Cpu::id, Function.identity()));
        final List<Cpu> chosen = new NumaOptimizer(machine).optimizeFor(goal, workers, 1).workers().stream()
                .map(place -> cpus.get(place.cpu())).toList();
        final long all = machine.usableCpus().stream().map(Cpu::core).distinct().count();
        if (goal != PlacementGoal.LOW_LATENCY) {
            assertThat(chosen.stream().map(Cpu::core).distinct()).hasSize((int) Math.min(workers, all));
            return;
        }
        // Staying on the node comes before a whole core elsewhere.
        final int home = chosen.getFirst().node();
        final List<Cpu> there = chosen.stream().filter(cpu -> cpu.node() == home).toList();
        final int cores = CpuOrder.wholeCores(machine, home);
        assertThat(there.stream().map(Cpu::core).distinct()).hasSize(Math.min(workers, cores));
    }

    @Property
    void shouldKeepEverythingOnOneNodeForLowLatencyWhereOneHasRoom(@ForAll("machines") final NumaTopology machine,
            @ForAll @IntRange(min = 1, max = 12) final int workers, @ForAll @IntRange(min = 1, max = 4) final int lanes) {
        final PlacementPlan plan = new NumaOptimizer(machine).optimizeFor(PlacementGoal.LOW_LATENCY, workers, lanes, 1 << 16);
        assertThat(plan.lanes()).extracting(LanePlace::node).containsOnly(plan.lanes().getFirst().node());
        if (machine.nodes().stream().anyMatch(node -> LanePlanner.hasRoom(node, lanes * (1L << 16))
                && CpuOrder.wholeCores(machine, node.id()) >= workers)) {
            assertThat(plan.workers()).extracting(WorkerPlace::node).containsOnly(plan.lanes().getFirst().node());
        }
    }

    @Property
    void shouldSpreadOverAllNodesForHighThroughput(@ForAll("machines") final NumaTopology machine) {
        final long nodes = machine.usableCpus().stream().map(Cpu::node).distinct().count();
        final PlacementPlan plan = new NumaOptimizer(machine).optimizeFor(PlacementGoal.HIGH_THROUGHPUT, (int) nodes, 0);
        assertThat(plan.workers().stream().map(WorkerPlace::node).distinct()).hasSize((int) nodes);
    }

    @Property(tries = 200)
    void shouldMakeTheSamePlanAgain(@ForAll("machines") final NumaTopology machine, @ForAll final PlacementGoal goal) {
        assertThat(new NumaOptimizer(machine).optimizeFor(goal, 5, 5)).isEqualTo(new NumaOptimizer(machine).optimizeFor(goal, 5, 5));
    }
}
