// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kaelix.CpuSet;
import io.kaelix.KaelixException;
import io.kaelix.platform.bindings.kaelix.kaelix_h;
import io.kaelix.platform.bindings.kaelix.kaelix_region;
import io.kaelix.platform.bindings.kaelix.kaelix_region_request;
import io.kaelix.platform.topology.NumaTopology;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * libkaelix. One method per native function; each checks its arguments right above the call and turns the status into a result or an
 * exception. Kernels are called through the Foreign Function and Memory API; so is what places memory and threads, unless another platform
 * brings {@link NativeCalls} of its own.
 */
final class FfmPlatform implements Platform {

    static final String NAME = "ffm";

    private static final int MAX_NODE = 1023;

    /** Node 0, CPU -1. */
    private static final long UNKNOWN_LOCATION = 0xFFFF_FFFFL;
    /** Kept, as who wakes a worker asks where it runs. */
    private static final ThreadLocal<Location> LOCATION = ThreadLocal.withInitial(Location::new);

    /** Where the system writes what it is asked. */
    private static final class Location {

        private final MemorySegment cpu = Arena.ofAuto().allocate(JAVA_INT);
        private final MemorySegment node = Arena.ofAuto().allocate(JAVA_INT);
    }

    private final ProcessStatus process;
    private final NativeCalls calls;
    private final Kernels kernels;

    // By address: so that only what was mapped here, and not unmapped yet, is ever given to the kernel to unmap.
    private final Map<Long, MappedMemory> mappings = new ConcurrentHashMap<>();

    private NumaTopology topology;

    private FfmPlatform(final ProcessStatus process, final NativeCalls calls, final Kernels kernels) {
        this.process = process;
        this.calls = calls;
        this.kernels = kernels;
    }

    /** Loads libkaelix, or says in one line why it cannot be used. */
    static FfmPlatform open(final System.Logger log) {
        return open(new NativeLibrary(NativeLibrary.Surroundings.ofThisProcess()), Abi.ofBindings(), log);
    }

    static FfmPlatform open(final NativeLibrary library, final Abi expected, final System.Logger log) {
        return open(library, expected, file -> new FfmCalls(),
                () -> kernels(chooseIsa(log)));
    }

    /** Loads libkaelix for another platform, which calls it in its own way and has its own kernels. */
    static FfmPlatform openFor(final Function<Path, NativeCalls> binding) {
        return open(new NativeLibrary(NativeLibrary.Surroundings.ofThisProcess()), Abi.ofBindings(), binding,
                () -> new Kernels(Isa.JAVA, new JavaKernels()));
    }

    private static FfmPlatform open(final NativeLibrary library, final Abi expected, final Function<Path, NativeCalls> binding,
            final Supplier<Kernels> kernels) {
        final Path file = library.load();
        try {
            Abi.requireSymbols();
            final NativeCalls calls = binding.apply(file);
            final String difference = expected.differenceOf(Abi.ofLibrary(calls));
            if (!difference.isEmpty()) {
                throw unfit(file, difference, null);
            }
            return new FfmPlatform(ProcessStatus.ofThisProcess(), calls, kernels.get());
        } catch (final LinkageError other) {
            throw unfit(file, "it is not the library that this jar was built for (" + other.getMessage() + ")", other);
        }
    }

    private static KaelixException unfit(final Path file, final String why, final LinkageError cause) {
        return new KaelixException(file + " cannot be used: " + why + "; remove it, or name the right one with -D"
                + NativeLibrary.PATH_PROPERTY, cause);
    }

    private static Kernels kernels(final Isa isa) {
        return new Kernels(isa, new SizedKernels(new JavaKernels(), new FfmKernels(), isa == Isa.AVX512 && hasWideMultiplication()));
    }

    private static boolean hasWideMultiplication() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment features = arena.allocate(JAVA_LONG);
            return kaelix_h.kaelix_cpu_features(features) == kaelix_h.KAELIX_OK()
                    && (features.get(JAVA_LONG, 0) & kaelix_h.KAELIX_CPU_VPCLMULQDQ()) != 0;
        }
    }

    private static Isa chooseIsa(final System.Logger log) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment out = arena.allocate(JAVA_INT);
            final int status = kaelix_h.kaelix_isa(out);
            final Isa inUse = isaOf(out.get(JAVA_INT, 0));
            if (status != kaelix_h.KAELIX_OK()) {
                log.log(System.Logger.Level.WARNING, "KAELIX_FORCE_ISA={0} is refused, kernels use {1} instead: {2}",
                        System.getenv("KAELIX_FORCE_ISA"), inUse.label(), status == kaelix_h.KAELIX_E_UNAVAILABLE()
                                ? "this CPU or this build lacks it" : "use scalar, avx2, avx512 or neon");
            }
            return inUse;
        }
    }

    private static Isa isaOf(final int code) {
        if (code == kaelix_h.KAELIX_ISA_SCALAR()) {
            return Isa.SCALAR;
        } else if (code == kaelix_h.KAELIX_ISA_AVX2()) {
            return Isa.AVX2;
        } else if (code == kaelix_h.KAELIX_ISA_AVX512()) {
            return Isa.AVX512;
        } else if (code == kaelix_h.KAELIX_ISA_NEON()) {
            return Isa.NEON;
        }
        throw new UnsatisfiedLinkError("it names an unknown instruction set, " + code);
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
        if (request.highestNode() > MAX_NODE) {
            throw new KaelixException(MappingReason.noSuchNode(request, topology()));
        }
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment asked = kaelix_region_request.allocate(arena);
            kaelix_region_request.bytes(asked, request.bytes());
            kaelix_region_request.node(asked, request.node());
            kaelix_region_request.first_rung(asked, request.firstRung().ordinal());
            kaelix_region_request.policy(asked, request.policy().ordinal());
            final MemorySegment nodes = kaelix_region_request.nodes(asked);
            for (final int node : request.nodes()) {
                final long word = node / Long.SIZE;
                nodes.setAtIndex(JAVA_LONG, word, nodes.getAtIndex(JAVA_LONG, word) | 1L << node);
            }
            final MemorySegment region = kaelix_region.allocate(arena);
            final MemorySegment systemError = arena.allocate(JAVA_INT);
            final int status = calls.regionMap(asked, region, systemError);
            if (status != kaelix_h.KAELIX_OK()) {
                throw refused(request, status, region, systemError.get(JAVA_INT, 0));
            }
            final MappedMemory memory = mapped(request, region);
            mappings.put(memory.address(), memory);
            return memory;
        }
    }

    private static MappedMemory mapped(final MemoryRequest request, final MemorySegment region) {
        final Rung rung = Rung.values()[kaelix_region.rung(region)];
        final int node = kaelix_region.node(region);
        final String reason = MappingReason.obtained(request, MappingReason.steps(region), rung, node,
                kaelix_region.bind_status(region), kaelix_region.bind_error(region));
        return new MappedMemory(kaelix_region.address(region), kaelix_region.bytes(region),
                kaelix_region.page_bytes(region), rung, node, reason);
    }

    private KaelixException refused(final MemoryRequest request, final int status, final MemorySegment region,
            final int systemError) {
        if (status == kaelix_h.KAELIX_E_INVALID()) {
            // All else was checked here, so what the library finds invalid is the node.
            return new KaelixException(MappingReason.noSuchNode(request, topology()));
        }
        return new KaelixException(status == kaelix_h.KAELIX_E_NO_MEMORY()
                ? MappingReason.refused(request, MappingReason.steps(region), systemError)
                : MappingReason.failed(request, status, systemError));
    }

    @Override
    public void unmap(final MappedMemory memory) {
        if (!mappings.remove(memory.address(), memory)) {
            throw new IllegalArgumentException("not mapped by this platform, or unmapped already: " + memory);
        }
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment systemError = arena.allocate(JAVA_INT);
            final int status = calls.regionUnmap(memory.address(), memory.bytes(), systemError);
            if (status != kaelix_h.KAELIX_OK()) {
                throw new KaelixException("asked to unmap " + memory + ": the system refused ("
                        + Errno.name(systemError.get(JAVA_INT, 0)) + "), status " + status + "; it stays mapped");
            }
        }
    }

    @Override
    public int[] pageNodes(final long address, final long pageBytes, final int count) {
        Arguments.checkPages(address, pageBytes, count);
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment nodes = arena.allocate(JAVA_INT, count);
            final int status = calls.pageNodes(address, pageBytes, count, nodes, MemorySegment.NULL);
            return status == kaelix_h.KAELIX_OK()
                    ? IntStream.of(nodes.toArray(JAVA_INT)).map(node -> Math.max(node, Platform.ANY_NODE)).toArray()
                    : IntStream.generate(() -> Platform.ANY_NODE).limit(count).toArray();
        }
    }

    @Override
    public CpuSet pin(final CpuSet cpus) {
        if (cpus.isEmpty() || Thread.currentThread().isVirtual()) {
            return affinity();
        }
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment mask = arena.allocateFrom(JAVA_LONG, cpus.toWords(kaelix_h.KAELIX_CPU_WORDS()));
            final MemorySegment effective = arena.allocate(JAVA_LONG, kaelix_h.KAELIX_CPU_WORDS());
            final int status = calls.setAffinity(mask, effective, MemorySegment.NULL);
            return status == kaelix_h.KAELIX_OK() ? CpuSet.ofWords(effective.toArray(JAVA_LONG)) : affinity();
        }
    }

    @Override
    public CpuSet affinity() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment mask = arena.allocate(JAVA_LONG, kaelix_h.KAELIX_CPU_WORDS());
            final int status = calls.getAffinity(mask, MemorySegment.NULL);
            return status == kaelix_h.KAELIX_OK() ? CpuSet.ofWords(mask.toArray(JAVA_LONG)) : process.cpusOfThread();
        }
    }

    @Override
    public Scheduling.Outcome schedule(final Scheduling wanted) {
        Arguments.checkScheduling(wanted);
        if (Thread.currentThread().isVirtual()) {
            return Scheduling.Outcome.refused(wanted, scheduling(), "this is a virtual thread, and its carrier serves others; use a platform thread");
        }
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment systemError = arena.allocate(JAVA_INT);
            final int status = calls.setScheduling(wanted.policy().ordinal(), wanted.priority(), systemError);
            return status == kaelix_h.KAELIX_OK()
                    ? Scheduling.Outcome.granted(wanted)
                    : Scheduling.Outcome.refused(wanted, scheduling(), systemError.get(JAVA_INT, 0));
        }
    }

    @Override
    public Scheduling scheduling() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment policy = arena.allocate(JAVA_INT, 2);
            final MemorySegment priority = policy.asSlice(Integer.BYTES);
            final int status = calls.getScheduling(policy, priority, MemorySegment.NULL);
            return status == kaelix_h.KAELIX_OK()
                    ? new Scheduling(Scheduling.Policy.values()[policy.get(JAVA_INT, 0)], priority.get(JAVA_INT, 0))
                    : Scheduling.NORMAL;
        }
    }

    @Override
    public int currentCpu() {
        return (int) location();
    }

    @Override
    public int currentNode() {
        return (int) (location() >> Integer.SIZE);
    }

    /** Node in the high half, CPU in the low half, of the calling thread now. */
    private long location() {
        final Location seen = LOCATION.get();
        final int status = calls.location(seen.cpu, seen.node, MemorySegment.NULL);
        return status == kaelix_h.KAELIX_OK()
                ? (long) seen.node.get(JAVA_INT, 0) << Integer.SIZE | seen.cpu.get(JAVA_INT, 0)
                : UNKNOWN_LOCATION;
    }

    @Override
    public void prefetchForWrite(final long address, final long bytes) {
        FfmKernels.prefetchWrite(address, bytes);
    }
}
