// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Millions of tasks, of several threads and of other tasks, while some are cancelled and the scheduler is shut down: each that was taken in
 * runs once, or is given back; each that was refused does neither.
 *
 * <p>Some seconds, and a minute with {@code -Dkaelix.long=true}.
 *
 * <pre>
 *   three threads ──► schedule, submit, scheduleAfter ──► 1 to 5 workers ──► each task: none, one or several more of them
 *                                                              ▲
 *                                     shutdown ────────────────┘  at any time
 * </pre>
 */
@Timeout(1800)
class TaskSchedulerStressTest {

    private static final boolean LONG = Boolean.getBoolean("kaelix.long");
    private static final int ROUNDS = LONG ? 120 : 12;
    private static final int JOBS = 40_000;
    private static final int OUTSIDE = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(SchedulerFixture.NEVER_SECONDS);

    /** How a round ends. */
    enum End { SHUTDOWN, SHUTDOWN_NOW, SHUTDOWN_THEN_NOW, CLOSE, CLOSED_BY_A_TASK }

    /** How a job was scheduled. */
    private enum Kind { PLAIN, FUTURE, TIMED }

    private static final class Job implements Runnable {

        private static final VarHandle RUNS;

        static {
            try {
                RUNS = MethodHandles.lookup().findVarHandle(Job.class, "runs", int.class);
            } catch (final ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        final Round round;
        final long seed;
        final Kind kind;
        private int runs;
        // By whoever scheduled it, or cancelled it.
        volatile boolean accepted;
        volatile boolean cancelled;
        volatile CompletableFuture<?> future;
        volatile ScheduledTask timed;

        Job(final Round round, final long seed, final Kind kind) {
            this.round = round;
            this.seed = seed;
            this.kind = kind;
        }

        int runs() {
            return (int) RUNS.getVolatile(this);
        }

        @Override
        public void run() {
            if ((int) RUNS.getAndAdd(this, 1) != 0) {
                throw new AssertionError("run again");
            }
            round.began(new SplittableRandom(seed));
        }
    }

    private static final class Round {

        final TaskScheduler scheduler;
        final AtomicLong left = new AtomicLong(JOBS);
        final ConcurrentLinkedQueue<Job> jobs = new ConcurrentLinkedQueue<>();
        final AtomicInteger fullTimes = new AtomicInteger();
        final AtomicLong closeAt = new AtomicLong(Long.MIN_VALUE);
        final CountDownLatch closedByTask = new CountDownLatch(1);

        Round(final TaskScheduler scheduler) {
            this.scheduler = scheduler;
        }

        /** What a task does. */
        void began(final SplittableRandom random) {
            final int children = random.nextInt(8) == 0 ? random.nextInt(40) : random.nextInt(2);
            for (int i = 0; i < children; i++) {
                scheduleOne(random);
            }
            if (left.get() < closeAt.get() && closeAt.getAndSet(Long.MIN_VALUE) != Long.MIN_VALUE) {
                scheduler.close();
                closedByTask.countDown();
            }
        }

        /** Whether there are any to be scheduled still. */
        boolean scheduleOne(final SplittableRandom random) {
            if (left.getAndDecrement() <= 0) {
                return false;
            }
            final TaskPriority priority = TaskPriority.values()[random.nextInt(4)];
            final int dice = random.nextInt(16);
            final Job job = new Job(this, random.nextLong(), dice < 10 ? Kind.PLAIN : dice < 13 ? Kind.FUTURE : Kind.TIMED);
            jobs.add(job);
            switch (job.kind) {
                case PLAIN -> {
                    final int answer = scheduler.schedule(job, priority);
                    job.accepted = answer == TaskScheduler.SCHEDULED;
                    fullTimes.addAndGet(answer == TaskScheduler.QUEUE_FULL ? 1 : 0);
                }
                case FUTURE -> {
                    final CompletableFuture<Void> future = scheduler.submit(() -> {
                        job.run();
                        return null;
                    }, priority);
                    job.future = future;
                    // Only its cause tells, and only the scheduler completes it so.
                    job.accepted = !(future.isCompletedExceptionally() && !future.isCancelled()
                            && future.exceptionNow() instanceof RejectedExecutionException);
                    if (random.nextInt(4) == 0) {
                        job.cancelled = future.cancel(true);
                    }
                }
                case TIMED -> {
                    try {
                        job.timed = scheduler.scheduleAfter(job, priority, Duration.ofNanos(random.nextInt(4) * random.nextInt(200_000)));
                        job.accepted = true;
                        if (random.nextInt(4) == 0) {
                            job.cancelled = job.timed.cancel();
                        }
                    } catch (final RejectedExecutionException e) {
                        job.accepted = false;
                    }
                }
            }
            return true;
        }

        /** What an outside thread does. */
        void produce(final SplittableRandom random) {
            boolean more = true;
            while (more && !scheduler.isShutdown()) {
                for (int burst = random.nextInt(1, 50); burst > 0 && more; burst--) {
                    more = scheduleOne(random);
                }
                if (random.nextInt(4) == 0) {
                    // So that workers fall asleep now and then.
                    LockSupport.parkNanos(random.nextInt(300_000));
                }
            }
            // It is known to be shut down, or everything was scheduled: these are refused, or the last.
            for (int i = 0; i < 10; i++) {
                scheduleOne(random);
            }
        }

        /** @param never what was given back; null if that is not known */
        void check(final List<Runnable> never, final boolean drained) {
            final Map<Object, Integer> given = new IdentityHashMap<>();
            if (never != null) {
                never.forEach(task -> given.merge(task, 1, Integer::sum));
            }
            for (final Job job : jobs) {
                final int back = given.getOrDefault(job.kind == Kind.FUTURE ? job.future : job, 0);
                final int times = job.runs() + back;
                final boolean dropped = job.kind == Kind.TIMED && drained && job.accepted && job.timed.isCancelled();
                // One that was cancelled before it ran is neither; one that ran meanwhile did.
                final int least = job.accepted && !job.cancelled && !dropped && (never != null || drained) ? 1 : 0;
                if (times < least || times > (job.accepted ? 1 : 0)) {
                    throw new AssertionError(job.kind + (job.accepted ? ", taken in" : ", refused") + (job.cancelled ? ", cancelled" : "") + " ran "
                            + job.runs() + " times and was given back " + back + " times");
                }
                if (job.future != null && !job.future.isDone()) {
                    throw new AssertionError("a future that nobody completes, of a task that ran " + job.runs() + " times");
                }
            }
        }
    }

    private long stolen;
    private long full;
    private long givenBack;
    private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());

    @ParameterizedTest
    @EnumSource(End.class)
    void shouldRunOrGiveBackEachTaskOnce(final End end) throws InterruptedException {
        final SplittableRandom random = new SplittableRandom(end.ordinal());
        long jobs = 0;
        for (int i = 0; i < ROUNDS; i++) {
            jobs += round(end, random.split());
            assertThat(failures).as("round %d", i).isEmpty();
        }
        assertThat(jobs).isGreaterThan(ROUNDS);
        // What it is about has happened.
        assertThat(stolen).isPositive();
        assertThat(full).isPositive();
        if (end == End.SHUTDOWN_NOW) {
            assertThat(givenBack).isPositive();
        }
    }

    private long round(final End end, final SplittableRandom random) throws InterruptedException {
        final SchedulerConfig config = SchedulerFixture.config(random.nextInt(1, 6)).withPinned(random.nextBoolean())
                .withIdle(random.nextBoolean() ? IdleMode.PARK : IdleMode.ADAPTIVE).withQueueCapacity(2 << random.nextInt(9))
                .withForkCapacity(2 << random.nextInt(12)).withPriorities(random.nextInt(2, 5))
                .withErrors((task, error) -> failures.add(error));
        try (SchedulerFixture fixture = new SchedulerFixture(config)) {
            final Round round = new Round(fixture.scheduler);
            final long endAt = random.nextLong(JOBS / 4, JOBS);
            if (end == End.CLOSED_BY_A_TASK) {
                round.closeAt.set(endAt);
            }
            final List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < OUTSIDE; i++) {
                final SplittableRandom own = random.split();
                threads.add(Thread.ofPlatform().start(() -> round.produce(own)));
            }
            if (end != End.SHUTDOWN && end != End.CLOSED_BY_A_TASK) {
                SchedulerFixture.await("some were scheduled", () -> round.left.get() <= endAt);
            }
            List<Runnable> never = null;
            boolean drained = false;
            switch (end) {
                case SHUTDOWN -> {
                    LockSupport.parkNanos(random.nextInt(20_000_000));
                    drained = fixture.scheduler.shutdown(PATIENCE);
                    assertThat(drained).isTrue();
                }
                case SHUTDOWN_NOW -> never = fixture.scheduler.shutdownNow();
                case SHUTDOWN_THEN_NOW -> {
                    fixture.scheduler.shutdown(Duration.ofNanos(random.nextInt(2_000_000)));
                    drained = true;
                    never = fixture.scheduler.shutdownNow();
                }
                case CLOSE -> {
                    fixture.scheduler.close();
                    drained = true;
                }
                case CLOSED_BY_A_TASK -> {
                    for (final Thread thread : threads) {
                        thread.join();
                    }
                    // It may be that all had run before one came to it.
                    if (round.closeAt.getAndSet(Long.MIN_VALUE) == Long.MIN_VALUE) {
                        SchedulerFixture.await(round.closedByTask);
                    }
                }
            }
            for (final Thread thread : threads) {
                thread.join();
            }
            fixture.scheduler.close();
            SchedulerFixture.await("all threads have ended", () -> fixture.threads().isEmpty());
            round.check(never, drained);
            for (final Worker worker : fixture.scheduler.pool().workers()) {
                stolen += worker.counters.stolenOpaque();
            }
            full += round.fullTimes.get();
            givenBack += never == null ? 0 : never.size();
            return round.jobs.size();
        }
    }
}
