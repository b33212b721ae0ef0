// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.platform.MappedMemory;
import io.kaelix.platform.MemoryPolicy;
import io.kaelix.platform.MemoryRequest;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Memory by node, under one limit, with figures that add up. */
class NumaAllocatorTest {

    private static final long MIB = 1L << 20;
    private static final long REGION = RegionArena.REGION_BYTES;

    /** A machine of two nodes out of the one that is at hand: tells what was asked of it, and can be made to wait. */
    private static final class TwoNodes {

        private final List<MemoryRequest> requests = new CopyOnWriteArrayList<>();
        private volatile int currentNode;
        private volatile int fullNode = Platform.ANY_NODE;
        private volatile boolean isFull;
        private volatile CountDownLatch mapping;
        private volatile CountDownLatch mayMap;

        private Platform platform() {
            return (Platform) Proxy.newProxyInstance(Platform.class.getClassLoader(), new Class<?>[] {Platform.class},
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "currentNode" -> currentNode;
                        case "map" -> map((MemoryRequest) arguments[0]);
                        default -> {
                            try {
                                yield method.invoke(Platforms.current(), arguments);
                            } catch (final InvocationTargetException e) {
                                throw e.getCause();
                            }
                        }
                    });
        }

        private MappedMemory map(final MemoryRequest request) throws InterruptedException {
            requests.add(request);
            if (mapping != null) {
                mapping.countDown();
                assertThat(mayMap.await(60, TimeUnit.SECONDS)).isTrue();
            }
            if (isFull && (fullNode == Platform.ANY_NODE || request.node() == fullNode)) {
                throw new KaelixException("no memory for " + request.node());
            }
            // The machine may have but one node.
            final int node = request.node() == 1 ? 0 : request.node();
            return Platforms.current().map(new MemoryRequest(request.bytes(), request.policy(), node, request.nodes(), request.firstRung()));
        }
    }

    private final TwoNodes machine = new TwoNodes();

    private NumaAllocator allocator(final long limit) {
        return new NumaAllocator(machine.platform(), Rung.NORMAL, limit);
    }

    @Test
    void shouldAskForMemoryOnTheNodeThatIsMeant() {
        final NumaAllocator memory = allocator(64 * MIB);
        assertThat(memory.mappedBytes()).isZero();
        machine.currentNode = 1;
        memory.allocateLocal(1);
        memory.allocateOnNode(0, 1);
        memory.allocateOnNode(1, 1);
        memory.allocateOnNode(Platform.ANY_NODE, 1);
        memory.allocateInterleaved(1);
        assertThat(machine.requests).extracting(MemoryRequest::policy).containsExactly(MemoryPolicy.BIND, MemoryPolicy.BIND,
                MemoryPolicy.BIND, MemoryPolicy.INTERLEAVE);
        assertThat(machine.requests).extracting(MemoryRequest::node).containsExactly(1, 0, Platform.ANY_NODE, Platform.ANY_NODE);
        assertThat(memory.statistics()).extracting(NodeMemory::node).containsExactly(NumaAllocator.INTERLEAVED, Platform.ANY_NODE, 0, 1);
        assertThat(memory.statistics()).extracting(NodeMemory::blocks).containsExactly(1L, 1L, 1L, 2L);
        assertThat(memory.placement(1).bytes()).isEqualTo(memory.mappedBytes()).isEqualTo(4 * REGION);
        memory.close();
    }

    @Test
    void shouldTakeLocalMemoryFromElsewhereAndSaySoWhereTheNodeIsFull() {
        final NumaAllocator memory = allocator(64 * MIB);
        machine.currentNode = 1;
        machine.fullNode = 1;
        machine.isFull = true;
        memory.allocateLocal(MIB);
        assertThat(machine.requests).extracting(MemoryRequest::node).containsExactly(1, Platform.ANY_NODE);
        assertThat(memory.statistics()).extracting(NodeMemory::node).containsExactly(Platform.ANY_NODE);
        assertThat(memory.statistics()).extracting(NodeMemory::used).containsExactly(MIB);
        assertThatThrownBy(() -> memory.allocateOnNode(1, MIB)).isInstanceOf(KaelixException.class).hasMessage("no memory for 1");
        memory.close();
    }

    @Test
    void shouldNameTheNodeThatWasMeantWhereNoneHasMemory() {
        final NumaAllocator memory = allocator(64 * MIB);
        machine.currentNode = 1;
        machine.isFull = true;
        assertThatThrownBy(() -> memory.allocateLocal(MIB)).isInstanceOf(KaelixException.class).hasMessage("no memory for 1")
                .satisfies(thrown -> assertThat(thrown.getSuppressed()).extracting(Throwable::getMessage).containsExactly("no memory for -1"));
        assertThat(memory.mappedBytes()).isZero();
        memory.close();
    }

    @Test
    void shouldRefuseANodeThatDoesNotExistAndLeaveNothingBehind() {
        final NumaAllocator memory = allocator(64 * MIB);
        assertThatThrownBy(() -> memory.allocateOnNode(1000, 4096)).isInstanceOf(KaelixException.class)
                .hasMessageContaining("on node 1000: there is no such node");
        assertThatThrownBy(() -> memory.allocateOnNode(-2, 4096)).isInstanceOf(IllegalArgumentException.class);
        assertThat(memory.statistics()).isEmpty();
        assertThat(memory.mappedBytes()).isZero();
    }

    @Test
    void shouldLimitAllNodesTogetherAndSayWhatIsUsedAndAsked() {
        final NumaAllocator memory = allocator(3 * REGION);
        final Block first = memory.allocateOnNode(0, REGION);
        final Block second = memory.allocateOnNode(1, 2 * REGION);
        assertThatThrownBy(() -> memory.allocateOnNode(0, 8192)).isInstanceOf(KaelixException.class)
                .hasMessage("memory limit reached: " + 3 * REGION + " bytes are mapped, 8192 more are needed, the limit is " + 3 * REGION
                        + "; close publishers, use smaller lanes or raise memoryLimit");
        assertThatThrownBy(() -> memory.allocateInterleaved(1)).isInstanceOf(KaelixException.class).hasMessageContaining("limit");
        assertThat(memory.mappedBytes()).isEqualTo(3 * REGION);
        second.free();
        assertThat(memory.mappedBytes()).as("its last region is kept").isEqualTo(3 * REGION);
        final Block third = memory.allocateOnNode(0, REGION);
        assertThat(memory.mappedBytes()).as("but makes way for another node").isEqualTo(2 * REGION);
        first.free();
        third.free();
        memory.close();
        assertThat(memory.mappedBytes()).isZero();
    }

    @Test
    void shouldGiveTheReservationBackWhereMappingFails() {
        final NumaAllocator memory = allocator(64 * MIB);
        memory.allocateOnNode(0, 1);
        final long before = memory.mappedBytes();
        assertThatThrownBy(() -> memory.allocateOnNode(999, 8 * MIB)).isInstanceOf(KaelixException.class);
        assertThat(memory.mappedBytes()).isEqualTo(before);
        memory.close();
    }

    @Test
    void shouldGiveNothingOnceItIsClosed() {
        final NumaAllocator memory = allocator(64 * MIB);
        final Block held = memory.allocateOnNode(0, 1);
        memory.close();
        memory.close();
        assertThatThrownBy(() -> memory.allocateOnNode(0, 1)).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        assertThatThrownBy(() -> memory.allocateOnNode(1, 1)).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        held.free();
        assertThat(memory.mappedBytes()).isZero();
    }

    @Test
    void shouldUnmapWhatAnInputOutputOperationHeldWhenItsEnds() throws Exception {
        final NumaAllocator memory = allocator(64 * MIB);
        final Block block = memory.allocateOnNode(0, MIB);
        final Pipe pipe = Pipe.open();
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            final Future<Integer> written = other.submit(() -> pipe.sink().write(block.segment().asByteBuffer()));
            // More than a pipe holds is written: so it is inside the operation for as long as nobody reads.
            assertThat(pipe.source().read(ByteBuffer.allocate(1))).isEqualTo(1);
            block.free();
            memory.close();
            assertThat(memory.mappedBytes()).isPositive();
            final ByteBuffer drain = ByteBuffer.allocate(1 << 16);
            for (long read = 1; read < MIB; drain.clear()) {
                read += pipe.source().read(drain);
            }
            assertThat(written.get(60, TimeUnit.SECONDS)).isEqualTo((int) MIB);
        }
        for (int tries = 0; memory.mappedBytes() > 0 && tries < 600; tries++) {
            Thread.sleep(100);
        }
        assertThat(memory.mappedBytes()).isZero();
    }

    @Test
    void shouldAllocateAndFreeWhileAnotherThreadMaps() throws Exception {
        final NumaAllocator memory = allocator(64 * MIB);
        final Block first = memory.allocateOnNode(0, MIB);
        machine.mayMap = new CountDownLatch(1);
        machine.mapping = new CountDownLatch(1);
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            final Future<Block> large = other.submit(() -> memory.allocateOnNode(0, 2 * REGION));
            assertThat(machine.mapping.await(60, TimeUnit.SECONDS)).isTrue();
            first.free(); // would never return if the lock were held
            final Block small = memory.allocateOnNode(0, MIB);
            assertThat(small.address()).isEqualTo(first.address());
            assertThat(memory.statistics().getFirst().blocks()).isEqualTo(1);
            machine.mayMap.countDown();
            assertThat(large.get(60, TimeUnit.SECONDS).segment().byteSize()).isEqualTo(2 * REGION);
        }
        memory.close();
    }

    @Test
    void shouldUnmapARegionThatIsMappedWhileItIsClosed() throws Exception {
        final NumaAllocator memory = allocator(64 * MIB);
        memory.allocateOnNode(0, MIB).free();
        machine.mayMap = new CountDownLatch(1);
        machine.mapping = new CountDownLatch(1);
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            final Future<Block> large = other.submit(() -> memory.allocateOnNode(0, 2 * REGION));
            assertThat(machine.mapping.await(60, TimeUnit.SECONDS)).isTrue();
            memory.close();
            machine.mayMap.countDown();
            assertThatThrownBy(() -> large.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(IllegalStateException.class);
        }
        assertThat(memory.mappedBytes()).isZero();
    }

    @Test
    void shouldServeManyThreadsWithoutOverlapAndEndWithNothing() throws Exception {
        final NumaAllocator memory = allocator(48 * MIB);
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            final List<Callable<Void>> work = new ArrayList<>();
            for (int thread = 1; thread <= 4; thread++) {
                final byte stamp = (byte) thread;
                work.add(() -> {
                    final SplittableRandom random = new SplittableRandom(stamp);
                    final List<Block> held = new ArrayList<>();
                    for (int i = 0; i < 2000; i++) {
                        if (held.size() > 8) {
                            final Block block = held.remove(random.nextInt(held.size()));
                            final MemorySegment all = block.segment();
                            final byte[] expected = new byte[(int) all.byteSize()];
                            Arrays.fill(expected, stamp);
                            assertThat(all.mismatch(MemorySegment.ofArray(expected))).as("another thread wrote there").isEqualTo(-1);
                            block.free();
                        }
                        final Block block = memory.allocateOnNode(random.nextInt(2), random.nextInt(1, 100_000));
                        block.segment().fill(stamp);
                        held.add(block);
                    }
                    held.forEach(Block::free);
                    return null;
                });
            }
            for (final Future<Void> done : threads.invokeAll(work)) {
                done.get();
            }
        }
        assertThat(memory.statistics()).allMatch(node -> node.used() == 0 && node.rounding() == 0 && node.blocks() == 0
                && node.free() == node.reserved());
        memory.close();
        assertThat(memory.mappedBytes()).isZero();
    }
}
