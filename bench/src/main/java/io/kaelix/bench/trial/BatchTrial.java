// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

import io.kaelix.CpuSet;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * What it costs to receive a message in one of several ways.
 *
 * <pre>
 *   in the cache     one thread: publish part of a lane, read it, again       the reading alone is timed
 *   across threads   publisher, as fast as it can, batches of 64 ──► reader   each pinned to a CPU
 * </pre>
 */
public final class BatchTrial {

    private static final int BATCH = 64;

    private BatchTrial() {
    }

    /**
     * Nanoseconds per message that was published, on this thread.
     *
     * @param messages of each turn
     * @param turns of publishing and reading
     */
    public static double inCache(final BatchReading reading, final int messages, final int turns) {
        long nanos = 0;
        long sent = 0;
        for (int i = 0; i < turns; i++) {
            sent += reading.publish(messages);
            final long start = System.nanoTime();
            for (int idle = 0; idle < 2;) {
                idle = reading.read() > 0 ? 0 : idle + 1;
            }
            nanos += System.nanoTime() - start;
        }
        return (double) nanos / sent;
    }

    /**
     * Nanoseconds per message, with a publisher on another thread.
     *
     * @param reading that nobody has used
     * @param nanos to measure for, after half of that
     */
    public static double acrossThreads(final BatchReading reading, final long nanos) throws InterruptedException {
        final Platform platform = Platforms.current();
        final int[] cpus = platform.affinity().stream().toArray();
        final boolean[] stopped = new boolean[1];
        final Thread publisher = Thread.ofPlatform().daemon().name("publisher").start(() -> {
            platform.pin(CpuSet.of(cpus[0]));
            while (!isStopped(stopped)) {
                if (reading.publish(BATCH) == 0) {
                    Thread.onSpinWait();
                }
            }
        });
        final FutureTask<Double> receiving = new FutureTask<>(() -> {
            platform.pin(CpuSet.of(cpus[cpus.length - 1]));
            read(reading, nanos / 2);
            return read(reading, nanos);
        });
        Thread.ofPlatform().daemon().name("reader").start(receiving);
        try {
            return receiving.get();
        } catch (final ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            synchronized (stopped) {
                stopped[0] = true;
            }
            publisher.join();
        }
    }

    private static boolean isStopped(final boolean[] stopped) {
        synchronized (stopped) {
            return stopped[0];
        }
    }

    private static double read(final BatchReading reading, final long nanos) {
        final long start = System.nanoTime();
        final long passedOver = reading.passedOver();
        long received = 0;
        long now = start;
        for (int i = 1; now - start < nanos; i++) {
            final int count = reading.read();
            received += Math.max(0, count);
            if (count == 0) {
                Thread.onSpinWait();
            }
            if (i % BATCH == 0) {
                now = System.nanoTime();
            }
        }
        return (double) (now - start) / Math.max(1, received + reading.passedOver() - passedOver);
    }
}
