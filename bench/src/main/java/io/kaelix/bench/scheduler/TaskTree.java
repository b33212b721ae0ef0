// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scheduler;

import io.kaelix.bench.trial.TrialException;
import java.util.Map;
import java.util.concurrent.RecursiveAction;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Each task schedules two new ones, to a number of them in all, numbered as the nodes of a heap: 1, and 2n and 2n + 1 below n.
 *
 * <p>All have run when those without children have. These count themselves in words striped by thread, the same for all systems, and the
 * main thread adds them up ten times a millisecond.
 */
final class TaskTree {

    private static final long LOOK_NANOS = 100_000;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);
    /** A warm-up's tree is so many times smaller. */
    private static final int WARMUP_PART = 100;

    private final TaskSystem system;
    private final boolean forked;
    private final int tasks;
    private final StripedCount leaves = new StripedCount();

    /** A task, scheduled. */
    private final class Node implements Runnable {

        private final int number;

        private Node(final int number) {
            this.number = number;
        }

        @Override
        public void run() {
            final int left = 2 * number;
            if (left > tasks) {
                leaves.increment();
                return;
            }
            system.schedule(new Node(left));
            if (left < tasks) {
                system.schedule(new Node(left + 1));
            }
        }
    }

    /** The same, forked. */
    private final class ForkedNode extends RecursiveAction {

        private static final long serialVersionUID = 1L;

        private final int number;

        private ForkedNode(final int number) {
            this.number = number;
        }

        @Override
        protected void compute() {
            final int left = 2 * number;
            if (left > tasks) {
                leaves.increment();
                return;
            }
            new ForkedNode(left).fork();
            if (left < tasks) {
                new ForkedNode(left + 1).fork();
            }
        }
    }

    private TaskTree(final TaskSystem system, final boolean forked, final int tasks) {
        this.system = system;
        this.forked = forked;
        this.tasks = tasks;
    }

    /** As many whole trees as begin in the time there is, one at the least. */
    static Map<String, Double> run(final TaskSystem system, final SchedulerRequest request) throws TrialException {
        final int warmup = Math.max(1, request.treeTasks() / WARMUP_PART);
        final long warm = System.nanoTime() + Math.round(request.warmup() * 1e9);
        do {
            new TaskTree(system, request.isForked(), warmup).grow();
        } while (System.nanoTime() - warm < 0);
        long nanos = 0;
        long trees = 0;
        final long bytesBefore = Usage.allocatedBytes();
        while (nanos < request.seconds() * 1e9) {
            nanos += new TaskTree(system, request.isForked(), request.treeTasks()).grow();
            trees++;
        }
        final double all = (double) trees * request.treeTasks();
        return Map.of(Figures.TASKS_PER_SECOND.name(), all * 1e9 / nanos, Figures.BYTES.name(),
                (Usage.allocatedBytes() - bytesBefore) / all);
    }

    /** Nanoseconds that it takes. */
    private long grow() throws TrialException {
        final long wanted = tasks - tasks / 2;
        final long start = System.nanoTime();
        system.schedule(forked ? () -> new ForkedNode(1).fork() : new Node(1));
        while (leaves.sum() < wanted) {
            LockSupport.parkNanos(LOOK_NANOS);
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                throw new TrialException("after " + TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS) + " s, " + leaves.sum() + " of " + wanted
                        + " tasks without children have run");
            }
        }
        if (leaves.sum() != wanted) {
            throw new TrialException(leaves.sum() + " tasks without children have run, not " + wanted);
        }
        return System.nanoTime() - start;
    }
}
