// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import io.kaelix.cli.report.Units;
import java.util.List;
import java.util.OptionalLong;

/** What the kernel does with memory after it was given, and how much there is. */
final class MemoryChecks {

    private static final String SWAPPINESS = "/proc/sys/vm/swappiness";
    private static final long RELUCTANT = 10;

    private MemoryChecks() {
    }

    static List<Check> all() {
        return List.of(
                new Check("memory.numa-balancing",
                        "the kernel takes pages away to see who uses them: each comes back by a page fault of a hot thread, perhaps on"
                                + " another node",
                        "kernel doc admin-guide/sysctl/kernel", MemoryChecks::numaBalancing),
                new Check("memory.zone-reclaim",
                        "a node that is full is scanned for pages to drop before another node is asked: an allocation takes milliseconds",
                        "kernel doc admin-guide/sysctl/vm", MemoryChecks::zoneReclaim),
                new Check("memory.swap",
                        "a page of a lane or of the heap that was swapped out comes back from a disk: 100 us and more, where memory"
                                + " takes 0.1 us",
                        "kernel doc admin-guide/sysctl/vm, man swapoff(8)", MemoryChecks::swap),
                new Check("memory.limit",
                        "native memory and the Java heap count together; what a cgroup does not grant is refused, or its processes are"
                                + " killed",
                        "kernel doc admin-guide/cgroup-v2", MemoryChecks::limit));
    }

    private static Finding numaBalancing(final Host host) {
        final boolean several = host.topology().nodes().size() > 1;
        final String wanted = several ? "0" : "any, with one node";
        return host.onNumber("/proc/sys/kernel/numa_balancing", wanted, value -> value == 0 || !several
                ? Finding.ok(Long.toString(value), wanted)
                : Finding.advice(Long.toString(value), wanted, Remedy.sysctl("kernel.numa_balancing", "0")));
    }

    private static Finding zoneReclaim(final Host host) {
        return host.onNumber("/proc/sys/vm/zone_reclaim_mode", "0", value -> value == 0 ? Finding.ok("0", "0")
                : Finding.advice(Long.toString(value), "0", Remedy.sysctl("vm.zone_reclaim_mode", "0")));
    }

    private static Finding swap(final Host host) {
        final String wanted = "off, or swappiness " + RELUCTANT + " at the most";
        final MachineFiles.Reading swaps = host.files().read("/proc/swaps");
        if (!swaps.known()) {
            return Finding.unknown(swaps.failure(), wanted);
        }
        final long areas = swaps.text().lines().skip(1).count();
        if (areas == 0) {
            return Finding.ok("off", wanted);
        }
        return host.onNumber(SWAPPINESS, wanted, value -> {
            final String found = "on, " + CpuChecks.counted(areas, "area") + ", swappiness " + value;
            return value <= RELUCTANT ? Finding.ok(found, wanted) : Finding.advice(found, wanted, Remedy.sysctl("vm.swappiness", "1"));
        });
    }

    private static Finding limit(final Host host) {
        final String wanted = "more than the memory limit of a streamer, " + Units.bytes(host.memory());
        final OptionalLong installed = installed(host);
        if (installed.isEmpty()) {
            return Finding.unknown("/proc/meminfo has no MemTotal that can be read", wanted);
        }
        final MemoryLimit limit = MemoryLimit.of(host.files());
        final String found = Units.bytes(installed.getAsLong()) + " installed, " + (limit.source().isEmpty() ? "no limit of a cgroup"
                : Units.bytes(limit.bytes()) + " granted by " + limit.source());
        final long granted = Math.min(installed.getAsLong(), limit.bytes());
        if (granted > host.memory()) {
            return Finding.ok(found, wanted);
        }
        return Finding.advice(found, wanted, Remedy.inWords("give the streamer a memory limit of " + Units.bytes(granted / 2)
                + " or less, or the machine or container more memory"));
    }

    /** Bytes of the machine. */
    static OptionalLong installed(final Host host) {
        final String told = host.files().value("/proc/meminfo", "MemTotal:");
        final OptionalLong kib = MachineFiles.parse(told.endsWith(" kB") ? told.substring(0, told.length() - 3) : told);
        return kib.isPresent() ? OptionalLong.of(kib.getAsLong() << 10) : kib;
    }
}
