// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.CpuSet;
import io.kaelix.platform.Rung;
import io.kaelix.platform.topology.NumaTopology;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the lab takes for 'as asked', and what not. */
class PlacementChecksTest {

    private static final NumaTopology.Node NODE = MachineOfTwoNodes.node(1, List.of(21, 10));

    private final MachineOfTwoNodes machine = new MachineOfTwoNodes();

    @Test
    void shouldAcceptWhatLiesWhereItWasAsked() throws Exception {
        final Answer memory = PlacementChecks.memory(machine.platform(), NODE);
        assertThat(memory.obtained()).isEqualTo("4096 pages on 1").isEqualTo(memory.asked());
        final Answer hugepages = PlacementChecks.hugepages(machine.platform(), NODE);
        assertThat(hugepages.obtained()).isEqualTo("4 of 2 MiB on 1").isEqualTo(hugepages.asked());
        final Answer thread = PlacementChecks.thread(machine.platform(), NODE);
        assertThat(thread.obtained()).isEqualTo("CPUs 2-3 of 1").isEqualTo(thread.asked());
        assertThat(machine.mapped).isZero();
    }

    @Test
    void shouldSeeASinglePageOnAnotherNode() {
        machine.strayPages = 1;
        final Answer memory = PlacementChecks.memory(machine.platform(), NODE);
        assertThat(memory.equal()).isFalse();
        assertThat(memory.obtained()).isEqualTo("1 pages on 0 + 4095 pages on 1");
        assertThat(memory.why()).isEqualTo("got what was to be had");
        assertThat(PlacementChecks.hugepages(machine.platform(), NODE).equal()).isFalse();
        assertThat(machine.mapped).isZero();
    }

    @Test
    void shouldSeeThatPagesAreNotHuge() {
        machine.rung = Rung.TRANSPARENT;
        assertThat(PlacementChecks.hugepages(machine.platform(), NODE).equal()).isFalse();
    }

    @Test
    void shouldSeeAThreadThatStaysElsewhere() throws Exception {
        machine.stuckOn = CpuSet.of(0);
        final Answer thread = PlacementChecks.thread(machine.platform(), NODE);
        assertThat(thread.equal()).isFalse();
        assertThat(thread.obtained()).isEqualTo("CPUs 0 of 0, but runs on 0");
    }

    @Test
    void shouldNotPinToANodeWithoutCpus() throws Exception {
        final NumaTopology.Node memoryOnly = new NumaTopology.Node(1, List.of(), 1L << 30, 1L << 30, List.of(21, 10), List.of(), true);
        assertThat(PlacementChecks.thread(machine.platform(), memoryOnly).asked()).isEqualTo("no CPU");
    }

    @Test
    void shouldSeeDistancesOtherThanTheEmulators() throws Exception {
        assertThat(MachineChecks.topology("10,21/21,10").ask(machine.platform()).equal()).isTrue();
        assertThat(MachineChecks.topology("10,20/20,10").ask(machine.platform()).equal()).isFalse();
        assertThat(MachineChecks.topology("10").ask(machine.platform()).equal()).isFalse();
    }

    @Test
    void shouldSeeWhetherARequestForTooManyHugepagesSteppedDown() {
        machine.rung = Rung.HUGETLB_2M;
        assertThat(MachineChecks.tooManyHugepages(machine.platform()).equal()).isFalse();
        machine.rung = Rung.NORMAL; // but without a word about the hugepages
        assertThat(MachineChecks.tooManyHugepages(machine.platform()).equal()).isFalse();
    }

    @Test
    void shouldSeeThatAMissingNodeWasGranted() {
        assertThat(MachineChecks.missingNode(machine.platform()).equal()).isFalse();
        assertThat(machine.mapped).isZero();
    }
}
