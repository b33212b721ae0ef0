// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.KaelixException;
import java.util.concurrent.TimeUnit;

/** Launches schedulers whose queues do not fit into memory, and then one whose do: a process of its own, since others would suffer, too. */
public final class SchedulerLaunchProbe {

    private SchedulerLaunchProbe() {
    }

    /** Prints what became of each, and how many threads are left of them. */
    public static void main(final String[] args) throws InterruptedException {
        final SchedulerConfig config = SchedulerConfig.defaults().withName("probe").withPinned(false);
        for (final int workers : new int[] {1, 8}) {
            try {
                TaskScheduler.launch(config.withWorkers(workers).withQueueCapacity(1 << 20)).close();
                System.out.println("launched " + workers);
            } catch (final KaelixException e) {
                System.out.println("refused " + workers + ": " + e.getMessage());
            }
            System.out.println("threads left: " + threadsLeft());
        }
        try (TaskScheduler scheduler = TaskScheduler.launch(config.withWorkers(2).withQueueCapacity(2))) {
            System.out.println("then: " + scheduler.submit(() -> 6 * 7, TaskPriority.NORMAL).join());
        }
        System.out.println("threads left: " + threadsLeft());
    }

    /** After some time, if need be: they end by themselves. */
    private static long threadsLeft() throws InterruptedException {
        final long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SchedulerFixture.NEVER_SECONDS);
        long left = threads();
        while (left > 0 && System.nanoTime() < until) {
            Thread.sleep(10);
            left = threads();
        }
        return left;
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().startsWith("probe-")).count();
    }
}
