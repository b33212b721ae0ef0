// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kaelix.CpuSet;
import io.kaelix.platform.bindings.numa.bitmask;
import io.kaelix.platform.bindings.numa.numa_h;
import io.kaelix.platform.topology.NumaTopology;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The second witness of a topology: {@code libnuma.so.1}, which {@code numactl} and the JVM itself go by. Nothing depends on it; where it tells
 * otherwise than {@link NumaTopology}, one of the two is wrong about the machine, and no placement should be trusted before it is known which.
 *
 * <p><b>Threads</b>: any; one at a time is let through, since libnuma fills caches of its own while it answers. <b>Blocking</b>: for some
 * file access. <b>Errors</b>: that it is not installed, or that the kernel offers no NUMA calls, is an answer.
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/numa.3.html">numa(3)</a>
 */
public final class LibNuma {

    // Without it libnuma guesses, and says so on stderr.
    private static final Path NODES = Path.of("/sys/devices/system/node/online");

    private static final long ABSENT = -1;

    private LibNuma() {
    }

    /** Whether libnuma tells the same. */
    public enum Verdict {
        AGREES, DIFFERS,

        /** It has nothing to tell. */
        SILENT
    }

    /**
     * What libnuma tells of a topology.
     *
     * @param verdict whether it is the same
     * @param text one line: each difference, or why it tells nothing
     */
    public record Testimony(Verdict verdict, String text) {
    }

    /**
     * Compares nodes, their CPUs, memory and distances.
     *
     * @param machine the one that this runs on
     */
    public static synchronized Testimony on(final NumaTopology machine) {
        try {
            if (!Files.isReadable(NODES) || numa_h.numa_available() < 0) {
                return new Testimony(Verdict.SILENT, "the kernel offers it no NUMA calls (built without, /sys hidden, or a container's seccomp profile)");
            }
            final List<String> differences = differences(machine);
            return differences.isEmpty()
                    ? new Testimony(Verdict.AGREES, "libnuma tells the same nodes, CPUs, memory and distances")
                    : new Testimony(Verdict.DIFFERS, String.join("; ", differences));
        } catch (final LinkageError absent) {
            return new Testimony(Verdict.SILENT, "libnuma.so.1 cannot be loaded (" + reason(absent) + "); install libnuma1 or numactl-libs");
        }
    }

    /** Of the failure that comes first: later ones name only the class that failed. */
    private static String reason(final Throwable failure) {
        final Throwable cause = failure.getCause();
        return cause == null ? String.valueOf(failure.getMessage()) : reason(cause);
    }

    private static List<String> differences(final NumaTopology machine) {
        final List<String> differences = new ArrayList<>();
        final List<Integer> ids = machine.nodes().stream().map(NumaTopology.Node::id).toList();
        final int last = Math.max(numa_h.numa_max_node(), ids.getLast());
        for (int id = 0; id <= last; id++) {
            final long bytes = numa_h.numa_node_size64(id, MemorySegment.NULL);
            if (!ids.contains(id)) {
                compare(differences, "node " + id, "not there", bytes == ABSENT ? "not there" : bytes + " bytes");
                continue;
            }
            final NumaTopology.Node node = machine.node(id);
            compare(differences, "memory of node " + id, node.memoryBytes(), bytes);
            if (bytes != ABSENT) {
                // It complains on stderr when it is asked for the CPUs of a node that it does not know.
                compare(differences, "CPUs of node " + id, node.cpus(), cpus(id).stream().boxed().toList());
            }
            for (final int other : ids) {
                compare(differences, "distance " + id + " to " + other, machine.distance(id, other), numa_h.numa_distance(id, other));
            }
        }
        return differences;
    }

    private static void compare(final List<String> differences, final String what, final Object read, final Object told) {
        if (!read.equals(told)) {
            differences.add(what + ": " + read + ", by libnuma " + told);
        }
    }

    private static CpuSet cpus(final int node) {
        final MemorySegment mask = numa_h.numa_allocate_cpumask();
        if (mask.address() == 0) {
            return CpuSet.of();
        }
        try {
            return numa_h.numa_node_to_cpus(node, mask) == 0 ? read(mask) : CpuSet.of();
        } finally {
            numa_h.numa_bitmask_free(mask);
        }
    }

    private static CpuSet read(final MemorySegment address) {
        final MemorySegment mask = address.reinterpret(bitmask.sizeof());
        final int bytes = numa_h.numa_bitmask_nbytes(mask);
        return CpuSet.ofWords(bitmask.maskp(mask).reinterpret(bytes).toArray(JAVA_LONG));
    }
}
