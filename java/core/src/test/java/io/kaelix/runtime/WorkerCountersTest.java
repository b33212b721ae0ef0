// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WorkerCountersTest {

    private static final int ROUNDS = 2_000_000;
    private static final long PAUSE_NANOS = 1_000_000_000;

    private final WorkerCounters counters = new WorkerCounters();

    @Test
    void shouldAddUpTheTimeWithoutWork() {
        assertThat(counters.idleNanosOpaque(5)).isZero();
        counters.idleFrom(10);
        assertThat(counters.idleNanosOpaque(10)).isZero();
        assertThat(counters.idleNanosOpaque(25)).isEqualTo(15);
        counters.busyFrom(30);
        assertThat(counters.idleNanosOpaque(1000)).isEqualTo(20);
        counters.idleFrom(1000);
        counters.busyFrom(1001);
        assertThat(counters.idleNanosOpaque(5000)).isEqualTo(21);
    }

    @Test
    void shouldGoOnCountingWhereTheEndOfAPauseWasNotSaid() {
        counters.idleFrom(10);
        counters.idleFrom(20);
        assertThat(counters.idleNanosOpaque(30)).isEqualTo(20);
        counters.busyFrom(40);
        counters.busyFrom(50);
        assertThat(counters.idleNanosOpaque(60)).isEqualTo(30);
    }

    @Test
    void shouldNeverCountAnyTimeWithoutWorkTwiceOrNotAtAll() throws InterruptedException {
        // Idle but for a nanosecond between two pauses: whoever looks when may be wrong by all of these together, which is far less than a pause.
        final AtomicLong clock = new AtomicLong(1);
        final AtomicLong rounds = new AtomicLong();
        final AtomicBoolean ended = new AtomicBoolean();
        final Thread worker = Thread.ofPlatform().start(() -> {
            for (int i = 1; i <= ROUNDS; i++) {
                counters.idleFrom(clock.get());
                clock.addAndGet(PAUSE_NANOS);
                counters.busyFrom(clock.get());
                rounds.setRelease(i);
                clock.incrementAndGet();
            }
            ended.set(true);
        });
        long looks = 0;
        while (!ended.get()) {
            final long before = rounds.getAcquire() * PAUSE_NANOS;
            final long idle = counters.idleNanosOpaque(clock.get());
            assertThat(idle).isBetween(before - ROUNDS, clock.get());
            looks++;
        }
        worker.join();
        assertThat(looks).isPositive();
        assertThat(counters.idleNanosOpaque(clock.get())).isEqualTo(ROUNDS * PAUSE_NANOS);
    }
}
