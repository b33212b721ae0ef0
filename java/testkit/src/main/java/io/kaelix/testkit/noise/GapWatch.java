// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit.noise;

/**
 * Finds the gaps in which a spinning thread did not run: between two looks at the clock, with next to nothing done in between, more time
 * went by than {@link #GAP_NANOS}. The machine took it: another thread, an interrupt, the hypervisor; or the JVM, see {@link JvmPauses}.
 *
 * <p>The thread reports its looks at the clock. While it runs code that is not the harness's, whose slowness must not pass for a
 * gap, the watch is {@linkplain #pause paused}: a gap that falls into that time goes unseen.
 *
 * <p><b>Threads</b>: the one that it watches; the results when that one has ended.
 */
public final class GapWatch {

    /** Shorter gaps are taken for the ordinary: an interrupt, a cache miss. */
    public static final long GAP_NANOS = 10_000;

    private final long from;
    private final Intervals gaps = new Intervals();
    private boolean watching;
    private long last;
    private long watchedNanos;

    /**
     * @param from what was before this time is of no interest
     */
    public GapWatch(final long from) {
        this.from = from;
        this.last = from;
    }

    /** A look at the clock, with nothing but the harness's own few steps since the last. */
    public void observe(final long now) {
        if (watching) {
            final long elapsed = now - last;
            watchedNanos += elapsed;
            if (elapsed > GAP_NANOS) {
                gaps.add(last, now);
            }
        }
        resume(now);
    }

    /** What runs from here on is not the harness's code. */
    public void pause() {
        watching = false;
    }

    /** From this time on it is again. */
    public void resume(final long now) {
        if (now - from >= 0) {
            last = now;
            watching = true;
        }
    }

    /** Time in which a gap would have been seen. */
    public long watchedNanos() {
        return watchedNanos;
    }

    /** Time in which it would not, up to the last look at the clock. */
    public long unwatchedNanos() {
        return last - from - watchedNanos;
    }

    /** What was found, in the order of time. */
    public Intervals gaps() {
        return gaps;
    }
}
