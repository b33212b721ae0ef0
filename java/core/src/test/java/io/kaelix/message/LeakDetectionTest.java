// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Messages that nobody can release any more are told, with the place that retained them, and their memory comes back. */
class LeakDetectionTest {

    private static final long LIMIT = 1 << 20;

    @AfterEach
    void clearProperty() {
        System.clearProperty(LeakDetection.PROPERTY);
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

    @Test
    void shouldTellTheOnePlaceThatLeaks() throws InterruptedException {
        try (PoolFixture fixture = new PoolFixture(LIMIT, LeakDetection.ALL)) {
            for (int i = 0; i < 10; i++) {
                fixture.retain(100, i);
            }
            fixture.retain(5, 5).release();
            collectUntil("ten leaks", () -> fixture.pool.statistics().leaks() == 10);
            assertThat(fixture.lines).hasSize(1);
            assertThat(fixture.lines.getFirst()).startsWith("WARNING a message of t was retained and never released, at ")
                    .contains("kaelix.leakDetection=all").endsWith(" / retained here");
            assertThat(fixture.pool.statistics().outstanding()).as("taken back").isZero();
        }
    }

    @Test
    void shouldSayNothingOfWhatIsHeldOrReleased() throws InterruptedException {
        try (PoolFixture fixture = new PoolFixture(LIMIT, LeakDetection.ALL)) {
            final var held = fixture.retain(100, 9);
            for (int i = 0; i < 100; i++) {
                fixture.retain(100, i).close();
            }
            // Leaks after the others: when it is found, they were looked at.
            fixture.retain(100, 1);
            collectUntil("the leak", () -> fixture.pool.statistics().leaks() > 0);
            assertThat(fixture.pool.statistics().leaks()).isEqualTo(1);
            assertThat(PoolFixture.holds(held, 100, 9)).isTrue();
            held.release();
            assertThat(fixture.pool.statistics().outstanding()).isZero();
        }
    }

    @Test
    void shouldFindSomeOfManyWhenItSamples() throws InterruptedException {
        try (PoolFixture fixture = new PoolFixture(64 << 20, LeakDetection.SAMPLED)) {
            for (int i = 0; i < 20_000; i++) {
                fixture.retain(10, i);
            }
            // None of 20,000 at one in 128: less likely than one in 10^60.
            collectUntil("a leak", () -> fixture.pool.statistics().leaks() > 0);
            assertThat(fixture.lines).hasSize(1);
            assertThat(fixture.pool.statistics().leaks()).isLessThan(1_000);
        }
    }

    @Test
    void shouldRefuseRatherThanGrowWhenAllIsRetainedForever() {
        try (PoolFixture fixture = new PoolFixture(LIMIT, LeakDetection.OFF)) {
            assertThatThrownBy(() -> {
                while (true) {
                    fixture.retain(1_000, 1);
                }
            }).hasMessageContaining("1024 are outstanding").hasMessageContaining("the limit is " + LIMIT);
            assertThat(fixture.lines).isEmpty();
        }
    }

    @Test
    void shouldBeSetByTheSystemProperty() {
        assertThat(LeakDetection.configured()).isEqualTo(LeakDetection.SAMPLED);
        System.setProperty(LeakDetection.PROPERTY, "all");
        assertThat(LeakDetection.configured()).isEqualTo(LeakDetection.ALL);
        System.setProperty(LeakDetection.PROPERTY, "off");
        assertThat(LeakDetection.configured()).isEqualTo(LeakDetection.OFF);
        System.setProperty(LeakDetection.PROPERTY, "ALL");
        assertThatThrownBy(LeakDetection::configured).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("system property kaelix.leakDetection must be one of off, sampled, all, not 'ALL'");
    }
}
