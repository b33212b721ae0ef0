// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.lab;

import io.kaelix.KaelixException;
import io.kaelix.platform.Isa;
import io.kaelix.platform.LibNuma;
import io.kaelix.platform.MappedMemory;
import io.kaelix.platform.MemoryRequest;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Rung;
import io.kaelix.platform.topology.NumaTopology;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** The machine as a whole: what it is, and what it does when asked for what it does not have. */
final class MachineChecks {

    /** More hugepages than the lab reserves on any node. */
    private static final long TOO_MANY_HUGE_BYTES = 256L << 20;

    private MachineChecks() {
    }

    /**
     * Nodes and distances as the emulator was told to build them.
     *
     * @param distances a row for each node, separated by '/', of numbers separated by ','
     */
    static MachineCheck topology(final String distances) {
        return platform -> new Answer(distances, platform.topology().nodes().stream()
                .map(node -> node.distances().stream().map(Object::toString).collect(Collectors.joining(",")))
                .collect(Collectors.joining("/")), String.join("; ", platform.topology().unknowns()));
    }

    /** Nodes, CPUs, memory and distances as libnuma tells them. */
    static Answer libnuma(final Platform platform) {
        final LibNuma.Testimony testimony = LibNuma.on(platform.topology());
        return new Answer(LibNuma.Verdict.AGREES.toString(), testimony.verdict().toString(), testimony.text());
    }

    /** The kernels' instruction set: the best that the kernel lists among the CPU's flags. */
    static Answer isa(final Platform platform) throws Exception {
        final String flags = Files.readString(Path.of("/proc/cpuinfo")).lines()
                .filter(line -> line.startsWith("flags")).findFirst().orElse("") + ' ';
        final Isa best = flags.contains(" avx512bw ") ? Isa.AVX512 : flags.contains(" avx2 ") ? Isa.AVX2 : Isa.SCALAR;
        return Answer.of(best.label(), platform.kernels().isa().label());
    }

    /** More hugepages than a node has: a lower rung, on the same node, with the reason. */
    static Answer tooManyHugepages(final Platform platform) {
        final int node = platform.topology().nodes().getLast().id();
        final MappedMemory memory = platform.map(new MemoryRequest(TOO_MANY_HUGE_BYTES, node, Rung.HUGETLB_2M));
        try {
            final boolean lower = memory.rung() != Rung.HUGETLB_2M && memory.reason().contains(Rung.HUGETLB_2M.label());
            return new Answer("a lower rung on node " + node + ", with the reason",
                    (lower ? "a lower rung on node " : memory.rung().label() + " on node ") + memory.node() + ", with the reason",
                    memory.reason());
        } finally {
            platform.unmap(memory);
        }
    }

    /** A node that is not there: refused in words that name those that are. */
    static Answer missingNode(final Platform platform) {
        final int missing = platform.topology().nodes().stream().mapToInt(NumaTopology.Node::id).max().orElseThrow() + 1;
        final String asked = "refused, naming the nodes that are there";
        try {
            final MappedMemory memory = platform.map(new MemoryRequest(1, missing, Rung.NORMAL));
            platform.unmap(memory);
            return Answer.of(asked, "memory of node " + memory.node());
        } catch (final KaelixException refused) {
            return new Answer(asked, refused.getMessage().contains("known: 0") ? asked : "refused", refused.getMessage());
        }
    }
}
