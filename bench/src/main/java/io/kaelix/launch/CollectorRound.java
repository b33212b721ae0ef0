// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import io.kaelix.MemoryStreamer;
import io.kaelix.runtime.TaskScheduler;
import io.kaelix.telemetry.CounterFile;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A collector whose rounds are done by who asks for them, and not by its thread: for benchmarks. It is in this package since rounds are
 * nobody's affair else.
 *
 * <p><b>Threads</b>: one.
 */
public final class CollectorRound implements AutoCloseable {

    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Collector collector;
    private final boolean isSeldom;
    private long now = System.nanoTime();
    private long clock;

    /**
     * Over a file.
     *
     * @param isSeldom whether each round copies what is copied each {@value SchedulerSource#SELDOM_MILLIS} ms at most, too
     * @param profiles whether each looks at the process, too
     */
    public CollectorRound(final CounterFile file, final MemoryStreamer streamer, final TaskScheduler scheduler, final boolean isSeldom,
            final boolean profiles) {
        this.isSeldom = isSeldom;
        final ProcessProfiler profiler = ProcessProfiler.ofThisProcess();
        profiler.follow(SchedulerSource.threads(scheduler));
        final SlowSubscribers slow = new SlowSubscribers((subscriber, policy, messages, bytes, lag, blocking) -> {
        }, System::nanoTime);
        slow.threshold(TimeUnit.SECONDS.toNanos(1));
        collector = new Collector(file, List.of(new SchedulerSource(scheduler, file, () -> clock),
                new StreamerSource(streamer, file, slow, () -> clock)), profiler,
                new Pace(INTERVAL_NANOS, INTERVAL_NANOS, profiles, profiles, profiles));
        // The first round is another one: it makes all counters.
        run();
    }

    /** A round. */
    public void run() {
        now += INTERVAL_NANOS;
        if (isSeldom) {
            clock += TimeUnit.MILLISECONDS.toNanos(SchedulerSource.SELDOM_MILLIS);
        }
        collector.round(now);
    }

    @Override
    public void close() {
        collector.close();
    }
}
