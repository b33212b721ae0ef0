// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.platform.LibNuma;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found on machines that were rebuilt in a folder. */
class DoctorTest {

    @TempDir
    private Path root;

    private static Finding find(final MachineFolder machine, final String id) {
        final List<Result> results = Doctor.examine(machine.host(), Set.of(id));
        assertThat(results).hasSize(1);
        return results.getFirst().finding();
    }

    private static List<String> ids(final MachineFolder machine, final Status status) {
        return Doctor.examine(machine.host(), Set.of()).stream().filter(result -> result.finding().status() == status)
                .map(result -> result.check().id()).toList();
    }

    private static void assertFound(final MachineFolder machine, final String id, final Status status, final String found) {
        final Finding finding = find(machine, id);
        assertThat(finding.found()).contains(found);
        assertThat(finding.status()).isEqualTo(status);
    }

    private static void assertRemedy(final MachineFolder machine, final String id, final String now, final String permanent) {
        final Remedy remedy = find(machine, id).remedies().getFirst();
        assertThat(remedy.now()).isEqualTo(now);
        assertThat(remedy.permanent()).isEqualTo(permanent);
    }

    // ---- whole machines ----

    @Test
    void shouldHaveNothingToSayAboutATunedServer() {
        assertThat(ids(MachineFolder.tuned(root), Status.OK)).containsExactlyElementsOf(Doctor.ids());
    }

    @Test
    void shouldAdviseTheOwnerOfALaptop() {
        final MachineFolder laptop = MachineFolder.laptop(root);
        assertThat(ids(laptop, Status.PROBLEM)).isEmpty();
        assertThat(ids(laptop, Status.UNKNOWN)).isEmpty();
        assertThat(ids(laptop, Status.ADVICE)).containsExactly("cpu.governor", "cpu.turbo", "cpu.idle", "cpu.isolated", "memory.hugepages",
                "memory.transparent", "memory.defrag", "memory.shmem", "memory.zone-reclaim", "memory.swap", "limits.memlock",
                "limits.real-time", "limits.files", "limits.watches", "files.shm", "network.receive-buffer", "network.send-buffer",
                "clock.source", "profiling.perf", "profiling.symbols");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldSeeTheLimitsOfAContainerInEitherVersionOfCgroups(final boolean legacy) {
        final MachineFolder container = MachineFolder.container(root, legacy);
        assertThat(ids(container, Status.ADVICE)).containsExactly("platform.memory-policy", "platform.jvm", "memory.limit", "limits.quota",
                "limits.memlock", "limits.real-time");
        assertFound(container, "limits.quota", Status.ADVICE, legacy ? "0.50 CPUs of time, by /sys/fs/cgroup/cpu/cpu.cfs_quota_us"
                : "0.50 CPUs of time, by /sys/fs/cgroup/cpu.max");
        assertFound(container, "memory.limit", Status.ADVICE, "512 MiB granted by /sys/fs/cgroup/memory");
        assertFound(container, "platform.memory-policy", Status.ADVICE, "a seccomp filter is in force");
        assertThat(find(container, "limits.memlock").remedies().getFirst().now()).startsWith("docker run --ulimit memlock=-1 ");
    }

    @Test
    void shouldKnowNothingOfAMachineThatHidesItsFiles() {
        final MachineFolder hidden = new MachineFolder(root).jvm(1);
        assertThat(ids(hidden, Status.PROBLEM)).isEmpty();
        assertThat(ids(hidden, Status.ADVICE)).isEmpty();
        assertThat(ids(hidden, Status.OK)).containsExactly("platform.native-access", "platform.library", "platform.isa",
                "platform.memory-policy", "platform.libnuma", "platform.jvm", "limits.real-time");
        assertThat(Doctor.examine(hidden.host(), Set.of())).allSatisfy(result -> assertThat(result.finding().found()).isNotEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "what?", "-1", "99999999999999999999", "a b c d e f g h i j k - l m n", "0::", "::::", "[", "[]",
        "cpu  x", "\0\1\2", "Uid:\nPPid:\nCapEff: zz"})
    void shouldSurviveFilesThatHoldAnything(final String text) throws IOException {
        final MachineFolder machine = MachineFolder.tuned(root);
        machine.fillWith(text);
        assertThat(Doctor.examine(machine.host(), Set.of())).hasSameSizeAs(Doctor.ids())
                .allSatisfy(result -> assertThat(result.finding().status()).as(result.check().id()).isNotEqualTo(Status.PROBLEM));
    }

    // ---- CPUs ----

    @Test
    void shouldRaiseTheGovernorOfAllCpus() {
        final MachineFolder laptop = MachineFolder.laptop(root);
        assertFound(laptop, "cpu.governor", Status.ADVICE, "performance on 1 CPU, powersave on 3 CPUs");
        assertRemedy(laptop, "cpu.governor", "echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor",
                "echo 'w /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor - - - - performance' | sudo tee "
                        + "/etc/tmpfiles.d/kaelix-governor.conf");
    }

    @Test
    void shouldDisableOnlyStatesThatTakeLong() {
        final MachineFolder laptop = MachineFolder.laptop(root);
        assertFound(laptop, "cpu.idle", Status.ADVICE, "deepest in use is C10, which takes 890 us to leave");
        assertThat(find(laptop, "cpu.idle").remedies().getFirst().now())
                .isEqualTo("echo 1 | sudo tee /sys/devices/system/cpu/cpu*/cpuidle/state[23]/disable");
    }

    @Test
    void shouldIsolateTheUpperHalfOfTheCores() {
        assertThat(find(MachineFolder.laptop(root), "cpu.isolated").remedies().getFirst().permanent())
                .contains("isolcpus=domain,managed_irq,2-3 nohz_full=2-3 rcu_nocbs=2-3 ");
    }

    @Test
    void shouldKnowTurboOfOtherDrivers() {
        final MachineFolder machine = new MachineFolder(root).file("/sys/devices/system/cpu/cpufreq/boost", "0");
        assertFound(machine, "cpu.turbo", Status.ADVICE, "off");
        assertThat(find(machine, "cpu.turbo").remedies().getFirst().now())
                .isEqualTo("echo 1 | sudo tee /sys/devices/system/cpu/cpufreq/boost");
    }

    // ---- memory ----

    @Test
    void shouldTakeNoMoreThanAQuarterOfTheMachineForHugepages() {
        assertRemedy(MachineFolder.laptop(root), "memory.hugepages", "echo 1024 | sudo tee /proc/sys/vm/nr_hugepages",
                "echo vm.nr_hugepages=1024 | sudo tee /etc/sysctl.d/90-kaelix-vm.nr_hugepages.conf");
    }

    @Test
    void shouldReserveHugepagesOnTheNodeThatLacksThem() {
        final MachineFolder machine = MachineFolder.ofTwoNodes(root);
        assertFound(machine, "memory.hugepages", Status.ADVICE,
                "node 0: 1,024 of 2 MiB reserved, 7 free; node 1: 0 of 2 MiB reserved, 0 free");
        assertRemedy(machine, "memory.hugepages",
                "echo 1024 | sudo tee /sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages",
                "echo vm.nr_hugepages=2048 | sudo tee /etc/sysctl.d/90-kaelix-vm.nr_hugepages.conf");
    }

    @Test
    void shouldSeeThatOthersHaveAllHugepages() {
        final MachineFolder machine = MachineFolder.tuned(root)
                .file("/sys/devices/system/node/node0/hugepages/hugepages-2048kB/free_hugepages", "0");
        assertThat(find(machine, "memory.hugepages").status()).isEqualTo(Status.ADVICE);
        assertThat(find(machine, "memory.hugepages").remedies().getFirst().now())
                .isEqualTo("echo 4096 | sudo tee /proc/sys/vm/nr_hugepages");
    }

    @Test
    void shouldMindNumaBalancingOnlyWhereThereAreNodes() {
        final MachineFolder machine = MachineFolder.ofTwoNodes(root);
        assertFound(machine, "memory.numa-balancing", Status.ADVICE, "1");
        machine.file("/sys/devices/system/node/online", "0");
        assertFound(machine, "memory.numa-balancing", Status.OK, "1");
    }

    // ---- limits ----

    @Test
    void shouldLookBehindSudoForTheShell() {
        final MachineFolder machine = MachineFolder.laptop(root).file("/proc/4711/comm", "sudo").file("/proc/4711/status", "PPid:\t4710")
                .file("/proc/4710/comm", "sudo").file("/proc/4710/status", "PPid:\t99").file("/proc/99/comm", "bash")
                .file("/proc/99/limits", MachineFolder.limits("1024", "16777216", "1024", "0"));
        assertThat(find(machine, "limits.memlock").remedies().getFirst().now()).isEqualTo("sudo prlimit --pid 99 --memlock=8388608:");
        assertRemedy(machine, "limits.files", "sudo prlimit --pid 99 --nofile=65536:65536",
                "echo '* - nofile 65536' | sudo tee /etc/security/limits.d/90-kaelix-nofile.conf");
    }

    @Test
    void shouldCountTheHardLimitOfFilesToWhichTheJvmRaisesItsOwn() {
        assertFound(MachineFolder.tuned(root), "limits.files", Status.OK, "4,096 files");
    }

    @Test
    void shouldAllowRealTimeByCapabilityOrByLimit() {
        final MachineFolder machine = MachineFolder.laptop(root);
        assertFound(machine, "limits.real-time", Status.ADVICE, "0 at the most");
        machine.status("1000", "0000000000800000");
        assertFound(machine, "limits.real-time", Status.OK, "CAP_SYS_NICE");
    }

    @Test
    void shouldAdviseASecondCpu() {
        final MachineFolder machine = MachineFolder.tuned(root).file("/proc/self/status", "Cpus_allowed_list:\t2");
        assertFound(machine, "limits.cpus", Status.ADVICE, "1 of 4 that are online");
        assertThat(find(machine, "limits.cpus").remedies().getFirst().now()).isEqualTo("docker update --cpuset-cpus=0-3 CONTAINER");
    }

    // ---- files ----

    @Test
    void shouldEnlargeSharedMemory() {
        final MachineFolder laptop = MachineFolder.laptop(root);
        assertFound(laptop, "files.shm", Status.ADVICE, "64.0 MiB, 32.0 MiB free");
        assertThat(find(laptop, "files.shm").remedies().getFirst().now()).isEqualTo("sudo mount -o remount,size=545m /dev/shm");
        laptop.file("/proc/self/mountinfo", "1 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw");
        assertFound(laptop, "files.shm", Status.ADVICE, "no tmpfs is mounted at /dev/shm");
    }

    @Test
    void shouldSeeThatNoFolderAllowsExec() {
        final MachineFolder machine = MachineFolder.tuned(root).file("/proc/self/mountinfo", """
                1 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
                2 1 8:2 / /home rw,noexec - ext4 /dev/sda2 rw
                """);
        assertFound(machine, "files.noexec", Status.OK, "/home/user/.cache noexec, /tmp exec");
        machine.property("java.io.tmpdir", "/home/tmp");
        assertFound(machine, "files.noexec", Status.PROBLEM, "/home/user/.cache and /home/tmp: all noexec");
        assertThat(find(machine, "files.noexec").remedies().getFirst().now()).isEqualTo("sudo mount -o remount,exec /home");
        machine.variable("XDG_CACHE_HOME", "/var/cache");
        assertFound(machine, "files.noexec", Status.OK, "/var/cache exec, /home/tmp noexec");
    }

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
