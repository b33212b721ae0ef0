// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import io.kaelix.platform.topology.NumaTopology;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Asks the kernel what this process uses: time of CPUs, memory and the nodes that it lies on, reads and writes. Each part has a switch, all
 * off at first; what is off is not looked at, and holds no file open. It has no thread: whoever has it looks when it likes.
 *
 * {@snippet :
 * try (ProcessProfiler profiler = ProcessProfiler.ofThisProcess()) {
 *     profiler.select(true, true, false);
 *     Thread.sleep(1_000);
 *     ProcessProfile profile = profiler.look();
 *     profile.memory().ifPresent(memory -> System.out.println(memory.residentBytes() + " bytes"));
 * }
 * }
 *
 * <p><b>Cost</b> of a look: some 5 µs for each file, one of the process for each part and one of each worker for the CPU; of the memory
 * part, where there are several nodes, about 30 ms for each GiB in pages of 4 KiB.
 *
 * <p><b>Threads</b>: one at a time, but for {@link #profile}, which is for any. Nothing blocks.
 */
public final class ProcessProfiler implements AutoCloseable {

    private static final long[] NO_THREADS = {};

    private final LongSupplier clock;
    private final CpuGauge cpuGauge;
    private final MemoryGauge memoryGauge;
    private final IoGauge ioGauge;
    private boolean cpu;
    private boolean memory;
    private boolean io;
    private long[] threads = NO_THREADS;
    private long beforeAt;
    private volatile Optional<ProcessProfile> last = Optional.empty();

    /**
     * With a root of its own.
     *
     * @param proc root of the proc file system
     * @param available CPUs' worth of time that the process may use
     * @param nodes numbers of the machine's
     * @param clock nanoseconds, which never goes back
     */
    ProcessProfiler(final Path proc, final double available, final int[] nodes, final LongSupplier clock) {
        this.clock = clock;
        this.cpuGauge = new CpuGauge(proc, available);
        this.memoryGauge = new MemoryGauge(proc, nodes);
        this.ioGauge = new IoGauge(proc);
    }

    /** Of this process, on this machine, whose limits are those of this moment. */
    public static ProcessProfiler ofThisProcess() {
        return of(NumaTopology.ofThisMachine());
    }

    static ProcessProfiler of(final NumaTopology machine) {
        final double available = Math.min(machine.usableCpus().size(), machine.limits().cpuQuota());
        return new ProcessProfiler(Path.of("/proc"), available, machine.nodes().stream().mapToInt(NumaTopology.Node::id).toArray(),
                System::nanoTime);
    }

    /** The threads of workers, by their numbers, as the operating system has them; negative for one that is not known. */
    void follow(final long[] workers) {
        threads = workers;
    }

    /**
     * Switches parts on or off. Rates of one that is switched on are measured from here on.
     *
     * @param cpuTime of the process and its workers
     * @param memoryUsed and the nodes that it lies on
     * @param readsAndWrites of files, pipes and sockets
     */
    public void select(final boolean cpuTime, final boolean memoryUsed, final boolean readsAndWrites) {
        final List<String> told = new ArrayList<>();
        final long now = clock.getAsLong();
        if (cpuTime && !cpu) {
            cpuGauge.look(now, threads, told);
        } else if (!cpuTime) {
            cpuGauge.close();
        }
        if (readsAndWrites && !io) {
            ioGauge.look(now, told);
        } else if (!readsAndWrites) {
            ioGauge.close();
        }
        if (!memoryUsed) {
            memoryGauge.close();
        }
        if (!isOn()) {
            beforeAt = now;
        }
        cpu = cpuTime;
        memory = memoryUsed;
        io = readsAndWrites;
        if (!isOn()) {
            last = Optional.empty();
        }
    }

    /** Whether any part is on. */
    public boolean isOn() {
        return cpu || memory || io;
    }

    /** Looks at what is on; without any, nothing is found. Rates are about the time since the last look, or since a part was switched on. */
    public ProcessProfile look() {
        final List<String> absences = new ArrayList<>();
        final long now = clock.getAsLong();
        final ProcessProfile profile = new ProcessProfile(Instant.now(), Duration.ofNanos(now - beforeAt),
                cpu ? cpuGauge.look(now, threads, absences) : Optional.empty(),
                memory ? memoryGauge.look(absences) : Optional.empty(),
                io ? ioGauge.look(now, absences) : Optional.empty(), absences);
        beforeAt = now;
        last = isOn() ? Optional.of(profile) : Optional.empty();
        return profile;
    }

    /** What the last look found; empty before the first, and while all is off. */
    public Optional<ProcessProfile> profile() {
        return last;
    }

    /** Closes the files that it holds open. Again it is without effect; a look opens them again. */
    @Override
    public void close() {
        cpuGauge.close();
        memoryGauge.close();
        ioGauge.close();
    }
}
