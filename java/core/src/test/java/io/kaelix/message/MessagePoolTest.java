// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.PoolStatistics;
import io.kaelix.RetainedMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Memory of retained messages: bounded, used again, given back. */
class MessagePoolTest {

    private static final int THREADS = 4;

    @Test
    void shouldRoundToPowersOfTwo() {
        assertThat(BufferSize.of(0)).isZero();
        assertThat(BufferSize.of(1)).isZero();
        assertThat(BufferSize.of(128)).isZero();
        assertThat(BufferSize.of(129)).isEqualTo(1);
        assertThat(BufferSize.of(1 << 20)).isEqualTo(BufferSize.CLASSES - 1);
        assertThat(BufferSize.of((1 << 20) + 1)).isEqualTo(BufferSize.OUTSIZE);
        assertThat(BufferSize.of(Integer.MAX_VALUE)).isEqualTo(BufferSize.OUTSIZE);
        for (int length = 1; length <= 1 << 20; length += 37) {
            final int bytes = BufferSize.bytes(BufferSize.of(length));
            assertThat(bytes).isGreaterThanOrEqualTo(length).isLessThan(Math.max(2 * length, 129));
        }
    }

    @Test
    void shouldUseTheSameMemoryAgain() {
        try (PoolFixture fixture = new PoolFixture()) {
            for (int round = 0; round < 10_000; round++) {
                fixture.retain(100, round).close();
            }
            final PoolStatistics statistics = fixture.pool.statistics();
            assertThat(statistics.misses()).isEqualTo(1);
            assertThat(statistics.hits()).isEqualTo(9_999);
            assertThat(statistics.hitRate()).isGreaterThan(0.99);
            assertThat(statistics.allocations()).isEqualTo(1);
            assertThat(statistics.outstanding()).isZero();
            assertThat(statistics.highWaterMark()).isEqualTo(1);
        }
    }

    @Test
    void shouldTellWhatIsOutstandingAndTheMostThereWas() {
        try (PoolFixture fixture = new PoolFixture()) {
            final List<RetainedMessage> held = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                held.add(fixture.retain(i, i));
            }
            assertThat(fixture.pool.statistics().outstanding()).isEqualTo(2_000);
            held.forEach(RetainedMessage::close);
            held.clear();
            for (int i = 0; i < 500; i++) {
                held.add(fixture.retain(i, i));
            }
            assertThat(fixture.pool.statistics().outstanding()).isEqualTo(500);
            assertThat(fixture.pool.statistics().highWaterMark()).isEqualTo(2_000);
            held.forEach(RetainedMessage::close);
        }
    }

    @Test
    void shouldHitWhenOneThreadRetainsAndAnotherReleases() throws InterruptedException {
        try (PoolFixture fixture = new PoolFixture()) {
            final BlockingQueue<RetainedMessage> queue = new ArrayBlockingQueue<>(256);
            final int count = 100_000;
            final AtomicReference<Throwable> failure = new AtomicReference<>();
            final Thread other = Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 0; i < count; i++) {
                        final RetainedMessage message = queue.take();
                        if (!PoolFixture.holds(message, 40, i)) {
                            throw new AssertionError("not message " + i);
                        }
                        message.release();
                    }
                } catch (final Throwable t) {
                    failure.set(t);
                }
            });
            for (int i = 0; i < count; i++) {
                queue.put(fixture.retain(40, i));
            }
            other.join();
            assertThat(failure.get()).isNull();
            final PoolStatistics statistics = fixture.pool.statistics();
            assertThat(statistics.hitRate()).isGreaterThan(0.95);
            assertThat(statistics.allocations()).isLessThan(10);
            assertThat(statistics.outstanding()).isZero();
        }
    }

    @Test
    void shouldRefuseAtTheLimitAndGoOnWhenSomethingIsReleased() {
        try (PoolFixture fixture = new PoolFixture(256 << 10, LeakDetection.OFF)) {
            final List<RetainedMessage> held = new ArrayList<>();
            final KaelixException full = fillUp(fixture, held, 1000);
            assertThat(full).hasMessageContaining("256 are outstanding").hasMessageContaining("the limit is 262144")
                    .hasMessageContaining("release some");
            assertThat(held).hasSize(256);
            for (int i = 0; i < held.size(); i++) {
                assertThat(PoolFixture.holds(held.get(i), 1000, i)).isTrue();
            }
            held.removeLast().release();
            held.add(fixture.retain(1000, 255));
            assertThatThrownBy(() -> fixture.retain(1000, 0)).isInstanceOf(KaelixException.class);
            held.forEach(RetainedMessage::close);
            assertThat(fixture.pool.statistics().reservedBytes()).isEqualTo(256 << 10);
        }
    }

    /** Retains until it is refused. */
    private static KaelixException fillUp(final PoolFixture fixture, final List<RetainedMessage> held, final int length) {
        while (true) {
            try {
                held.add(fixture.retain(length, held.size()));
            } catch (final KaelixException full) {
                return full;
            }
        }
    }

    @Test
    void shouldGiveIdleMemoryOfOneSizeToAnother() {
        try (PoolFixture fixture = new PoolFixture(1 << 20, LeakDetection.OFF)) {
            for (final int length : new int[] {50, 1000, 30_000, 100_000, 500_000, 1_000_000, 3, 20_000}) {
                final List<RetainedMessage> held = new ArrayList<>();
                final KaelixException full = fillUp(fixture, held, length);
                assertThat(full).hasMessageContaining(held.size() + " are outstanding");
                assertThat(held.size()).isEqualTo((1 << 20) / BufferSize.bytes(BufferSize.of(length + 16)));
                held.forEach(RetainedMessage::close);
            }
        }
    }

    @Test
    void shouldHoldLongMessagesInBlocksOfTheirOwn() {
        try (PoolFixture fixture = new PoolFixture(8 << 20, LeakDetection.OFF)) {
            final int length = 3 << 20;
            final RetainedMessage first = fixture.retain(length, 1);
            final RetainedMessage second = fixture.retain(length, 2);
            assertThatThrownBy(() -> fixture.retain(length, 3)).isInstanceOf(KaelixException.class);
            assertThat(PoolFixture.holds(first, length, 1)).isTrue();
            assertThat(PoolFixture.holds(second, length, 2)).isTrue();
            first.release();
            assertThat(PoolFixture.holds(second, length, 2)).isTrue();
            second.release();
            assertThat(fixture.pool.statistics().reservedBytes()).isZero();
            assertThat(fixture.pool.statistics().outstanding()).isZero();
            assertThatThrownBy(() -> first.getLong(0)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void shouldKeepIdleBlocksOfLongMessagesForTheNextWithinAShareOfItsLimit() {
        try (PoolFixture fixture = new PoolFixture(48 << 20, LeakDetection.OFF)) {
            final int length = (3 << 20) - 100;
            for (int round = 0; round < 5; round++) {
                fixture.retain(length - round, round).release();
            }
            assertThat(fixture.pool.statistics().allocations()).isEqualTo(1);
            assertThat(fixture.pool.statistics().reservedBytes()).isEqualTo(3 << 20);
            assertThat(fixture.pool.statistics().hits()).isEqualTo(4);
            fixture.retain((3 << 20) / 2 - 10_000, 1).release();
            assertThat(fixture.pool.statistics().allocations()).as("half as long: not worth a block that size").isEqualTo(2);
            assertThat(fixture.pool.statistics().reservedBytes()).as("a sixteenth of the limit").isLessThanOrEqualTo(3 << 20);
            final List<RetainedMessage> held = new ArrayList<>();
            fillUp(fixture, held, 30_000_000);
            assertThat(held).as("idle blocks make room").hasSize(1);
            held.forEach(RetainedMessage::close);
        }
    }

    @Test
    void shouldKeepIdleBlocksWithinAShareOfTheLimitThatItHasNow() {
        try (PoolFixture fixture = new PoolFixture(16 << 20, LeakDetection.OFF)) {
            final int length = (3 << 20) - 100;
            fixture.retain(length, 1).release();
            assertThat(fixture.pool.statistics().reservedBytes()).as("more than a sixteenth").isZero();
            fixture.pool.limit(48 << 20);
            fixture.retain(length, 2).release();
            assertThat(fixture.pool.statistics().reservedBytes()).isEqualTo(3 << 20);
            fixture.pool.limit(16 << 20);
            fixture.retain(length, 3).release();
            assertThat(fixture.pool.statistics().reservedBytes()).isZero();
        }
    }

    @Test
    void shouldGiveTheMemoryBackWithTheLastReleaseAfterItsClose() {
        final PoolFixture fixture = new PoolFixture();
        final List<RetainedMessage> held = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            held.add(fixture.retain(i, i));
        }
        final RetainedMessage released = held.remove(77);
        released.release();
        fixture.close();
        assertThatThrownBy(() -> fixture.retain(10, 1)).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        for (final RetainedMessage message : held) {
            assertThat(PoolFixture.holds(message, message.length(), message.length())).isTrue();
            message.release();
        }
        assertThat(fixture.pool.statistics().reservedBytes()).isZero();
        assertThat(fixture.pool.statistics().outstanding()).isZero();
        assertThat(fixture.arena.mappedBytes()).isZero();
        assertThatThrownBy(() -> held.getFirst().getByte(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> released.getByte(0)).isInstanceOf(IllegalStateException.class);
    }

    /** Retains and releases at random, passes messages between threads, at a limit that is met now and then. */
    @Test
    void shouldHaveNothingOutstandingAfterThreadsRetainedAndReleasedAtRandom() throws InterruptedException {
        final PoolFixture fixture = new PoolFixture(4 << 20, LeakDetection.SAMPLED);
        final BlockingQueue<RetainedMessage> passed = new ArrayBlockingQueue<>(64);
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            final SplittableRandom random = new SplittableRandom(i);
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    retainAndRelease(fixture, passed, random);
                } catch (final Throwable t) {
                    failure.set(t);
                }
            }));
        }
        for (final Thread thread : threads) {
            thread.join();
        }
        assertThat(failure.get()).isNull();
        passed.forEach(RetainedMessage::release);
        final PoolStatistics statistics = fixture.pool.statistics();
        assertThat(statistics.outstanding()).isZero();
        assertThat(statistics.reservedBytes()).isLessThanOrEqualTo(4 << 20);
        assertThat(statistics.hits()).isGreaterThan(statistics.misses());
        fixture.close();
        assertThat(fixture.pool.statistics().reservedBytes()).isZero();
        assertThat(fixture.arena.mappedBytes()).isZero();
    }

    private static void retainAndRelease(final PoolFixture fixture, final BlockingQueue<RetainedMessage> passed,
            final SplittableRandom random) {
        final List<RetainedMessage> held = new ArrayList<>();
        for (int round = 0; round < 50_000; round++) {
            if (random.nextInt(100) < 52) {
                // Mostly short ones.
                final int length = random.nextInt(1 << random.nextInt(3, 16));
                try {
                    held.add(fixture.retain(length, length));
                } catch (final KaelixException full) {
                    held.forEach(RetainedMessage::release);
                    held.clear();
                }
            } else if (!held.isEmpty()) {
                final RetainedMessage message = held.remove(random.nextInt(held.size()));
                if (!PoolFixture.holds(message, message.length(), message.length())) {
                    throw new AssertionError("another's bytes in " + message);
                }
                if (random.nextBoolean() || !passed.offer(message)) {
                    message.release();
                }
            }
            final RetainedMessage others = random.nextInt(4) == 0 ? passed.poll() : null;
            if (others != null) {
                if (!PoolFixture.holds(others, others.length(), others.length())) {
                    throw new AssertionError("another's bytes in " + others);
                }
                others.release();
            }
        }
        held.forEach(RetainedMessage::release);
    }

    /** Closed in the middle of it: nothing is lost on the way between the caches, the depots and the arena. */
    @Test
    void shouldLoseNothingWhenClosedWhileThreadsRetainAndRelease() throws InterruptedException {
        for (int round = 0; round < 200; round++) {
            final PoolFixture fixture = new PoolFixture();
            final List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                threads.add(Thread.ofPlatform().start(() -> {
                    final List<RetainedMessage> held = new ArrayList<>();
                    try {
                        while (true) {
                            held.add(fixture.retain(50, 1));
                            if (held.size() == 100) {
                                held.forEach(RetainedMessage::release);
                                held.clear();
                            }
                        }
                    } catch (final IllegalStateException closed) {
                        held.forEach(RetainedMessage::release);
                    }
                }));
            }
            Thread.sleep(round % 4);
            fixture.close();
            for (final Thread thread : threads) {
                thread.join();
            }
            assertThat(fixture.pool.statistics().outstanding()).isZero();
            assertThat(fixture.pool.statistics().reservedBytes()).isZero();
            assertThat(fixture.arena.mappedBytes()).isZero();
        }
    }
}
