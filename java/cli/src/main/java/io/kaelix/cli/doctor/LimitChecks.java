// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import io.kaelix.cli.report.Units;
import io.kaelix.platform.topology.NumaTopology;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** What the kernel grants this process: CPUs and their time, and the limits of a user. */
final class LimitChecks {

    private static final String OWN = "/proc/self/limits";

    /** The first process, whose limits are not those of what it starts. */
    private static final long INIT = 1;
    private static final int CAP_SYS_NICE = 23;

    /** The kernel's own default since 5.16. */
    private static final long LOCKED_BYTES = 8L << 20;
    private static final long OPEN_FILES = 4096;
    private static final long REAL_TIME = 1;

    private LimitChecks() {
    }

    static List<Check> all() {
        return List.of(
                new Check("limits.cpus",
                        "a writer and a reader that spin need a CPU each: on one, each waits for the other to be preempted, some"
                                + " milliseconds",
                        "man sched_setaffinity(2), cpuset(7)", LimitChecks::cpus),
                new Check("limits.quota",
                        "all threads share the time of a period, mostly 100 ms: two that spin use up a quota of one CPU in 50 ms, and"
                                + " stand still for the other 50",
                        "kernel doc scheduler/sched-bwc", LimitChecks::quota),
                new Check("limits.memlock",
                        "the library locks no memory, but perf and async-profiler map buffers that count: with less they take fewer"
                                + " samples or refuse",
                        "man getrlimit(2), perf_event_open(2)", LimitChecks::lockedMemory),
                new Check("limits.real-time",
                        "a thread cannot ask to run before all normal ones (Affinity.realTime), and is preempted by them",
                        "man sched(7), getrlimit(2)", LimitChecks::realTime),
                new Check("limits.files",
                        "each connection, mapped file and watched folder takes a descriptor; beyond the limit, accept and open fail",
                        "man getrlimit(2)", LimitChecks::openFiles),
                new Check("limits.watches",
                        "a configuration file is watched by inotify: without a watch or an instance left, it is not reloaded",
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
                : Finding.advice(found, wanted, online < 2 ? Remedy.inWords("give the machine another CPU")
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
                Remedy.of(Change.Write.to(file, file.endsWith("/cpu.max") ? "max" : "-1"), "").withWords(
                        "start the container without --cpus, the pod without limits.cpu, the service without CPUQuota="));
    }

    /** Of the shell that started this, if it is one: what Kaelix will be started with. */
    private static String limits(final Host host) {
        final String file = "/proc/" + host.shell() + "/limits";
        return host.shell() > INIT && host.files().exists(file) ? file : OWN;
    }

    /** A limit of a kind, by its name in the file; endless if it is unlimited, empty if it cannot be read. */
    private static OptionalLong limit(final Host host, final String name, final boolean hard) {
        final String[] told = host.files().value(limits(host), name).split("\\s+");
        final String value = told.length < 2 ? "" : told[hard ? 1 : 0];
        return value.equals("unlimited") ? OptionalLong.of(Long.MAX_VALUE) : MachineFiles.parse(value);
    }

    /**
     * A limit of a user.
     *
     * @param name in the file of limits
     * @param option of prlimit, and item of limits.conf
     * @param least that is enough
     * @param raised what the remedy makes of it
     * @param unit of what is shown; empty for bytes
     * @param hard whether the JVM raises its own soft limit to the hard one
     */
    private record Limit(String name, String option, long least, String raised, String unit, boolean hard) {

        Finding of(final Host host, final String wanted) {
            final OptionalLong found = limit(host, name, hard);
            if (found.isEmpty()) {
                return Finding.unknown(limits(host) + " has no '" + name + "' that can be read", wanted);
            }
            return found.getAsLong() >= least ? Finding.ok(shown(found.getAsLong()), wanted)
                    : Finding.advice(shown(found.getAsLong()), wanted, raise(host));
        }

        private String shown(final long value) {
            return value == Long.MAX_VALUE ? "unlimited" : unit.isEmpty() ? Units.bytes(value) : Units.grouped(value) + unit;
        }

        /** What the shell starts from now on has it. */
        private Remedy raise(final Host host) {
            if (limits(host).equals(OWN)) {
                return Remedy.byHand("docker run --ulimit " + option + "=" + raised.replace("unlimited", "-1") + " IMAGE", "Limit"
                        + option.toUpperCase(Locale.ROOT) + "=" + raised.replace("unlimited", "infinity") + " in the unit of a service");
            }
            // Up to the hard limit; beyond that it takes CAP_SYS_RESOURCE, which some containers have not even for root.
            final boolean within = limit(host, name, true).orElse(0) >= least;
            final String value = within ? least + ":" : raised + ":" + raised;
            return Remedy.of(new Change.Run(List.of("prlimit", "--pid", Long.toString(host.shell()), "--" + option + "=" + value),
                    changed -> limit(changed, name, hard).isEmpty() ? limits(changed) + " cannot be read"
                            : shown(limit(changed, name, hard).getAsLong()) + " for what that shell starts from now on"),
                    "echo '* - " + option + " " + raised + "' | sudo tee /etc/security/limits.d/90-kaelix-" + option + ".conf");
        }
    }

    private static Finding lockedMemory(final Host host) {
        return new Limit("Max locked memory", "memlock", LOCKED_BYTES, "unlimited", "", false)
                .of(host, Units.bytes(LOCKED_BYTES) + " or more");
    }

    private static Finding openFiles(final Host host) {
        return new Limit("Max open files", "nofile", OPEN_FILES, "65536", " files", true).of(host, Units.grouped(OPEN_FILES) + " or more");
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
        return new Limit("Max realtime priority", "rtprio", REAL_TIME, "99", " at the most", false).of(host, wanted);
    }

    private static Finding watches(final Host host) {
        final String wanted = "8,192 watches and 128 instances, or more";
        final String folder = "/proc/sys/fs/inotify/";
        return host.onNumber(folder + "max_user_watches", wanted, watches -> host.onNumber(folder + "max_user_instances", wanted,
                instances -> {
            final String found = Units.grouped(watches) + " watches, " + Units.grouped(instances) + " instances";
            if (watches < 8192) {
                return Finding.advice(found, wanted, Remedy.sysctl("fs.inotify.max_user_watches", "65536"));
            }
            return instances >= 128 ? Finding.ok(found, wanted)
                    : Finding.advice(found, wanted, Remedy.sysctl("fs.inotify.max_user_instances", "512"));
        }));
    }
}
