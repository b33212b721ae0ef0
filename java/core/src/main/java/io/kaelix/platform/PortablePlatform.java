// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.kaelix.CpuSet;
import io.kaelix.KaelixException;
import io.kaelix.platform.topology.NumaTopology;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Everything in plain Java, on any machine: normal pages, no placement, no pinning. Slower than native code, the same
 * answers.
 */
class PortablePlatform implements Platform {

    static final String NAME = "portable";

    // Java does not tell the page size. A larger one only means that a mapping shares its last page with other memory.
    private static final long PAGE_BYTES = 4096;

    private static final String REASON = "got normal pages, no node placement: this is the portable Java platform";

    private final ProcessStatus process;
    private final Kernels kernels = new Kernels(Isa.JAVA, new JavaKernels());

    private NumaTopology topology;

    // By address: who owns the memory, until unmap closes it.
    private final Map<Long, Mapping> mappings = new ConcurrentHashMap<>();

    private record Mapping(MappedMemory memory, Arena arena) {
    }

    PortablePlatform(final ProcessStatus process) {
        this.process = process;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Kernels kernels() {
        return kernels;
    }

    @Override
    public synchronized NumaTopology topology() {
        if (topology == null) {
            topology = NumaTopology.ofThisMachine();
        }
        return topology;
    }

    @Override
    public MappedMemory map(final MemoryRequest request) {
        if (request.highestNode() > 0 && !knows(request)) {
            throw new KaelixException(MappingReason.noSuchNode(request, topology()));
        }
        final long bytes = (request.bytes() + PAGE_BYTES - 1) & -PAGE_BYTES;
        final Arena arena = Arena.ofShared();
        try {
            final MemorySegment segment = arena.allocate(bytes, PAGE_BYTES);
            populate(segment);
            final MappedMemory memory = new MappedMemory(segment.address(), bytes, PAGE_BYTES, Rung.NORMAL,
                    Platform.ANY_NODE, REASON);
            mappings.put(memory.address(), new Mapping(memory, arena));
            return memory;
        } catch (final OutOfMemoryError exhausted) {
            arena.close();
            throw new KaelixException("asked for " + request.bytes() + " bytes: the JVM refused ("
                    + exhausted.getMessage() + "); raise -XX:MaxDirectMemorySize, free memory, or ask for less",
                    exhausted);
        }
    }

    private boolean knows(final MemoryRequest request) {
        final Set<Integer> known = topology().nodes().stream().map(NumaTopology.Node::id).collect(Collectors.toSet());
        return (request.node() == ANY_NODE || known.contains(request.node())) && known.containsAll(request.nodes());
    }

    @Override
    public void unmap(final MappedMemory memory) {
        final Mapping mapping = mappings.get(memory.address());
        if (mapping == null || !mapping.memory().equals(memory) || !mappings.remove(memory.address(), mapping)) {
            throw new IllegalArgumentException("not mapped by this platform, or unmapped already: " + memory);
        }
        mapping.arena().close();
    }

    @Override
    public int[] pageNodes(final long address, final long pageBytes, final int count) {
        Arguments.checkPages(address, pageBytes, count);
        final int[] nodes = new int[count];
        Arrays.fill(nodes, Platform.ANY_NODE);
        return nodes;
    }

    @Override
    public CpuSet pin(final CpuSet cpus) {
        return affinity();
    }

    @Override
    public CpuSet affinity() {
        return process.cpusOfThread();
    }

    @Override
    public Scheduling.Outcome schedule(final Scheduling wanted) {
        Arguments.checkScheduling(wanted);
        return wanted.equals(Scheduling.NORMAL)
                ? Scheduling.Outcome.granted(wanted)
                : Scheduling.Outcome.refused(wanted, Scheduling.NORMAL, "the portable Java platform cannot change it; make libkaelix available");
    }

    @Override
    public Scheduling scheduling() {
        return Scheduling.NORMAL;
    }

    @Override
    public int currentCpu() {
        return -1;
    }

    @Override
    public int currentNode() {
        return 0;
    }

    @Override
    public void prefetchForWrite(final long address, final long bytes) {
        // Java has no such instruction, and a load would fetch a line for reading.
    }

    // Java promises zeroes, not pages: whether it wrote them or had them from the kernel untouched is its own affair.
    private static void populate(final MemorySegment segment) {
        for (long at = 0; at < segment.byteSize(); at += PAGE_BYTES) {
            segment.set(JAVA_BYTE, at, (byte) 0);
        }
    }
}
