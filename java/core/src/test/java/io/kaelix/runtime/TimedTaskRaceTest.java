// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two threads that want different things of one task in the same moment, over and over. */
@Timeout(120)
class TimedTaskRaceTest {

    private static final int ROUNDS = 40_000;

    private final TimersFixture fixture = new TimersFixture();
    private final AtomicInteger started = new AtomicInteger();
    /** Of the other thread: the task that it is to take on next, and the last one that it is through with. */
    private volatile TimedTask next;
    private volatile TimedTask through;

    /** Each round with a task that is due; afterwards both threads are through with it, and what it says must hold. */
    private void race(final Consumer<TimedTask> other, final Consumer<TimedTask> check) throws Exception {
        final TimedTask end = fixture.task(TaskPriority.NORMAL, started::incrementAndGet, 0, 0);
        final FutureTask<Void> thread = new FutureTask<>(() -> {
            TimedTask last = null;
            for (TimedTask task = next; task != end; task = next) {
                if (task == last) {
                    Thread.yield();
                    continue;
                }
                try {
                    other.accept(task);
                } finally {
                    last = task;
                    through = task;
                }
            }
            return null;
        });
        Thread.ofPlatform().daemon().start(thread);
        try {
            for (int round = 0; round < ROUNDS; round++) {
                final TimedTask task = fixture.schedule(started::incrementAndGet, 0, round % 2);
                fixture.expire();
                fixture.due.clear();
                started.set(0);
                if (round % 64 == 0) {
                    // However few cores there are: sometimes this one is first,
                    task.run();
                }
                next = task;
                spin(round % 64);
                if (round % 64 == 1) {
                    // and sometimes the other.
                    await(task, thread);
                }
                task.run();
                await(task, thread);
                check.accept(task);
                task.cancel();
            }
        } finally {
            next = end;
        }
        thread.get();
        assertThat(fixture.timers.size()).isZero();
    }

    private void await(final TimedTask task, final FutureTask<Void> thread) {
        while (through != task && !thread.isDone()) {
            Thread.yield();
        }
    }

    /** So that the threads do not always meet at the same place. */
    private static void spin(final int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldRunATurnOnceWhenTwoThreadsBegin() throws Exception {
        race(TimedTask::run, task -> {
            assertThat(started.get()).isEqualTo(1);
            assertThat(task.runs()).isEqualTo(1);
        });
    }

    @Test
    void shouldRunToTheEndOrNotAtAllWhenCancelledAsItBegins() throws Exception {
        final int[] ran = {0};
        race(task -> started.addAndGet(task.cancel() ? 1000 : 2000), task -> {
            assertThat(task.runs()).isEqualTo(started.get() % 1000);
            assertThat(task.isDone()).isTrue();
            assertThat(task.isCancelled()).as("as cancel said").isEqualTo(started.get() < 2000);
            assertThat(task.isCancelled() || task.runs() == 1).isTrue();
            ran[0] += started.get() % 1000;
        });
        assertThat(ran[0]).as("some ran, some did not").isBetween(1, ROUNDS - 1);
    }
}
