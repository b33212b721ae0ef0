// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import io.kaelix.cli.report.Units;
import io.kaelix.platform.LibNuma;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The library itself, the kernel and the JVM below it. */
final class PlatformChecks {

    private static final String BEST = "ffm";
    private static final String FORCE_PROPERTY = "kaelix.platform";
    private static final String FORCE_ISA = "KAELIX_FORCE_ISA";
    private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+).*", Pattern.DOTALL);

    private PlatformChecks() {
    }

    static List<Check> all() {
        return List.of(
                new Check("platform.native-access",
                        "without that flag nothing works: the JVM lets no module call C, nor reach native memory",
                        "JEP 472", PlatformChecks::nativeAccess),
                new Check("platform.library",
                        "the portable platform has no hugepages, no nodes, no pinning, and kernels in Java that take up to ten times as"
                                + " long",
                        "docs/troubleshooting.md", PlatformChecks::library),
                new Check("platform.isa",
                        "kernels over batches use the widest registers of the CPU; a filter in AVX-512 is ten times as fast as a loop in"
                                + " Java",
                        "docs/tuning.md", PlatformChecks::isa),
                new Check("platform.memory-policy",
                        "a container's seccomp profile may refuse mbind and move_pages, the calls for it that the library cannot do"
                                + " without: memory then lies where its first thread ran",
                        "man mbind(2), move_pages(2)", PlatformChecks::memoryPolicy),
                new Check("platform.libnuma",
                        "the second witness of the topology: nothing needs it, but two that differ make placement doubtful",
                        "man numa(3)", PlatformChecks::libnuma),
                new Check("platform.kernel",
                        "before 5.14 reserved hugepages cannot be had without the danger of a SIGBUS, so they are not used; other pages"
                                + " are touched one by one",
                        "man madvise(2), MADV_POPULATE_WRITE", PlatformChecks::kernel),
                new Check("platform.jvm",
                        "a JVM that counts more processors than it may use starts too many threads of its own, which take time from"
                                + " yours",
                        "man java(1), -XX:ActiveProcessorCount", PlatformChecks::jvm));
    }

    private static Finding nativeAccess(final Host host) {
        final String wanted = "enabled";
        final String refusal = host.platform().refusal();
        return refusal.isEmpty() || !refusal.startsWith("native access") ? Finding.ok("enabled", wanted)
                : Finding.problem(refusal, wanted, Remedy.byHand(
                        "java " + refusal.replaceFirst(".*(--enable-native-access=\\S+).*", "$1") + " …",
                        "in the manifest of the jar that is started: Enable-Native-Access: ALL-UNNAMED"));
    }

    private static Finding library(final Host host) {
        final PlatformFacts facts = host.platform();
        final String forced = host.around().property().apply(FORCE_PROPERTY);
        final boolean asked = forced != null && !forced.isEmpty();
        if (!facts.refusal().isEmpty()) {
            return asked && !facts.refusal().startsWith("native access") ? Finding.problem(facts.refusal(), BEST,
                    Remedy.inWords("leave out -D" + FORCE_PROPERTY + "=" + forced)) : untried(BEST);
        }
        if (facts.name().equals(BEST)) {
            return Finding.ok(BEST, BEST);
        }
        return asked ? Finding.advice(facts.name() + ", as -D" + FORCE_PROPERTY + " asks", BEST,
                Remedy.inWords("leave out -D" + FORCE_PROPERTY + "=" + forced))
                : Finding.problem(facts.name() + ": " + facts.missed(), BEST,
                        Remedy.byHand("java -Dkaelix.native.path=FILE …", "FILE is a libkaelix.so for this machine"));
    }

    private static Finding untried(final String wanted) {
        return Finding.unknown("not tried: the library cannot be used at all, see the problem above", wanted);
    }

    private static Finding isa(final Host host) {
        final String wanted = "the widest of the CPU";
        final PlatformFacts facts = host.platform();
        if (!facts.refusal().isEmpty()) {
            return untried(wanted);
        }
        final String forced = host.around().variable().apply(FORCE_ISA);
        if (forced == null || forced.isEmpty() || !facts.name().equals(BEST)) {
            return Finding.ok(facts.isa(), wanted);
        }
        return forced.equals(facts.isa()) ? Finding.advice(facts.isa() + ", as " + FORCE_ISA + " asks", wanted,
                Remedy.byHand("unset " + FORCE_ISA, "")) : Finding.problem(facts.isa() + ": " + FORCE_ISA + "=" + forced
                        + " is refused, this CPU or this build lacks it", wanted, Remedy.byHand("unset " + FORCE_ISA, ""));
    }

    private static Finding memoryPolicy(final Host host) {
        final String wanted = "memory is bound, and read back";
        final PlatformFacts facts = host.platform();
        if (!facts.refusal().isEmpty()) {
            return untried(wanted);
        }
        if (!facts.name().equals(BEST) && !facts.name().equals("jna")) {
            return Finding.unknown("not tried: the platform " + facts.name() + " places nothing", wanted);
        }
        if (facts.memory().bound() && facts.memory().told()) {
            return Finding.ok("mbind and move_pages are granted", wanted);
        }
        final String filters = host.files().value("/proc/self/status", "Seccomp:");
        final String found = (facts.memory().bound() ? "move_pages tells no node of a page" : facts.memory().text())
                + (filters.equals("2") ? "; a seccomp filter is in force" : "");
        return Finding.advice(found, wanted, Remedy.byHand("docker run --cap-add SYS_NICE IMAGE",
                "in Kubernetes: securityContext.capabilities.add: [\"SYS_NICE\"] of the container"));
    }

    private static Finding libnuma(final Host host) {
        final String wanted = "it tells the same";
        final LibNuma.Testimony told = host.platform().libnuma();
        if (!host.platform().refusal().isEmpty()) {
            return untried(wanted);
        }
        return switch (told.verdict()) {
            case AGREES -> Finding.ok("agrees on nodes, CPUs, memory and distances", wanted);
            case DIFFERS -> Finding.advice(told.text(), wanted,
                    Remedy.byHand("numactl --hardware", "compare it with ./kaelix topology"));
            case SILENT -> told.text().contains("cannot be loaded")
                    ? Finding.advice("not installed", wanted, Distribution.of(host.files()).libnuma())
                    : Finding.unknown(told.text(), wanted);
        };
    }

    private static Finding kernel(final Host host) {
        final String wanted = "5.14 or newer";
        return host.on("/proc/sys/kernel/osrelease", wanted, release -> {
            final Matcher numbers = RELEASE.matcher(release);
            if (!numbers.matches()) {
                return Finding.unknown("/proc/sys/kernel/osrelease is no version but '" + release + "'", wanted);
            }
            final int major = Integer.parseInt(numbers.group(1));
            final boolean recent = major > 5 || major == 5 && Integer.parseInt(numbers.group(2)) >= 14;
            return recent ? Finding.ok(release, wanted) : Finding.advice(release, wanted, Remedy.inWords("install a newer kernel"));
        });
    }

    private static Finding jvm(final Host host) {
        final JvmFacts jvm = host.jvm();
        final double quota = host.topology().limits().cpuQuota();
        final long granted = Math.min(host.topology().usableCpus().size(),
                Math.max(1, (long) Math.ceil(Math.min(quota, Integer.MAX_VALUE))));
        final String wanted = "22 or newer, that counts " + CpuChecks.counted(granted, "processor");
        final String found = jvm.version() + ", " + CpuChecks.counted(jvm.processors(), "processor") + ", heap of "
                + Units.bytes(jvm.maxHeap())
                + ", " + jvm.collectors();
        return jvm.processors() <= granted ? Finding.ok(found, wanted)
                : Finding.advice(found, wanted, Remedy.byHand("java -XX:ActiveProcessorCount=" + granted + " …", ""));
    }
}
