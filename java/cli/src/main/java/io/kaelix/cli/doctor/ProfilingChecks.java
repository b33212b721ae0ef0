// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import java.util.List;

/** What profilers may see. */
final class ProfilingChecks {

    private static final int CAP_SYS_ADMIN = 21;
    private static final int CAP_PERFMON = 38;
    private static final String FOLDER = "/proc/sys/kernel/";

    private ProfilingChecks() {
    }

    static List<Check> all() {
        return List.of(
                new Check("profiling.perf",
                        "costs a running process nothing; above 1, perf and async-profiler show no time in the kernel, above 2 they are"
                                + " refused to users",
                        "kernel doc admin-guide/perf-security", ProfilingChecks::perf),
                new Check("profiling.symbols",
                        "costs a running process nothing; time in the kernel is shown without names of functions",
                        "kernel doc admin-guide/sysctl/kernel", ProfilingChecks::symbols));
    }

    private static Finding perf(final Host host) {
        final String wanted = "1 or less, or CAP_PERFMON";
        return host.onNumber(FOLDER + "perf_event_paranoid", wanted, level -> {
            final boolean capable = host.isCapable(CAP_PERFMON) || host.isCapable(CAP_SYS_ADMIN);
            return level <= 1 || capable ? Finding.ok("perf_event_paranoid " + level + (level > 1 ? ", CAP_PERFMON" : ""), wanted)
                    : Finding.advice("perf_event_paranoid " + level, wanted, Remedy.sysctl("kernel.perf_event_paranoid", "1"));
        });
    }

    private static Finding symbols(final Host host) {
        return host.onNumber(FOLDER + "kptr_restrict", "0", level -> level == 0 ? Finding.ok("kptr_restrict 0", "0")
                : Finding.advice("kptr_restrict " + level, "0", Remedy.sysctl("kernel.kptr_restrict", "0")));
    }
}
