// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PortablePlatformTest extends PlatformContract {

    private static final Platform PLATFORM = new PortablePlatform(ProcessStatus.ofThisProcess());

    @Override
    Platform platform() {
        return PLATFORM;
    }

    @Test
    void shouldSayWhatItIs() {
        assertThat(platform().name()).isEqualTo("portable");
        assertThat(platform().kernels().isa()).isEqualTo(Isa.JAVA);
    }

    @Test
    void shouldCountCpusWhereThereIsNoProcFileSystem() {
        final Platform elsewhere = new PortablePlatform(new ProcessStatus(Path.of("/nonexistent")));
        assertThat(elsewhere.affinity().size()).isEqualTo(Runtime.getRuntime().availableProcessors());
    }

    @Test
    void shouldPlaceNothingAndSaySo() {
        final int node = platform().topology().nodes().getLast().id();
        final MappedMemory memory = platform().map(new MemoryRequest(4096, node, Rung.NORMAL));
        platform().unmap(memory);
        assertThat(memory.node()).isEqualTo(Platform.ANY_NODE);
        assertThat(memory.reason()).contains("no node placement");
    }

    @Test
    void shouldGivePagesThatHoldNothingButTheRequest() {
        final MappedMemory memory = platform().map(new MemoryRequest(4097, 0, Rung.HUGETLB_1G));
        platform().unmap(memory);
        assertThat(memory.bytes()).isEqualTo(8192);
        assertThat(memory.rung()).isEqualTo(Rung.NORMAL);
        assertThat(memory.node()).isEqualTo(Platform.ANY_NODE);
    }

    @Property
    void shouldMarkExactlyTheNewlinesOfAWord(@ForAll final long random, @ForAll final long mask) {
        final long word = random & ~mask | 0x0A0A_0A0A_0A0A_0A0AL & mask;
        long expected = 0;
        for (int i = 0; i < Long.SIZE; i += Byte.SIZE) {
            if ((byte) (word >>> i) == '\n') {
                expected |= 0x80L << i;
            }
        }
        assertThat(JavaBytes.markNewlines(word)).isEqualTo(expected);
    }
}
