// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scheduler;

import io.kaelix.bench.trial.GapLog;
import io.kaelix.Duty;
import io.kaelix.runtime.RunningDuty;
import io.kaelix.runtime.SchedulerConfig;
import io.kaelix.runtime.TaskPriority;
import io.kaelix.runtime.TaskScheduler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The library's scheduler, with its defaults, at one priority.
 *
 * <p>With a watch, a duty of the first worker looks at the clock with each turn of its loop: what it finds are gaps of the machine, or of
 * the scheduler's own between two turns without a task, as everywhere where a thread looks at the clock between two looks for something
 * to do. A worker that sleeps looks like a gap too; it does not at the pace of the tasks, unless the thread that schedules had a far
 * longer gap itself.
 */
final class KaelixSystem implements TaskSystem {

    private static final double WATCH_SECONDS = 60;
    private static final long END_SECONDS = 10;

    private final TaskScheduler scheduler;
    private final GapLog gaps;
    private final RunningDuty watch;
    private volatile String refusal;

    /** Looks at the clock, and has done nothing. */
    private static final class Watch implements Duty {

        private final GapLog gaps;
        private long before = System.nanoTime();

        private Watch(final GapLog gaps) {
            this.gaps = gaps;
        }

        @Override
        public int turn() {
            final long now = System.nanoTime();
            gaps.look(before, now);
            before = now;
            return 0;
        }
    }

    KaelixSystem(final int workers, final boolean watched) {
        scheduler = TaskScheduler.launch(SchedulerConfig.defaults().withWorkers(workers)
                .withErrors((task, error) -> refuse("a task failed: " + error)));
        gaps = watched ? new GapLog(WATCH_SECONDS) : null;
        watch = watched ? scheduler.recur(new Watch(gaps)) : null;
    }

    @Override
    public void schedule(final Runnable task) {
        int outcome = scheduler.schedule(task, TaskPriority.NORMAL);
        if (outcome != TaskScheduler.SCHEDULED) {
            outcome = scheduleAgain(task, outcome);
            if (outcome == TaskScheduler.QUEUE_FULL) {
                throw new IllegalStateException(refuse("no room for what a task scheduled: " + settings()));
            }
        }
    }

    /** From outside it waits for room, and the time counts. What comes when it was closed is dropped. */
    private int scheduleAgain(final Runnable task, final int first) {
        int outcome = first;
        while (outcome == TaskScheduler.QUEUE_FULL && scheduler.currentWorker() < 0) {
            Thread.onSpinWait();
            outcome = scheduler.schedule(task, TaskPriority.NORMAL);
        }
        return outcome;
    }

    @Override
    public void scheduleAfter(final Runnable task, final long delayNanos) {
        scheduler.scheduleAfter(task, TaskPriority.NORMAL, Duration.ofNanos(delayNanos));
    }

    private String refuse(final String reason) {
        if (refusal == null) {
            refusal = reason;
        }
        return reason;
    }

    @Override
    public boolean pinsItself() {
        return true;
    }

    @Override
    public String refusal() {
        return refusal;
    }

    @Override
    public void endWatch() throws InterruptedException {
        if (watch != null) {
            watch.close();
            if (!watch.awaitEnd(END_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the watch did not end within " + END_SECONDS + " s");
            }
        }
    }

    @Override
    public boolean hadGap(final long start, final long end) {
        return gaps != null && gaps.overlaps(start, end);
    }

    @Override
    public String settings() {
        return watch == null ? "defaults" : "defaults, and a duty that looks at the clock";
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
