// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.numa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kaelix.numa.PlacementPlan.LanePlace;
import io.kaelix.numa.PlacementPlan.WorkerPlace;
import io.kaelix.platform.topology.CapturedMachine;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plans for machines that were captured, as an engineer would make them by hand. */
class NumaOptimizerTest {

    @TempDir
    private Path folder;

    private PlacementPlan plan(final String machine, final PlacementGoal goal, final int workers, final int lanes, final long laneBytes) {
        return new NumaOptimizer(CapturedMachine.named(machine).readIn(folder)).optimizeFor(goal, workers, lanes, laneBytes);
    }

    private PlacementPlan plan(final String machine, final PlacementGoal goal, final int workers, final int lanes) {
        return plan(machine, goal, workers, lanes, NumaOptimizer.DEFAULT_LANE_BYTES);
    }

    @Test
    void shouldFillOneSocketForLowLatencyThenItsSiblings() {
        final PlacementPlan plan = plan("two-sockets", PlacementGoal.LOW_LATENCY, 3, 2);
        assertThat(plan.workers()).extracting(WorkerPlace::cpu).containsExactly(0, 2, 1);
        assertThat(plan.workers().get(1).reason()).isEqualTo("a core of its own on node 0; shares the last-level cache of worker 0");
        assertThat(plan.workers().get(2).reason()).startsWith("an SMT sibling on core 0: no whole core is left on the node");
        assertThat(plan.lanes()).extracting(LanePlace::node).containsExactly(0, 0);
        assertThat(plan.notes()).isEmpty();
    }

    @Test
    void shouldTakeTurnsBetweenSocketsForHighThroughput() {
        final PlacementPlan plan = plan("two-sockets", PlacementGoal.HIGH_THROUGHPUT, 5, 3);
        assertThat(plan.workers()).extracting(WorkerPlace::cpu).containsExactly(0, 4, 2, 6, 1);
        assertThat(plan.lanes()).extracting(LanePlace::node).containsExactly(0, 1, 0);
        assertThat(plan.lanes().get(1).reason()).isEqualTo("on the node of worker 1");
    }

    @Test
    void shouldTakeWholeCoresOfTheNextSocketForBalance() {
        assertThat(plan("two-sockets", PlacementGoal.BALANCED, 5, 0).workers()).extracting(WorkerPlace::cpu).containsExactly(0, 2, 4, 6, 1);
    }

    @Test
    void shouldBeginInTheMiddleAndGoToTheNearestNode() {
        // Sums of distances: 78, 65, 76, 91; from node 1 the others are at 16, 17 and 22.
        assertThat(plan("four-nodes", PlacementGoal.LOW_LATENCY, 8, 1).workers()).extracting(WorkerPlace::node)
                .containsExactly(1, 1, 0, 0, 2, 2, 3, 3);
        assertThat(plan("four-nodes", PlacementGoal.LOW_LATENCY, 4, 1).workers().get(2).reason()).contains("at distance 16 of node 1");
    }

    @Test
    void shouldPutLanesOnMemoryAloneWhereTheNodeHasTooLittle() {
        final PlacementPlan plan = plan("memory-only", PlacementGoal.BALANCED, 2, 10, 64 << 20);
        assertThat(plan.lanes()).extracting(LanePlace::node).startsWith(0).contains(1);
        assertThat(plan.lanes()).filteredOn(place -> place.node() == 1).first().extracting(LanePlace::reason).asString()
                .isEqualTo("node 0 has too little free memory; node 1 is the nearest that has");
        assertThat(plan("memory-only", PlacementGoal.LOW_LATENCY, 2, 1, 1L << 40).notes()).singleElement().asString()
                .contains("no node has free memory for all lanes");
    }

    @Test
    void shouldPlanForWhatIsOnline() {
        assertThat(plan("offline", PlacementGoal.HIGH_THROUGHPUT, 3, 1).workers()).extracting(WorkerPlace::cpu).containsExactly(0, 2, 3);
    }

    @Test
    void shouldKeepToTheContainerAndWarnOfItsQuota() {
        final PlacementPlan plan = plan("container", PlacementGoal.LOW_LATENCY, 2, 1);
        assertThat(plan.workers()).extracting(WorkerPlace::cpu).containsExactly(4, 5);
        assertThat(plan.lanes()).extracting(LanePlace::node).containsExactly(1);
        assertThat(plan.notes()).containsExactly(
                "/sys/fs/cgroup/pod/cpu.max grants 1.50 CPUs of time: 2 workers that spin are held up; raise it, or use fewer workers");
        final PlacementPlan spread = plan("container", PlacementGoal.HIGH_THROUGHPUT, 2, 2);
        assertThat(spread.workers()).extracting(WorkerPlace::node).containsExactly(1, 0);
        assertThat(spread.lanes()).extracting(LanePlace::node).containsExactly(1, 1);
        assertThat(spread.lanes().get(1).reason()).startsWith("node 0 has no memory that the process may use");
    }

    @Test
    void shouldSayThatWorkersShareACpu() {
        final PlacementPlan plan = plan("firecracker", PlacementGoal.LOW_LATENCY, 3, 0);
        assertThat(plan.workers()).extracting(WorkerPlace::cpu).containsExactly(0, 1, 0);
        assertThat(plan.workers().get(1).reason()).endsWith("on the socket of worker 0, whose caches are unknown");
        assertThat(plan.workers().get(2).reason()).isEqualTo("shares CPU 0 with worker 0: the process may use 2 CPUs");
        assertThat(plan.notes()).containsExactly("3 workers share 2 CPUs: none of them may spin; use fewer workers");
    }

    @Test
    void shouldRefuseNegativeNumbers() {
        assertThatIllegalArgumentException().isThrownBy(() -> plan("firecracker", PlacementGoal.BALANCED, -1, 0)).withMessageContaining("-1");
    }
}
