// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit;

import java.time.Duration;
import java.util.Locale;

/** Durations as reports print them. */
final class Durations {

    private static final double MICRO = 1e3;
    private static final double MILLI = 1e6;
    private static final double SECOND = 1e9;

    private Durations() {
    }

    /** With the unit that suits it: {@code 740 ns}, {@code 12.3 µs}, {@code 4.1 ms}, {@code 2.0 s}. */
    static String text(final Duration duration) {
        final long nanos = duration.toNanos();
        if (nanos < MICRO) {
            return nanos + " ns";
        }
        if (nanos < MILLI) {
            return String.format(Locale.ROOT, "%.1f µs", nanos / MICRO);
        }
        return nanos < SECOND ? String.format(Locale.ROOT, "%.1f ms", nanos / MILLI)
                : String.format(Locale.ROOT, "%.1f s", nanos / SECOND);
    }
}
