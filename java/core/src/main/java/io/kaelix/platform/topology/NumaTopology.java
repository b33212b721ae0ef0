// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform.topology;

import io.kaelix.CpuSet;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Nodes, CPUs and caches of a machine, and which of them a process may use: a picture taken once, which later changes (a CPU going
 * offline, free memory) do not reach.
 *
 * <pre>{@code
 * NumaTopology machine = NumaTopology.ofThisMachine();
 * for (NumaTopology.Node node : machine.nodes()) {
 *     System.out.println(node.id() + ": " + machine.usableCpus(node.id()));
 * }
 * }</pre>
 *
 * <p><b>Threads</b>: immutable. <b>Blocking</b>: reading takes some milliseconds of file access; nothing else does. <b>Errors</b>:
 * reading has none; what cannot be told is {@link #UNKNOWN} and has an entry in {@link #unknowns}.
 *
 * @param nodes those that are online, ascending by number, which may have gaps; at least one
 * @param cpus those that are present, ascending by number; at least one is usable
 * @param caches of the CPUs that are online, ascending by level, then by their first CPU; empty where the kernel tells of none
 * @param limits what the process may use
 * @param unknowns what could not be told, each with the reason; empty on a machine that tells all
 */
public record NumaTopology(List<Node> nodes, List<Cpu> cpus, List<Cache> caches, Limits limits, List<String> unknowns) {

    /** In place of a number that the kernel does not tell. */
    public static final int UNKNOWN = -1;

    /** Distance of a node to itself (ACPI SLIT). */
    public static final int LOCAL_DISTANCE = 10;

    public NumaTopology {
        nodes = List.copyOf(nodes);
        cpus = List.copyOf(cpus);
        caches = List.copyOf(caches);
        unknowns = List.copyOf(unknowns);
        final Map<Integer, Node> byId = nodes.stream().collect(Collectors.toMap(Node::id, Function.identity()));
        if (cpus.stream().noneMatch(Cpu::usable)) {
            throw new IllegalArgumentException("a process runs on at least one CPU");
        }
        for (final Cpu cpu : cpus) {
            if (cpu.online() && !byId.containsKey(cpu.node())) {
                throw new IllegalArgumentException("CPU " + cpu.id() + " is online on node " + cpu.node() + ", which is not");
            }
        }
        for (final Node node : nodes) {
            if (node.distances().size() != nodes.size()) {
                throw new IllegalArgumentException("node " + node.id() + " has " + node.distances().size() + " distances to "
                        + nodes.size() + " nodes");
            }
        }
    }

    /** The machine that this runs on, as this process may use it. */
    public static NumaTopology ofThisMachine() {
        return read(Path.of("/"));
    }

    /**
     * The machine whose {@code sys} and {@code proc} are in this folder, as the process {@code proc/self} may use it.
     *
     * @param root the root of the file system, or of what was captured of another machine
     */
    public static NumaTopology read(final Path root) {
        return new MachineReader(new KernelFiles(root)).read();
    }

    /** Node of this number. */
    public Node node(final int id) {
        return nodes.get(indexOf(id));
    }

    /** From one node to another, {@link #LOCAL_DISTANCE} if they are the same, {@link #UNKNOWN} if the kernel does not tell. */
    public int distance(final int from, final int to) {
        return node(from).distances().get(indexOf(to));
    }

    /** CPUs that are online and that the process may use, ascending; at least one. */
    public List<Cpu> usableCpus() {
        return cpus.stream().filter(Cpu::usable).toList();
    }

    /** Those of one node; empty for a node of memory alone. */
    public List<Cpu> usableCpus(final int node) {
        return cpus.stream().filter(cpu -> cpu.usable() && cpu.node() == node).toList();
    }

    /**
     * The same as a set, to pin a thread to.
     *
     * @throws IllegalArgumentException if there is no such node
     */
    public CpuSet usableCpuSet(final int node) {
        indexOf(node);
        return CpuSet.of(usableCpus(node).stream().mapToInt(Cpu::id).toArray());
    }

    /**
     * CPUs that share the last level of cache with this one, itself included, ascending; where the kernel tells of no caches, those
     * of its socket and node.
     */
    public List<Integer> lastLevelGroup(final Cpu cpu) {
        Cache last = null;
        for (final Cache cache : caches) {
            // Ascending by level.
            if (cache.type() != CacheType.INSTRUCTION && cache.cpus().contains(cpu.id())) {
                last = cache;
            }
        }
        return last != null ? last.cpus() : cpus.stream()
                .filter(other -> other.online() && other.node() == cpu.node() && other.socket() == cpu.socket()).map(Cpu::id).toList();
    }

    private int indexOf(final int node) {
        for (int i = 0; i < nodes.size(); i++) {
            if (nodes.get(i).id() == node) {
                return i;
            }
        }
        throw new IllegalArgumentException("there is no node " + node + " online; there are "
                + nodes.stream().map(known -> Integer.toString(known.id())).collect(Collectors.joining(", ")));
    }

    /**
     * One node.
     *
     * @param id as the kernel numbers it
     * @param cpus that are online, whether or not the process may use them; empty for memory alone, or if all are offline
     * @param memoryBytes installed; 0 for a node of CPUs alone
     * @param freeBytes free when it was read, without what is set aside as hugepages
     * @param distances to each node of the topology, in its order
     * @param hugepages set aside on this node, one entry for each size that the kernel knows, ascending
     * @param memoryAllowed whether the process may allocate here
     */
    public record Node(int id, List<Integer> cpus, long memoryBytes, long freeBytes, List<Integer> distances,
            List<Hugepages> hugepages, boolean memoryAllowed) {

        public Node {
            cpus = List.copyOf(cpus);
            distances = List.copyOf(distances);
            hugepages = List.copyOf(hugepages);
        }
    }

    /**
     * Hugepages of one size.
     *
     * @param pageBytes of one page
     * @param total pages set aside
     * @param free of them
     */
    public record Hugepages(long pageBytes, long total, long free) {
    }

    /**
     * One logical CPU.
     *
     * @param id as the kernel numbers it
     * @param node it belongs to; {@link #UNKNOWN} while it is offline
     * @param socket number of its package
     * @param core the lowest number among the CPUs that share its core (SMT siblings): its own, where it has none
     * @param online whether it runs
     * @param allowed whether the process may use it
     */
    public record Cpu(int id, int node, int socket, int core, boolean online, boolean allowed) {

        /** Whether a thread of the process can run on it. */
        public boolean usable() {
            return online && allowed;
        }
    }

    /** What a cache holds. */
    public enum CacheType {
        DATA, INSTRUCTION, UNIFIED
    }

    /**
     * One cache.
     *
     * @param level 1 is nearest to the core
     * @param type what it holds
     * @param bytes of it
     * @param cpus that share it, ascending
     */
    public record Cache(int level, CacheType type, long bytes, List<Integer> cpus) {

        public Cache {
            cpus = List.copyOf(cpus);
        }
    }

    /**
     * What the process may use.
     *
     * @param cpus by its cpuset and affinity, ascending; some may be offline
     * @param nodes that it may allocate on, ascending
     * @param cpuQuota CPUs' worth of time that its cgroups grant, the least of all levels; infinite if none limits it
     * @param quotaSource the file that sets the quota, or why there is none
     */
    public record Limits(List<Integer> cpus, List<Integer> nodes, double cpuQuota, String quotaSource) {

        public Limits {
            cpus = List.copyOf(cpus);
            nodes = List.copyOf(nodes);
            if (!(cpuQuota > 0)) {
                throw new IllegalArgumentException("a quota is more than 0 CPUs, not " + cpuQuota);
            }
        }

        /** Whether a cgroup grants less than all the time of all CPUs. */
        public boolean hasQuota() {
            return cpuQuota != Double.POSITIVE_INFINITY;
        }
    }
}
