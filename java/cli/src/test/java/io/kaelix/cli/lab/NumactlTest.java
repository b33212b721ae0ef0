// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What is read out of another program's words. */
class NumactlTest {

    @Test
    void shouldReadNodesCpusSizesAndDistances() {
        assertThat(Numactl.asToldBy(List.of(
                "available: 2 nodes (0,2)",
                "node 0 cpus: 0 1 2 5",
                "node 0 size: 754 MB",
                "node 0 free: 341 MB",
                "node 2 cpus:",
                "node 2 size: 9177 MB",
                "node 2 free: 5 MB",
                "node distances:",
                "node   0   2 ",
                "  0:  10  16 ",
                "  2:  17  10 "))).isEqualTo("node 0 CPUs 0-2,5, 754 MB, distances [10, 16]; node 2 CPUs none, 9177 MB, distances [17, 10]");
    }

    @Test
    void shouldNotTakeSilenceForAgreement() {
        assertThat(Numactl.asToldBy(List.of("No NUMA available on this system"))).isEmpty();
    }

    @Test
    void shouldTellTheMachineInTheSameWords() throws Exception {
        final Answer answer = Numactl.agreement(new MachineOfTwoNodes().platform());
        // Of a machine that is not this one: told by its topology, and not by the program.
        assertThat(answer.obtained()).isIn("skipped: no numactl",
                "node 0 CPUs 0-1, 1024 MB, distances [10, 21]; node 1 CPUs 2-3, 1024 MB, distances [21, 10]");
    }
}
