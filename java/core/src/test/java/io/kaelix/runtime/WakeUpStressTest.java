// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Work that comes just when workers fall asleep, again and again: whatever it is, somebody wakes for it. A wake-up that is lost is lost for
 * ever, so what has not begun after {@value #LOST_SECONDS} seconds never will.
 *
 * <p>A fifth of a second for each, six seconds with {@code -Dkaelix.long=true}.
 *
 * <pre>
 *   worker:   looks ... looks │ says that it sleeps │ looks once more │ sleeps 100 us │ looks again │ sleeps
 *   others:                   ▲     ▲      ▲      ▲      ▲      ▲                   ▲     ▲    ▲
 *                           work comes at any of these moments, which the worker's count of sleeps tells, and a little later
 * </pre>
 */
@Timeout(1800)
class WakeUpStressTest {

    private static final int LOST_SECONDS = 10;
    private static final long DURATION_NANOS = TimeUnit.MILLISECONDS.toNanos(Boolean.getBoolean("kaelix.long") ? 6_000 : 200);
    /** A worker that does not fall asleep in this time is not waited for. */
    private static final long SLEEPY_NANOS = 1_000_000;

    /** Within this time it has looked again. */
    private static final long SECOND_LOOK_NANOS = 250_000;

    private interface Round {

        /** Has work come, and returns when it is done. */
        void run(SplittableRandom random);
    }

    private static void rounds(final long seed, final Round round) {
        final SplittableRandom random = new SplittableRandom(seed);
        final long began = System.nanoTime();
        int rounds = 0;
        while (System.nanoTime() - began < DURATION_NANOS) {
            round.run(random);
            rounds++;
        }
        assertThat(rounds).isGreaterThan(1);
    }

    private static void awaitOrLost(final BooleanSupplier done) {
        final long began = System.nanoTime();
        for (int looks = 1; !done.getAsBoolean(); looks++) {
            if ((looks & 1023) == 0) {
                Thread.yield();
                if (System.nanoTime() - began > TimeUnit.SECONDS.toNanos(LOST_SECONDS)) {
                    throw new AssertionError("lost: nobody woke for it");
                }
            }
            Thread.onSpinWait();
        }
    }

    private static void spin(final long nanos) {
        final long began = System.nanoTime();
        while (System.nanoTime() - began < nanos) {
            Thread.onSpinWait();
        }
    }

    /** The worker that ran something last, and how often it had slept by then. */
    private static final class Last {

        private final Worker[] workers;
        private volatile Worker worker;
        private volatile long sleeps;
        private volatile int jitter;

        Last(final SchedulerFixture fixture) {
            workers = fixture.scheduler.pool().workers();
            worker = workers[0];
        }

        /** Said by what runs on a worker. */
        void ran() {
            for (final Worker each : workers) {
                if (each.thread() == Thread.currentThread()) {
                    sleeps = each.counters.parksOpaque();
                    worker = each;
                }
            }
        }

        /** Returns about when it falls asleep, or looks again, at any moment of that, or at any other time. */
        void awaitSleep(final SplittableRandom random) {
            final int dice = random.nextInt(8);
            if (dice < 4) {
                // When its count of sleeps is seen, it sleeps already: what comes just before must be hit by chance.
                spin(random.nextInt(dice == 0 ? 200_000 : 4_000));
                return;
            }
            final Worker sleeper = worker;
            final long began = System.nanoTime();
            while (sleeper.counters.parksOpaque() == sleeps && System.nanoTime() - began < SLEEPY_NANOS) {
                // No pause: it takes longer than what is waited for.
            }
            if (dice == 5) {
                spin(random.nextInt(90_000, 200_000));
            } else if (dice > 5) {
                final long asleep = sleeper.epochVolatile();
                while (sleeper.epochVolatile() == asleep && System.nanoTime() - began < SECOND_LOOK_NANOS) {
                    // It should sleep on, but if it does not, this is when something may get lost.
                }
            }
            for (int i = random.nextInt(dice == 4 ? 30 : 300); i > 0; i--) {
                jitter = i;
            }
        }
    }

    private static SchedulerConfig config(final int workers, final IdleMode mode) {
        // With such a target an adaptive worker stays awake for 20 us.
        return SchedulerFixture.config(workers).withIdle(mode).withTargetLatency(Duration.ofMillis(1)).withCloseTimeout(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @CsvSource({"1, PARK", "2, PARK", "5, PARK", "1, ADAPTIVE", "2, ADAPTIVE"})
    void shouldWakeForATaskFromOutside(final int workers, final IdleMode mode) {
        try (SchedulerFixture fixture = new SchedulerFixture(config(workers, mode))) {
            final AtomicInteger ran = new AtomicInteger();
            final Last last = new Last(fixture);
            final Runnable task = () -> {
                last.ran();
                ran.incrementAndGet();
            };
            rounds(workers, random -> {
                last.awaitSleep(random);
                final int before = ran.get();
                fixture.schedule(task);
                awaitOrLost(() -> ran.get() > before);
            });
        }
    }

    /** As many tasks as workers, each of which waits for all others to have begun: one that lies with a sleeper holds up all. */
    @ParameterizedTest
    @CsvSource({"2, PARK, false", "3, PARK, false", "5, PARK, false", "2, ADAPTIVE, false", "2, PARK, true", "3, PARK, true", "2, ADAPTIVE, true"})
    void shouldWakeOneForEachOfSeveralTasks(final int workers, final IdleMode mode, final boolean forked) {
        try (SchedulerFixture fixture = new SchedulerFixture(config(workers, mode))) {
            final AtomicInteger begun = new AtomicInteger();
            final AtomicInteger ended = new AtomicInteger();
            final Last last = new Last(fixture);
            rounds(workers, random -> {
                last.awaitSleep(random);
                begun.set(0);
                ended.set(0);
                final Runnable task = () -> {
                    begun.incrementAndGet();
                    awaitOrLost(() -> begun.get() >= workers);
                    last.ran();
                    ended.incrementAndGet();
                };
                if (forked) {
                    fixture.schedule(() -> {
                        for (int i = 1; i < workers; i++) {
                            fixture.schedule(task);
                        }
                        task.run();
                    });
                } else {
                    for (int i = 0; i < workers; i++) {
                        fixture.schedule(task);
                    }
                }
                awaitOrLost(() -> ended.get() == workers || !fixture.failures.isEmpty());
                assertThat(fixture.failures).isEmpty();
            });
        }
    }

    /** A task that schedules another one just when the other worker falls asleep, and waits for it. */
    @Test
    void shouldWakeForATaskOfATaskThatWaitsForIt() {
        try (SchedulerFixture fixture = new SchedulerFixture(config(2, IdleMode.PARK))) {
            final AtomicInteger rounds = new AtomicInteger();
            final AtomicInteger child = new AtomicInteger();
            final Last last = new Last(fixture);
            final Runnable forked = () -> {
                last.ran();
                child.incrementAndGet();
            };
            rounds(7, random -> {
                final int before = rounds.get();
                fixture.schedule(() -> {
                    for (int i = 0; i < 50; i++) {
                        last.awaitSleep(random);
                        final int ran = child.get();
                        fixture.schedule(forked);
                        awaitOrLost(() -> child.get() > ran);
                    }
                    rounds.incrementAndGet();
                });
                awaitOrLost(() -> rounds.get() > before || !fixture.failures.isEmpty());
                assertThat(fixture.failures).isEmpty();
            });
        }
    }

    /** A deadline that is earlier than what the timekeeper sleeps for, or the first of all. */
    @ParameterizedTest
    @CsvSource({"1, false", "2, false", "5, false", "1, true", "2, true", "5, true"})
    void shouldWakeForAnEarlierDeadline(final int workers, final boolean later) {
        try (SchedulerFixture fixture = new SchedulerFixture(config(workers, IdleMode.PARK))) {
            if (later) {
                fixture.scheduler.scheduleAfter(() -> { }, TaskPriority.NORMAL, Duration.ofHours(1));
            }
            final AtomicInteger ran = new AtomicInteger();
            final Last last = new Last(fixture);
            final Runnable task = () -> {
                last.ran();
                ran.incrementAndGet();
            };
            rounds(workers, random -> {
                last.awaitSleep(random);
                final int before = ran.get();
                fixture.scheduler.scheduleAfter(task, TaskPriority.NORMAL, Duration.ofNanos(random.nextInt(3) * 30_000L));
                awaitOrLost(() -> ran.get() > before);
            });
        }
    }

    /** The timekeeper wakes for a task, and is in it for as long as nobody runs the timer: another one must keep the time. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void shouldHaveAnotherKeepTheTimeWhileItsKeeperIsBusy(final int workers) {
        try (SchedulerFixture fixture = new SchedulerFixture(config(workers, IdleMode.PARK))) {
            final AtomicInteger ran = new AtomicInteger();
            final AtomicInteger ended = new AtomicInteger();
            final Last last = new Last(fixture);
            rounds(workers, random -> {
                last.awaitSleep(random);
                ran.set(0);
                ended.set(0);
                final Duration delay = Duration.ofNanos(random.nextInt(300_000));
                fixture.scheduler.scheduleAfter(ran::incrementAndGet, TaskPriority.NORMAL, delay);
                spin(random.nextInt(50_000));
                for (int i = 1; i < workers; i++) {
                    fixture.schedule(() -> {
                        awaitOrLost(() -> ran.get() == 1);
                        last.ran();
                        ended.incrementAndGet();
                    });
                }
                awaitOrLost(() -> ended.get() == workers - 1 || !fixture.failures.isEmpty());
                assertThat(fixture.failures).isEmpty();
            });
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldWakeForADutyThatComesAndForOneThatIsClosed(final int workers) {
        try (SchedulerFixture fixture = new SchedulerFixture(config(workers, IdleMode.PARK))) {
            final AtomicInteger turns = new AtomicInteger();
            final Last last = new Last(fixture);
            rounds(workers, random -> {
                last.awaitSleep(random);
                final int before = turns.get();
                final RunningDuty duty = fixture.scheduler.recur(() -> {
                    last.ran();
                    turns.incrementAndGet();
                    return 0;
                });
                awaitOrLost(() -> turns.get() > before);
                last.awaitSleep(random);
                duty.close();
                awaitOrLost(duty::hasEnded);
            });
        }
    }
}
