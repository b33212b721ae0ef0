// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.report;

import io.kaelix.CpuSet;
import io.kaelix.numa.PlacementPlan;
import io.kaelix.platform.LibNuma;
import io.kaelix.platform.topology.NumaTopology;
import io.kaelix.platform.topology.NumaTopology.Cache;
import io.kaelix.platform.topology.NumaTopology.CacheType;
import io.kaelix.platform.topology.NumaTopology.Cpu;
import io.kaelix.platform.topology.NumaTopology.Hugepages;
import io.kaelix.platform.topology.NumaTopology.Node;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A machine, and a plan for it, drawn for people.
 *
 * <pre>
 * machine     2 nodes, 2 sockets, 4 cores, 8 CPUs
 * process     CPUs 0-7, memory of nodes 0-1, no CPU quota (no cgroup of the process sets one)
 *
 * node 0      memory 607 MiB, 575 MiB free
 *   pages     2.00 MiB: 8 set aside, 8 free
 *   caches    L1d 2 x 32.0 KiB, L1i 2 x 32.0 KiB, L2 2 x 4.00 MiB, L3 1 x 16.0 MiB
 *   cores     { [0 1] [2 3] }
 * </pre>
 */
public final class TopologyDrawing {

    private static final String LINE = "%-11s %s";

    private final StringBuilder text = new StringBuilder();
    private final NumaTopology machine;

    private TopologyDrawing(final NumaTopology machine) {
        this.machine = machine;
    }

    /**
     * The drawing, lines ended.
     *
     * @param plan may be null
     */
    public static String of(final NumaTopology machine, final LibNuma.Testimony libnuma, final PlacementPlan plan) {
        final TopologyDrawing drawing = new TopologyDrawing(machine);
        drawing.summary();
        machine.nodes().forEach(drawing::node);
        drawing.distances();
        drawing.unknowns();
        drawing.text.append('\n');
        drawing.line("libnuma", libnuma.verdict().name().toLowerCase(Locale.ROOT) + ": " + libnuma.text());
        if (plan != null) {
            drawing.plan(plan);
        }
        return drawing.text.toString();
    }

    private void summary() {
        final List<Cpu> online = machine.cpus().stream().filter(Cpu::online).toList();
        final List<Integer> offline = machine.cpus().stream().filter(cpu -> !cpu.online()).map(Cpu::id).toList();
        final long sockets = online.stream().map(Cpu::socket).filter(socket -> socket != NumaTopology.UNKNOWN).distinct().count();
        line("machine", counted(machine.nodes().size(), "node") + ", " + (sockets == 0 ? "sockets unknown" : counted(sockets, "socket")) + ", "
                + counted(online.stream().map(Cpu::core).distinct().count(), "core") + ", " + counted(online.size(), "CPU")
                + (offline.isEmpty() ? "" : ", offline: " + list(offline)));
        final NumaTopology.Limits limits = machine.limits();
        line("process", "CPUs " + list(machine.usableCpus().stream().map(Cpu::id).toList()) + ", memory of nodes "
                + list(machine.nodes().stream().filter(Node::memoryAllowed).map(Node::id).toList()) + ", "
                + (limits.hasQuota() ? String.format(Locale.ROOT, "%.2f CPUs of time", limits.cpuQuota()) : "no CPU quota")
                + " (" + limits.quotaSource() + ")");
        line("cores", "[CPUs of a core], { cores that share the last cache }, (not for this process)");
    }

    private void node(final Node node) {
        text.append('\n');
        line("node " + node.id(), "memory " + bytes(node.memoryBytes()) + ", " + bytes(node.freeBytes()) + " free"
                + (node.memoryAllowed() ? "" : ", not for this process"));
        for (final Hugepages pages : node.hugepages()) {
            line("  pages", Units.bytes(pages.pageBytes()) + ": " + number(pages.total()) + " set aside, " + number(pages.free()) + " free");
        }
        final String caches = caches(node);
        line("  caches", node.cpus().isEmpty() ? "none" : caches.isEmpty() ? "unknown" : caches);
        line("  cores", node.cpus().isEmpty() ? "none" : cores(node));
    }

    /** As {@code L2 4 x 512 KiB}; caches of a kind are of one size on nearly all machines. */
    private String caches(final Node node) {
        final Map<String, Integer> kinds = new LinkedHashMap<>();
        for (final Cache cache : machine.caches()) {
            if (node.cpus().contains(cache.cpus().getFirst())) {
                final String suffix = cache.type() == CacheType.DATA ? "d" : cache.type() == CacheType.INSTRUCTION ? "i" : "";
                kinds.merge("L" + cache.level() + suffix + " %d x " + bytes(cache.bytes()), 1, Integer::sum);
            }
        }
        return kinds.entrySet().stream().sorted(Map.Entry.comparingByKey())
                .map(kind -> String.format(Locale.ROOT, kind.getKey(), kind.getValue())).collect(Collectors.joining(", "));
    }

    private String cores(final Node node) {
        final Map<Integer, Map<Integer, List<Cpu>>> groups = machine.cpus().stream().filter(cpu -> node.cpus().contains(cpu.id()))
                .collect(Collectors.groupingBy(cpu -> machine.lastLevelGroup(cpu).getFirst(), TreeMap::new,
                        Collectors.groupingBy(Cpu::core, TreeMap::new, Collectors.toList())));
        return groups.values().stream().map(cores -> cores.values().stream().map(TopologyDrawing::core)
                .collect(Collectors.joining(" ", "{ ", " }"))).collect(Collectors.joining(" "));
    }

    private static String core(final List<Cpu> cpus) {
        return cpus.stream().map(cpu -> cpu.allowed() ? "" + cpu.id() : "(" + cpu.id() + ")").collect(Collectors.joining(" ", "[", "]"));
    }

    private void distances() {
        text.append('\n');
        final StringBuilder header = new StringBuilder();
        machine.nodes().forEach(node -> header.append(String.format("%5d", node.id())));
        line("distances", header.toString());
        for (final Node node : machine.nodes()) {
            final StringBuilder row = new StringBuilder();
            node.distances().forEach(distance -> row.append(String.format("%5s", distance == NumaTopology.UNKNOWN ? "?" : distance)));
            line(String.format("%9d", node.id()), row.toString());
        }
    }

    private void unknowns() {
        if (!machine.unknowns().isEmpty()) {
            text.append('\n');
            machine.unknowns().forEach(unknown -> line("unknown", unknown));
        }
    }

    private void plan(final PlacementPlan plan) {
        text.append('\n');
        line("plan", plan.goal().label());
        for (final PlacementPlan.WorkerPlace place : plan.workers()) {
            line("  worker " + place.worker(), String.format("CPU %-5d node %-4d %s", place.cpu(), place.node(), place.reason()));
        }
        for (final PlacementPlan.LanePlace place : plan.lanes()) {
            line("  lane " + place.lane(), String.format("%9s node %-4d %s", "", place.node(), place.reason()));
        }
        plan.notes().forEach(note -> line("  note", note));
    }

    private void line(final String name, final String rest) {
        text.append(String.format(LINE, name, rest).stripTrailing()).append('\n');
    }

    private static String list(final Collection<Integer> numbers) {
        return numbers.isEmpty() ? "none" : CpuSet.of(numbers.stream().mapToInt(Integer::intValue).toArray()).toString();
    }

    private static String bytes(final long value) {
        return value == NumaTopology.UNKNOWN ? "unknown" : Units.bytes(value);
    }

    private static String number(final long value) {
        return value == NumaTopology.UNKNOWN ? "?" : Units.grouped(value);
    }

    private static String counted(final long count, final String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
