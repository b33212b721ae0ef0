// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Several threads add, cancel, expire and run, each what comes to its mind:
 *
 * <pre>
 *   4 threads ──add──► Timers ──expire, which the queue refuses now and then──► queue ──► run, by any of the 4
 *       └──── cancel, of what any of them has added lately ────┘
 * </pre>
 */
@Timeout(120)
class TimersStressTest {

    private static final int THREADS = 4;
    private static final int STEPS = 150_000;
    private static final int LATELY = 256;

    /** A task, and what was seen of it. The counts are plain where runs alone write them: runs do not overlap, and see each other. */
    private static final class Watched implements Runnable {
        private final AtomicInteger running = new AtomicInteger();
        private final AtomicInteger cancels = new AtomicInteger();
        private volatile boolean overlapped;
        private long started;
        private volatile boolean cancelAnswered;
        private int startedAfterCancel;
        private boolean isPeriodic;
        private TimedTask task;

        @Override
        public void run() {
            if (running.incrementAndGet() != 1) {
                overlapped = true;
            }
            started++;
            startedAfterCancel += cancelAnswered ? 1 : 0;
            running.decrementAndGet();
        }

        void cancel() {
            if (task.cancel()) {
                cancels.incrementAndGet();
                cancelAnswered = true;
            }
        }
    }

    private final AtomicLong clock = new AtomicLong();
    private final Timers timers = new Timers();
    private final Queue<TimedTask> queue = new ConcurrentLinkedQueue<>();
    private final AtomicReferenceArray<Watched> lately = new AtomicReferenceArray<>(LATELY);
    private final AtomicInteger told = new AtomicInteger();
    private final TimedTask.Host host = new TimedTask.Host() {
        @Override
        public long now() {
            return clock.get();
        }

        @Override
        public void sooner() {
            told.incrementAndGet();
        }
    };

    private List<Watched> churn(final int seed, final int closeAt) {
        final SplittableRandom random = new SplittableRandom(seed);
        final List<Watched> own = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            switch (random.nextInt(8)) {
                case 0, 1 -> own.add(add(random));
                case 2 -> {
                    final Watched watched = lately.get(random.nextInt(LATELY));
                    if (watched != null) {
                        watched.cancel();
                    }
                }
                case 3, 4 -> {
                    final int refuse = random.nextInt(16);
                    timers.expire(clock.addAndGet(random.nextInt(30)), task -> (task.sequence & 15) != refuse && enqueue(task));
                }
                default -> runNext();
            }
            if (step == closeAt) {
                timers.close();
            }
        }
        return own;
    }

    private Watched add(final SplittableRandom random) {
        final Watched watched = new Watched();
        // One in 16 is periodic; more would have all the turns.
        final int period = random.nextInt(16) == 0 ? random.nextInt(-500, 500) : 0;
        watched.isPeriodic = period != 0;
        watched.task = new TimedTask(host, timers, TaskPriority.values()[random.nextInt(4)], watched,
                Timers.after(clock.get(), random.nextInt(200)), period);
        timers.add(watched.task);
        lately.set(random.nextInt(LATELY), watched);
        return watched;
    }

    /** Now and then twice, so that two threads may want to run it. */
    private boolean enqueue(final TimedTask task) {
        return queue.add(task) && ((task.sequence & 3) != 0 || queue.add(task));
    }

    private void runNext() {
        final TimedTask task = queue.poll();
        if (task != null) {
            task.run();
        }
    }

    private List<Watched> churnOnAllThreads(final int closeAt) throws InterruptedException, ExecutionException {
        final List<FutureTask<List<Watched>>> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            final int seed = i;
            threads.add(new FutureTask<>(() -> churn(seed, seed == 0 ? closeAt : -1)));
        }
        threads.forEach(thread -> Thread.ofPlatform().daemon().start(thread));
        final List<Watched> all = new ArrayList<>();
        for (final FutureTask<List<Watched>> thread : threads) {
            all.addAll(thread.get());
        }
        return all;
    }

    private static void assertWholeAndDone(final List<Watched> all) {
        long once = 0;
        long cancelled = 0;
        for (final Watched watched : all) {
            assertThat(watched.overlapped).isFalse();
            assertThat(watched.task.isDone()).isTrue();
            assertThat(watched.task.runs()).as("each run was counted").isEqualTo(watched.started);
            assertThat(watched.task.index).isEqualTo(TimedTask.NOWHERE);
            assertThat(watched.cancels.get()).as("one of those who cancel did it").isLessThanOrEqualTo(watched.task.isCancelled() ? 1 : 0);
            assertThat(watched.startedAfterCancel).as("but for the run that was under way").isLessThanOrEqualTo(1);
            if (!watched.task.isCancelled()) {
                assertThat(watched.task.runs()).as("not cancelled, not lost, not twice").isEqualTo(1);
                once++;
            } else {
                cancelled++;
            }
        }
        assertThat(once).as("some ran").isGreaterThan(1000);
        assertThat(cancelled).as("some were cancelled").isGreaterThan(1000);
    }

    @Test
    void shouldRunEachTaskOnceOrCancelItWhateverThreadsDo() throws Exception {
        final List<Watched> all = churnOnAllThreads(-1);
        // Periodic ones would never end. What is left then runs.
        all.stream().filter(watched -> watched.isPeriodic).forEach(Watched::cancel);
        while (timers.nextDeadline() != Timers.NONE || !queue.isEmpty()) {
            timers.expire(clock.addAndGet(1_000), queue::add);
            queue.forEach(TimedTask::run);
            queue.clear();
        }
        assertThat(timers.size()).isZero();
        assertWholeAndDone(all);
        assertThat(all.stream().filter(watched -> watched.task.isCancelled()).mapToInt(watched -> watched.cancels.get()))
                .as("nobody but these threads cancels").allMatch(cancels -> cancels == 1);
        assertThat(all.stream().filter(watched -> watched.started > 2).count()).as("periodic ones").isGreaterThan(100);
        assertThat(told.get()).as("turns that were the earliest").isPositive();
    }

    @Test
    void shouldLeaveNothingWhenClosedWhileThreadsUseIt() throws Exception {
        final List<Watched> all = churnOnAllThreads(STEPS / 2);
        queue.forEach(TimedTask::run);
        assertThat(timers.nextDeadline()).isEqualTo(Timers.NONE);
        assertThat(timers.size()).isZero();
        assertWholeAndDone(all);
    }

    @Test
    void shouldNeverSayTheNextDeadlineLate() throws Exception {
        final List<FutureTask<Integer>> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            final SplittableRandom random = new SplittableRandom(i);
            threads.add(new FutureTask<>(() -> {
                int late = 0;
                for (int step = 0; step < STEPS; step++) {
                    // Nothing before 1000 is due, so that while its own task waits there is a deadline that is not later.
                    final TimedTask task = new TimedTask(host, timers, TaskPriority.NORMAL, () -> { }, random.nextInt(1000, 2000), 0);
                    timers.add(task);
                    late += timers.nextDeadline() > task.deadline() ? 1 : 0;
                    if (random.nextInt(4) == 0) {
                        timers.expire(999, queue::add);
                    }
                    late += timers.nextDeadline() > task.deadline() ? 1 : 0;
                    task.cancel();
                }
                return late;
            }));
        }
        threads.forEach(thread -> Thread.ofPlatform().daemon().start(thread));
        for (final FutureTask<Integer> thread : threads) {
            assertThat(thread.get()).isZero();
        }
        assertThat(queue).isEmpty();
        assertThat(timers.size()).isZero();
        assertThat(timers.nextDeadline()).isEqualTo(Timers.NONE);
    }
}
