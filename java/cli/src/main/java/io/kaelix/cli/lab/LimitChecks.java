// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.lab;

import io.kaelix.KaelixException;
import io.kaelix.memory.Block;
import io.kaelix.memory.NativeMemory;
import io.kaelix.memory.NumaAllocator;
import io.kaelix.platform.MappedMemory;
import io.kaelix.platform.MemoryRequest;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Rung;
import io.kaelix.platform.topology.NumaTopology;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Less memory than is asked for: each ends in a stated lower step or a clear exception, where the kernel would have killed. */
final class LimitChecks {

    private static final long MIB = 1L << 20;
    private static final long LOCAL_BYTES = 16 * MIB;
    private static final int MOST_FILLED = 4;
    private static final String ANOTHER = "another";

    private LimitChecks() {
    }

    /** The last node that has CPUs is filled: it refuses, and {@code allocateLocal} of a thread there goes elsewhere. */
    static Answer fullNode(final Platform platform) throws Exception {
        final NumaTopology machine = platform.topology();
        final NumaTopology.Node node = machine.nodes().stream().filter(candidate -> !machine.usableCpus(candidate.id()).isEmpty())
                .reduce((first, second) -> second).orElseThrow();
        final boolean elsewhere = machine.nodes().size() > 1;
        final List<MappedMemory> filled = new ArrayList<>();
        try {
            final String refusal = fill(platform, node.id(), filled);
            final long bytes = filled.stream().mapToLong(MappedMemory::bytes).sum();
            final String full = bytes > node.memoryBytes() / 4 && refusal.contains("on node " + node.id())
                    ? "refused when it was full" : "refused after " + bytes / MIB + " MiB of " + node.memoryBytes() / MIB;
            final String local = elsewhere ? "; local memory then on " + ANOTHER : "";
            return new Answer("refused when it was full" + local, full + (elsewhere ? "; local memory then on " + localOn(platform, node, filled)
                    : ""), refusal);
        } finally {
            filled.forEach(platform::unmap);
        }
    }

    /** By large pieces, then by smaller ones. Answers in what words it was refused. */
    private static String fill(final Platform platform, final int node, final List<MappedMemory> filled) {
        String refusal = "";
        for (long bytes = 64 * MIB; bytes >= MIB; bytes /= 2) {
            try {
                while (true) {
                    filled.add(platform.map(new MemoryRequest(bytes, node, Rung.NORMAL)));
                }
            } catch (final KaelixException full) {
                refusal = full.getMessage();
            }
        }
        return refusal;
    }

    /** The kernel may free pages of the node meanwhile: then it is filled again. */
    private static String localOn(final Platform platform, final NumaTopology.Node node, final List<MappedMemory> filled) throws Exception {
        String where = localOn(platform, node);
        for (int times = 1; times < MOST_FILLED && !where.equals(ANOTHER); times++) {
            fill(platform, node.id(), filled);
            where = localOn(platform, node);
        }
        return where;
    }

    private static String localOn(final Platform platform, final NumaTopology.Node node) throws Exception {
        final NumaAllocator memory = new NumaAllocator(platform, Rung.NORMAL, 64 * MIB);
        try {
            final Block block = PlacementChecks.onThread(() -> {
                platform.pin(platform.topology().usableCpuSet(node.id()));
                return memory.allocateLocal(LOCAL_BYTES);
            });
            final Map<Integer, Integer> pages = new Pages().add(block.segment()).byNode(platform);
            final boolean told = memory.statistics().stream().allMatch(of -> of.node() == Platform.ANY_NODE || of.blocks() == 0);
            block.free();
            // The kernel may give it the last pages of the node that no binding is to touch.
            final boolean mostElsewhere = pages.getOrDefault(node.id(), 0) < pages.values().stream().mapToInt(Integer::intValue).sum() / 2;
            return told && mostElsewhere ? ANOTHER : pages + (told ? "" : ", told as the node's");
        } finally {
            memory.close();
        }
    }

    /** Fewer hugepages than a node has reserved, by a cgroup: what exceeds it steps down, what does not is had. */
    static Answer hugepagesOfAGroup(final Platform platform) throws Exception {
        final String asked = "8 MiB: a lower rung, with the reason; 4 MiB: 2 MiB pages";
        try (ControlGroup group = ControlGroup.withLimit("hugetlb.2MB.max", 4 * MIB)) {
            final MappedMemory much = written(platform, 8 * MIB);
            final boolean lower = much.rung() != Rung.HUGETLB_2M && much.reason().contains(group.limit());
            platform.unmap(much);
            final MappedMemory enough = written(platform, 4 * MIB);
            platform.unmap(enough);
            return new Answer(asked, "8 MiB: " + (lower ? "a lower rung, with the reason" : much.rung().label()) + "; 4 MiB: "
                    + (enough.rung() == Rung.HUGETLB_2M ? "2 MiB pages" : enough.rung().label()), much.reason());
        }
    }

    /** Every page is written to: where the pool does not have it, that is a SIGBUS. */
    private static MappedMemory written(final Platform platform, final long bytes) {
        final MappedMemory memory = platform.map(new MemoryRequest(bytes, Platform.ANY_NODE, Rung.HUGETLB_2M));
        for (long offset = 0; offset < memory.bytes(); offset += memory.pageBytes()) {
            NativeMemory.putByte(memory.address() + offset, (byte) 1);
        }
        return memory;
    }

    /** Less memory than is asked for, by a cgroup: refused in words, and what it leaves can be had. */
    static Answer memoryOfAGroup(final Platform platform) throws Exception {
        final String asked = "256 MiB: refused, with the reason; 16 MiB: had";
        try (ControlGroup group = ControlGroup.withLimit("memory.max", 128 * MIB)) {
            String refusal = "";
            try {
                platform.unmap(platform.map(new MemoryRequest(256 * MIB, Platform.ANY_NODE, Rung.TRANSPARENT)));
            } catch (final KaelixException refused) {
                refusal = refused.getMessage();
            }
            platform.unmap(platform.map(new MemoryRequest(16 * MIB, Platform.ANY_NODE, Rung.TRANSPARENT)));
            return new Answer(asked, "256 MiB: " + (refusal.contains(group.limit()) ? "refused, with the reason" : "granted, or refused otherwise")
                    + "; 16 MiB: had", refusal);
        }
    }
}
