// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scheduler;

import java.util.concurrent.locks.LockSupport;

/**
 * A virtual thread for each task, without an executor around it: the least that the JDK asks for. How many carry them is an option of the
 * JVM.
 */
final class VirtualThreads implements TaskSystem {

    @Override
    public void schedule(final Runnable task) {
        Thread.startVirtualThread(task);
    }

    @Override
    public void scheduleAfter(final Runnable task, final long delayNanos) {
        final long due = System.nanoTime() + delayNanos;
        Thread.startVirtualThread(() -> {
            for (long rest = due - System.nanoTime(); rest > 0; rest = due - System.nanoTime()) {
                LockSupport.parkNanos(rest);
            }
            task.run();
        });
    }

    @Override
    public String settings() {
        return "Thread.startVirtualThread, as many carriers as workers";
    }

    @Override
    public void close() {
        // The carriers are the JVM's own.
    }
}
