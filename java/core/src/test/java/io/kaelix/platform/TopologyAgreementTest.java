// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kaelix.platform.topology.NumaTopology;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** libnuma and the topology that is read from {@code /sys} tell the same of the machine that this runs on. */
class TopologyAgreementTest {

    private final LibNuma libnuma = new LibNuma();
    private final NumaTopology machine = NumaTopology.ofThisMachine();

    @BeforeEach
    void needLibnuma() {
        try {
            assumeTrue(libnuma.available(), "the kernel offers no NUMA calls here");
        } catch (final LinkageError absent) {
            assumeTrue(false, "libnuma is not installed");
        }
    }

    @Test
    void shouldAgreeOnNodesWithTheirCpusAndMemory() {
        for (int id = 0; id <= libnuma.maxNode(); id++) {
            final int wanted = id;
            final long[] memory = libnuma.memory(id);
            final List<NumaTopology.Node> found = machine.nodes().stream().filter(node -> node.id() == wanted).toList();
            assertThat(found).hasSize(memory == null ? 0 : 1);
            if (memory != null) {
                assertThat(found.getFirst().memoryBytes()).isEqualTo(memory[0]);
                assertThat(found.getFirst().cpus()).isEqualTo(libnuma.cpus(id).stream().boxed().toList());
            }
        }
    }

    @Test
    void shouldAgreeOnDistances() {
        for (final NumaTopology.Node from : machine.nodes()) {
            for (final NumaTopology.Node to : machine.nodes()) {
                assertThat(machine.distance(from.id(), to.id())).isEqualTo(libnuma.distance(from.id(), to.id()));
            }
        }
    }

    @Test
    void shouldAgreeOnWhatTheProcessMayUse() {
        assertThat(machine.usableCpus()).extracting(NumaTopology.Cpu::id)
                .containsExactlyElementsOf(ProcessStatus.ofThisProcess().cpus().stream().boxed().toList());
    }
}
