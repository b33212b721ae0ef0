// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import io.kaelix.platform.LibNuma;
import io.kaelix.platform.topology.NumaTopology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A machine that is rebuilt in a folder: its files, what the library finds on it, and the programs that were run. */
public final class MachineFolder {

    private static final PlatformFacts.Binding BOUND = new PlatformFacts.Binding(true, true, "got normal pages on node 0");
    private static final LibNuma.Testimony AGREED = new LibNuma.Testimony(LibNuma.Verdict.AGREES, "the same");
    private static final String MIB = "1048576";

    private final Path root;
    private final Map<String, String> variables = new HashMap<>();
    private final Map<String, String> properties = new HashMap<>(Map.of("user.home", "/home/user", "java.io.tmpdir", "/tmp"));
    private final List<List<String>> programs = new ArrayList<>();
    private PlatformFacts platform = new PlatformFacts("", "ffm", "avx2", "", BOUND, "", AGREED);
    private JvmFacts jvm = new JvmFacts("Vendor 25", "Copy", 4, 1L << 30, 20);
    private Host.Space shm = new Host.Space(8L << 30, 8L << 30);
    private Runnable whilePaused = () -> { };
    private String refusal = "";

    /** Of which nothing can be read yet. */
    public MachineFolder(final Path root) {
        this.root = root;
    }

    /** Four cores, one node, everything as wanted. */
    public static MachineFolder tuned(final Path root) {
        final MachineFolder machine = new MachineFolder(root);
        for (int cpu = 0; cpu < 4; cpu++) {
            machine.file("/sys/devices/system/cpu/cpu" + cpu + "/cpufreq/scaling_governor", "performance")
                    .file("/sys/devices/system/cpu/cpu" + cpu + "/topology/physical_package_id", "0")
                    .file("/sys/devices/system/cpu/cpu" + cpu + "/topology/core_cpus_list", "" + cpu)
                    .idleState(cpu, 0, "POLL", 0, 0).idleState(cpu, 1, "C1", 2, 0).idleState(cpu, 2, "C6", 133, 1);
        }
        return machine.file("/sys/devices/system/cpu/online", "0-3").file("/sys/devices/system/cpu/present", "0-3")
                .file("/sys/devices/system/cpu/isolated", "2-3").file("/sys/devices/system/cpu/nohz_full", "2-3")
                .file("/sys/devices/system/cpu/intel_pstate/no_turbo", "0")
                .node(0, "0-3", 2048, 2048).file("/sys/devices/system/node/online", "0")
                .file("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never")
                .file("/sys/kernel/mm/transparent_hugepage/defrag", "always defer defer+madvise [madvise] never")
                .file("/sys/kernel/mm/transparent_hugepage/shmem_enabled", "always within_size [advise] never deny force")
                .file("/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc")
                .file("/sys/devices/system/clocksource/clocksource0/available_clocksource", "tsc hpet acpi_pm")
                .file("/proc/sys/kernel/numa_balancing", "0").file("/proc/sys/vm/zone_reclaim_mode", "0")
                .file("/proc/sys/vm/nr_hugepages", "2048").file("/proc/sys/vm/swappiness", "60")
                .file("/proc/sys/kernel/osrelease", "6.8.0-40-generic")
                .file("/proc/sys/kernel/perf_event_paranoid", "1").file("/proc/sys/kernel/kptr_restrict", "0")
                .file("/proc/sys/fs/inotify/max_user_watches", "65536").file("/proc/sys/fs/inotify/max_user_instances", "128")
                .file("/proc/sys/net/core/rmem_max", "4194304").file("/proc/sys/net/core/rmem_default", "212992")
                .file("/proc/sys/net/core/wmem_max", "4194304").file("/proc/sys/net/core/wmem_default", "212992")
                .file("/proc/sys/net/core/busy_poll", "0").file("/proc/sys/net/core/busy_read", "0")
                .file("/sys/class/net/lo/mtu", "65536").file("/sys/class/net/eth0/mtu", "1500").file("/sys/class/net/eth0/operstate", "up")
                .file("/proc/swaps", "Filename Type Size Used Priority").file("/proc/meminfo", "MemTotal:       33554432 kB")
                .file("/proc/stat", "cpu  100 0 100 1000 0 0 0 5 0 0").file("/proc/self/cgroup", "0::/")
                .file("/proc/self/mountinfo", """
                        1 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
                        2 1 0:1 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw
                        3 1 0:2 / /dev/shm rw,nosuid,nodev - tmpfs tmpfs rw
                        """)
                .file("/etc/os-release", "NAME=\"Debian GNU/Linux\"\nID=debian").file("/usr/bin/sudo", "")
                .file("/dev/shm/kaelix", "").status("0", "000001ffffffffff").shell(4711, "8388608", "8388608", "4096", "99");
    }

    /** A laptop as it comes: its user is nobody special, its clock follows the load, and it swaps. */
    public static MachineFolder laptop(final Path root) {
        final MachineFolder machine = tuned(root);
        for (int cpu = 0; cpu < 4; cpu++) {
            machine.file("/sys/devices/system/cpu/cpu" + cpu + "/cpufreq/scaling_governor", cpu == 3 ? "performance" : "powersave")
                    .idleState(cpu, 2, "C6", 133, 0).idleState(cpu, 3, "C10", 890, 0);
        }
        return machine.file("/sys/devices/system/cpu/isolated", "").file("/sys/devices/system/cpu/nohz_full", "(null)")
                .file("/sys/devices/system/cpu/intel_pstate/no_turbo", "1")
                .node(0, "0-3", 0, 0).file("/proc/sys/vm/nr_hugepages", "0").file("/proc/meminfo", "MemTotal:       8388608 kB")
                .file("/sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]")
                .file("/sys/kernel/mm/transparent_hugepage/defrag", "[always] defer defer+madvise madvise never")
                .file("/sys/kernel/mm/transparent_hugepage/shmem_enabled", "always within_size advise never [deny] force")
                .file("/sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet")
                .file("/proc/sys/vm/zone_reclaim_mode", "1").file("/proc/sys/kernel/perf_event_paranoid", "4")
                .file("/proc/sys/kernel/kptr_restrict", "1").file("/proc/sys/fs/inotify/max_user_watches", "1024")
                .file("/proc/sys/net/core/rmem_max", "212992").file("/proc/sys/net/core/wmem_max", "212992")
                .file("/proc/swaps", "Filename Type Size Used Priority\n/dev/sda2 partition 1 0 -2").status("1000", "0000000000000000")
                .shell(4711, "65536", "65536", "1024", "0").shm(64L << 20, 32L << 20)
                .platform("ffm", "", BOUND, "asked for scheduling FIFO 1: the system refused (EPERM)");
    }

    /** A container with half a CPU, 512 MiB and a seccomp filter, in a cgroup of either version. */
    public static MachineFolder container(final Path root, final boolean legacy) {
        final MachineFolder machine = tuned(root).platform("ffm", "",
                new PlatformFacts.Binding(false, true, "got normal pages on node 0; not bound to node 0 (EPERM)"), "refused (EPERM)");
        if (legacy) {
            machine.file("/proc/self/cgroup", "5:memory:/docker/7\n4:cpu,cpuacct:/docker/7\n0::/docker/7")
                    .file("/proc/self/mountinfo", """
                            1 1 8:1 / / rw,relatime - overlay overlay rw
                            2 1 0:1 /docker/7 /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct
                            3 1 0:2 /docker/7 /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
                            4 1 0:3 / /dev/shm rw,nosuid,nodev,noexec - tmpfs shm rw
                            """)
                    .file("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000").file("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000")
                    .file("/sys/fs/cgroup/memory/memory.limit_in_bytes", "536870912");
        } else {
            machine.file("/sys/fs/cgroup/cpu.max", "50000 100000").file("/sys/fs/cgroup/memory.max", "536870912");
        }
        return machine.status("0", "00000000a80425fb").jvm(4).file("/proc/self/limits", limits("65536", "65536", "1048576", "0"))
                .file("/proc/self/status", status("0", "00000000a80425fb", 1) + "Seccomp:\t2\n");
    }

    /** Two nodes, of which one has no hugepages, and the kernel moves pages between them. */
    public static MachineFolder ofTwoNodes(final Path root) {
        return tuned(root).node(0, "0-1", 1024, 7).node(1, "2-3", 0, 0).file("/sys/devices/system/node/online", "0-1")
                .file("/proc/sys/kernel/numa_balancing", "1");
    }

    public MachineFolder file(final String file, final String text) {
        try {
            final Path path = root.resolve(file.substring(1));
            Files.createDirectories(path.getParent());
            Files.writeString(path, text + '\n');
            return this;
        } catch (final IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private MachineFolder idleState(final int cpu, final int state, final String name, final int latency, final int disabled) {
        final String folder = "/sys/devices/system/cpu/cpu" + cpu + "/cpuidle/state" + state;
        return file(folder + "/name", name).file(folder + "/latency", "" + latency).file(folder + "/disable", "" + disabled);
    }

    private MachineFolder node(final int node, final String cpus, final int reserved, final int free) {
        final String folder = "/sys/devices/system/node/node" + node;
        return file(folder + "/cpulist", cpus).file(folder + "/meminfo", "Node " + node + " MemTotal: 16777216 kB\nNode " + node
                + " MemFree: "
                + MIB + " kB").file(folder + "/distance", node == 0 ? "10 21" : "21 10")
                .file(folder + "/hugepages/hugepages-2048kB/nr_hugepages", "" + reserved)
                .file(folder + "/hugepages/hugepages-2048kB/free_hugepages", "" + free);
    }

    MachineFolder status(final String user, final String capabilities) {
        return file("/proc/self/status", status(user, capabilities, 4711));
    }

    private static String status(final String user, final String capabilities, final int parent) {
        return "PPid:\t" + parent + "\nUid:\t" + (user + "\t").repeat(4).strip() + "\nCapEff:\t" + capabilities
                + "\nCpus_allowed_list:\t0-3\nMems_allowed_list:\t0-1\n";
    }

    private MachineFolder shell(final int process, final String soft, final String hard, final String files, final String realTime) {
        return file("/proc/" + process + "/comm", "bash").file("/proc/" + process + "/limits", limits(soft, hard, files, realTime));
    }

    static String limits(final String soft, final String hard, final String files, final String realTime) {
        return "Limit                     Soft Limit           Hard Limit           Units\n"
                + "Max open files            1024                 " + files + "                 files\n"
                + "Max locked memory         " + soft + "              " + hard + "              bytes\n"
                + "Max realtime priority     " + realTime + "                    " + realTime + "\n";
    }

    MachineFolder shm(final long total, final long free) {
        shm = new Host.Space(total, free);
        return this;
    }

    MachineFolder platform(final String name, final String missed, final PlatformFacts.Binding binding, final String realTime) {
        platform = new PlatformFacts("", name, name.equals("portable") ? "java" : "avx2", missed, binding, realTime, AGREED);
        return this;
    }

    /** Most of what the library needs is missing. */
    MachineFolder unusableLibrary() {
        return platform("portable", "libkaelix cannot be loaded", new PlatformFacts.Binding(false, false, "not bound"), "refused")
                .file("/proc/self/mountinfo", "1 1 8:1 / / rw,noexec - ext4 /dev/sda1 rw").file("/proc/sys/kernel/osrelease", "4.18.0").jvm(64)
                .file("/sys/devices/system/clocksource/clocksource0/available_clocksource", "hpet");
    }

    MachineFolder unusable(final String why) {
        platform = PlatformFacts.unusable(why);
        return this;
    }

    MachineFolder libnuma(final LibNuma.Verdict verdict, final String text) {
        platform = new PlatformFacts("", "ffm", "avx2", "", BOUND, "", new LibNuma.Testimony(verdict, text));
        return this;
    }

    MachineFolder jvm(final int processors) {
        jvm = new JvmFacts("Vendor 25", "Copy", processors, 1L << 30, 20);
        return this;
    }

    MachineFolder variable(final String name, final String value) {
        variables.put(name, value);
        return this;
    }

    MachineFolder property(final String name, final String value) {
        properties.put(name, value);
        return this;
    }

    MachineFolder whilePaused(final Runnable happens) {
        whilePaused = happens;
        return this;
    }

    /** Programs fail from now on, and say so. */
    public MachineFolder refusing(final String said) {
        refusal = said;
        return this;
    }

    /** Programs that were run. */
    public List<List<String>> programs() {
        return programs;
    }

    /** Overwrites all that is there. */
    void fillWith(final String text) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (final Path file : all.filter(Files::isRegularFile).toList()) {
                Files.writeString(file, text);
            }
        }
    }

    /** As it is now. */
    public Host host() {
        return host(4L << 30);
    }

    /** The same for a streamer of so much memory. */
    public Host host(final long memory) {
        return new Host(new MachineFiles(root), NumaTopology.read(root), platform, jvm, new Host.Surroundings(properties::get,
                variables::get,
                folder -> shm, millis -> whilePaused.run(), words -> {
                    if (!refusal.isEmpty()) {
                        throw new IOException(refusal);
                    }
                    programs.add(words);
                }), memory);
    }
}
