// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.top;

import io.kaelix.cli.report.Units;
import java.time.Duration;
import java.util.Locale;

/** Figures in few characters; what is not known is a dash. */
final class Figures {

    private static final String UNKNOWN = "-";
    private static final int HUNDRED = 100;
    private static final int HOURS_OF_DAY = 24;

    private Figures() {
    }

    /** As {@code 12.3 M}. */
    static String count(final Long value) {
        return value == null ? UNKNOWN : Units.count(value);
    }

    /** Per second, without saying so. */
    static String rate(final double perSecond) {
        return Double.isNaN(perSecond) ? UNKNOWN : Units.count(perSecond);
    }

    /** As {@code 1.50 MiB}. */
    static String bytes(final Long value) {
        return value == null ? UNKNOWN : Units.bytes(value);
    }

    /** Bytes per second, without saying so. */
    static String bytes(final double perSecond) {
        return Double.isNaN(perSecond) ? UNKNOWN : Units.bytes(perSecond);
    }

    /** As {@code 1.23 us}. */
    static String nanos(final Long value) {
        return value == null ? UNKNOWN : value == 0 ? "0" : Units.nanos(value);
    }

    /** A part of one as {@code 42%}. */
    static String percent(final Double part) {
        return part == null || part.isNaN() ? UNKNOWN : String.format(Locale.ROOT, "%.0f%%", part * HUNDRED);
    }

    /** As {@code 1d 02:03:04}. */
    static String duration(final Duration duration) {
        final Duration shown = duration.isNegative() ? Duration.ZERO : duration;
        final String day = shown.toDays() == 0 ? "" : shown.toDays() + "d ";
        return day + String.format(Locale.ROOT, "%02d:%02d:%02d", shown.toHours() % HOURS_OF_DAY, shown.toMinutesPart(),
                shown.toSecondsPart());
    }
}
