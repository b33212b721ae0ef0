// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scheduler;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** What is measured. */
public enum Subject {

    /** {@code ForkJoinPool.execute}. */
    FORK_JOIN("fork-join"),
    /** The same pool by its own idiom: tasks are {@code RecursiveAction}s that fork others and join none. */
    FORK_JOIN_FORK("fork-join-fork"),
    /** {@code ThreadPoolExecutor} on a {@code LinkedBlockingQueue}, as {@code Executors.newFixedThreadPool} has it. */
    THREAD_POOL("thread-pool"),
    /** The same on a {@code LinkedTransferQueue}, whose takers spin before they park. */
    THREAD_POOL_TRANSFER("thread-pool-transfer"),
    /** A virtual thread for each task. */
    VIRTUAL_THREADS("virtual-threads");

    private final String label;

    Subject(final String label) {
        this.label = label;
    }

    /** As results have it. */
    public String label() {
        return label;
    }

    /** With this label. */
    static Subject of(final String label) {
        return Arrays.stream(values()).filter(subject -> subject.label.equals(label)).findFirst().orElseThrow();
    }

    /** Whether this JDK has it do what the mode asks for. */
    public boolean has(final Mode mode) {
        return switch (this) {
            case FORK_JOIN -> mode != Mode.DELAYED || ScheduledExecutorService.class.isAssignableFrom(ForkJoinPool.class);
            case FORK_JOIN_FORK -> mode.hasForks();
            case THREAD_POOL_TRANSFER -> mode == Mode.PACED || mode == Mode.SWITCH || mode == Mode.FAN_OUT || mode == Mode.WAKE;
            case THREAD_POOL, VIRTUAL_THREADS -> true;
        };
    }

    /** What its JVM is started with. */
    public List<String> jvmOptions(final int workers) {
        return this == VIRTUAL_THREADS
                ? List.of("-Djdk.virtualThreadScheduler.parallelism=" + workers, "-Djdk.virtualThreadScheduler.maxPoolSize=" + workers)
                : List.of();
    }

    /** Starts it. */
    TaskSystem launch(final Mode mode, final int workers) {
        return switch (this) {
            case FORK_JOIN -> forkJoin(mode, workers, "execute");
            case FORK_JOIN_FORK -> forkJoin(mode, workers, "fork");
            case THREAD_POOL -> mode == Mode.DELAYED
                    ? new ExecutorSystem(new ScheduledThreadPoolExecutor(workers), "ScheduledThreadPoolExecutor")
                    : new ExecutorSystem(new ThreadPoolExecutor(workers, workers, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>()),
                            "LinkedBlockingQueue");
            case THREAD_POOL_TRANSFER -> new ExecutorSystem(
                    new ThreadPoolExecutor(workers, workers, 0, TimeUnit.SECONDS, new LinkedTransferQueue<>()), "LinkedTransferQueue");
            case VIRTUAL_THREADS -> new VirtualThreads();
        };
    }

    /** The newest first where tasks have children, which is its default and keeps few of them waiting; else in order, as its documentation has it for tasks that nobody joins. */
    private static TaskSystem forkJoin(final Mode mode, final int workers, final String by) {
        final boolean inOrder = !mode.hasChildren();
        final ExecutorService pool = new ForkJoinPool(workers, ForkJoinPool.defaultForkJoinWorkerThreadFactory, null, inOrder);
        return new ExecutorSystem(pool, by + ", asyncMode " + inOrder);
    }
}
