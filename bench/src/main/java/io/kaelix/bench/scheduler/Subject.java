// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scheduler;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
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

    /** The library's scheduler. */
    KAELIX("kaelix"),
    /** The same, and its worker looks for gaps of the machine while it has nothing to do. */
    KAELIX_WATCHED("kaelix-watched"),
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

    private static final int LARGEST_TREE_IN_ORDER = 1_000_000;

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
            case KAELIX_WATCHED -> mode == Mode.PACED;
            case FORK_JOIN -> mode != Mode.DELAYED || ScheduledExecutorService.class.isAssignableFrom(ForkJoinPool.class);
            case FORK_JOIN_FORK -> mode.hasForks();
            case THREAD_POOL_TRANSFER -> mode == Mode.PACED || mode == Mode.SWITCH || mode == Mode.FAN_OUT || mode == Mode.WAKE;
            case KAELIX, THREAD_POOL, VIRTUAL_THREADS -> true;
        };
    }

    /** Those that run the oldest task first have half of a tree waiting at a time, which is to fit the heap: theirs is smaller. */
    public int treeTasks(final int wanted) {
        return switch (this) {
            case KAELIX, KAELIX_WATCHED, FORK_JOIN, FORK_JOIN_FORK -> wanted;
            case THREAD_POOL, THREAD_POOL_TRANSFER, VIRTUAL_THREADS -> Math.min(wanted, LARGEST_TREE_IN_ORDER);
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
            case KAELIX -> new KaelixSystem(workers, false);
            case KAELIX_WATCHED -> new KaelixSystem(workers, true);
            case FORK_JOIN -> forkJoin(mode, workers, "execute");
            case FORK_JOIN_FORK -> forkJoin(mode, workers, "fork");
            case THREAD_POOL -> mode == Mode.DELAYED
                    ? new ExecutorSystem(new ScheduledThreadPoolExecutor(workers), "ScheduledThreadPoolExecutor")
                    : threadPool(workers, new LinkedBlockingQueue<>());
            case THREAD_POOL_TRANSFER -> threadPool(workers, new LinkedTransferQueue<>());
            case VIRTUAL_THREADS -> new VirtualThreads();
        };
    }

    /** Its queue has no bound, so what it discards is only what comes when it was closed. */
    private static TaskSystem threadPool(final int workers, final BlockingQueue<Runnable> queue) {
        return new ExecutorSystem(new ThreadPoolExecutor(workers, workers, 0, TimeUnit.SECONDS, queue,
                new ThreadPoolExecutor.DiscardPolicy()), queue.getClass().getSimpleName());
    }

    /**
     * The newest first where tasks have children, which is its default and keeps few of them waiting; else in order, as its documentation
     * has it for tasks that nobody joins.
     */
    private static TaskSystem forkJoin(final Mode mode, final int workers, final String by) {
        final boolean inOrder = !mode.hasChildren();
        final ExecutorService pool = new ForkJoinPool(workers, ForkJoinPool.defaultForkJoinWorkerThreadFactory, null, inOrder);
        return new ExecutorSystem(pool, by + ", asyncMode " + inOrder);
    }
}
