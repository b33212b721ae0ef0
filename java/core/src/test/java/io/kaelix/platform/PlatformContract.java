// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.kaelix.CpuSet;
import io.kaelix.KaelixException;
import io.kaelix.platform.topology.NumaTopology;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every platform must do; instantiated for each of them. */
abstract class PlatformContract {

    private static final int NO_NODE = 1000;

    abstract Platform platform();

    static MemorySegment view(final MappedMemory memory) {
        return MemorySegment.ofAddress(memory.address()).reinterpret(memory.bytes());
    }

    static <T> T onThread(final Callable<T> action) throws Exception {
        final FutureTask<T> task = new FutureTask<>(action);
        final Thread thread = new Thread(task);
        thread.start();
        thread.join();
        return task.get();
    }

    // ---- memory ----

    @ParameterizedTest
    @EnumSource(value = Rung.class, names = {"HUGETLB_2M", "TRANSPARENT", "NORMAL"})
    void shouldMapWholePagesOfZeroes(final Rung firstRung) {
        for (final long bytes : new long[] {1, 4095, 4096, 4097, 1 << 20, (3 << 20) + 1}) {
            final MappedMemory memory = platform().map(new MemoryRequest(bytes, Platform.ANY_NODE, firstRung));
            try {
                assertThat(memory.bytes()).isGreaterThanOrEqualTo(bytes);
                assertThat(memory.bytes() % memory.pageBytes()).isZero();
                assertThat(memory.address() % memory.pageBytes()).isZero();
                assertThat(memory.rung()).isGreaterThanOrEqualTo(firstRung);
                final MemorySegment view = view(memory);
                assertThat(view.mismatch(MemorySegment.ofArray(new byte[(int) memory.bytes()]))).isEqualTo(-1);
                view.fill((byte) -1);
            } finally {
                platform().unmap(memory);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Rung.class)
    void shouldSayInOneLineWhatWasObtained(final Rung firstRung) {
        final MappedMemory memory = platform().map(new MemoryRequest(1 << 20, 0, firstRung));
        platform().unmap(memory);
        assertThat(memory.reason()).isNotBlank().doesNotContain("\n").contains(memory.rung().label());
    }

    @ParameterizedTest
    @ValueSource(ints = {NO_NODE, 1023, 1024, Integer.MAX_VALUE})
    void shouldRefuseANodeThatDoesNotExist(final int node) {
        assertThatExceptionOfType(KaelixException.class)
                .isThrownBy(() -> platform().map(new MemoryRequest(4096, node, Rung.NORMAL)))
                .withMessage("asked for 4096 bytes on node " + node + ": there is no such node (known: "
                        + String.join(", ", platform().topology().nodes().stream().map(n -> "" + n.id()).toList())
                        + "); ask for one of these, or for -1, which is any");
    }

    @Test
    void shouldMapByEveryPolicy() {
        for (final MemoryPolicy policy : MemoryPolicy.values()) {
            final int node = policy == MemoryPolicy.PREFER ? 0 : Platform.ANY_NODE;
            final MappedMemory memory = platform().map(new MemoryRequest(3 << 20, policy, node, Set.of(), Rung.TRANSPARENT));
            assertThat(view(memory).mismatch(MemorySegment.ofArray(new byte[(int) memory.bytes()]))).isEqualTo(-1);
            view(memory).fill((byte) -1);
            platform().unmap(memory);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {NO_NODE, 1023, 1024, Integer.MAX_VALUE})
    void shouldRefuseToInterleaveOverANodeThatDoesNotExist(final int node) {
        assertThatExceptionOfType(KaelixException.class)
                .isThrownBy(() -> platform().map(MemoryRequest.interleaved(4096, Set.of(0, node), Rung.NORMAL)))
                .withMessageStartingWith("asked for 4096 bytes interleaved over nodes 0, " + node + ": there is no such node");
    }

    @Test
    void shouldRejectPoliciesThatContradictThemselves() {
        final int any = Platform.ANY_NODE;
        assertThatIllegalArgumentException().isThrownBy(() -> new MemoryRequest(1, MemoryPolicy.BIND, 0, Set.of(1), Rung.NORMAL));
        assertThatIllegalArgumentException().isThrownBy(() -> new MemoryRequest(1, MemoryPolicy.PREFER, any, Set.of(), Rung.NORMAL));
        assertThatIllegalArgumentException().isThrownBy(() -> new MemoryRequest(1, MemoryPolicy.INTERLEAVE, 0, Set.of(), Rung.NORMAL));
        assertThatIllegalArgumentException().isThrownBy(() -> new MemoryRequest(1, MemoryPolicy.LOCAL, 0, Set.of(), Rung.NORMAL));
        assertThatIllegalArgumentException().isThrownBy(() -> MemoryRequest.interleaved(1, Set.of(-1), Rung.NORMAL))
                .withMessageContaining("numbers of nodes");
    }

    @Test
    void shouldRefuseMoreMemoryThanThereIs() {
        assertThatExceptionOfType(KaelixException.class)
                .isThrownBy(() -> platform().map(new MemoryRequest(1L << 46, Platform.ANY_NODE, Rung.NORMAL)))
                .withMessageContaining("asked for " + (1L << 46) + " bytes").withMessageContaining("ask for less");
    }

    @Test
    void shouldRefuseToUnmapWhatIsNotMapped() {
        final MappedMemory memory = platform().map(new MemoryRequest(8192, Platform.ANY_NODE, Rung.NORMAL));
        final MappedMemory half = new MappedMemory(memory.address(), 4096, 4096, Rung.NORMAL, 0, "half of it");
        assertThatIllegalArgumentException().isThrownBy(() -> platform().unmap(half))
                .withMessageContaining("half of it");
        platform().unmap(memory);
        assertThatIllegalArgumentException().isThrownBy(() -> platform().unmap(memory))
                .withMessageContaining("unmapped already");
    }

    @Test
    void shouldTellANodeForEachPage() {
        final MappedMemory memory = platform().map(new MemoryRequest(5 * 4096, Platform.ANY_NODE, Rung.NORMAL));
        try {
            final List<Integer> nodes = platform().topology().nodes().stream().map(NumaTopology.Node::id).toList();
            final int[] found = platform().pageNodes(memory.address(), memory.pageBytes(), 5);
            assertThat(found).hasSize(5);
            assertThat(IntStream.of(found)).allMatch(node -> node == Platform.ANY_NODE || nodes.contains(node));
            assertThat(platform().pageNodes(memory.address(), memory.pageBytes(), 0)).isEmpty();
        } finally {
            platform().unmap(memory);
        }
    }

    @Test
    void shouldRejectPagesThatCannotBe() {
        assertThatIllegalArgumentException().isThrownBy(() -> platform().pageNodes(4096, 4096, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> platform().pageNodes(4096, 0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> platform().pageNodes(4096, 4097, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> platform().pageNodes(0, 4096, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> platform().pageNodes(4096, 1L << 62, 2));
    }

    // ---- threads ----

    @Test
    void shouldReadBackTheCpusOfAThreadAndRestoreThem() throws Exception {
        onThread(() -> {
            final CpuSet before = platform().affinity();
            final CpuSet pinned = platform().pin(CpuSet.of(before.stream().max().orElseThrow()));
            assertThat(platform().affinity()).isEqualTo(pinned);
            assertThat(pinned.isEmpty()).isFalse();
            assertThat(pinned.intersect(before)).isEqualTo(pinned);
            assertThat(platform().pin(before)).isEqualTo(before);
            assertThat(platform().affinity()).isEqualTo(before);
            return null;
        });
    }

    @Test
    void shouldLeaveAThreadAloneWhenNoneOfTheCpusMayBeUsed() throws Exception {
        onThread(() -> {
            final CpuSet before = platform().affinity();
            assertThat(platform().pin(CpuSet.of())).isEqualTo(before);
            assertThat(platform().pin(CpuSet.of(CpuSet.MAX_CPU))).isEqualTo(before);
            assertThat(platform().affinity()).isEqualTo(before);
            return null;
        });
    }

    @Test
    void shouldScheduleAThreadAndPutItBack() throws Exception {
        onThread(() -> {
            final Scheduling before = platform().scheduling();
            for (final Scheduling.Policy policy : List.of(Scheduling.Policy.BATCH, Scheduling.Policy.IDLE)) {
                final Scheduling wanted = new Scheduling(policy, 0);
                final Scheduling.Outcome outcome = platform().schedule(wanted);
                assertThat(outcome.inForce()).isEqualTo(outcome.isGranted() ? wanted : before);
                assertThat(platform().scheduling()).isEqualTo(outcome.inForce());
                assertThat(platform().schedule(before)).isEqualTo(new Scheduling.Outcome(before, ""));
            }
            return null;
        });
    }

    @Test
    void shouldGrantRealTimePriorityOrSayInOneLineWhyNot() throws Exception {
        onThread(() -> {
            final Scheduling before = platform().scheduling();
            final Scheduling.Outcome outcome = platform().schedule(Scheduling.fifo(1));
            assertThat(platform().scheduling()).isEqualTo(outcome.inForce());
            assertThat(outcome.inForce()).isEqualTo(outcome.isGranted() ? Scheduling.fifo(1) : before);
            if (!outcome.isGranted()) {
                assertThat(outcome.refusal()).startsWith("asked for scheduling FIFO 1: ").endsWith("; it stays " + before)
                        .doesNotContain("\n");
            }
            assertThat(platform().schedule(before).isGranted()).isTrue();
            return null;
        });
    }

    @Test
    void shouldRejectAPolicyThatCannotBeAskedFor() {
        assertThatIllegalArgumentException().isThrownBy(() -> platform().schedule(new Scheduling(Scheduling.Policy.OTHER, 0)))
                .withMessageContaining("FIFO");
    }

    @Test
    void shouldTellWhereAThreadRuns() {
        final List<Integer> nodes = platform().topology().nodes().stream().map(NumaTopology.Node::id).toList();
        assertThat(platform().currentNode()).isIn(nodes);
        final int cpu = platform().currentCpu();
        assertThat(cpu == -1 || platform().affinity().contains(cpu)).isTrue();
    }

    @Test
    void shouldDescribeTheMachine() {
        final NumaTopology topology = platform().topology();
        assertThat(platform().topology()).isSameAs(topology);
        for (final NumaTopology.Node node : topology.nodes()) {
            assertThat(node.distances()).hasSameSizeAs(topology.nodes());
            assertThat(node.distances().get(topology.nodes().indexOf(node))).isEqualTo(10);
        }
        assertThat(topology.nodes().stream().flatMap(node -> node.cpus().stream()))
                .contains(platform().affinity().stream().boxed().toArray(Integer[]::new)).doesNotHaveDuplicates();
    }

    // ---- kernels ----

    @Test
    void shouldFindNewlinesOfEveryLength() {
        final Random random = new Random(42);
        for (int length = 0; length <= 130; length++) {
            final byte[] none = new byte[length];
            final byte[] all = new byte[length];
            final byte[] some = new byte[length];
            for (int i = 0; i < length; i++) {
                none[i] = '\n' ^ (byte) 0x80;
                all[i] = '\n';
                some[i] = random.nextInt(4) == 0 ? (byte) '\n' : (byte) random.nextInt(256);
            }
            for (final byte[] data : List.of(none, all, some)) {
                for (final int capacity : new int[] {1, 2, 7, 8, 9, 64, length + 1}) {
                    Newlines.check(platform(), data, 0, capacity);
                    Newlines.check(platform(), data, Math.min(3, length), capacity);
                }
            }
        }
    }

    @Property(tries = 500)
    void shouldFindTheNewlinesThatALoopFinds(@ForAll("lines") final byte[] data,
            @ForAll @IntRange(max = 70) final int offset, @ForAll @IntRange(min = 1, max = 600) final int capacity) {
        Newlines.check(platform(), data, Math.min(offset, data.length), capacity);
    }

    @Provide
    Arbitrary<byte[]> lines() {
        // Bytes next to a newline in value, and with its low bits, are what a wrong trick would take for one.
        final Arbitrary<Byte> tricky = 
                Arbitraries.of((byte) 0x0A, (byte) 0x0B, (byte) 0x09, (byte) 0x8A, (byte) 0, (byte) -1);
        return Arbitraries.oneOf(List.of(tricky, Arbitraries.bytes())).array(byte[].class).ofMaxSize(600);
    }

    @Test
    void shouldIndexAsMuchAsOneCallMayAndNoMore() {
        final int max = Kernels.MAX_BYTES;
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment data = arena.allocate(max + 1L).fill((byte) '\n');
            final MemorySegment out = arena.allocate(Kernels.NEWLINES_HEADER_BYTES + 4L * max, 8);
            assertThat(platform().kernels().newlines(data, 1, max, out, max)).isEqualTo(max);
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> platform().kernels().newlines(data, 0, max + 1, out, max))
                    .withMessageContaining("in pieces");
        }
    }

    @Test
    void shouldRejectRangesOutsideTheSegmentsBeforeTheyAreTouched() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment data = arena.allocate(100);
            final MemorySegment out = arena.allocate(Kernels.NEWLINES_HEADER_BYTES + 4L * 10, 8).fill((byte) 7);
            final long[][] outside = {{-1, 1}, {0, -1}, {0, 101}, {100, 1}, {101, 0}, {Long.MAX_VALUE, 1}};
            for (final long[] range : outside) {
                assertThatExceptionOfType(IndexOutOfBoundsException.class)
                        .isThrownBy(() -> platform().kernels().newlines(data, range[0], (int) range[1], out, 10));
            }
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> platform().kernels().newlines(data, 0, 100, out, 11)).withMessageContaining("11 positions");
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> platform().kernels().newlines(data, 0, 100, out, Integer.MAX_VALUE));
            assertThatIllegalArgumentException().isThrownBy(() -> platform().kernels().newlines(data, 0, 100, out, 0));
            assertThat(out.toArray(JAVA_BYTE)).containsOnly((byte) 7);
        }
    }

    @Test
    void shouldRejectMemoryThatIsNotFitForAKernel() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment data = arena.allocate(100);
            final MemorySegment out = arena.allocate(200, 8);
            final MemorySegment heap = MemorySegment.ofArray(new long[25]);
            assertThatIllegalArgumentException().isThrownBy(() -> platform().kernels().newlines(heap, 0, 100, out, 10))
                    .withMessageContaining("native");
            assertThatIllegalArgumentException().isThrownBy(() -> platform().kernels().newlines(data, 0, 100, heap, 10))
                    .withMessageContaining("native");
            assertThatIllegalArgumentException().isThrownBy(() -> platform().kernels().newlines(data, 0, 100, out.asSlice(4), 10))
                    .withMessageContaining("aligned");
            final MemorySegment readOnly = out.asReadOnly();
            assertThatIllegalArgumentException().isThrownBy(() -> platform().kernels().newlines(data, 0, 100, readOnly, 10))
                    .withMessageContaining("writable");
        }
    }

    @Test
    void shouldRefuseMemoryThatWasGivenBack() {
        final Arena arena = Arena.ofShared();
        final MemorySegment data = arena.allocate(100);
        final MemorySegment out = arena.allocate(200, 8);
        arena.close();
        assertThatIllegalStateException().isThrownBy(() -> platform().kernels().newlines(data, 0, 100, out, 10));
    }

    @Test
    void shouldFilterColumnsOfEveryLength() {
        final Random random = new Random(42);
        for (int length = 0; length <= 130; length++) {
            final long[] values = random.longs(length, -5, 6).toArray();
            Filters.check(platform(), values, 0, random.nextLong(-6, 7));
            Filters.check(platform(), values, Math.min(3, length), 0);
        }
    }

    @Property(tries = 500)
    void shouldFilterAsTheOperatorsDo(@ForAll("columns") final long[] values, @ForAll @IntRange(max = 9) final int skipped,
            @ForAll("integers") final long operand) {
        Filters.check(platform(), values, Math.min(skipped, values.length), operand);
    }

    @Provide
    Arbitrary<Long> integers() {
        // Few of them, so that values and operand are often equal, and the ends, where arithmetic wraps.
        return Arbitraries.oneOf(List.of(Arbitraries.longs().between(-3, 3), Arbitraries.longs(),
                Arbitraries.of(Long.MIN_VALUE, Long.MIN_VALUE + 1, Long.MAX_VALUE - 1, Long.MAX_VALUE)));
    }

    @Provide
    Arbitrary<long[]> columns() {
        return integers().array(Long[].class).ofMaxSize(300).map(boxed -> Stream.of(boxed).mapToLong(Long::longValue).toArray());
    }

    @Test
    void shouldFilterAsMuchAsOneCallMayAndNoMore() {
        final int max = Kernels.MAX_LONGS;
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment values = arena.allocate(8L * (max + 1), 8);
            final MemorySegment out = arena.allocate(Kernels.SELECTION_HEADER_BYTES + 4L * (max + 1), 8);
            assertThat(platform().kernels().filter(values, 8, max, Comparison.EQ, 0, out)).isEqualTo(max);
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> platform().kernels().filter(values, 0, max + 1, Comparison.EQ, 0, out))
                    .withMessageContaining("in pieces");
        }
    }

    @Test
    void shouldRejectColumnsOutsideTheSegmentsBeforeTheyAreTouched() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment values = arena.allocate(80, 8);
            final MemorySegment out = arena.allocate(Kernels.SELECTION_HEADER_BYTES + 4L * 9, 8).fill((byte) 7);
            final long[][] outside = {{-8, 1}, {0, -1}, {0, 11}, {80, 1}, {88, 0}, {Long.MAX_VALUE - 7, 1}};
            for (final long[] range : outside) {
                assertThatExceptionOfType(IndexOutOfBoundsException.class)
                        .isThrownBy(() -> platform().kernels().filter(values, range[0], (int) range[1], Comparison.EQ, 0, out));
            }
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> platform().kernels().filter(values, 0, 10, Comparison.EQ, 0, out))
                    .withMessageContaining("10 indices need 48");
            assertThat(out.toArray(JAVA_BYTE)).containsOnly((byte) 7);
        }
    }

    @Test
    void shouldRejectColumnsThatAreNotFitForAKernel() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment values = arena.allocate(80, 8);
            final MemorySegment out = arena.allocate(80, 8);
            final MemorySegment heap = MemorySegment.ofArray(new long[10]);
            assertThatNullPointerException().isThrownBy(() -> platform().kernels().filter(values, 0, 4, null, 0, out))
                    .withMessage("comparison");
            assertThatIllegalArgumentException().isThrownBy(() -> platform().kernels().filter(heap, 0, 4, Comparison.EQ, 0, out))
                    .withMessageContaining("values and out must be native");
            assertThatIllegalArgumentException().isThrownBy(() -> platform().kernels().filter(values, 0, 4, Comparison.EQ, 0, heap))
                    .withMessageContaining("native");
            assertThatIllegalArgumentException().isThrownBy(() -> platform().kernels().filter(values, 4, 4, Comparison.EQ, 0, out))
                    .withMessageContaining("values must be aligned");
            final MemorySegment odd = out.asSlice(4);
            assertThatIllegalArgumentException().isThrownBy(() -> platform().kernels().filter(values, 0, 4, Comparison.EQ, 0, odd))
                    .withMessageContaining("out must be aligned");
            final MemorySegment readOnly = out.asReadOnly();
            assertThatIllegalArgumentException().isThrownBy(() -> platform().kernels().filter(values, 0, 4, Comparison.EQ, 0, readOnly))
                    .withMessageContaining("writable");
        }
    }

    @Test
    void shouldNotFilterMemoryThatWasGivenBack() {
        final Arena arena = Arena.ofShared();
        final MemorySegment values = arena.allocate(80, 8);
        final MemorySegment out = arena.allocate(80, 8);
        arena.close();
        assertThatIllegalStateException().isThrownBy(() -> platform().kernels().filter(values, 0, 4, Comparison.EQ, 0, out));
    }

    @Test
    void shouldChangeNothingByPrefetching() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment memory = arena.allocate(Platform.PREFETCH_MAX_BYTES, 64).fill((byte) 7);
            for (final long bytes : new long[] {-1, 0, 1, 64, Platform.PREFETCH_MAX_BYTES, Platform.PREFETCH_MAX_BYTES + 1, Long.MAX_VALUE}) {
                platform().prefetchForWrite(memory.address(), bytes);
            }
            platform().prefetchForWrite(0, Platform.PREFETCH_MAX_BYTES);
            assertThat(memory.toArray(JAVA_BYTE)).containsOnly(7);
        }
    }
}
