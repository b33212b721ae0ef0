// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scheduler;

import io.kaelix.CpuSet;
import io.kaelix.bench.trial.TrialException;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Has each worker of a system on a CPU of its own, and the thread that schedules on another one, as far as they go round. */
final class Workers {

    private static final long PATIENCE_SECONDS = 20;

    private final Platform platform = Platforms.current();
    private final Set<Integer> taken = new ConcurrentSkipListSet<>();
    private final AtomicInteger arrived = new AtomicInteger();
    private final CountDownLatch all;
    private final List<Integer> cpus;
    private final boolean pinThem;

    private Workers(final TaskSystem system, final int workers, final List<Integer> cpus) {
        this.all = new CountDownLatch(workers);
        this.cpus = cpus;
        this.pinThem = !system.pinsItself();
    }

    /**
     * Pins the workers from the last CPU on, unless the system does that itself.
     *
     * @return the CPU for the thread that schedules
     */
    static int settle(final TaskSystem system, final int workers, final List<Integer> cpus) throws TrialException, InterruptedException {
        final Workers settling = new Workers(system, workers, cpus);
        for (int i = 0; i < workers; i++) {
            system.schedule(settling::arrive);
        }
        if (!settling.all.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new TrialException("not all of " + workers + " workers took a task within " + PATIENCE_SECONDS + " s");
        }
        return cpus.stream().filter(cpu -> !settling.taken.contains(cpu)).findFirst().orElse(cpus.get(0));
    }

    /** Stays until every worker has one of these tasks: none gets two. */
    private void arrive() {
        final int worker = arrived.getAndIncrement();
        if (pinThem) {
            platform.pin(CpuSet.of(cpus.get(cpus.size() - 1 - worker % cpus.size())));
        }
        final CpuSet own = platform.affinity();
        if (own.stream().count() == 1) {
            own.stream().forEach(taken::add);
        }
        all.countDown();
        final long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (all.getCount() > 0 && System.nanoTime() - until < 0) {
            Thread.onSpinWait();
        }
    }

    /** Runs something on a thread of its own that is pinned there, to its end. */
    static <T> T runPinned(final int cpu, final Callable<T> work) throws TrialException, InterruptedException {
        final FutureTask<T> task = new FutureTask<>(() -> {
            Platforms.current().pin(CpuSet.of(cpu));
            return work.call();
        });
        Thread.ofPlatform().daemon().name("pacer").start(task);
        try {
            return task.get();
        } catch (final ExecutionException e) {
            if (e.getCause() instanceof TrialException known) {
                throw known;
            }
            final TrialException wrapper = new TrialException(e.getCause().toString().lines().findFirst().orElse("failed"));
            wrapper.initCause(e.getCause());
            throw wrapper;
        }
    }
}
