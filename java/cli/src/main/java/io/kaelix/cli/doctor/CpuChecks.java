// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import io.kaelix.CpuSet;
import io.kaelix.platform.topology.NumaTopology;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Clock, sleep and neighbours of the CPUs. */
final class CpuChecks {

    private static final String CPUS = "/sys/devices/system/cpu";
    private static final Pattern CPU = Pattern.compile("cpu\\d+");
    private static final Pattern STATE = Pattern.compile("state\\d");
    private static final String GOVERNOR = "/cpufreq/scaling_governor";
    private static final String PERFORMANCE = "performance";

    /** The default target latency of the scheduler, in microseconds. */
    private static final long WAKE_UP = 10;

    /** On fewer, nothing is left for the rest of the machine. */
    private static final int CORES_TO_ISOLATE = 4;

    private CpuChecks() {
    }

    static List<Check> all() {
        return List.of(
                new Check("cpu.governor",
                        "other governors follow the load: a thread that wakes up finds its core at a low clock, and waits for it to rise",
                        "kernel doc admin-guide/pm/cpufreq", CpuChecks::governor),
                new Check("cpu.turbo",
                        "without turbo a core runs at its nominal clock, whatever power the others leave",
                        "kernel doc admin-guide/pm/intel_pstate, admin-guide/pm/cpufreq", CpuChecks::turbo),
                new Check("cpu.idle",
                        "a core that sleeps deeply takes that long to wake up, and a parked worker with it",
                        "kernel doc admin-guide/pm/cpuidle", CpuChecks::idle),
                new Check("cpu.isolated",
                        "elsewhere the timer interrupts a spinning thread 250 to 1000 times a second, and other processes take its core",
                        "kernel doc admin-guide/kernel-parameters, timers/no_hz", CpuChecks::isolated),
                new Check("cpu.smt",
                        "two hardware threads of a core share its units and its first two caches: a spinning neighbour takes a part of"
                                + " both",
                        "kernel doc admin-guide/cputopology", CpuChecks::smt));
    }

    private static List<String> withFile(final Host host, final String file) {
        return host.files().names(CPUS, CPU).stream().map(cpu -> CPUS + '/' + cpu + file).filter(host.files()::exists).toList();
    }

    private static Finding governor(final Host host) {
        final String wanted = PERFORMANCE + " on all CPUs";
        final List<String> files = withFile(host, GOVERNOR);
        if (files.isEmpty()) {
            return Finding.unknown("no CPU has a governor that can be read: of a virtual machine its host decides", wanted);
        }
        final String found = files.stream().map(file -> host.files().read(file).text())
                .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting())).entrySet().stream()
                .map(entry -> entry.getKey() + " on " + counted(entry.getValue(), "CPU")).collect(Collectors.joining(", "));
        if (files.stream().allMatch(file -> host.files().read(file).text().equals(PERFORMANCE))) {
            return Finding.ok(found, wanted);
        }
        return Finding.advice(found, wanted, Remedy.sysfs(new Change.Write(files, CPUS + "/cpu*" + GOVERNOR, PERFORMANCE), "governor"));
    }

    private static Finding turbo(final Host host) {
        final String intel = CPUS + "/intel_pstate/no_turbo";
        final String other = CPUS + "/cpufreq/boost";
        final boolean reversed = host.files().exists(intel);
        final String file = reversed ? intel : other;
        final String wanted = "on";
        if (!host.files().exists(file)) {
            return Finding.unknown("neither " + intel + " nor " + other + " is there", wanted);
        }
        return host.onNumber(file, wanted, value -> (value == 0) == reversed ? Finding.ok("on", wanted)
                : Finding.advice("off", wanted, Remedy.sysfs(Change.Write.to(file, reversed ? "0" : "1"), "turbo")));
    }

    private static Finding idle(final Host host) {
        final String wanted = "no state that takes longer than " + WAKE_UP + " us to leave";
        final SortedSet<Integer> tooDeep = new TreeSet<>();
        String deepest = "";
        long longest = -1;
        for (final String cpu : host.files().names(CPUS, CPU)) {
            final String folder = CPUS + '/' + cpu + "/cpuidle";
            for (final String state : host.files().names(folder, STATE)) {
                final long latency = host.files().number(folder + '/' + state + "/latency").orElse(-1);
                if (latency >= 0 && host.files().number(folder + '/' + state + "/disable").orElse(0) == 0) {
                    if (latency > longest) {
                        longest = latency;
                        deepest = host.files().read(folder + '/' + state + "/name").text();
                    }
                    if (latency > WAKE_UP) {
                        tooDeep.add(state.charAt(state.length() - 1) - '0');
                    }
                }
            }
        }
        if (longest < 0) {
            return Finding.unknown("no CPU tells of idle states: of a virtual machine its host decides", wanted);
        }
        final String found = "deepest in use is " + deepest + ", which takes " + longest + " us to leave";
        return tooDeep.isEmpty() ? Finding.ok(found, wanted)
                : Finding.advice(found, wanted, Remedy.sysfs(disable(host, tooDeep), "idle"));
    }

    private static Change.Write disable(final Host host, final SortedSet<Integer> states) {
        final List<String> files = new ArrayList<>();
        for (final int state : states) {
            files.addAll(withFile(host, "/cpuidle/state" + state + "/disable"));
        }
        final String digits = states.stream().map(String::valueOf).collect(Collectors.joining());
        return new Change.Write(files, CPUS + "/cpu*/cpuidle/state" + (states.size() == 1 ? digits : "[" + digits + "]") + "/disable", "1");
    }

    private static Finding isolated(final Host host) {
        final List<NumaTopology.Cpu> cpus = host.topology().cpus().stream().filter(NumaTopology.Cpu::online).toList();
        final List<Integer> cores = cpus.stream().map(NumaTopology.Cpu::core).distinct().sorted().toList();
        final boolean few = cores.size() < CORES_TO_ISOLATE;
        final String wanted = few ? "none, of " + counted(cores.size(), "core") : "CPUs for threads that spin";
        final MachineFiles.Reading read = host.files().read(CPUS + "/isolated");
        if (!read.known()) {
            return Finding.unknown(read.failure(), wanted);
        }
        final String ticking = host.files().read(CPUS + "/nohz_full").text();
        final String tickless = ticking.isEmpty() || ticking.equals("(null)") ? "none" : ticking;
        final String found = "isolated: " + (read.text().isEmpty() ? "none" : read.text()) + ", without a timer: " + tickless;
        if (few || !read.text().isEmpty()) {
            return Finding.ok(found, wanted);
        }
        // The first half is for interrupts, the kernel and the rest of the machine.
        final List<Integer> spinning = cores.subList(cores.size() / 2, cores.size());
        final String list = CpuSet.of(cpus.stream().filter(cpu -> spinning.contains(cpu.core())).mapToInt(NumaTopology.Cpu::id).toArray())
                .toString();
        return Finding.advice(found, wanted, Distribution.of(host.files()).bootParameters("isolcpus=domain,managed_irq," + list
                + " nohz_full=" + list + " rcu_nocbs=" + list));
    }

    private static Finding smt(final Host host) {
        final String wanted = "at least a core for each worker";
        final List<NumaTopology.Cpu> cpus = host.topology().usableCpus();
        final long cores = cpus.stream().map(NumaTopology.Cpu::core).distinct().count();
        if (host.topology().unknowns().stream().anyMatch(unknown -> unknown.startsWith("cores:"))) {
            return Finding.unknown("which CPUs share a core cannot be read", wanted);
        }
        return cores == cpus.size() ? Finding.ok("none: each of " + counted(cores, "usable core") + " has one usable CPU", wanted)
                : Finding.ok(cpus.size() + " CPUs on " + counted(cores, "core") + "; plans take whole cores first", wanted);
    }

    static String counted(final long count, final String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
