// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Payload;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** References that users hold: each ends once, for itself, and the memory with the last. */
class PayloadHandleTest {

    private final PoolFixture fixture = new PoolFixture(16 << 20, LeakDetection.ALL);

    @AfterEach
    void close() {
        fixture.close();
    }

    private long outstanding() {
        return fixture.pool.statistics().outstanding();
    }

    private static <T> T onThread(final Callable<T> work) throws Exception {
        try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
            return executor.submit(work).get(60, TimeUnit.SECONDS);
        }
    }

    /** What can be called on a payload, each as one that has ended has to answer it. */
    static Stream<Consumer<Payload>> calls() {
        return Stream.of(Payload::length, Payload::segment, Payload::writable, Payload::seal, Payload::share,
                payload -> payload.slice(0, 0), Payload::release, Payload::close, payload -> PayloadHandle.of(payload).hold());
    }

    @ParameterizedTest
    @MethodSource("calls")
    void shouldThrowOnceItIsReleasedWhoeverElseHoldsTheBytes(final Consumer<Payload> call) {
        final Payload payload = fixture.pool.payload(100);
        final Payload shared = payload.share();
        assertThat(payload.release()).isFalse();
        assertThatThrownBy(() -> call.accept(payload)).isInstanceOf(IllegalStateException.class).hasMessageContaining("released");
        assertThat(payload).hasToString("Payload[released]");
        assertThat(outstanding()).isEqualTo(1);
        assertThat(shared.release()).isTrue();
        assertThatThrownBy(() -> call.accept(shared)).isInstanceOf(IllegalStateException.class).hasMessageContaining("released");
        assertThat(outstanding()).isZero();
    }

    @Test
    void shouldBeWrittenUntilItIsShared() {
        final Payload payload = fixture.pool.payload(100);
        final MemorySegment writable = payload.writable();
        assertThat(payload.writable()).isSameAs(writable);
        writable.fill((byte) 3);
        final MemorySegment segment = payload.segment();
        assertThatThrownBy(() -> segment.set(JAVA_BYTE, 0, (byte) 1))
                .isInstanceOfAny(UnsupportedOperationException.class, IllegalArgumentException.class);
        final Payload shared = payload.share();
        assertThatThrownBy(() -> writable.set(JAVA_BYTE, 0, (byte) 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(payload::writable).isInstanceOf(IllegalStateException.class).hasMessageContaining("complete");
        assertThatThrownBy(shared::writable).isInstanceOf(IllegalStateException.class).hasMessageContaining("complete");
        assertThat(shared.segment().get(JAVA_BYTE, 99)).isEqualTo((byte) 3);
        shared.close();
        payload.close();
    }

    @ParameterizedTest
    @MethodSource("endsOfWriting")
    void shouldTakeTheSegmentForWritingAwayHoweverTheWritingEnds(final Consumer<Payload> end) {
        final Payload payload = fixture.pool.payload(100);
        final MemorySegment writable = payload.writable();
        final MemorySegment part = writable.asSlice(10);
        final ByteBuffer buffer = writable.asByteBuffer();
        end.accept(payload);
        assertThatThrownBy(() -> writable.set(JAVA_BYTE, 0, (byte) 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> part.fill((byte) 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> buffer.put(0, (byte) 1)).isInstanceOf(IllegalStateException.class);
    }

    static Stream<Consumer<Payload>> endsOfWriting() {
        return Stream.of(Payload::seal, Payload::share, payload -> payload.slice(1, 2), Payload::release,
                payload -> PayloadHandle.of(payload).hold());
    }

    @Test
    void shouldBelongToTheThreadThatWritesItUntilThen() throws Exception {
        final Payload payload = fixture.pool.payload(100);
        payload.writable();
        for (final Consumer<Payload> call : List.<Consumer<Payload>>of(Payload::segment, Payload::seal,
                Payload::share, Payload::release, Payload::writable, other -> other.slice(0, 1))) {
            onThread(() -> assertThatThrownBy(() -> call.accept(payload)).isInstanceOf(IllegalStateException.class)
                    .hasMessageMatching(".* is (being )?written by .*"));
        }
        payload.writable().fill((byte) 9);
        payload.seal();
        payload.seal();
        assertThat(onThread(() -> payload.segment().get(JAVA_BYTE, 50))).isEqualTo((byte) 9);
        assertThat(onThread(payload::release)).isTrue();
    }

    @ParameterizedTest
    @MethodSource("endsOfWriting")
    void shouldBeEndedByAnyThreadOnceItsWriterHasEnded(final Consumer<Payload> end) throws Exception {
        final FutureTask<Payload> writing = new FutureTask<>(() -> {
            final Payload made = fixture.pool.payload(100);
            made.writable().fill((byte) 9);
            return made;
        });
        Thread.ofPlatform().start(writing).join();
        final Payload payload = writing.get();
        assertThatThrownBy(payload::writable).isInstanceOf(IllegalStateException.class).hasMessageContaining("written by the thread that made it");
        assertThat(payload.segment().get(JAVA_BYTE, 99)).isEqualTo((byte) 9);
        end.accept(payload);
        assertThatThrownBy(payload::writable).isInstanceOf(IllegalStateException.class).hasMessageNotContaining("thread");
    }

    @Test
    void shouldShowZerosWhereOthersHadWritten() {
        for (int i = 0; i < 100; i++) {
            try (Payload payload = fixture.pool.payload(1000)) {
                assertThat(payload.writable().mismatch(MemorySegment.ofArray(new byte[1000]))).isEqualTo(-1);
                payload.writable().fill((byte) 7);
            }
        }
    }

    @Test
    void shouldCheckTheRangesOfSlices() {
        final Payload payload = fixture.pool.payload(100);
        final Payload slice = payload.slice(10, 90);
        for (final long[] range : new long[][] {{-1, 5}, {0, 81}, {5, 4}, {0, Long.MAX_VALUE}, {Long.MIN_VALUE, 0}}) {
            assertThatThrownBy(() -> slice.slice(range[0], range[1])).isInstanceOf(IndexOutOfBoundsException.class);
        }
        final Payload nothing = slice.slice(80, 80);
        assertThat(nothing.length()).isZero();
        assertThat(nothing.segment().byteSize()).isZero();
        Stream.of(payload, slice, nothing).forEach(Payload::release);
        assertThat(outstanding()).isZero();
    }

    @Test
    void shouldHaveNoBytesIfNoneAreWanted() {
        try (Payload payload = fixture.pool.payload(0)) {
            assertThat(payload.length()).isZero();
            assertThat(payload.writable().byteSize()).isZero();
        }
    }

    /** Threads share, slice and release at random; whoever ends last frees, once, and nobody reads others' bytes meanwhile. */
    @Test
    void shouldCountExactlyUnderConcurrency() throws Exception {
        final int threads = 4;
        final AtomicInteger last = new AtomicInteger();
        final int rounds = 2_000;
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            for (int round = 0; round < rounds; round++) {
                final Payload payload = fixture.pool.payload(64);
                payload.writable().fill((byte) round);
                final byte expected = (byte) round;
                final List<Future<?>> futures = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    final Payload own = payload.share();
                    futures.add(executor.submit(() -> {
                        final Payload part = own.slice(8, 16);
                        final Payload again = own.share();
                        last.addAndGet(own.release() ? 1 : 0);
                        assertThat(part.segment().get(JAVA_BYTE, 7)).isEqualTo(expected);
                        last.addAndGet(part.release() ? 1 : 0);
                        assertThat(again.segment().get(JAVA_BYTE, 0)).isEqualTo(expected);
                        last.addAndGet(again.release() ? 1 : 0);
                    }));
                }
                last.addAndGet(payload.release() ? 1 : 0);
                for (final Future<?> future : futures) {
                    future.get(60, TimeUnit.SECONDS);
                }
            }
        }
        assertThat(last).hasValue(rounds);
        assertThat(outstanding()).isZero();
    }

    @Test
    void shouldLetOneOfManyThreadsReleaseIt() throws Exception {
        try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
            for (int round = 0; round < 1_000; round++) {
                final Payload payload = fixture.pool.payload(MemorySegment.ofArray(new byte[10]));
                final AtomicInteger refused = new AtomicInteger();
                final List<Future<?>> futures = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    futures.add(executor.submit(() -> {
                        try {
                            payload.release();
                        } catch (final IllegalStateException released) {
                            refused.incrementAndGet();
                        }
                    }));
                }
                for (final Future<?> future : futures) {
                    future.get(60, TimeUnit.SECONDS);
                }
                assertThat(refused).hasValue(3);
            }
        }
        assertThat(outstanding()).isZero();
    }

    @Test
    void shouldTellTheOnePlaceThatLeaks() throws Exception {
        for (int i = 0; i < 10; i++) {
            fixture.pool.payload(100);
        }
        fixture.pool.payload(100).release();
        collectUntil("ten leaks", () -> fixture.pool.statistics().leaks() == 10);
        assertThat(fixture.lines).hasSize(1);
        assertThat(fixture.lines.getFirst()).startsWith("WARNING a payload of 100 bytes was made and never released, at ")
                .contains("kaelix.leakDetection=all");
        assertThat(outstanding()).as("taken back").isZero();
    }

    @Test
    void shouldTellOfEachReferenceThatLeaksAndKeepTheBytesOfTheOthers() throws Exception {
        final Payload payload = fixture.pool.payload(MemorySegment.ofArray(new byte[] {4, 5}));
        payload.share();
        payload.slice(0, 1);
        collectUntil("two leaks", () -> fixture.pool.statistics().leaks() == 2);
        assertThat(fixture.lines).isNotEmpty().allMatch(line -> line.contains("of 2 bytes was shared and never")
                || line.contains("of 1 bytes was sliced and never"));
        assertThat(payload.segment().get(JAVA_BYTE, 1)).isEqualTo((byte) 5);
        assertThat(payload.release()).as("the last").isTrue();
    }

    /** Whoever can still write memory holds it, by whatever part of the segment it is. */
    @Test
    void shouldTakeNothingBackThatCanStillBeWritten() throws Exception {
        final MemorySegment part = fixture.pool.payload(100).writable().asSlice(50, 10);
        // A leak after it: when that is found, this one was looked at.
        fixture.pool.payload(10);
        collectUntil("the leak", () -> fixture.pool.statistics().leaks() > 0);
        assertThat(fixture.pool.statistics().leaks()).isEqualTo(1);
        part.fill((byte) 1);
        assertThat(outstanding()).isEqualTo(1);
    }

    @Test
    void shouldEnterAndLeaveTheTable() {
        final List<Payload> all = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            all.add(fixture.pool.payload(MemorySegment.ofArray(new byte[] {(byte) i})));
        }
        for (int i = 0; i < 1_000; i++) {
            final SharedBytes bytes = PayloadHandle.of(all.get(i)).hold();
            assertThat(PayloadTable.PROCESS.acquire(bytes.index(), bytes.generation())).isSameAs(bytes);
            assertThat(PayloadTable.PROCESS.acquire(bytes.index(), bytes.generation() + 1)).isNull();
            assertThat(bytes.references()).isEqualTo(3);
            bytes.release();
            bytes.release();
            assertThat(all.get(i).release()).isTrue();
            assertThat(PayloadTable.PROCESS.acquire(bytes.index(), bytes.generation())).isNull();
            assertThat(bytes.tryHold()).isFalse();
            assertThatThrownBy(bytes::release).isInstanceOf(IllegalStateException.class).hasMessageContaining("once too often");
        }
        assertThat(PayloadTable.PROCESS.acquire(-1, 0)).isNull();
        assertThat(PayloadTable.PROCESS.acquire(Integer.MAX_VALUE, 0)).isNull();
        assertThat(PayloadTable.PROCESS.acquire(Integer.MIN_VALUE, 0)).isNull();
        for (int i = 0; i < 100_000; i++) {
            try (Payload payload = fixture.pool.payload(1)) {
                final SharedBytes bytes = PayloadHandle.of(payload).hold();
                assertThat(bytes.index()).as("used again").isLessThan(10_000);
                bytes.release();
            }
        }
    }

    private static void collectUntil(final String what, final BooleanSupplier condition) throws InterruptedException {
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("waited in vain for: " + what);
            }
            System.gc();
            Thread.sleep(5);
        }
    }
}
