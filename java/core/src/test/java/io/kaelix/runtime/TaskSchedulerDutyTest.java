// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Duty;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Duties: which worker does them, when, and until when. */
@Timeout(300)
class TaskSchedulerDutyTest {

    private static void awaitEnd(final RunningDuty duty) throws InterruptedException {
        assertThat(duty.awaitEnd(SchedulerFixture.NEVER_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(duty.hasEnded()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(IdleMode.class)
    void shouldTakeTurnsOnOneThreadUntilClosed(final IdleMode mode) throws InterruptedException {
        try (SchedulerFixture fixture = new SchedulerFixture(SchedulerFixture.config(2).withIdle(mode))) {
            final AtomicReference<Thread> other = new AtomicReference<>();
            final AtomicBoolean inside = new AtomicBoolean();
            final AtomicInteger turns = new AtomicInteger();
            final AtomicReference<RunningDuty> self = new AtomicReference<>();
            final CountDownLatch known = new CountDownLatch(1);
            final RunningDuty duty = fixture.scheduler.recur(() -> {
                SchedulerFixture.await(known);
                if (Thread.currentThread() != self.get().thread() || inside.getAndSet(true)) {
                    other.set(Thread.currentThread());
                }
                inside.set(false);
                return turns.incrementAndGet() % 3;
            });
            self.set(duty);
            known.countDown();
            SchedulerFixture.await("turns", () -> turns.get() > 1000);
            assertThat(duty.hasEnded()).isFalse();
            assertThat(duty.awaitEnd(1, TimeUnit.MILLISECONDS)).isFalse();
            assertThat(duty.thread().getName()).isEqualTo(fixture.name() + '-' + duty.worker());
            duty.close();
            duty.close();
            awaitEnd(duty);
            final int last = turns.get();
            fixture.block();
            assertThat(turns).hasValue(last);
            assertThat(other).hasValue(null);
        }
    }

    /** A turn that takes long is like a task that does: what comes from outside is for who sleeps. */
    @Test
    void shouldWakeAnotherWorkerForATaskWhileATurnTakesLong() throws Exception {
        try (SchedulerFixture fixture = new SchedulerFixture(SchedulerFixture.config(2))) {
            final CountDownLatch inTurn = new CountDownLatch(1);
            final CountDownLatch ran = new CountDownLatch(2);
            final RunningDuty duty = fixture.scheduler.recur(() -> {
                // By now the other one sleeps, with all that came with launching behind it.
                inTurn.countDown();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
                try {
                    return ran.await(SchedulerFixture.NEVER_SECONDS, TimeUnit.SECONDS) ? Duty.DONE : 0;
                } catch (final InterruptedException e) {
                    return Duty.DONE;
                }
            });
            inTurn.await();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            // Of two threads whose numbers follow on each other, one belongs to the worker that has the duty.
            for (int i = 0; i < 2; i++) {
                new Thread(() -> fixture.scheduler.schedule(ran::countDown, TaskPriority.CRITICAL)).start();
            }
            SchedulerFixture.await("both ran while the turn was under way", () -> ran.getCount() == 0);
            SchedulerFixture.await("the duty has seen it", duty::hasEnded);
        }
    }

    @Test
    void shouldEndADutyThatIsDone() throws InterruptedException {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            for (final int done : new int[] {Duty.DONE, -2, Integer.MIN_VALUE}) {
                final AtomicInteger turns = new AtomicInteger();
                final RunningDuty duty = fixture.scheduler.recur(() -> turns.incrementAndGet() == 3 ? done : 0);
                awaitEnd(duty);
                fixture.awaitAllBefore();
                assertThat(turns).hasValue(3);
            }
            assertThat(fixture.failures).isEmpty();
        }
    }

    @Test
    void shouldLetADutyCloseItself() throws InterruptedException {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            final AtomicReference<RunningDuty> self = new AtomicReference<>();
            final AtomicInteger turns = new AtomicInteger();
            final CountDownLatch known = new CountDownLatch(1);
            self.set(fixture.scheduler.recur(() -> {
                SchedulerFixture.await(known);
                turns.incrementAndGet();
                self.get().close();
                return 1;
            }));
            known.countDown();
            awaitEnd(self.get());
            assertThat(turns).hasValue(1);
        }
    }

    @Test
    void shouldGiveADutyToTheWorkerThatHasFewest() throws InterruptedException {
        try (SchedulerFixture fixture = new SchedulerFixture(3)) {
            final List<RunningDuty> duties = new ArrayList<>();
            final int[] counts = new int[3];
            for (int i = 0; i < 9; i++) {
                duties.add(fixture.scheduler.recur(() -> 0));
                counts[duties.get(i).worker()]++;
            }
            assertThat(counts).containsExactly(3, 3, 3);
            final int worker = duties.get(4).worker();
            duties.get(4).close();
            awaitEnd(duties.get(4));
            assertThat(fixture.scheduler.recur(() -> 0).worker()).isEqualTo(worker);
        }
    }

    @ParameterizedTest
    @EnumSource(IdleMode.class)
    void shouldEndDutiesWithTheScheduler(final IdleMode mode) throws InterruptedException {
        try (SchedulerFixture fixture = new SchedulerFixture(SchedulerFixture.config(2).withIdle(mode))) {
            final List<RunningDuty> duties = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                final int found = i;
                duties.add(fixture.scheduler.recur(() -> found));
            }
            fixture.scheduler.close();
            for (final RunningDuty duty : duties) {
                awaitEnd(duty);
                duty.close();
            }
        }
    }

    /** A duty that always finds something keeps neither tasks nor timers nor other duties from running. */
    @ParameterizedTest
    @EnumSource(IdleMode.class)
    void shouldRunTasksBesidesADutyThatIsAlwaysBusy(final IdleMode mode) {
        try (SchedulerFixture fixture = new SchedulerFixture(SchedulerFixture.config(1).withIdle(mode))) {
            final AtomicInteger turns = new AtomicInteger();
            fixture.scheduler.recur(() -> 1);
            fixture.scheduler.recur(turns::incrementAndGet);
            SchedulerFixture.await("turns", () -> turns.get() > 1000);
            final ScheduledTask timed = fixture.scheduler.scheduleAtFixedRate(() -> { }, TaskPriority.BACKGROUND, Duration.ofMillis(1),
                    Duration.ofMillis(1));
            SchedulerFixture.await("timers", () -> timed.runs() > 2);
            for (int i = 0; i < 100; i++) {
                assertThat(fixture.scheduler.submit(() -> 1, TaskPriority.BACKGROUND).join()).isOne();
            }
        }
    }

    /** One worker is held by a task, the other has a duty that always finds something: it takes over what waits with the first. */
    @ParameterizedTest
    @EnumSource(TaskPriority.class)
    void shouldTakeOverWhatWaitsBesidesADutyThatIsAlwaysBusy(final TaskPriority priority) throws InterruptedException {
        try (SchedulerFixture fixture = new SchedulerFixture(2)) {
            final AtomicInteger turns = new AtomicInteger();
            final RunningDuty duty = fixture.scheduler.recur(turns::incrementAndGet);
            final CountDownLatch children = new CountDownLatch(10);
            final CountDownLatch held = new CountDownLatch(1);
            SchedulerFixture.await("turns", () -> turns.get() > 1000);
            final AtomicReference<Runnable> holder = new AtomicReference<>();
            holder.set(() -> {
                if (fixture.scheduler.currentWorker() == duty.worker()) {
                    // Whoever has the duty gives this to the other, which may have to be awake before.
                    new Thread(() -> fixture.schedule(holder.get())).start();
                    return;
                }
                for (int i = 0; i < 10; i++) {
                    fixture.scheduler.schedule(children::countDown, priority);
                }
                SchedulerFixture.await(children);
                held.countDown();
            });
            fixture.schedule(holder.get());
            SchedulerFixture.await(held);
        }
    }

    @Test
    void shouldTakeAnyNumberAsDone() {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            final AtomicInteger turns = new AtomicInteger();
            for (int i = 0; i < 3; i++) {
                fixture.scheduler.recur(() -> {
                    turns.incrementAndGet();
                    return Integer.MAX_VALUE;
                });
            }
            SchedulerFixture.await("turns", () -> turns.get() > 1000);
            final long parks = fixture.scheduler.pool().workers()[0].counters.parksOpaque();
            final int before = turns.get();
            SchedulerFixture.await("turns", () -> turns.get() > before + 10_000);
            assertThat(fixture.scheduler.pool().workers()[0].counters.parksOpaque()).as("parks of a worker that always finds something")
                    .isEqualTo(parks);
        }
    }

    /** Others are served while tasks never end. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldTakeTurnsWhileTasksNeverEnd(final int workers) {
        try (SchedulerFixture fixture = new SchedulerFixture(workers)) {
            final AtomicBoolean stop = new AtomicBoolean();
            for (int i = 0; i < workers; i++) {
                final AtomicReference<Runnable> again = new AtomicReference<>();
                again.set(() -> {
                    if (!stop.get()) {
                        fixture.schedule(again.get());
                    }
                });
                fixture.schedule(again.get());
            }
            final AtomicInteger turns = new AtomicInteger();
            fixture.scheduler.recur(() -> {
                turns.incrementAndGet();
                return 0;
            });
            SchedulerFixture.await("turns", () -> turns.get() > 1000);
            stop.set(true);
        }
    }

    @Test
    void shouldNotLetATaskSeeTheInterruptThatTheEndOfADutyLeft() {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            final AtomicBoolean seen = new AtomicBoolean();
            final CountDownLatch ran = new CountDownLatch(1);
            fixture.scheduler.recur(new Duty() {
                @Override
                public int turn() {
                    fixture.schedule(() -> {
                        seen.set(Thread.currentThread().isInterrupted());
                        ran.countDown();
                    });
                    return DONE;
                }

                @Override
                public void ended() {
                    Thread.currentThread().interrupt();
                }
            });
            SchedulerFixture.await(ran);
            assertThat(seen).isFalse();
        }
    }

    @Test
    void shouldInterruptTheEndOfADutyWhenShutDownNow() {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            final CountDownLatch ending = new CountDownLatch(1);
            final AtomicBoolean interrupted = new AtomicBoolean();
            fixture.scheduler.recur(new Duty() {
                @Override
                public int turn() {
                    return DONE;
                }

                @Override
                public void ended() {
                    ending.countDown();
                    try {
                        Thread.sleep(Duration.ofSeconds(SchedulerFixture.NEVER_SECONDS));
                    } catch (final InterruptedException e) {
                        interrupted.set(true);
                    }
                }
            });
            SchedulerFixture.await(ending);
            fixture.scheduler.shutdownNow();
            assertThat(interrupted).isTrue();
        }
    }
}
