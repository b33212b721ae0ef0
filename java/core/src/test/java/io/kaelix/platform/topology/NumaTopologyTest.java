// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kaelix.platform.topology.NumaTopology.Cache;
import io.kaelix.platform.topology.NumaTopology.CacheType;
import io.kaelix.platform.topology.NumaTopology.Cpu;
import io.kaelix.platform.topology.NumaTopology.Hugepages;
import io.kaelix.platform.topology.NumaTopology.Node;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read of machines that were captured, and of trees that are not as they should be. */
class NumaTopologyTest {

    private static final long MIB = 1 << 20;

    @TempDir
    private Path folder;

    private NumaTopology machine(final String name) {
        return CapturedMachine.named(name).readIn(folder);
    }

    private static List<Integer> ids(final List<Cpu> cpus) {
        return cpus.stream().map(Cpu::id).toList();
    }

    private static List<Integer> range(final int first, final int last) {
        return IntStream.rangeClosed(first, last).boxed().toList();
    }

    @Test
    void shouldReadTwoSocketsWithSiblingsAndHugepages() {
        final NumaTopology machine = machine("two-sockets");
        assertThat(machine.unknowns()).isEmpty();
        assertThat(machine.nodes()).extracting(Node::cpus).containsExactly(range(0, 3), range(4, 7));
        assertThat(machine.nodes()).extracting(Node::distances).containsExactly(List.of(10, 21), List.of(21, 10));
        assertThat(machine.cpus()).extracting(Cpu::core).containsExactly(0, 0, 2, 2, 4, 4, 6, 6);
        assertThat(machine.cpus()).extracting(Cpu::socket).containsExactly(0, 0, 0, 0, 1, 1, 1, 1);
        assertThat(machine.cpus()).extracting(Cpu::node).containsExactly(0, 0, 0, 0, 1, 1, 1, 1);
        assertThat(machine.usableCpus()).hasSize(8);
        assertThat(machine.nodes().get(0).hugepages()).contains(new Hugepages(2 * MIB, 8, 8));
        assertThat(machine.nodes().get(1).hugepages()).contains(new Hugepages(2 * MIB, 4, 4));
        // The kernel keeps some of what is plugged in.
        assertThat(machine.node(0).memoryBytes()).isBetween(500 * MIB, 640 * MIB);
        assertThat(machine.node(1).memoryBytes()).isBetween(300 * MIB, 384 * MIB);
        assertThat(machine.node(0).freeBytes()).isBetween(1L, machine.node(0).memoryBytes());
        assertThat(machine.limits().hasQuota()).isFalse();
    }

    @Test
    void shouldReadCachesAndWhoSharesThem() {
        final NumaTopology machine = machine("two-sockets");
        final List<Cache> last = machine.caches().stream().filter(cache -> cache.level() == 3).toList();
        assertThat(last).extracting(Cache::cpus).containsExactly(range(0, 3), range(4, 7));
        assertThat(machine.caches()).filteredOn(cache -> cache.level() == 1 && cache.type() == CacheType.DATA)
                .hasSize(8).allMatch(cache -> cache.cpus().size() == 1);
        assertThat(machine.caches()).filteredOn(cache -> cache.level() == 1).extracting(Cache::bytes).containsOnly(32L << 10);
        assertThat(machine.lastLevelGroup(machine.cpus().get(5))).isEqualTo(range(4, 7));
    }

    @Test
    void shouldReadUnequalDistances() {
        final NumaTopology machine = machine("four-nodes");
        assertThat(machine.nodes()).extracting(Node::distances).containsExactly(List.of(10, 16, 21, 31), List.of(16, 10, 17, 22),
                List.of(21, 17, 10, 28), List.of(31, 22, 28, 10));
        assertThat(machine.distance(3, 1)).isEqualTo(22);
        assertThat(machine.unknowns()).isEmpty();
    }

    @Test
    void shouldReadMemoryWithoutCpus() {
        final NumaTopology machine = machine("memory-only");
        assertThat(machine.node(1).cpus()).isEmpty();
        assertThat(machine.usableCpus(1)).isEmpty();
        assertThat(machine.node(1).memoryBytes()).isBetween(400 * MIB, 512 * MIB);
        assertThat(machine.distance(0, 1)).isEqualTo(17);
        assertThat(machine.unknowns()).isEmpty();
    }

    @Test
    void shouldReadNodesBehindAGapInTheNumbers() {
        // As a kernel on POWER numbers them; that of a PC closes gaps.
        final NumaTopology machine = CapturedMachine.named("two-sockets").renumbered("node1", "node8")
                .with("sys/devices/system/node/online", "0,8\n").with("proc/self/status", "Cpus_allowed_list:\t0-7\nMems_allowed_list:\t0,8\n")
                .readIn(folder);
        assertThat(machine.nodes()).extracting(Node::id).containsExactly(0, 8);
        assertThat(ids(machine.usableCpus(8))).isEqualTo(range(4, 7));
        assertThat(machine.distance(8, 0)).isEqualTo(21);
        assertThat(machine.unknowns()).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> machine.node(1)).withMessageContaining("there are 0, 8");
    }

    @Test
    void shouldTellCpusThatAreOffline() {
        final NumaTopology machine = machine("offline");
        assertThat(machine.cpus()).hasSize(8);
        assertThat(ids(machine.usableCpus())).containsExactly(0, 2, 3);
        assertThat(machine.cpus().get(1)).isEqualTo(new Cpu(1, NumaTopology.UNKNOWN, NumaTopology.UNKNOWN, 1, false, true));
        assertThat(machine.node(1).cpus()).isEmpty();
        assertThat(machine.node(1).memoryBytes()).isPositive();
        assertThat(machine.lastLevelGroup(machine.cpus().getFirst())).containsExactly(0, 2, 3);
        assertThat(machine.unknowns()).isEmpty();
    }

    @Test
    void shouldKeepToTheCpusetAndTheQuotaOfAContainer() {
        final NumaTopology machine = machine("container");
        assertThat(ids(machine.usableCpus())).containsExactly(1, 4, 5);
        assertThat(machine.limits().cpus()).containsExactly(1, 4, 5);
        assertThat(machine.limits().nodes()).containsExactly(1);
        assertThat(machine.nodes()).extracting(Node::memoryAllowed).containsExactly(false, true);
        // The container itself has two CPUs' worth, the pod around it one and a half.
        assertThat(machine.limits().cpuQuota()).isEqualTo(1.5);
        assertThat(machine.limits().quotaSource()).isEqualTo("/sys/fs/cgroup/pod/cpu.max");
    }

    @Test
    void shouldReadQuotasOfLegacyCgroups() {
        final String cpu = "sys/fs/cgroup/cpu/";
        final CapturedMachine limited = CapturedMachine.named("firecracker").with(cpu + "cpu.cfs_quota_us", "-1\n")
                .with(cpu + "cpu.cfs_period_us", "100000\n").with(cpu + "jobs/a/cpu.cfs_quota_us", "50000\n")
                .with(cpu + "jobs/a/cpu.cfs_period_us", "100000\n");
        assertThat(limited.readIn(folder).limits().hasQuota()).isFalse();
        final NumaTopology.Limits limits = limited.with("proc/self/cgroup", "1:cpuacct,cpu:/jobs/a\n0::/\n")
                .readIn(folder).limits();
        assertThat(limits.cpuQuota()).isEqualTo(0.5);
        assertThat(limits.quotaSource()).isEqualTo("/sys/fs/cgroup/cpu/jobs/a/cpu.cfs_quota_us");
    }

    @Test
    void shouldFindTheQuotaWhereOnlyAPartOfTheTreeIsMounted() {
        final NumaTopology.Limits limits = CapturedMachine.named("container")
                .with("proc/self/mountinfo", "26 20 0:25 /pod /sys/fs/cgroup/pod rw,relatime shared:4 - cgroup2 cgroup2 rw\n")
                .with("proc/self/cgroup", "0::/pod/app\n").readIn(folder).limits();
        assertThat(limits.cpuQuota()).isEqualTo(1.5);
        final NumaTopology.Limits outside = CapturedMachine.named("container")
                .with("proc/self/mountinfo", "26 20 0:25 / /sys/fs/cgroup/pod rw - cgroup2 cgroup2 rw\n")
                .with("proc/self/cgroup", "0::/../../other\n").readIn(folder).limits();
        assertThat(outside.cpuQuota()).as("of the mount point alone").isEqualTo(1.5);
    }

    @Test
    void shouldSayThatCachesAreNotTold() {
        final NumaTopology machine = machine("firecracker");
        assertThat(machine.caches()).isEmpty();
        assertThat(machine.unknowns()).singleElement().asString().startsWith("caches: /sys/devices/system/cpu/cpu0/cache");
        assertThat(machine.lastLevelGroup(machine.cpus().getFirst())).containsExactly(0, 1);
    }

    @Test
    void shouldBeOneNodeOfTheProcessWhereNothingIsTold() {
        final NumaTopology machine = NumaTopology.read(folder.resolve("none"));
        assertThat(machine.nodes()).extracting(Node::id).containsExactly(0);
        assertThat(machine.usableCpus()).hasSize(Runtime.getRuntime().availableProcessors());
        assertThat(machine.node(0).memoryBytes()).isEqualTo(NumaTopology.UNKNOWN);
        assertThat(machine.limits().hasQuota()).isFalse();
        assertThat(String.join("\n", machine.unknowns())).contains("online CPUs: ", "nodes: ", "allowed CPUs: ", "memory of node 0: ",
                "hugepages of a node: ", "caches: ", "cores: ", "sockets: ", "CPU quota: ");
    }

    @Test
    void shouldTakeTheMemoryOfTheMachineWhereTheKernelKnowsNoNodes() throws Exception {
        Files.createDirectories(folder.resolve("proc"));
        Files.writeString(folder.resolve("proc/meminfo"), "MemTotal:  2048 kB\nMemFree:  1024 kB\n");
        final NumaTopology machine = NumaTopology.read(folder);
        assertThat(machine.node(0).memoryBytes()).isEqualTo(2 * MIB);
        assertThat(machine.node(0).freeBytes()).isEqualTo(MIB);
    }

    @Test
    void shouldNotBelieveLimitsThatLeaveNothing() {
        final NumaTopology machine = CapturedMachine.named("two-sockets")
                .with("proc/self/status", "Cpus_allowed_list:\t64\nMems_allowed_list:\t9\n").readIn(folder);
        assertThat(machine.usableCpus()).hasSize(8);
        assertThat(machine.nodes()).allMatch(Node::memoryAllowed);
        assertThat(machine.unknowns()).hasSize(2).allMatch(reason -> reason.contains("none of them is online"));
    }

    @Test
    void shouldCountCpusOfNoNodeToTheFirst() {
        final NumaTopology machine = CapturedMachine.named("two-sockets").with("sys/devices/system/node/node1/cpulist", null)
                .readIn(folder);
        assertThat(machine.node(0).cpus()).isEqualTo(range(0, 7));
        assertThat(machine.unknowns()).singleElement().asString().startsWith("nodes of CPUs: ");
    }

    /** Each file of the machine lost, empty, and full of something else: an answer all the same. */
    @ParameterizedTest
    @ValueSource(strings = {"container", "firecracker"})
    void shouldReadWhateverIsThere(final String name) throws Exception {
        final CapturedMachine whole = CapturedMachine.named(name);
        whole.readIn(folder);
        for (final String path : whole.files()) {
            if (path.matches(".*/cpu[1-9]/.*")) {
                continue; // as those of the first
            }
            final Path file = folder.resolve(path);
            final String before = Files.readString(file);
            for (final String text : List.of("", "-1\n", "what is this?\0 99999999999999999999\n", "9223372036854775807 0\n")) {
                Files.writeString(file, text);
                assertThat(NumaTopology.read(folder).usableCpus()).as("%s: %s", file, text).isNotEmpty();
            }
            Files.delete(file);
            assertThat(NumaTopology.read(folder).usableCpus()).as("no %s", file).isNotEmpty();
            Files.writeString(file, before);
        }
    }

    @Test
    void shouldAgreeWithItselfOnThisMachine() {
        final NumaTopology machine = NumaTopology.ofThisMachine();
        assertThat(machine.usableCpus()).allMatch(cpu -> machine.node(cpu.node()).cpus().contains(cpu.id()))
                .allMatch(cpu -> machine.lastLevelGroup(cpu).contains(cpu.id()));
    }
}
