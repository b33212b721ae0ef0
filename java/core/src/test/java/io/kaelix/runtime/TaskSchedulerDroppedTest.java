// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of tasks that are dropped, and of what they hold. */
@Timeout(300)
class TaskSchedulerDroppedTest {

    private static final Runnable NOTHING = () -> { };
    private static final Duration LONG = Duration.ofSeconds(SchedulerFixture.NEVER_SECONDS);
    private static final Duration HOUR = Duration.ofHours(1);

    private static SchedulerConfig impatient(final int workers) {
        return SchedulerFixture.config(workers).withCloseTimeout(Duration.ofMillis(200));
    }

    @Test
    void shouldGiveBackAllEvenWhereAFutureCannotBeCancelled() {
        try (SchedulerFixture fixture = new SchedulerFixture(impatient(1))) {
            fixture.block();
            fixture.schedule(new Stubborn());
            final CompletableFuture<Integer> future = fixture.scheduler.submit(() -> 1, TaskPriority.NORMAL);
            assertThat(fixture.scheduler.shutdownNow()).hasSize(2);
            assertThat(future).isCancelled();
        }
    }

    /** A user's own future, with a fault in it. */
    private static final class Stubborn extends CompletableFuture<Integer> implements Runnable {

        @Override
        public void run() {
            complete(1);
        }

        @Override
        public boolean cancel(final boolean mayInterruptIfRunning) {
            throw new UnsupportedOperationException("never");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldForgetWhatADroppedTaskWasToDo(final boolean now) {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            final TimedTask once = (TimedTask) fixture.scheduler.scheduleAfter(NOTHING, TaskPriority.NORMAL, HOUR);
            final TimedTask periodic = (TimedTask) fixture.scheduler.scheduleAtFixedRate(NOTHING, TaskPriority.NORMAL, HOUR, HOUR);
            if (now) {
                assertThat(fixture.scheduler.shutdownNow()).containsExactly(NOTHING, NOTHING);
            } else {
                assertThat(fixture.scheduler.shutdown(LONG)).isTrue();
            }
            assertThat(List.of(once, periodic)).allMatch(ScheduledTask::isCancelled).allMatch(task -> task.action() == null);
        }
    }

    @Test
    void shouldForgetWhatAPeriodicTaskWasToDoThatRanAsItWasShutDown() {
        try (SchedulerFixture fixture = new SchedulerFixture(1)) {
            final CountDownLatch running = new CountDownLatch(1);
            final CountDownLatch end = new CountDownLatch(1);
            final TimedTask task = (TimedTask) fixture.scheduler.scheduleAtFixedRate(() -> {
                running.countDown();
                SchedulerFixture.await(end);
            }, TaskPriority.NORMAL, Duration.ZERO, HOUR);
            SchedulerFixture.await(running);
            fixture.scheduler.shutdown(Duration.ZERO);
            end.countDown();
            assertThat(fixture.scheduler.shutdown(LONG)).isTrue();
            assertThat(task.isCancelled()).isTrue();
            assertThat(task.action()).isNull();
        }
    }
}
