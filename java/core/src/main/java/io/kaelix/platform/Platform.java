// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import io.kaelix.CpuSet;
import io.kaelix.platform.topology.NumaTopology;

/**
 * What the library needs of the operating system and the CPU: memory where it should be, threads where they should be,
 * and kernels over batches. The only door to native code; everything else in the library is plain Java.
 *
 * <p>Implementations: {@code ffm} (libkaelix through the Foreign Function and Memory API), {@code portable} (plain
 * Java: normal pages, no placement, no pinning; slower, the same answers) and, in an artifact of its own, {@code jna} (memory and
 * threads by libkaelix through JNA, kernels in plain Java). {@link Platforms#current()} chooses.
 *
 * <p><b>Threads</b>: any, at any time. <b>Blocking</b>: {@link #map} and {@link #unmap} for as long as the kernel
 * takes; nothing else blocks. <b>Errors</b>: arguments outside their stated range throw {@link
 * IllegalArgumentException} or {@link IndexOutOfBoundsException} before native code is entered; what the machine does
 * not offer is a result, not an exception.
 */
public interface Platform {

    /** In place of a node: wherever the kernel likes. */
    int ANY_NODE = -1;

    /** Most bytes for {@link #prefetchForWrite}. */
    int PREFETCH_MAX_BYTES = 4096;

    /** {@code ffm}, {@code jna} or {@code portable}: as the system property {@code kaelix.platform} names it. */
    String name();

    /** Kernels over batches. */
    Kernels kernels();

    /** Nodes, CPUs and caches of the machine, and which of them this process may use. Read once, then cached. */
    NumaTopology topology();

    /**
     * Maps zeroed memory that is populated in full: no later access can fail for want of memory.
     *
     * @param request how much, on which node, from which rung of the ladder on
     * @return the memory, and what was obtained of what was asked
     * @throws io.kaelix.KaelixException if not even normal pages can be had, or the node does not exist
     */
    MappedMemory map(MemoryRequest request);

    /**
     * Gives back what {@link #map} returned. The caller guarantees that nobody accesses it any more, and calls this
     * once.
     *
     * @throws IllegalArgumentException if this platform did not map it, or unmapped it already
     */
    void unmap(MappedMemory memory);

    /**
     * The NUMA node of each of {@code count} pages, as the kernel has them now.
     *
     * @return one node for each page, {@link #ANY_NODE} for a page whose node cannot be told
     */
    int[] pageNodes(long address, long pageBytes, int count);

    /**
     * Restricts the calling thread to these CPUs. A virtual thread is left as it is: its carrier would stay pinned, for
     * whichever thread it carries next.
     *
     * @return the CPUs that it may use now, as read back: what was asked, or less where the process may not use all of
     *     them; all that it could use before, where pinning is not possible here or none of the CPUs may be used
     */
    CpuSet pin(CpuSet cpus);

    /** CPUs that the calling thread may use. */
    CpuSet affinity();

    /**
     * Asks for the calling thread to be scheduled so from now on. Threads that a real-time thread starts are normal. A virtual thread is
     * left as it is, for the reason given at {@link #pin}.
     *
     * @return how it is scheduled now, and why if that is not what was asked: that a process may not have real-time priority is the normal case
     * @throws IllegalArgumentException for {@link Scheduling.Policy#OTHER}, which stands for what cannot be asked for
     */
    Scheduling.Outcome schedule(Scheduling wanted);

    /** How the calling thread is scheduled; normal where that cannot be told. */
    Scheduling scheduling();

    /** CPU that the calling thread runs on at this moment, or -1 where that cannot be told. */
    int currentCpu();

    /** Node that the calling thread runs on at this moment; 0 where that cannot be told. */
    int currentNode();

    /**
     * Asks the CPU to fetch the cache lines from {@code address} on for writing, so that ownership of lines which another core holds
     * travels before they are stored to. A hint that costs some nanoseconds, and nothing where it is not possible.
     *
     * @param bytes at most {@link #PREFETCH_MAX_BYTES}, else nothing happens
     */
    void prefetchForWrite(long address, long bytes);
}
