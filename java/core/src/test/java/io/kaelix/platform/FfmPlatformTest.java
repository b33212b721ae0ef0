// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kaelix.CpuSet;
import io.kaelix.KaelixException;
import io.kaelix.platform.bindings.kaelix.kaelix_h;
import io.kaelix.platform.bindings.kaelix.kaelix_ladder_step;
import io.kaelix.platform.bindings.kaelix.kaelix_region;
import io.kaelix.platform.topology.NumaTopology;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Not skipped where libkaelix is missing: a build without it is a broken build. */
class FfmPlatformTest extends PlatformContract {

    private static final RecordingLogger LOG = new RecordingLogger();
    private static final Platform PLATFORM = FfmPlatform.open(LOG);

    @Override
    Platform platform() {
        return PLATFORM;
    }

    private static FfmPlatform openExpecting(final Abi expected) {
        return FfmPlatform.open(new NativeLibrary(NativeLibrary.Surroundings.ofThisProcess()), expected, LOG);
    }

    @Test
    void shouldSayWhatItIs() {
        assertThat(platform().name()).isEqualTo("ffm");
        assertThat(platform().kernels().isa()).isNotNull().isNotEqualTo(Isa.JAVA);
    }

    @Test
    void shouldNumberRungsAsTheHeaderDoes() {
        assertThat(Rung.HUGETLB_1G.ordinal()).isEqualTo(kaelix_h.KAELIX_RUNG_HUGETLB_1G());
        assertThat(Rung.HUGETLB_2M.ordinal()).isEqualTo(kaelix_h.KAELIX_RUNG_HUGETLB_2M());
        assertThat(Rung.TRANSPARENT.ordinal()).isEqualTo(kaelix_h.KAELIX_RUNG_TRANSPARENT());
        assertThat(Rung.NORMAL.ordinal()).isEqualTo(kaelix_h.KAELIX_RUNG_NORMAL());
        assertThat(Rung.values()).hasSize(kaelix_h.KAELIX_RUNGS());
    }

    @Test
    void shouldNumberMemoryPoliciesAsTheHeaderDoes() {
        assertThat(MemoryPolicy.BIND.ordinal()).isEqualTo(kaelix_h.KAELIX_POLICY_BIND());
        assertThat(MemoryPolicy.PREFER.ordinal()).isEqualTo(kaelix_h.KAELIX_POLICY_PREFER());
        assertThat(MemoryPolicy.INTERLEAVE.ordinal()).isEqualTo(kaelix_h.KAELIX_POLICY_INTERLEAVE());
        assertThat(MemoryPolicy.LOCAL.ordinal()).isEqualTo(kaelix_h.KAELIX_POLICY_LOCAL());
        assertThat(MemoryPolicy.values()).hasSize(kaelix_h.KAELIX_POLICIES());
    }

    @Test
    void shouldSpreadInterleavedPagesEvenlyOrSayThatItDidNot() {
        final Set<Integer> nodes = platform().topology().nodes().stream().map(NumaTopology.Node::id).collect(Collectors.toSet());
        for (final Set<Integer> named : List.of(Set.<Integer>of(), nodes)) {
            final MappedMemory memory = platform().map(MemoryRequest.interleaved(480 << 12, named, Rung.NORMAL));
            try {
                final Map<Integer, Long> pages = IntStream.of(platform().pageNodes(memory.address(), memory.pageBytes(), 480)).boxed()
                        .collect(Collectors.groupingBy(node -> node, Collectors.counting()));
                assertThat(memory.reason().contains("; not interleaved") || pages.keySet().equals(Set.of(Platform.ANY_NODE))
                        || pages.values().stream().allMatch(count -> count >= 480 / pages.size() * 7 / 8))
                        .as("%s: pages %s", memory.reason(), pages).isTrue();
            } finally {
                platform().unmap(memory);
            }
        }
    }

    @Test
    void shouldAllowKernelsAsMuchAsTheHeaderDoes() {
        assertThat(Kernels.MAX_BYTES).isEqualTo(kaelix_h.KAELIX_KERNEL_MAX_BYTES());
        assertThat(Kernels.MAX_LONGS).isEqualTo(kaelix_h.KAELIX_FILTER_MAX_VALUES());
        assertThat(Platform.PREFETCH_MAX_BYTES).isEqualTo(kaelix_h.KAELIX_PREFETCH_MAX_BYTES());
        assertThat(Platform.ANY_NODE).isEqualTo(kaelix_h.KAELIX_NODE_ANY());
    }

    @Test
    void shouldNumberComparisonsAsTheHeaderDoes() {
        assertThat(Comparison.LT.ordinal()).isEqualTo(kaelix_h.KAELIX_COMPARE_LT());
        assertThat(Comparison.LE.ordinal()).isEqualTo(kaelix_h.KAELIX_COMPARE_LE());
        assertThat(Comparison.GT.ordinal()).isEqualTo(kaelix_h.KAELIX_COMPARE_GT());
        assertThat(Comparison.GE.ordinal()).isEqualTo(kaelix_h.KAELIX_COMPARE_GE());
        assertThat(Comparison.EQ.ordinal()).isEqualTo(kaelix_h.KAELIX_COMPARE_EQ());
        assertThat(Comparison.NE.ordinal()).isEqualTo(kaelix_h.KAELIX_COMPARE_NE());
        assertThat(Comparison.values()).hasSize(kaelix_h.KAELIX_COMPARISONS());
    }

    @Test
    void shouldNumberSchedulingPoliciesAsTheHeaderDoes() {
        assertThat(Scheduling.Policy.NORMAL.ordinal()).isEqualTo(kaelix_h.KAELIX_SCHEDULING_NORMAL());
        assertThat(Scheduling.Policy.FIFO.ordinal()).isEqualTo(kaelix_h.KAELIX_SCHEDULING_FIFO());
        assertThat(Scheduling.Policy.ROUND_ROBIN.ordinal()).isEqualTo(kaelix_h.KAELIX_SCHEDULING_ROUND_ROBIN());
        assertThat(Scheduling.Policy.BATCH.ordinal()).isEqualTo(kaelix_h.KAELIX_SCHEDULING_BATCH());
        assertThat(Scheduling.Policy.IDLE.ordinal()).isEqualTo(kaelix_h.KAELIX_SCHEDULING_IDLE());
        assertThat(Scheduling.Policy.OTHER.ordinal()).isEqualTo(kaelix_h.KAELIX_SCHEDULING_OTHER());
        assertThat(Scheduling.MAX_PRIORITY).isEqualTo(kaelix_h.KAELIX_PRIORITY_MAX());
    }

    @Test
    void shouldChangeTheSchedulingThatTheKernelTells() throws Exception {
        onThread(() -> {
            final Path stat = Path.of("/proc/thread-self/stat");
            assertThat(platform().schedule(new Scheduling(Scheduling.Policy.IDLE, 0)).isGranted()).isTrue();
            // Field 41, counted from behind the name in parentheses, which is the second: SCHED_IDLE is 5.
            final String told = Files.readString(stat);
            assertThat(told.substring(told.lastIndexOf(')') + 2).split(" ")[41 - 3]).isEqualTo("5");
            return null;
        });
    }

    @Test
    void shouldNotScheduleTheCarrierOfAVirtualThread() throws Exception {
        final List<Scheduling.Outcome> seen = new ArrayList<>();
        Thread.ofVirtual().start(() -> seen.add(platform().schedule(new Scheduling(Scheduling.Policy.IDLE, 0)))).join();
        assertThat(seen.getFirst().isGranted()).isFalse();
        assertThat(seen.getFirst().refusal()).contains("virtual thread").contains("use a platform thread");
    }

    @Test
    void shouldPinAThreadToOneCpu() throws Exception {
        onThread(() -> {
            for (final int cpu : platform().affinity().stream().toArray()) {
                assertThat(platform().pin(CpuSet.of(cpu))).isEqualTo(CpuSet.of(cpu));
                assertThat(platform().currentCpu()).isEqualTo(cpu);
                assertThat(platform().pin(platform().topology().usableCpuSet(platform().topology().nodes().getFirst().id())).isEmpty()).isFalse();
            }
            return null;
        });
    }

    @Test
    void shouldLeaveTheCarrierOfAVirtualThreadAlone() throws Exception {
        final List<CpuSet> seen = new ArrayList<>();
        Thread.ofVirtual().start(() -> {
            final CpuSet before = platform().affinity();
            seen.add(before);
            seen.add(platform().pin(CpuSet.of(before.stream().max().orElseThrow())));
        }).join();
        assertThat(seen.get(1)).isEqualTo(seen.get(0));
    }

    @ParameterizedTest
    @EnumSource(Rung.class)
    void shouldTellWhyEachBetterRungWasNotObtainedAndNameNoOther(final Rung firstRung) {
        final MappedMemory memory = platform().map(new MemoryRequest(1 << 20, Platform.ANY_NODE, firstRung));
        platform().unmap(memory);
        for (final Rung rung : Rung.values()) {
            final boolean left = rung.compareTo(firstRung) >= 0 && rung.compareTo(memory.rung()) < 0;
            assertThat(memory.reason().contains("for " + rung.label() + ": ")).as(memory.reason()).isEqualTo(left);
        }
        assertThat(memory.reason()).contains("got " + memory.rung().label())
                .doesNotContain("a system error").doesNotContain("errno");
    }

    @Test
    void shouldReadTheStepsOfARegionWhereTheyLie() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment region = kaelix_region.allocate(arena).fill((byte) 9);
            for (int rung = 0; rung < kaelix_h.KAELIX_RUNGS(); rung++) {
                final long at = kaelix_region.steps$offset() + rung * kaelix_ladder_step.sizeof();
                region.set(JAVA_INT, at, rung);
                region.set(JAVA_INT, at + Integer.BYTES, 10 + rung);
                region.set(JAVA_LONG, at + 2 * Integer.BYTES, 20 + rung);
            }
            assertThat(MappingReason.steps(region)).containsExactly(new MappingReason.Step(0, 10, 20),
                    new MappingReason.Step(1, 11, 21), new MappingReason.Step(2, 12, 22), new MappingReason.Step(3, 13, 23));
        }
    }

    @Test
    void shouldReadTheNodeOfBoundPagesBack() {
        final int node = platform().topology().nodes().getLast().id();
        final MappedMemory memory = platform().map(new MemoryRequest(64 << 10, node, Rung.NORMAL));
        try {
            assertThat(memory.node() == node || memory.reason().contains("not bound to node " + node)
                    || memory.node() == Platform.ANY_NODE).as(memory.reason()).isTrue();
            assertThat(platform().pageNodes(memory.address(), memory.pageBytes(), 2)).containsOnly(memory.node());
        } finally {
            platform().unmap(memory);
        }
    }

    @Test
    void shouldRefuseALibraryOfAnotherAbiVersion() {
        final Abi abi = Abi.ofBindings();
        assertThatExceptionOfType(KaelixException.class)
                .isThrownBy(() -> openExpecting(new Abi(abi.version() + 1, abi.layout())))
                .withMessageContaining("libkaelix")
                .withMessageContaining("it has ABI version " + abi.version() + ", but this jar needs "
                        + (abi.version() + 1))
                .withMessageContaining("-Dkaelix.native.path");
    }

    @Test
    void shouldRefuseALibraryThatLaysOutItsStructsOtherwise() {
        final Abi abi = Abi.ofBindings();
        final List<Integer> layout = new ArrayList<>(abi.layout());
        layout.set(3, layout.get(3) + 4);
        assertThatExceptionOfType(KaelixException.class)
                .isThrownBy(() -> openExpecting(new Abi(abi.version(), layout)))
                .withMessageContaining("it lays out its structs as " + abi.layout()
                        + ", but this jar expects " + layout);
    }

    @Test
    void shouldAgreeWithThePortablePlatformWhereCapacityEnds() {
        final Platform portable = new PortablePlatform(ProcessStatus.ofThisProcess());
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment data = arena.allocate(1000).fill((byte) '\n');
            final MemorySegment left = arena.allocate(16 + 4 * 1000, 8);
            final MemorySegment right = arena.allocate(16 + 4 * 1000, 8);
            for (int capacity = 1; capacity <= 1000; capacity++) {
                platform().kernels().newlines(data, 0, 1000, left, capacity);
                portable.kernels().newlines(data, 0, 1000, right, capacity);
                assertThat(left.mismatch(right)).isEqualTo(-1);
            }
        }
    }
}
