// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform.topology;

import io.kaelix.platform.topology.NumaTopology.Cache;
import io.kaelix.platform.topology.NumaTopology.CacheType;
import io.kaelix.platform.topology.NumaTopology.Cpu;
import io.kaelix.platform.topology.NumaTopology.Hugepages;
import io.kaelix.platform.topology.NumaTopology.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Puts the topology together, once. Each question has an answer for the case that the kernel gives none. */
final class MachineReader {

    private static final String CPUS = "sys/devices/system/cpu";
    private static final String NODES = "sys/devices/system/node";
    private static final long KIB = 1024;

    private final KernelFiles files;
    private final LimitsReader limitsReader;

    MachineReader(final KernelFiles files) {
        this.files = files;
        this.limitsReader = new LimitsReader(files);
    }

    NumaTopology read() {
        final List<Integer> online = online();
        final List<Integer> nodeIds = nodeIds();
        final NumaTopology.Limits limits = limitsReader.read(online, nodeIds);
        final Map<Integer, List<Integer>> cpusOfNodes = cpusOfNodes(nodeIds, online);
        final List<Node> nodes = nodes(nodeIds, cpusOfNodes, limits);
        return new NumaTopology(nodes, cpus(online, cpusOfNodes, limits), caches(online), limits, files.unknowns());
    }

    // ---- CPUs ----

    private List<Integer> online() {
        final Optional<List<Integer>> told = files.list(CPUS + "/online").filter(list -> !list.isEmpty());
        if (told.isPresent()) {
            return told.get();
        }
        files.unknown("online CPUs", "/" + CPUS + "/online cannot be read; those that the process may use are taken");
        return limitsReader.cpus().filter(list -> !list.isEmpty()).orElseGet(LimitsReader::counted);
    }

    private List<Cpu> cpus(final List<Integer> online, final Map<Integer, List<Integer>> cpusOfNodes, final NumaTopology.Limits limits) {
        final SortedSet<Integer> present = new TreeSet<>(online);
        files.list(CPUS + "/present").ifPresent(present::addAll);
        final Map<Integer, Integer> nodeOf = new HashMap<>();
        cpusOfNodes.forEach((node, cpus) -> cpus.forEach(cpu -> nodeOf.put(cpu, node)));
        // A limit that leaves nothing contradicts that the process runs: one of the two files is not what it seems to be.
        final boolean believable = !Collections.disjoint(online, limits.cpus());
        if (!believable) {
            files.unknown("allowed CPUs", "none of them is online; all are taken to be allowed");
        }
        final Set<Integer> permitted = believable ? Set.copyOf(limits.cpus()) : present;
        final List<Cpu> cpus = new ArrayList<>();
        for (final int id : present) {
            final boolean runs = nodeOf.containsKey(id);
            final boolean allowed = permitted.contains(id);
            cpus.add(new Cpu(id, runs ? nodeOf.get(id) : NumaTopology.UNKNOWN, runs ? socket(id) : NumaTopology.UNKNOWN,
                    runs ? core(id) : id, runs, allowed));
        }
        return cpus;
    }

    private int socket(final int cpu) {
        final OptionalLong told = files.number(CPUS + "/cpu" + cpu + "/topology/physical_package_id");
        if (told.isEmpty()) {
            files.unknown("sockets", "/" + CPUS + "/cpu" + cpu + "/topology/physical_package_id cannot be read");
        }
        return (int) told.orElse(NumaTopology.UNKNOWN);
    }

    private int core(final int cpu) {
        final String folder = CPUS + "/cpu" + cpu + "/topology/";
        // The second name is that of kernels before 5.3.
        return files.list(folder + "core_cpus_list").or(() -> files.list(folder + "thread_siblings_list"))
                .filter(siblings -> siblings.contains(cpu)).map(List::getFirst).orElseGet(() -> {
                    files.unknown("cores", "/" + folder + "core_cpus_list cannot be read; each CPU is taken to be a core");
                    return cpu;
                });
    }

    private List<Cache> caches(final List<Integer> online) {
        final Set<Cache> caches = new LinkedHashSet<>(); // each is found by all that share it
        for (final int cpu : online) {
            final String folder = CPUS + "/cpu" + cpu + "/cache";
            final List<Integer> indices = files.numbered(folder, "index");
            if (indices.isEmpty()) {
                files.unknown("caches", "/" + folder + " is not there, as in some virtual machines; CPUs of a socket are taken to share one");
            }
            for (final int index : indices) {
                cache(cpu, folder + "/index" + index + "/").ifPresent(caches::add);
            }
        }
        return caches.stream().sorted(Comparator.comparingInt(Cache::level)
                .thenComparingInt(cache -> cache.cpus().getFirst()).thenComparing(Cache::type)).toList();
    }

    private Optional<Cache> cache(final int cpu, final String folder) {
        final OptionalLong level = files.number(folder + "level");
        final Optional<CacheType> type = files.text(folder + "type").flatMap(MachineReader::cacheType);
        final Optional<List<Integer>> sharing = files.list(folder + "shared_cpu_list").filter(list -> list.contains(cpu));
        if (level.isEmpty() || type.isEmpty() || sharing.isEmpty()) {
            files.unknown("a cache", "/" + folder + " has no level, type or shared_cpu_list that can be read");
            return Optional.empty();
        }
        final long bytes = files.text(folder + "size").flatMap(MachineReader::cacheBytes).orElse((long) NumaTopology.UNKNOWN);
        return Optional.of(new Cache((int) level.getAsLong(), type.get(), bytes, sharing.get()));
    }

    private static Optional<CacheType> cacheType(final String text) {
        return switch (text.toUpperCase(Locale.ROOT)) {
            case "DATA" -> Optional.of(CacheType.DATA);
            case "INSTRUCTION" -> Optional.of(CacheType.INSTRUCTION);
            case "UNIFIED" -> Optional.of(CacheType.UNIFIED);
            default -> Optional.empty();
        };
    }

    private static Optional<Long> cacheBytes(final String text) {
        final OptionalLong kib = KernelFiles.parseNumber(text.endsWith("K") ? text.substring(0, text.length() - 1) : "");
        return kib.isPresent() ? Optional.of(kib.getAsLong() * KIB) : Optional.empty();
    }

    // ---- nodes ----

    private List<Integer> nodeIds() {
        final Optional<List<Integer>> told = files.list(NODES + "/online").filter(list -> !list.isEmpty());
        if (told.isEmpty()) {
            files.unknown("nodes", "/" + NODES + "/online cannot be read (a kernel without NUMA, or /sys is hidden); all is taken to be one");
        }
        return told.orElse(List.of(0));
    }

    /** CPUs that are online of each node; those of no node are counted to the first. */
    private Map<Integer, List<Integer>> cpusOfNodes(final List<Integer> nodeIds, final List<Integer> online) {
        final Map<Integer, List<Integer>> cpusOfNodes = new HashMap<>();
        final Set<Integer> homeless = new TreeSet<>(online);
        for (final int node : nodeIds) {
            // A CPU belongs to one node: whichever claims it first.
            final List<Integer> own = files.list(NODES + "/node" + node + "/cpulist").orElse(List.of()).stream()
                    .filter(homeless::remove).toList();
            cpusOfNodes.put(node, own);
        }
        if (!homeless.isEmpty()) {
            if (nodeIds.size() > 1) {
                files.unknown("nodes of CPUs", "no cpulist under /" + NODES + " has CPU " + homeless.iterator().next()
                        + "; such CPUs are counted to node " + nodeIds.getFirst());
            }
            final SortedSet<Integer> first = new TreeSet<>(homeless);
            first.addAll(cpusOfNodes.get(nodeIds.getFirst()));
            cpusOfNodes.put(nodeIds.getFirst(), List.copyOf(first));
        }
        return cpusOfNodes;
    }

    private List<Node> nodes(final List<Integer> ids, final Map<Integer, List<Integer>> cpusOfNodes, final NumaTopology.Limits limits) {
        final boolean believable = !Collections.disjoint(ids, limits.nodes());
        if (!believable) {
            files.unknown("allowed nodes", "none of them is online; all are taken to be allowed");
        }
        final List<Node> nodes = new ArrayList<>();
        for (final int id : ids) {
            final String folder = NODES + "/node" + id;
            nodes.add(new Node(id, cpusOfNodes.get(id), memory(id, "MemTotal:"), memory(id, "MemFree:"), distances(id, ids),
                    hugepages(folder + "/hugepages"), !believable || limits.nodes().contains(id)));
        }
        return nodes;
    }

    private long memory(final int node, final String key) {
        // Node 0 MemTotal:       1048576 kB
        final List<String> own = files.lines(NODES + "/node" + node + "/meminfo");
        // Without nodes, all memory is that of the one.
        final List<String> lines = own.isEmpty() && files.list(NODES + "/online").isEmpty() ? files.lines("proc/meminfo") : own;
        for (final String line : lines) {
            final int at = line.indexOf(key);
            if (at >= 0) {
                final String[] fields = line.substring(at + key.length()).strip().split(" ");
                final OptionalLong kib = KernelFiles.parseNumber(fields[0]);
                if (kib.isPresent()) {
                    return kib.getAsLong() * KIB;
                }
            }
        }
        files.unknown("memory of node " + node, "no meminfo of it has " + key);
        return NumaTopology.UNKNOWN;
    }

    /** The kernel lists one number for each node that is online, ascending. */
    private List<Integer> distances(final int node, final List<Integer> ids) {
        final String file = NODES + "/node" + node + "/distance";
        final List<Integer> told = new ArrayList<>();
        for (final String field : files.text(file).orElse("").split("\\s+")) {
            KernelFiles.parseNumber(field).ifPresent(value -> told.add((int) value));
        }
        if (told.size() == ids.size()) {
            return told;
        }
        if (ids.size() > 1) {
            files.unknown("distances of node " + node, "/" + file + " has " + told.size() + " numbers for " + ids.size() + " nodes");
        }
        return ids.stream().map(other -> other == node ? NumaTopology.LOCAL_DISTANCE : NumaTopology.UNKNOWN).toList();
    }

    private List<Hugepages> hugepages(final String folder) {
        final List<Hugepages> sizes = new ArrayList<>();
        for (final String name : files.names(folder)) {
            if (name.startsWith("hugepages-") && name.endsWith("kB")) {
                final OptionalLong kib = KernelFiles.parseNumber(name.substring("hugepages-".length(), name.length() - 2));
                final OptionalLong total = files.number(folder + '/' + name + "/nr_hugepages");
                final OptionalLong free = files.number(folder + '/' + name + "/free_hugepages");
                if (kib.isPresent()) {
                    sizes.add(new Hugepages(kib.getAsLong() * KIB, total.orElse(NumaTopology.UNKNOWN), free.orElse(NumaTopology.UNKNOWN)));
                }
            }
        }
        if (sizes.isEmpty()) {
            files.unknown("hugepages of a node", "/" + folder + " is not there or empty");
        }
        return sizes.stream().sorted(Comparator.comparingLong(Hugepages::pageBytes)).toList();
    }
}
