// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scheduler;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** An executor of the JDK. */
final class ExecutorSystem implements TaskSystem {

    private final ExecutorService executor;
    private final String settings;

    ExecutorSystem(final ExecutorService executor, final String settings) {
        this.executor = executor;
        this.settings = settings;
    }

    @Override
    public void schedule(final Runnable task) {
        executor.execute(task);
    }

    @Override
    public void scheduleAfter(final Runnable task, final long delayNanos) {
        ((ScheduledExecutorService) executor).schedule(task, delayNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public String settings() {
        return settings;
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
