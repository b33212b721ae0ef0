// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

/**
 * How long a worker that finds nothing stays awake: {@link SchedulerConfig} has the rule.
 *
 * <p><b>Threads</b>: its worker's alone.
 */
final class Idling {

    /** A wake-up takes about half of it: with such a target there is no need to be awake. */
    static final long PARK_MEETS_NANOS = 100_000;
    static final long LONGEST_NANOS = 10_000_000;
    static final long SHORT_SPIN_NANOS = 20_000;
    private static final int SPIN_TARGETS = 5;
    private static final int PAUSES = 4;
    private static final int SMOOTHING_SHIFT = 3;

    /** What to do now. */
    enum Rest {
        SPIN, YIELD, PARK
    }

    private final IdleMode mode;
    private final long spinNanos;
    private final long longestNanos;
    private long windowNanos;
    /** Of the pauses that tasks ended. */
    private long meanPause;

    Idling(final IdleMode mode, final long targetNanos) {
        this.mode = mode;
        this.spinNanos = targetNanos < PARK_MEETS_NANOS ? SPIN_TARGETS * targetNanos : SHORT_SPIN_NANOS;
        this.longestNanos = targetNanos < PARK_MEETS_NANOS ? LONGEST_NANOS : spinNanos;
        this.windowNanos = longestNanos;
    }

    /** For one that has found nothing for so long. */
    Rest rest(final long quietNanos) {
        if (mode == IdleMode.BUSY_SPIN) {
            return Rest.SPIN;
        }
        if (mode == IdleMode.PARK) {
            return Rest.PARK;
        }
        return quietNanos < spinNanos ? Rest.SPIN : quietNanos < windowNanos ? Rest.YIELD : Rest.PARK;
    }

    /** A task ended a pause of this length. */
    void found(final long pauseNanos) {
        // A long silence says no more about the flow than one that is too long to stay awake for.
        final long pause = Math.min(pauseNanos, 2 * longestNanos);
        meanPause += (pause - meanPause) >> SMOOTHING_SHIFT;
        windowNanos = PAUSES * meanPause <= longestNanos ? Math.max(spinNanos, PAUSES * meanPause) : spinNanos;
    }

    long windowNanos() {
        return windowNanos;
    }
}
