// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import io.kaelix.cli.report.Units;
import io.kaelix.platform.topology.NumaTopology;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** What the kernel grants this process: CPUs and their time, and the limits of a user. */
final class LimitChecks {

    private static final String LIMITS = "/proc/self/limits";
    private static final int CAP_SYS_NICE = 23;

    /** The kernel's own default since 5.16. */
    private static final long LOCKED_BYTES = 8L << 20;
    private static final long OPEN_FILES = 4096;
    private static final long REAL_TIME = 1;

    private LimitChecks() {
    }

    static List<Check> all() {
        return List.of(
                new Check("limits.cpus", "a writer and a reader that spin need a CPU each: on one, each waits for the other to be preempted, some"
                        + " milliseconds", "man sched_setaffinity(2), cpuset(7)", LimitChecks::cpus),
                new Check("limits.quota", "all threads share the time of a period, mostly 100 ms: two that spin use up a quota of one CPU in 50 ms, and"
                        + " stand still for the other 50", "kernel doc scheduler/sched-bwc", LimitChecks::quota),
                new Check("limits.memlock", "the library locks no memory, but perf and async-profiler map buffers that count: with less they take fewer"
                        + " samples or refuse", "man getrlimit(2), perf_event_open(2)", LimitChecks::lockedMemory),
                new Check("limits.real-time", "a thread cannot ask to run before all normal ones (Affinity.realTime), and is preempted by them",
                        "man sched(7), getrlimit(2)", LimitChecks::realTime),
                new Check("limits.files", "each connection, mapped file and watched folder takes a descriptor; beyond the limit, accept and open fail",
                        "man getrlimit(2)", LimitChecks::openFiles),
                new Check("limits.watches", "a configuration file is watched by inotify: without a watch or an instance left, it is not reloaded",
                        "man inotify(7)", LimitChecks::watches));
    }

    private static Finding cpus(final Host host) {
        final String wanted = "2 CPUs or more";
        final List<NumaTopology.Cpu> usable = host.topology().usableCpus();
        final long online = host.topology().cpus().stream().filter(NumaTopology.Cpu::online).count();
        if (host.topology().unknowns().stream().anyMatch(unknown -> unknown.startsWith("allowed CPUs:"))) {
            return Finding.unknown("/proc/self/status does not tell which CPUs the process may use", wanted);
        }
        final String found = usable.size() + " of " + online + " that are online";
        return usable.size() >= 2 ? Finding.ok(found, wanted)
                : Finding.advice(found, wanted, online < 2 ? Remedy.byHand("give the machine another CPU", "")
                        : Remedy.byHand("docker update --cpuset-cpus=0-" + (online - 1) + " CONTAINER", ""));
    }

    private static Finding quota(final Host host) {
        final String wanted = "none";
        final NumaTopology.Limits limits = host.topology().limits();
        if (limits.quotaSource().equals("unknown")) {
            return Finding.unknown("/proc/self/cgroup cannot be read", wanted);
        }
        if (!limits.hasQuota()) {
            return Finding.ok("none", wanted);
        }
        final String file = limits.quotaSource();
        return Finding.advice(String.format(Locale.ROOT, "%.2f CPUs of time, by %s", limits.cpuQuota(), file), wanted,
                Remedy.of(Change.Write.to(file, file.endsWith("/cpu.max") ? "max" : "-1"),
                        "start the container without --cpus, the pod without limits.cpu, the service without CPUQuota="));
    }

    /** Soft limit of a kind, by its name in the file; endless if it is unlimited, empty if it cannot be read. */
    private static OptionalLong limit(final Host host, final String file, final String name) {
        final String told = host.files().value(file, name);
        if (told.startsWith("unlimited")) {
            return OptionalLong.of(Long.MAX_VALUE);
        }
        return MachineFiles.parse(told.split("\\s+")[0]);
    }

    private static Finding limited(final Host host, final String name, final long least, final String wanted, final String unit,
            final Remedy remedy) {
        final OptionalLong found = limit(host, LIMITS, name);
        if (found.isEmpty()) {
            return Finding.unknown(LIMITS + " has no '" + name + "' that can be read", wanted);
        }
        final String text = shown(found.getAsLong(), unit);
        return found.getAsLong() >= least ? Finding.ok(text, wanted) : Finding.advice(text, wanted, remedy);
    }

    private static String shown(final long value, final String unit) {
        return value == Long.MAX_VALUE ? "unlimited" : unit.isEmpty() ? Units.bytes(value) : Units.grouped(value) + unit;
    }

    /** Of the shell that started this: what it starts next has it too. */
    private static Remedy raise(final Host host, final String option, final String value, final String name, final String item, final String unit) {
        final String file = "/proc/" + host.shell() + "/limits";
        return Remedy.of(new Change.Run(List.of("prlimit", "--pid", Long.toString(host.shell()), "--" + option + "=" + value + ":" + value),
                changed -> limit(changed, file, name).isEmpty() ? file + " cannot be read"
                        : shown(limit(changed, file, name).getAsLong(), unit) + " for what that shell starts from now on"),
                "echo '* - " + item + " " + value + "' | sudo tee /etc/security/limits.d/90-kaelix-" + item + ".conf");
    }

    private static Finding lockedMemory(final Host host) {
        final String name = "Max locked memory";
        return limited(host, name, LOCKED_BYTES, Units.bytes(LOCKED_BYTES) + " or more", "",
                raise(host, "memlock", "unlimited", name, "memlock", ""));
    }

    private static Finding openFiles(final Host host) {
        final String name = "Max open files";
        return limited(host, name, OPEN_FILES, Units.grouped(OPEN_FILES) + " or more", " files",
                raise(host, "nofile", "65536", name, "nofile", " files"));
    }

    private static Finding realTime(final Host host) {
        final String wanted = "CAP_SYS_NICE, or a limit of " + REAL_TIME + " or more";
        final PlatformFacts platform = host.platform();
        if (platform.refusal().isEmpty() && platform.realTime().isEmpty()) {
            return Finding.ok("granted to a thread that asked", wanted);
        }
        if (host.isCapable(CAP_SYS_NICE)) {
            return Finding.ok("CAP_SYS_NICE" + (platform.realTime().isEmpty() ? "" : ", but: " + platform.realTime()), wanted);
        }
        final String name = "Max realtime priority";
        return limited(host, name, REAL_TIME, wanted, " at the most", raise(host, "rtprio", "99", name, "rtprio", " at the most"));
    }

    private static Finding watches(final Host host) {
        final String wanted = "8,192 watches and 128 instances, or more";
        final String folder = "/proc/sys/fs/inotify/";
        return host.onNumber(folder + "max_user_watches", wanted, watches -> host.onNumber(folder + "max_user_instances", wanted, instances -> {
            final String found = Units.grouped(watches) + " watches, " + Units.grouped(instances) + " instances";
            if (watches < 8192) {
                return Finding.advice(found, wanted, Remedy.sysctl("fs.inotify.max_user_watches", "65536"));
            }
            return instances >= 128 ? Finding.ok(found, wanted)
                    : Finding.advice(found, wanted, Remedy.sysctl("fs.inotify.max_user_instances", "512"));
        }));
    }
}
