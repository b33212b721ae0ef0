// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kaelix.platform.LibNuma.Verdict;
import io.kaelix.platform.topology.NumaTopology;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** libnuma and the topology that is read from {@code /sys} tell the same of the machine that this runs on, and a difference is seen. */
class LibNumaTest {

    private static final NumaTopology MACHINE = NumaTopology.ofThisMachine();

    @BeforeEach
    void needLibnuma() {
        final LibNuma.Testimony testimony = LibNuma.on(MACHINE);
        assumeTrue(testimony.verdict() != Verdict.SILENT, testimony.text());
    }

    @Test
    void shouldAgreeOnTheMachineAtHand() {
        assertThat(LibNuma.on(MACHINE)).isEqualTo(
                new LibNuma.Testimony(Verdict.AGREES, "libnuma tells the same nodes, CPUs, memory and distances"));
    }

    @Test
    void shouldSeeOtherMemoryCpusAndDistances() {
        final NumaTopology.Node node = MACHINE.nodes().getFirst();
        final List<Integer> far = node.distances().stream().map(distance -> distance + 1).toList();
        final NumaTopology.Node other = new NumaTopology.Node(node.id(), List.of(), node.memoryBytes() + 1, node.freeBytes(), far,
                node.hugepages(), true);
        final List<NumaTopology.Node> nodes = MACHINE.nodes().stream().map(known -> known == node ? other : known).toList();
        final LibNuma.Testimony testimony = LibNuma.on(new NumaTopology(nodes, MACHINE.cpus(), MACHINE.caches(), MACHINE.limits(), List.of()));
        assertThat(testimony.verdict()).isEqualTo(Verdict.DIFFERS);
        assertThat(testimony.text()).contains("memory of node " + node.id() + ": " + (node.memoryBytes() + 1) + ", by libnuma " + node.memoryBytes())
                .contains("CPUs of node " + node.id() + ": [], by libnuma " + node.cpus())
                .contains("distance " + node.id() + " to " + node.id() + ": 11, by libnuma 10");
    }

    @Test
    void shouldSeeANodeTooMany() {
        final int id = MACHINE.nodes().getLast().id() + 1;
        final List<NumaTopology.Node> nodes = MACHINE.nodes().stream()
                .map(node -> withDistances(node, Stream.concat(node.distances().stream(), Stream.of(20)).toList()))
                .collect(Collectors.toCollection(ArrayList::new));
        nodes.add(new NumaTopology.Node(id, List.of(), 1 << 20, 0, Collections.nCopies(nodes.size() + 1, 20), List.of(), true));
        final LibNuma.Testimony testimony = LibNuma.on(new NumaTopology(nodes, MACHINE.cpus(), MACHINE.caches(), MACHINE.limits(), List.of()));
        assertThat(testimony.verdict()).isEqualTo(Verdict.DIFFERS);
        assertThat(testimony.text()).contains("memory of node " + id + ": 1048576, by libnuma -1");
    }

    private static NumaTopology.Node withDistances(final NumaTopology.Node node, final List<Integer> distances) {
        return new NumaTopology.Node(node.id(), node.cpus(), node.memoryBytes(), node.freeBytes(), distances, node.hugepages(),
                node.memoryAllowed());
    }

    @Test
    void shouldCountTheCpusThatTheKernelLetsTheProcessUse() {
        assertThat(MACHINE.usableCpus()).extracting(NumaTopology.Cpu::id)
                .containsExactlyElementsOf(ProcessStatus.ofThisProcess().cpus().stream().boxed().toList());
    }
}
