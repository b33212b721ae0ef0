// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.numa.NumaOptimizer;
import io.kaelix.numa.PlacementGoal;
import io.kaelix.platform.LibNuma;
import io.kaelix.platform.topology.NumaTopology;
import io.kaelix.platform.topology.NumaTopology.Cache;
import io.kaelix.platform.topology.NumaTopology.CacheType;
import io.kaelix.platform.topology.NumaTopology.Cpu;
import io.kaelix.platform.topology.NumaTopology.Hugepages;
import io.kaelix.platform.topology.NumaTopology.Limits;
import io.kaelix.platform.topology.NumaTopology.Node;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A machine with all that is unusual: a gap, memory alone, a CPU offline, CPUs and memory of others, a quota, an unknown distance. */
class TopologyReportTest {

    private static final long GIB = 1 << 30;

    private static final NumaTopology MACHINE = new NumaTopology(
            List.of(new Node(0, List.of(0, 1, 2), 4 * GIB, GIB, List.of(10, 21, 17), List.of(new Hugepages(2 << 20, 1024, 8)), true),
                    new Node(2, List.of(4, 5), 2 * GIB, GIB, List.of(21, 10, NumaTopology.UNKNOWN), List.of(), false),
                    new Node(3, List.of(), 8 * GIB, NumaTopology.UNKNOWN, List.of(17, NumaTopology.UNKNOWN, 10), List.of(), true)),
            List.of(new Cpu(0, 0, 0, 0, true, true), new Cpu(1, 0, 0, 0, true, true), new Cpu(2, 0, 0, 2, true, true),
                    new Cpu(3, -1, -1, 3, false, true), new Cpu(4, 2, 1, 4, true, true), new Cpu(5, 2, 1, 5, true, false)),
            List.of(new Cache(1, CacheType.DATA, 32 << 10, List.of(0, 1)), new Cache(1, CacheType.DATA, 32 << 10, List.of(2)),
                    new Cache(3, CacheType.UNIFIED, 16 << 20, List.of(0, 1, 2)), new Cache(3, CacheType.UNIFIED, -1, List.of(4)),
                    new Cache(3, CacheType.UNIFIED, -1, List.of(5))),
            new Limits(List.of(0, 1, 2, 3, 4), List.of(0, 3), 1.5, "/sys/fs/cgroup/pod/cpu.max"), List.of("a thing: why"));

    private static final LibNuma.Testimony LIBNUMA = new LibNuma.Testimony(LibNuma.Verdict.DIFFERS, "node 3: 1, by libnuma 2");

    @Test
    void shouldDrawAMachineAndItsPlan() {
        assertThat(TopologyDrawing.of(MACHINE, LIBNUMA, new NumaOptimizer(MACHINE).optimizeFor(PlacementGoal.LOW_LATENCY, 2, 1))).isEqualTo("""
                machine     3 nodes, 2 sockets, 4 cores, 5 CPUs, offline: 3
                process     CPUs 0-2,4, memory of nodes 0,3, 1.50 CPUs of time (/sys/fs/cgroup/pod/cpu.max)
                cores       [CPUs of a core], { cores that share the last cache }, (not for this process)

                node 0      memory 4.00 GiB, 1.00 GiB free
                  pages     2.00 MiB: 1,024 set aside, 8 free
                  caches    L1d 2 x 32.0 KiB, L3 1 x 16.0 MiB
                  cores     { [0 1] [2] }

                node 2      memory 2.00 GiB, 1.00 GiB free, not for this process
                  caches    L3 2 x unknown
                  cores     { [4] } { [(5)] }

                node 3      memory 8.00 GiB, unknown free
                  caches    none
                  cores     none

                distances       0    2    3
                        0      10   21   17
                        2      21   10    ?
                        3      17    ?   10

                unknown     a thing: why

                libnuma     differs: node 3: 1, by libnuma 2

                plan        low-latency
                  worker 0  CPU 0     node 0    a core of its own on node 0; the first choice by memory, cores and distance to the others (48 in sum)
                  worker 1  CPU 2     node 0    a core of its own on node 0; shares the last-level cache of worker 0
                  lane 0              node 0    on the node of the workers
                  note      /sys/fs/cgroup/pod/cpu.max grants 1.50 CPUs of time: 2 workers that spin are held up; raise it, or use fewer workers
                """);
    }

    @Test
    void shouldWriteAMachineAndItsPlanAsJson() {
        final String json = TopologyJson.of(MACHINE, LIBNUMA, new NumaOptimizer(MACHINE).optimizeFor(PlacementGoal.BALANCED, 1, 1));
        assertThat(json).endsWith("}\n").hasLineCount(1)
                .startsWith("{\"nodes\":[{\"id\":0,\"cpus\":[0,1,2],\"memoryBytes\":4294967296,\"freeBytes\":1073741824,\"memoryAllowed\":true,"
                        + "\"distances\":[10,21,17],\"hugepages\":[{\"pageBytes\":2097152,\"total\":1024,\"free\":8}]},")
                .contains("\"freeBytes\":null,\"memoryAllowed\":true,\"distances\":[17,null,10],\"hugepages\":[]}],",
                        "{\"id\":3,\"node\":null,\"socket\":null,\"core\":3,\"online\":false,\"allowed\":true}",
                        "{\"level\":3,\"type\":\"unified\",\"bytes\":null,\"cpus\":[5]}",
                        "\"limits\":{\"cpus\":[0,1,2,3,4],\"nodes\":[0,3],\"cpuQuota\":1.500,\"quotaSource\":\"/sys/fs/cgroup/pod/cpu.max\"},"
                                + "\"unknowns\":[\"a thing: why\"],\"libnuma\":{\"verdict\":\"differs\",\"text\":\"node 3: 1, by libnuma 2\"},\"plan\":{\"goal\":\"balanced\",\"workers\":[{\"worker\":0,\"cpu\":0,\"node\":0,",
                        "\"lanes\":[{\"lane\":0,\"node\":0,\"reason\":\"on the node of worker 0\"}],\"notes\":[]}}");
        assertThat(TopologyJson.of(MACHINE, LIBNUMA, null)).doesNotContain("plan").endsWith("\"text\":\"node 3: 1, by libnuma 2\"}}\n");
    }
}
