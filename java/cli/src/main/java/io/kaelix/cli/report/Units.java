// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.report;

import java.util.Locale;

/** Figures as people read them. */
public final class Units {

    private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final String[] DECIMAL = {"", " k", " M", " G", " T", " P", " E"};
    private static final String[] NANOS = {"ns", "us", "ms", "s"};

    private Units() {
    }

    /** As {@code 1,234,567}. */
    public static String grouped(final long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** As {@code 1.50 MiB}. */
    public static String bytes(final double value) {
        return scaled(value, 1024, BINARY, " ");
    }

    /** As {@code 12.3 M}. */
    public static String count(final double value) {
        return scaled(value, 1000, DECIMAL, "");
    }

    /** As {@code 1.23 us}. */
    public static String nanos(final long value) {
        return scaled(value, 1000, NANOS, " ");
    }

    private static String scaled(final double value, final int base, final String[] units, final String gap) {
        double rest = value;
        int unit = 0;
        // 999.5 would be printed as 1000: the next unit is due from there on.
        while (rest >= base - 0.5 && unit < units.length - 1) {
            rest /= base;
            unit++;
        }
        final int digits = unit == 0 && rest == Math.rint(rest) || rest >= 99.95 ? 0 : rest >= 9.995 ? 1 : 2;
        return String.format(Locale.ROOT, "%." + digits + "f", rest) + gap + units[unit];
    }
}
