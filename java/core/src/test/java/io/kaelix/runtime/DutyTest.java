// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Duty;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a duty ends, and what it is told of that. */
@Timeout(60)
class DutyTest {

    private static final long DEADLINE_SECONDS = 30;

    private final List<Throwable> errors = new CopyOnWriteArrayList<>();
    private final TaskScheduler scheduler = TaskScheduler.launch(SchedulerConfig.defaults().withWorkers(1).withPinned(false)
            .withErrors((task, error) -> errors.add(error)));
    private final Observed duty = new Observed();

    /** Counts, and notes the thread. */
    private static final class Observed implements Duty {

        final CountDownLatch begun = new CountDownLatch(1);
        final AtomicInteger ends = new AtomicInteger();
        volatile Thread thread;
        volatile Thread endedBy;
        volatile int result;
        volatile RuntimeException thrown;

        @Override
        public int turn() {
            thread = Thread.currentThread();
            begun.countDown();
            if (thrown != null) {
                throw thrown;
            }
            return result;
        }

        @Override
        public void ended() {
            ends.incrementAndGet();
            endedBy = Thread.currentThread();
        }
    }

    @AfterEach
    void close() {
        scheduler.close();
        assertThat(duty.ends).as("told once").hasValue(1);
    }

    private void assertEnds(final RunningDuty running) throws InterruptedException {
        assertThat(running.awaitEnd(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(running.hasEnded()).isTrue();
        assertThat(duty.ends).hasValue(1);
        assertThat(duty.endedBy).isSameAs(running.thread());
        assertThat(running.thread()).isSameAs(duty.thread);
    }

    private RunningDuty begin() throws InterruptedException {
        final RunningDuty running = scheduler.recur(duty);
        assertThat(duty.begun.await(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(duty.ends).hasValue(0);
        return running;
    }

    @Test
    void shouldBeToldWhenItEndsItself() throws Exception {
        final RunningDuty running = begin();
        duty.result = Duty.DONE;
        assertEnds(running);
        assertThat(errors).isEmpty();
    }

    @Test
    void shouldBeToldWhenItIsClosed() throws Exception {
        final RunningDuty running = begin();
        running.close();
        running.close();
        assertEnds(running);
    }

    @Test
    void shouldBeReportedAndToldWhenItThrows() throws Exception {
        final RunningDuty running = begin();
        duty.thrown = new IllegalStateException("thrown by a turn");
        assertEnds(running);
        assertThat(errors).containsExactly(duty.thrown);
    }

    @Test
    void shouldReportWhatItThrowsWhenItIsTold() throws Exception {
        final RuntimeException thrown = new IllegalStateException("thrown at the end");
        final RunningDuty running = scheduler.recur(new Duty() {
            @Override
            public int turn() {
                return DONE;
            }

            @Override
            public void ended() {
                throw thrown;
            }
        });
        assertThat(running.awaitEnd(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(errors).containsExactly(thrown);
        begin();
    }

    @Test
    void shouldBeToldWhenTheSchedulerIsClosed() throws Exception {
        final RunningDuty running = begin();
        scheduler.close();
        assertEnds(running);
    }

    @Test
    void shouldBeToldWhenAllIsStoppedAtOnce() throws Exception {
        final RunningDuty running = begin();
        scheduler.shutdownNow();
        assertEnds(running);
    }

    /** Tasks go on being run; the duty is over. */
    @Test
    void shouldEndWithAShutdownWhoseTimeRunsOut() throws Exception {
        final RunningDuty running = begin();
        final CountDownLatch gate = new CountDownLatch(1);
        final AtomicInteger runs = new AtomicInteger();
        scheduler.schedule(() -> {
            runs.incrementAndGet();
            scheduler.schedule(runs::incrementAndGet, TaskPriority.NORMAL);
            try {
                gate.await();
            } catch (final InterruptedException e) {
                errors.add(e);
            }
        }, TaskPriority.NORMAL);
        assertThat(scheduler.shutdown(Duration.ofMillis(10))).isFalse();
        gate.countDown();
        assertEnds(running);
        assertThat(scheduler.shutdown(Duration.ofSeconds(DEADLINE_SECONDS))).isTrue();
        assertThat(runs).hasValue(2);
        assertThat(errors).isEmpty();
    }

    /** Whoever is told may hold a lock that others give duties under. */
    @Test
    void shouldBeToldUnderNoLockOfTheScheduler() throws Exception {
        final Object lock = new Object();
        final CountDownLatch ending = new CountDownLatch(1);
        final RunningDuty running;
        synchronized (lock) {
            running = scheduler.recur(new Duty() {
                @Override
                public int turn() {
                    return DONE;
                }

                @Override
                public void ended() {
                    ending.countDown();
                    synchronized (lock) {
                        errors.clear();
                    }
                }
            });
            assertThat(ending.await(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
            scheduler.recur(duty);
        }
        assertThat(running.awaitEnd(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
}
