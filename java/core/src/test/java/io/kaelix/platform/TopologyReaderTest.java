// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.CpuSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopologyReaderTest {

    private static final long GIB = 1L << 30;

    @TempDir
    private Path proc;

    /** Two sockets, numbered with a gap, and memory without CPUs behind them. */
    private static class Machine implements NumaLibrary {
        private final Map<Integer, CpuSet> cpus =
                Map.of(0, CpuSet.parse("0-3,8-11"), 2, CpuSet.parse("4-7,12-15"), 3, CpuSet.of());

        @Override
        public boolean available() {
            return true;
        }

        @Override
        public int maxNode() {
            return 3;
        }

        @Override
        public long[] memory(final int node) {
            return node == 1 ? null : new long[] {(node + 1) * GIB, GIB / 2};
        }

        @Override
        public CpuSet cpus(final int node) {
            return cpus.get(node);
        }

        @Override
        public int distance(final int from, final int to) {
            return from == to ? 10 : from == 3 || to == 3 ? 0 : 21;
        }
    }

    private ProcessStatus process(final String cpus, final String nodes) throws IOException {
        Files.createDirectories(proc.resolve("self"));
        Files.writeString(proc.resolve("self/status"), "Name:\tjava\nCpus_allowed:\tffff\nCpus_allowed_list:\t" + cpus
                + "\nMems_allowed:\tf\nMems_allowed_list:\t" + nodes + "\n");
        return new ProcessStatus(proc);
    }

    @Test
    void shouldReadNodesWithGapsAndMemoryWithoutCpus() throws IOException {
        final Topology topology = TopologyReader.read(new Machine(), process("0-15", "0,2-3"));
        assertThat(topology.nodes()).containsExactly(
                new Topology.Node(0, CpuSet.parse("0-3,8-11"), GIB, GIB / 2, List.of(10, 21, 20)),
                new Topology.Node(2, CpuSet.parse("4-7,12-15"), 3 * GIB, GIB / 2, List.of(21, 10, 20)),
                new Topology.Node(3, CpuSet.of(), 4 * GIB, GIB / 2, List.of(20, 20, 10)));
        assertThat(topology.isNuma()).isTrue();
        assertThat(topology.source()).isEqualTo("libnuma");
    }

    @Test
    void shouldLeaveOutWhatTheCpusetOfTheProcessLeavesOut() throws IOException {
        final Topology topology = TopologyReader.read(new Machine(), process("2-5", "0"));
        assertThat(topology.nodes()).containsExactly(
                new Topology.Node(0, CpuSet.parse("2-3"), GIB, GIB / 2, List.of(10, 21)),
                new Topology.Node(2, CpuSet.parse("4-5"), 0, 0, List.of(21, 10)));
    }

    @Test
    void shouldBeOneNodeWithTheReasonWhereLibnumaIsMissing() throws IOException {
        final NumaLibrary missing = new Machine() {
            @Override
            public boolean available() {
                throw new UnsatisfiedLinkError("libnuma.so.1: cannot open shared object file");
            }
        };
        final Topology topology = TopologyReader.read(missing, process("1,3", "0"));
        assertThat(topology.nodes()).containsExactly(new Topology.Node(0, CpuSet.of(1, 3), 0, 0, List.of(10)));
        assertThat(topology.source()).contains("one node").contains("libnuma.so.1 cannot be opened")
                .contains("install");
    }

    @Test
    void shouldBeOneNodeWithTheReasonWhereTheKernelRefuses() throws IOException {
        final NumaLibrary refused = new Machine() {
            @Override
            public boolean available() {
                return false;
            }
        };
        final Topology topology = TopologyReader.read(refused, process("0-15", "0"));
        assertThat(topology.isNuma()).isFalse();
        assertThat(topology.source()).contains("one node").contains("seccomp");
    }

    @Test
    void shouldBeOneNodeWhereNoneMayBeUsed() throws IOException {
        assertThat(TopologyReader.read(new Machine(), process("63", "63")).nodes())
                .containsExactly(new Topology.Node(0, CpuSet.of(63), 0, 0, List.of(10)));
    }

    @Test
    void shouldReadTheCpusOfTheThreadApartFromThoseOfTheProcess() throws IOException {
        final ProcessStatus process = process("0-15", "0");
        assertThat(process.cpusOfThread()).isEqualTo(CpuSet.parse("0-15"));
        Files.createDirectories(proc.resolve("thread-self"));
        Files.writeString(proc.resolve("thread-self/status"), "Cpus_allowed_list:\t7\n");
        assertThat(process.cpusOfThread()).isEqualTo(CpuSet.of(7));
        assertThat(process.cpus()).isEqualTo(CpuSet.parse("0-15"));
    }

    @Test
    void shouldCountCpusWhereTheKernelsAnswerIsNotUnderstood() throws IOException {
        final ProcessStatus process = process("some", "0");
        assertThat(process.cpus().size()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(process("0", "none").mayAllocateOn(5)).isTrue();
    }
}
