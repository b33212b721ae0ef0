// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import io.kaelix.CpuSet;
import java.lang.foreign.MemorySegment;

/**
 * What the library needs of the operating system and the CPU: memory where it should be, threads where they should be,
 * and kernels over batches. The only door to native code; everything else in the library is plain Java.
 *
 * <p>Implementations: {@code ffm} (libkaelix through the Foreign Function and Memory API), {@code portable} (plain
 * Java: normal pages, one node, no pinning; slower, the same answers) and, in an artifact of its own, {@code jna} (memory and
 * threads by libkaelix through JNA, kernels in plain Java). {@link Platforms#current()} chooses.
 *
 * <p><b>Threads</b>: any, at any time. <b>Blocking</b>: {@link #map} and {@link #unmap} for as long as the kernel
 * takes; nothing else blocks. <b>Errors</b>: arguments outside their stated range throw {@link
 * IllegalArgumentException} or {@link IndexOutOfBoundsException} before native code is entered; what the machine does
 * not offer is a result, not an exception.
 */
public interface Platform {

    /** Most bytes of input for one kernel call: a kernel holds up a safepoint for as long as it runs. */
    int KERNEL_MAX_BYTES = 256 * 1024;

    /** Most bytes for {@link #prefetchForWrite}. */
    int PREFETCH_MAX_BYTES = 4096;

    /** Bytes at the front of a kernel's output that hold its result, before the positions. */
    int NEWLINES_HEADER_BYTES = 16;

    /** Most values for one call of {@link #filter}: {@link #KERNEL_MAX_BYTES} of int64. */
    int FILTER_MAX_VALUES = KERNEL_MAX_BYTES / Long.BYTES;

    /** Bytes at the front of the output of {@link #filter} that hold the count, before the indices. */
    int FILTER_HEADER_BYTES = 8;

    /** {@code ffm}, {@code jna} or {@code portable}: as the system property {@code kaelix.platform} names it. */
    String name();

    /** Instruction set of the kernels. */
    Isa isa();

    /** Nodes, CPUs and distances as this process may use them. Read once, then cached. */
    Topology topology();

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
     * @return one node for each page, {@link Topology#ANY_NODE} for a page whose node cannot be told
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

    /**
     * Index of the newlines (0x0A) in {@code data[offset, offset + length)}.
     *
     * <p>{@code out} receives two int64, the number of positions written and the bytes scanned, then from
     * {@link #NEWLINES_HEADER_BYTES} on the positions as uint32, ascending, relative to {@code offset}. It stops at the
     * end of the data or when {@code capacity} positions are written; every newline before 'bytes scanned' is among
     * them.
     *
     * @param data native memory of a region; never a mapped file, which may be truncated while the kernel reads it
     * @param length at most {@link #KERNEL_MAX_BYTES}
     * @param out native memory, at least {@code NEWLINES_HEADER_BYTES + 4 * capacity} bytes, aligned to 8
     * @param capacity most positions to write, at least 1
     * @return the number of positions written
     */
    int newlines(MemorySegment data, long offset, int length, MemorySegment out, int capacity);

    /**
     * Filters a column of int64: the index of each of the {@code length} values from {@code values[offset]} on for which
     * {@code value comparison operand} holds.
     *
     * <p>{@code out} receives an int64, the number of indices, then from {@link #FILTER_HEADER_BYTES} on the indices as
     * uint32, ascending, relative to {@code offset}. It has room for {@code length} of them, whatever matches; those behind
     * the last one hold anything afterwards. Integers are in the machine's own byte order.
     *
     * @param values native memory of a region, not overlapping {@code out}; never a mapped file, which may be truncated
     *     while the kernel reads it
     * @param offset in bytes; the address there is aligned to 8
     * @param length values, not bytes; at most {@link #FILTER_MAX_VALUES}
     * @param out native memory, at least {@code FILTER_HEADER_BYTES + 4 * length} bytes, aligned to 8
     * @return the number of indices
     */
    int filter(MemorySegment values, long offset, int length, Comparison comparison, long operand, MemorySegment out);
}
