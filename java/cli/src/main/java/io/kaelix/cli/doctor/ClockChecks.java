// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Time: what a look at the clock costs, and whether it is ours. */
final class ClockChecks {

    private static final String FOLDER = "/sys/devices/system/clocksource/clocksource0/";
    private static final String TSC = "tsc";

    /** Those that are read without a system call: the CPU's own counter, with or without a page of the hypervisor. */
    private static final Set<String> IN_USER_SPACE = Set.of(TSC, "kvm-clock", "hyperv_clocksource_tsc_page", "arch_sys_counter", "timebase",
            "riscv_clocksource");

    private static final int SAMPLE_MILLIS = 200;
    private static final int STEAL = 7;
    private static final int GUEST = 8;
    private static final double TOLERATED = 0.01;

    private ClockChecks() {
    }

    static List<Check> all() {
        return List.of(
                new Check("clock.source",
                        "each timestamp and each look at a deadline reads the clock: by the CPU's counter that takes some 25 ns, by hpet"
                                + " or acpi_pm a system call and 1 us or more",
                        "man vdso(7), clock_gettime(2)", ClockChecks::source),
                new Check("clock.steal",
                        "the hypervisor ran something else on our CPUs: for that long, mostly milliseconds at a time, no thread of ours"
                                + " ran there",
                        "man proc_stat(5)", ClockChecks::steal));
    }

    private static Finding source(final Host host) {
        final String wanted = "tsc, or another that is read without a system call";
        return host.on(FOLDER + "current_clocksource", wanted, current -> {
            final String found = String.format(Locale.ROOT, "%s, System.nanoTime takes %.0f ns", current, host.jvm().nanoTimeCost());
            if (IN_USER_SPACE.contains(current)) {
                return Finding.ok(found, wanted);
            }
            final List<String> offered = List.of(host.files().read(FOLDER + "available_clocksource").text().split("\\s+"));
            return offered.contains(TSC)
                    ? Finding.advice(found, wanted, Remedy.sysfs(Change.Write.to(FOLDER + "current_clocksource", TSC),
                            "clocksource"))
                    : Finding.advice(found + "; the kernel does not offer tsc", wanted,
                            Remedy.byHand("sudo dmesg | grep -i -e tsc -e clocksource",
                                    "the kernel says there why it gave tsc up"));
        });
    }

    private static Finding steal(final Host host) {
        final String wanted = "less than 1%";
        final long[] before = times(host);
        host.around().pause().accept(SAMPLE_MILLIS);
        final long[] after = times(host);
        if (before.length <= STEAL || after.length <= STEAL) {
            return Finding.unknown("/proc/stat has no line of all CPUs with the time that was stolen", wanted);
        }
        final long stolen = after[STEAL] - before[STEAL];
        final long all = sum(after) - sum(before);
        final double share = all <= 0 ? 0 : (double) stolen / all;
        final long since = sum(after);
        final String found = String.format(Locale.ROOT, "%.1f%% in %d ms, %.2f%% since the start", 100 * share, SAMPLE_MILLIS,
                since <= 0 ? 0.0 : 100.0 * after[STEAL] / since);
        return share < TOLERATED ? Finding.ok(found, wanted)
                : Finding.advice(found, wanted,
                        Remedy.inWords("ask the operator of the host for CPUs of your own, or move to another host"));
    }

    /** What guests took is in the times before it already. */
    private static long sum(final long[] times) {
        return Arrays.stream(times, 0, Math.min(GUEST, times.length)).sum();
    }

    private static long[] times(final Host host) {
        final String line = host.files().value("/proc/stat", "cpu ");
        try {
            return line.isEmpty() ? new long[0] : Arrays.stream(line.split("\\s+")).mapToLong(Long::parseLong).toArray();
        } catch (final NumberFormatException strange) {
            return new long[0];
        }
    }
}
