// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import static io.kaelix.cli.doctor.Findings.assertFound;
import static io.kaelix.cli.doctor.Findings.assertRemedy;
import static io.kaelix.cli.doctor.Findings.find;
import static io.kaelix.cli.doctor.Findings.ids;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found on machines that were rebuilt in a folder. */
class DoctorTest {

    @TempDir
    private Path root;

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

    @Test
    void shouldNotTellRootOfASudoThatIsNotThere() throws IOException {
        final MachineFolder machine = MachineFolder.laptop(root).status("0", "0000000000000000");
        Files.delete(root.resolve("usr/bin/sudo"));
        assertRemedy(machine, "memory.zone-reclaim", "echo 0 | tee /proc/sys/vm/zone_reclaim_mode",
                "echo vm.zone_reclaim_mode=0 | tee /etc/sysctl.d/90-kaelix-vm.zone_reclaim_mode.conf");
        machine.file("/usr/bin/sudo", "");
        assertThat(find(machine, "memory.zone-reclaim").remedies().getFirst().now()).contains("| sudo tee ");
    }

    @Test
    void shouldSeeThatACgroupDoesNotGrantTheHugepagesThatAreReserved() {
        final MachineFolder machine = MachineFolder.tuned(root).file("/sys/fs/cgroup/hugetlb.2MB.max", "max")
                .file("/sys/fs/cgroup/hugetlb.2MB.rsvd.max", "max");
        assertFound(machine, "memory.hugepages", Status.OK, "2,048 of 2 MiB reserved");
        machine.file("/sys/fs/cgroup/hugetlb.2MB.rsvd.max", "67108864");
        assertFound(machine, "memory.hugepages", Status.ADVICE, "64.0 MiB granted by /sys/fs/cgroup/hugetlb.2MB.rsvd.max");
        assertThat(find(machine, "memory.hugepages").remedies().getFirst().now())
                .endsWith("tee /sys/fs/cgroup/hugetlb.2MB.rsvd.max").startsWith("echo max ");
        machine.file("/proc/self/cgroup", "3:hugetlb:/").file("/proc/self/mountinfo", "2 1 0:1 / /huge rw - cgroup cgroup rw,hugetlb")
                .file("/huge/hugetlb.2MB.limit_in_bytes", "0");
        assertFound(machine, "memory.hugepages", Status.ADVICE, "granted by /huge/hugetlb.2MB.limit_in_bytes");
        assertThat(find(machine, "memory.hugepages").remedies().getFirst().now()).startsWith("echo -1 ");
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

    // ---- network ----

    @Test
    void shouldFindInterfacesThatAreTooNarrowForPacketsOfABridge() {
        final MachineFolder machine = MachineFolder.tuned(root).file("/sys/class/net/eth1/mtu", "9000")
                .file("/sys/class/net/docker0/mtu", "576").file("/sys/class/net/docker0/operstate", "down");
        assertFound(machine, "network.mtu", Status.OK, "eth0 1,500, for mtu up to 1472; eth1 9,000, for mtu up to 8960");
        machine.file("/sys/class/net/eth1/mtu", "1436");
        assertFound(machine, "network.mtu", Status.OK, "eth1 1,436, for mtu up to 1408");
        machine.file("/sys/class/net/eth1/mtu", "1435");
        assertFound(machine, "network.mtu", Status.ADVICE, "eth0 1,500, for mtu up to 1472; eth1 1,435, for mtu up to 1376");
        assertThat(find(machine, "network.mtu").wanted()).startsWith("1,436 bytes or more");
        machine.file("/sys/class/net/eth1/mtu", "wide");
        assertFound(machine, "network.mtu", Status.UNKNOWN, "/sys/class/net/eth1/mtu holds no length but 'wide'");
    }

    @Test
    void shouldFindNothingWrongWithAMachineThatHasNoNetwork() {
        assertFound(new MachineFolder(root).file("/sys/class/net/lo/mtu", "100"), "network.mtu", Status.OK,
                "no interface but the loopback is up");
    }
}
