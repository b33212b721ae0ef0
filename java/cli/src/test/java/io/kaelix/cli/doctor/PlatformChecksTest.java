// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import static io.kaelix.cli.doctor.Findings.assertFound;
import static io.kaelix.cli.doctor.Findings.find;
import static io.kaelix.cli.doctor.Findings.ids;
import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.platform.LibNuma;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is found of clocks, of the library itself, and of what lies below it. */
class PlatformChecksTest {

    @TempDir
    private Path root;

    // ---- clock ----

    @ParameterizedTest
    @CsvSource({"tsc, OK", "kvm-clock, OK", "arch_sys_counter, OK", "hpet, ADVICE", "acpi_pm, ADVICE", "jiffies, ADVICE"})
    void shouldJudgeClocksByWhetherTheyTakeASystemCall(final String clock, final Status status) {
        final MachineFolder machine = MachineFolder.tuned(root)
                .file("/sys/devices/system/clocksource/clocksource0/current_clocksource", clock);
        assertFound(machine, "clock.source", status, clock + ", System.nanoTime takes 20 ns");
    }

    @Test
    void shouldAskWhyThereIsNoTsc() {
        final MachineFolder machine = MachineFolder.laptop(root)
                .file("/sys/devices/system/clocksource/clocksource0/available_clocksource", "hpet acpi_pm");
        assertFound(machine, "clock.source", Status.ADVICE, "the kernel does not offer tsc");
        assertThat(find(machine, "clock.source").remedies().getFirst().change()).isEmpty();
    }

    @Test
    void shouldMeasureStolenTimeOfTheSampleAlone() {
        final MachineFolder machine = MachineFolder.tuned(root);
        machine.whilePaused(() -> machine.file("/proc/stat", "cpu  110 0 100 1025 0 0 0 10 9999 0"));
        assertFound(machine, "clock.steal", Status.ADVICE, "12.5% in 200 ms, 0.80% since the start");
        assertFound(MachineFolder.tuned(root).whilePaused(() -> { }), "clock.steal", Status.OK, "0.0% in 200 ms");
    }

    // ---- platform ----

    @Test
    void shouldTellThatNativeAccessIsMissingAndTryNothingElse() {
        final MachineFolder machine = MachineFolder.tuned(root)
                .unusable("native access is not enabled for the module io.kaelix; start Java with --enable-native-access=io.kaelix");
        assertThat(ids(machine, Status.PROBLEM)).containsExactly("platform.native-access");
        assertThat(ids(machine, Status.UNKNOWN)).containsExactly("platform.library", "platform.isa", "platform.memory-policy",
                "platform.libnuma");
        assertThat(find(machine, "platform.native-access").remedies().getFirst().now())
                .isEqualTo("java --enable-native-access=io.kaelix …");
    }

    @Test
    void shouldTellAFallbackFromAChoice() {
        final PlatformFacts.Binding none = new PlatformFacts.Binding(true, false, "");
        final MachineFolder machine = MachineFolder.tuned(root).platform("portable", "libkaelix cannot be loaded: no file", none, "");
        assertFound(machine, "platform.library", Status.PROBLEM, "portable: libkaelix cannot be loaded: no file");
        machine.property("kaelix.platform", "portable");
        assertFound(machine, "platform.library", Status.ADVICE, "portable, as -Dkaelix.platform asks");
        machine.unusable("-Dkaelix.platform=jna asks for a platform that is not available").property("kaelix.platform", "jna");
        assertFound(machine, "platform.library", Status.PROBLEM, "-Dkaelix.platform=jna asks");
    }

    @ParameterizedTest
    @CsvSource({"avx2, ADVICE", "avx512, PROBLEM", "'', OK"})
    void shouldSeeWhetherAForcedInstructionSetIsInUse(final String forced, final Status status) {
        assertFound(MachineFolder.tuned(root).variable("KAELIX_FORCE_ISA", forced), "platform.isa", status, "avx2");
    }

    @ParameterizedTest
    @CsvSource({"5.13.0, ADVICE", "5.14.0-70.el9, OK", "4.18.0, ADVICE", "6.0, OK", "10.1.2, OK", "next, UNKNOWN"})
    void shouldKnowWhichKernelsPopulate(final String release, final Status status) {
        assertFound(MachineFolder.tuned(root).file("/proc/sys/kernel/osrelease", release), "platform.kernel", status, release);
    }

    @Test
    void shouldTellWhatLibnumaSays() {
        final MachineFolder machine = MachineFolder.tuned(root);
        assertFound(machine.libnuma(LibNuma.Verdict.DIFFERS, "memory of node 0: 1, by libnuma 2"), "platform.libnuma", Status.ADVICE,
                "by libnuma");
        assertFound(machine.libnuma(LibNuma.Verdict.SILENT, "libnuma.so.1 cannot be loaded (no file)"), "platform.libnuma", Status.ADVICE,
                "not installed");
        assertFound(machine.libnuma(LibNuma.Verdict.SILENT, "no NUMA calls"), "platform.libnuma", Status.UNKNOWN, "no NUMA calls");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"ID=debian|sudo apt-get install -y libnuma1",
        "ID=ubuntu; ID_LIKE=debian|sudo apt-get install -y libnuma1",
        "ID=\"rocky\"; ID_LIKE=\"rhel centos fedora\"|sudo dnf install -y numactl-libs",
        "ID=fedora|sudo dnf install -y numactl-libs", "ID='amzn'|sudo dnf install -y numactl-libs", "ID=alpine|``", "what?|``"})
    void shouldNameThePackageOfTheDistribution(final String release, final String command) {
        final MachineFolder machine = MachineFolder.tuned(root).file("/etc/os-release", release.replace("; ", "\n"))
                .libnuma(LibNuma.Verdict.SILENT, "libnuma.so.1 cannot be loaded (no file)");
        final Remedy remedy = find(machine, "platform.libnuma").remedies().getFirst();
        assertThat(remedy.now()).isEqualTo(command);
        assertThat(remedy.words().isEmpty()).isNotEqualTo(command.isEmpty());
    }

    @Test
    void shouldSeeAJvmThatDoesNotKnowItsContainer() {
        final MachineFolder machine = MachineFolder.tuned(root).file("/sys/fs/cgroup/cpu.max", "150000 100000");
        assertFound(machine.jvm(2), "platform.jvm", Status.OK, "2 processors");
        assertFound(machine.jvm(3), "platform.jvm", Status.ADVICE, "3 processors");
    }

    @Test
    void shouldNotRestrictWhoMayProfileAnyway() {
        final MachineFolder machine = MachineFolder.tuned(root).file("/proc/sys/kernel/perf_event_paranoid", "2");
        assertFound(machine, "profiling.perf", Status.OK, "2, CAP_PERFMON");
        assertFound(machine.status("1000", "0000000000000000"), "profiling.perf", Status.ADVICE, "2");
    }
}
