// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import io.kaelix.cli.report.Units;
import io.kaelix.platform.topology.NumaTopology;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Pages that a lane may lie on. */
final class HugepageChecks {

    private static final long TWO_MIB = 2L << 20;
    private static final String FOLDER = "/sys/kernel/mm/transparent_hugepage/";
    private static final Pattern CHOSEN = Pattern.compile("\\[([^\\]]+)]");

    private HugepageChecks() {
    }

    static List<Check> all() {
        return List.of(
                new Check("memory.hugepages",
                        "a lane of 1 MiB takes 256 entries of the TLB in normal pages and one in a page of 2 MiB; reserved pages are"
                                + " there at once, transparent ones if the memory is not fragmented",
                        "kernel doc admin-guide/mm/hugetlbpage", HugepageChecks::reserved),
                new Check("memory.transparent",
                        "the step below reserved pages: without it, memory that finds none of them has normal pages",
                        "kernel doc admin-guide/mm/transhuge", host -> chosen(host, "enabled", List.of("madvise", "always"), "madvise")),
                new Check("memory.defrag",
                        "with always, a page fault of any process compacts memory before it goes on; with never or defer, a lane gets"
                                + " hugepages only from what is not fragmented",
                        "kernel doc admin-guide/mm/transhuge",
                        host -> chosen(host, "defrag", List.of("madvise", "defer+madvise"), "madvise")),
                new Check("memory.shmem",
                        "deny keeps hugepages from all shared memory, whatever asks for them; force gives every small file one",
                        "kernel doc admin-guide/mm/transhuge",
                        host -> chosen(host, "shmem_enabled", List.of("advise", "within_size", "always", "never"), "advise")));
    }

    private static Finding reserved(final Host host) {
        final List<NumaTopology.Node> nodes = host.topology().nodes().stream()
                .filter(node -> node.memoryAllowed() && node.memoryBytes() != 0 && pages(node) != null).toList();
        final long bytes = affordable(host);
        final long pages = Math.max(1, (bytes + TWO_MIB - 1) / TWO_MIB);
        final String wanted = Units.grouped(pages) + " of 2 MiB (" + Units.bytes(bytes) + (bytes == host.memory() ? ", the memory limit"
                : ", a quarter of the machine; the memory limit is " + Units.bytes(host.memory())) + ")";
        if (nodes.isEmpty() || nodes.stream().anyMatch(node -> pages(node).total() == NumaTopology.UNKNOWN)) {
            return Finding.unknown("no node tells of pages of 2 MiB below /sys/devices/system/node", wanted);
        }
        final long share = (pages + nodes.size() - 1) / nodes.size();
        final String found = nodes.stream().map(node -> node(node, nodes.size())).collect(Collectors.joining("; "));
        final List<NumaTopology.Node> poor = nodes.stream().filter(node -> pages(node).total() < share).toList();
        if (poor.isEmpty()) {
            final MemoryLimit limit = MemoryLimit.ofHugepages(host.files());
            if (limit.bytes() < bytes) {
                return Finding.advice(found + "; of them " + Units.bytes(limit.bytes()) + " granted by " + limit.source(), wanted,
                        granted(limit));
            }
            return nodes.stream().allMatch(node -> pages(node).free() > 0) ? Finding.ok(found, wanted)
                    : Finding.advice(found, wanted + ", some of them free", remedy(host, nodes, share + nodes.stream()
                            .mapToLong(node -> pages(node).total()).max().orElseThrow()));
        }
        return Finding.advice(found, wanted, remedy(host, poor, share));
    }

    private static String node(final NumaTopology.Node node, final int of) {
        return (of == 1 ? "" : "node " + node.id() + ": ") + node.hugepages().stream()
                .filter(pages -> pages.total() > 0 || pages.pageBytes() == TWO_MIB)
                .map(pages -> Units.grouped(pages.total()) + " of " + (pages.pageBytes() >> 20) + " MiB reserved, "
                        + Units.grouped(pages.free()) + " free").collect(Collectors.joining(", "));
    }

    private static NumaTopology.Hugepages pages(final NumaTopology.Node node) {
        return node.hugepages().stream().filter(pages -> pages.pageBytes() == TWO_MIB).findFirst().orElse(null);
    }

    private static Remedy granted(final MemoryLimit limit) {
        return Remedy.of(Change.Write.to(limit.source(), limit.source().endsWith(".max") ? "max" : "-1"), "")
                .withWords("start the container or the service without a limit of hugetlb");
    }

    /** What a machine can do without: the pages are taken from all else. */
    private static long affordable(final Host host) {
        final OptionalLong installed = MemoryChecks.installed(host);
        return installed.isEmpty() ? host.memory() : Math.min(host.memory(), installed.getAsLong() / 4 / TWO_MIB * TWO_MIB);
    }

    private static Remedy remedy(final Host host, final List<NumaTopology.Node> nodes, final long share) {
        if (host.topology().nodes().size() == 1) {
            return Remedy.sysctl("vm.nr_hugepages", Long.toString(share));
        }
        final List<String> files = new ArrayList<>();
        for (final NumaTopology.Node node : nodes) {
            files.add("/sys/devices/system/node/node" + node.id() + "/hugepages/hugepages-2048kB/nr_hugepages");
        }
        // At its start the kernel spreads them evenly over the nodes.
        return Remedy.of(new Change.Write(files, String.join(" ", files), Long.toString(share)),
                Remedy.keepSysctl("vm.nr_hugepages", Long.toString(share * host.topology().nodes().size())));
    }

    private static Finding chosen(final Host host, final String file, final List<String> good, final String best) {
        final String wanted = String.join(" or ", good);
        return host.on(FOLDER + file, wanted, text -> {
            final Matcher matcher = CHOSEN.matcher(text);
            if (!matcher.find()) {
                return Finding.unknown(FOLDER + file + " has no choice in brackets but '" + text + "'", wanted);
            }
            return good.contains(matcher.group(1)) ? Finding.ok(matcher.group(1), wanted)
                    : Finding.advice(matcher.group(1), wanted,
                            Remedy.sysfs(Change.Write.to(FOLDER + file, best), "thp-" + file.replace('_', '-')));
        });
    }
}
