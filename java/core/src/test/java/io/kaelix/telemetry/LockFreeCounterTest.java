// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** A count that stays from 0 to its maximum, whoever adds and takes away. */
class LockFreeCounterTest {

    private static final int THREADS = 4;
    private static final int ROUNDS = 300_000;

    /** Amounts, negative ones to be taken away; some near the ends of a long, where a sum would wrap round. */
    @Provide
    Arbitrary<List<Long>> amounts() {
        return Arbitraries.oneOf(Arbitraries.longs().between(-20, 20),
                Arbitraries.of(Long.MAX_VALUE, -Long.MAX_VALUE, Long.MAX_VALUE - 5, -Long.MAX_VALUE + 5)).list().ofMaxSize(60);
    }

    @Property
    void shouldBehaveAsANumberThatKnowsItsLimits(@ForAll @LongRange(min = 0, max = 30) final long small, @ForAll final boolean huge,
            @ForAll("amounts") final List<Long> amounts) {
        final long max = huge ? Long.MAX_VALUE - small : small;
        final LockFreeCounter counter = new LockFreeCounter(max);
        BigInteger model = BigInteger.ZERO;
        for (final long amount : amounts) {
            final BigInteger next = model.add(BigInteger.valueOf(amount));
            final boolean fits = next.signum() >= 0 && next.compareTo(BigInteger.valueOf(max)) <= 0;
            assertThat(amount >= 0 ? counter.tryAdd(amount) : counter.trySubtract(-amount)).isEqualTo(fits);
            model = fits ? next : model;
            assertThat(BigInteger.valueOf(counter.get())).isEqualTo(model);
        }
        assertThat(counter.max()).isEqualTo(max);
        assertThat(counter).hasToString(model + " of " + max);
    }

    @Test
    void shouldRefuseAtItsEnds() {
        final LockFreeCounter counter = new LockFreeCounter(2);
        assertThat(counter.tryDecrement()).isFalse();
        assertThat(counter.tryIncrement()).isTrue();
        assertThat(counter.tryIncrement()).isTrue();
        assertThat(counter.tryIncrement()).isFalse();
        assertThat(counter.get()).isEqualTo(2);
        assertThat(counter.trySubtract(3)).isFalse();
        assertThat(counter.trySubtract(2)).isTrue();
        assertThat(counter.get()).isZero();
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        assertThatThrownBy(() -> new LockFreeCounter(-1)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("not -1");
        final LockFreeCounter counter = new LockFreeCounter(1);
        assertThatThrownBy(() -> counter.tryAdd(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> counter.trySubtract(Long.MIN_VALUE)).isInstanceOf(IllegalArgumentException.class);
        final Counters counters = new Counters(1);
        counters.add(0, 5);
        assertThatThrownBy(() -> new LockFreeCounter(counters, 0, 4)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("stands at 5");
        assertThat(new LockFreeCounter(counters, 0, 5).get()).isEqualTo(5);
    }

    @Test
    void shouldStayWithinItsRangeAndLoseNothingWhenManyUseIt() throws InterruptedException {
        final LockFreeCounter counter = new LockFreeCounter(10);
        final AtomicLong net = new AtomicLong();
        final AtomicLong refused = new AtomicLong();
        final AtomicBoolean outside = new AtomicBoolean();
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            final SplittableRandom random = new SplittableRandom(i);
            threads.add(Thread.ofPlatform().start(() -> {
                long own = 0;
                long no = 0;
                for (int round = 0; round < ROUNDS; round++) {
                    final int amount = random.nextInt(5);
                    final boolean add = random.nextBoolean();
                    if (add ? counter.tryAdd(amount) : counter.trySubtract(amount)) {
                        own += add ? amount : -amount;
                    } else {
                        no++;
                    }
                    final long seen = counter.get();
                    if (seen < 0 || seen > 10) {
                        outside.set(true);
                    }
                }
                net.addAndGet(own);
                refused.addAndGet(no);
            }));
        }
        for (final Thread thread : threads) {
            thread.join();
        }
        assertThat(outside).isFalse();
        assertThat(counter.get()).isEqualTo(net.get());
        assertThat(refused.get()).as("both ends were met").isPositive();
    }
}
