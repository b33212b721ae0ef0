// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the process used between two looks of a {@link ProcessProfiler}. Immutable. A part that was not asked for, or cannot be read, is
 * absent, never zero; {@link #absences} says why.
 *
 * {@snippet :
 * try (Kaelix kaelix = Kaelix.launch(ConfigLoader.of().with("performance.enable_cpu_profiling", true))) {
 *     kaelix.profile().flatMap(ProcessProfile::cpu).ifPresent(cpu -> System.out.println(Math.round(100 * cpu.utilization()) + "%"));
 * }
 * }
 *
 * @param takenAt when it was looked at
 * @param period since the look before, which the rates are about
 * @param cpu time that its threads ran for
 * @param memory that it takes up
 * @param io what it read and wrote
 * @param absences what of that could not be read, and why, in a line each
 */
public record ProcessProfile(Instant takenAt, Duration period, Optional<Cpu> cpu, Optional<Memory> memory, Optional<Io> io,
        List<String> absences) {

    public ProcessProfile {
        absences = List.copyOf(absences);
    }

    /**
     * Processor time. The kernel tells that of the process in steps of 10 ms, that of a worker in nanoseconds.
     *
     * @param nanos that its threads have run for since it was started
     * @param used CPUs' worth of time in the period: 1.5 is one and a half CPU
     * @param available CPUs' worth that it may use: those of its cpuset, or the quota of its cgroup if that is less
     * @param workers of its scheduler, whose threads are known
     */
    public record Cpu(long nanos, double used, double available, List<WorkerCpu> workers) {

        public Cpu {
            workers = List.copyOf(workers);
        }

        /** Share of what it may use, from 0 to 1, a little more by the steps that the kernel counts in. */
        public double utilization() {
            return used / available;
        }
    }

    /**
     * Processor time of one worker, spinning included.
     *
     * @param number of the worker
     * @param nanos that its thread has run for
     * @param utilization share of the period that it ran in, from 0 to 1
     */
    public record WorkerCpu(int number, long nanos, double utilization) {
    }

    /**
     * Memory, all parts of the process, the JVM included.
     *
     * @param residentBytes that are in memory, huge pages that were set aside included
     * @param hugeBytes of these in huge pages that were set aside (hugetlb)
     * @param swappedBytes that are not, but on a device
     * @param nodes bytes on each NUMA node, ascending; empty where that cannot be told
     */
    public record Memory(long residentBytes, long hugeBytes, long swappedBytes, List<NodeBytes> nodes) {

        public Memory {
            nodes = List.copyOf(nodes);
        }
    }

    /**
     * Part of its memory.
     *
     * @param node number of the NUMA node
     * @param bytes that lie there
     */
    public record NodeBytes(int node, long bytes) {
    }

    /**
     * Bytes read and written since it was started. What goes through calls includes files from the page cache, pipes and sockets, and the
     * few kilobytes of the profiler itself; what devices moved includes mapped files.
     *
     * @param readBytes through calls
     * @param writtenBytes through calls
     * @param deviceReadBytes from storage
     * @param deviceWrittenBytes to storage, or bound to get there
     * @param readRate bytes a second in the period, through calls
     * @param writeRate likewise
     */
    public record Io(long readBytes, long writtenBytes, long deviceReadBytes, long deviceWrittenBytes, double readRate,
            double writeRate) {
    }
}
