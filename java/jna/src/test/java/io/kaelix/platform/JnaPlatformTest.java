// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.kaelix.CpuSet;
import io.kaelix.platform.topology.NumaTopology;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** In the package of the contract, which is shared by no other. */
class JnaPlatformTest extends PlatformContract {

    private static final Platform PLATFORM = Platforms.openProvided("jna", ServiceLoader.load(PlatformProvider.class));
    private static final Platform FFM = FfmPlatform.open(new RecordingLogger());

    @Override
    Platform platform() {
        return PLATFORM;
    }

    @Test
    void shouldSayWhatItIs() {
        assertThat(platform().name()).isEqualTo("jna");
        assertThat(platform().kernels().isa()).isEqualTo(Isa.JAVA);
    }

    @Test
    void shouldDescribeTheMachineAsTheFirstPlatformDoes() {
        assertThat(platform().topology().nodes()).extracting(NumaTopology.Node::id, NumaTopology.Node::cpus)
                .isEqualTo(FFM.topology().nodes().stream().map(node -> tuple(node.id(), node.cpus())).toList());
    }

    @Test
    void shouldPinAThreadToOneCpuAsTheFirstPlatformSees() throws Exception {
        onThread(() -> {
            final CpuSet before = platform().affinity();
            for (final int cpu : before.stream().toArray()) {
                assertThat(platform().pin(CpuSet.of(cpu))).isEqualTo(CpuSet.of(cpu));
                assertThat(platform().currentCpu()).isEqualTo(cpu);
                assertThat(FFM.affinity()).isEqualTo(CpuSet.of(cpu));
                platform().pin(before);
            }
            return null;
        });
    }

    @Test
    void shouldScheduleAThreadAsTheFirstPlatformSees() throws Exception {
        onThread(() -> {
            final Scheduling idle = new Scheduling(Scheduling.Policy.IDLE, 0);
            assertThat(platform().schedule(idle).isGranted()).isTrue();
            assertThat(FFM.scheduling()).isEqualTo(idle).isEqualTo(platform().scheduling());
            return null;
        });
    }

    @Test
    void shouldLeaveTheCarrierOfAVirtualThreadAlone() throws Exception {
        final List<CpuSet> seen = new ArrayList<>();
        Thread.ofVirtual().start(() -> {
            seen.add(platform().affinity());
            seen.add(platform().pin(CpuSet.of(seen.getFirst().stream().max().orElseThrow())));
        }).join();
        assertThat(seen.getLast()).isEqualTo(seen.getFirst());
    }

    @ParameterizedTest
    @EnumSource(Rung.class)
    void shouldObtainThePagesThatTheFirstPlatformObtains(final Rung firstRung) {
        final MemoryRequest request = new MemoryRequest(64 << 10, Platform.ANY_NODE, firstRung);
        final MappedMemory memory = platform().map(request);
        platform().unmap(memory);
        final MappedMemory expected = FFM.map(request);
        FFM.unmap(expected);
        assertThat(memory.rung()).isEqualTo(expected.rung());
        assertThat(memory.pageBytes()).isEqualTo(expected.pageBytes());
        assertThat(memory.bytes()).isEqualTo(expected.bytes());
        assertThat(memory.reason()).isEqualTo(expected.reason());
    }

    @Test
    void shouldReadTheNodeOfBoundPagesBack() {
        final int node = platform().topology().nodes().getLast().id();
        final MappedMemory memory = platform().map(new MemoryRequest(64 << 10, node, Rung.NORMAL));
        try {
            assertThat(platform().pageNodes(memory.address(), memory.pageBytes(), 2)).containsOnly(memory.node())
                    .isEqualTo(FFM.pageNodes(memory.address(), memory.pageBytes(), 2));
        } finally {
            platform().unmap(memory);
        }
    }
}
