// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.report;

import java.util.Locale;

/** Figures as text: three significant digits, never fewer than the integer part has, a point as the decimal sign, SI units. */
final class Quantity {

    private static final char THIN_SPACE = '\u202f';

    private Quantity() {
    }

    /** Of a rate, in millions, without the unit: {@code 12.3}. */
    static String millions(final double perSecond) {
        return digits(perSecond / 1e6);
    }

    /** Of a rate, in millions with two decimals, so that a column of them lines up; more where these would be 0.0. */
    static String column(final double perSecond) {
        return perSecond < 1e5 ? digits(perSecond / 1e6) : String.format(Locale.ROOT, "%.2f", perSecond / 1e6);
    }

    /** {@code 84.0 ns}, {@code 1.25 µs}, {@code 3.40 ms}. */
    static String nanos(final double nanos) {
        final double size = Math.abs(nanos);
        if (size < 1e3) {
            // Whole nanoseconds are what the clock tells.
            return (nanos == Math.rint(nanos) ? Long.toString((long) nanos) : digits(nanos)) + THIN_SPACE + "ns";
        }
        return size < 1e6 ? digits(nanos / 1e3) + THIN_SPACE + "µs"
                : size < 1e9 ? digits(nanos / 1e6) + THIN_SPACE + "ms" : digits(nanos / 1e9) + THIN_SPACE + "s";
    }

    /** {@code 12.3 GB/s}; decimal, as memory bandwidth is quoted. */
    static String bytesPerSecond(final double bytes) {
        return bytes < 1e9 ? digits(bytes / 1e6) + THIN_SPACE + "MB/s" : digits(bytes / 1e9) + THIN_SPACE + "GB/s";
    }

    /** {@code 250 000/s}, {@code 12.3 M/s}. */
    static String perSecond(final double rate) {
        return rate < 1e6 ? String.format(Locale.ROOT, "%,.0f", rate).replace(',', THIN_SPACE) + "/s"
                : digits(rate / 1e6) + THIN_SPACE + "M/s";
    }

    /** {@code 0.81×}; an en dash where there is nothing to compare with. */
    static String times(final double factor) {
        return factor > 0 ? (factor < 0.01 ? digits(factor) : String.format(Locale.ROOT, "%.2f", factor)) + "×" : "–";
    }

    /** {@code 0.250%}. */
    static String percent(final double fraction) {
        return fraction == 0 ? "0%" : fraction == 1 ? "100%" : digits(fraction * 100) + "%";
    }

    static String digits(final double value) {
        if (!Double.isFinite(value)) {
            return "–";
        }
        if (value == 0) {
            return "0";
        }
        final int integerDigits = (int) Math.floor(Math.log10(Math.abs(value))) + 1;
        return String.format(Locale.ROOT, "%." + Math.clamp(3L - integerDigits, 0, 6) + "f", value);
    }
}
