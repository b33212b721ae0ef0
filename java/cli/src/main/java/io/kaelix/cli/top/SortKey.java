// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.top;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** What rows are sorted by: the largest first. A table that does not have the figure keeps its own order. */
public enum SortKey {
    /** Lanes by messages per second, subscribers by messages received per second, workers by tasks per second. */
    RATE('r'),
    /** Lanes by bytes per second, subscribers by the bytes that they are behind. */
    BYTES('b'),
    /** Subscribers by the time that they are behind. */
    LAG('l'),
    /** Subscribers by what they lost, lanes by what they refused. */
    LOST('o'),
    /** Workers by the CPU that they use. */
    CPU('c'),
    /** All by name, in the order of the alphabet; numbers in it by value. */
    NAME('n');

    private final char key;

    SortKey(final char key) {
        this.key = key;
    }

    /** What is pressed for it. */
    char key() {
        return key;
    }

    /** As the command line has it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All of them, as in {@code rate, bytes, lag}. */
    public static String labels() {
        return Arrays.stream(values()).map(SortKey::label).collect(Collectors.joining(", "));
    }

    /** Null if there is none. */
    public static SortKey ofLabel(final String label) {
        return Arrays.stream(values()).filter(key -> key.label().equals(label)).findFirst().orElse(null);
    }

    Comparator<Picture.Lane> lanes() {
        return switch (this) {
            case BYTES -> largest(Picture.Lane::bytesPerSecond);
            case LOST -> largest(Picture.Lane::refusalsPerSecond);
            case NAME -> Comparator.comparing(Picture.Lane::name, SortKey::byName);
            default -> largest(Picture.Lane::messagesPerSecond);
        };
    }

    Comparator<Picture.Subscriber> subscribers() {
        return switch (this) {
            case RATE -> largest(Picture.Subscriber::messagesPerSecond);
            case BYTES -> largest(row -> told(row.lagBytes()));
            case LOST -> largest(row -> told(row.lost()));
            case NAME -> Comparator.comparing(Picture.Subscriber::name, SortKey::byName);
            default -> largest(row -> told(row.lagNanos()));
        };
    }

    Comparator<Picture.Worker> workers() {
        return switch (this) {
            case RATE -> largest(Picture.Worker::executedPerSecond);
            case CPU -> largest(Picture.Worker::cpuShare);
            default -> Comparator.comparing(Picture.Worker::name, SortKey::byName);
        };
    }

    private static double told(final Long value) {
        return value == null ? Double.NaN : value;
    }

    /** What is not known last; sorting is stable, so that equals keep their places. */
    private static <T> Comparator<T> largest(final ToDoubleFunction<T> figure) {
        return Comparator.comparingDouble(row -> {
            final double value = figure.applyAsDouble(row);
            return Double.isNaN(value) ? Double.POSITIVE_INFINITY : -value;
        });
    }

    /** Digits count by value: worker 2 before worker 10. */
    static int byName(final String left, final String right) {
        int i = 0;
        int j = 0;
        while (i < left.length() && j < right.length()) {
            final int iEnd = digitsEnd(left, i);
            final int jEnd = digitsEnd(right, j);
            final int order;
            if (iEnd > i && jEnd > j) {
                order = new BigInteger(left.substring(i, iEnd)).compareTo(new BigInteger(right.substring(j, jEnd)));
                i = iEnd;
                j = jEnd;
            } else {
                order = Character.compare(left.charAt(i++), right.charAt(j++));
            }
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.length() - i, right.length() - j);
    }

    private static int digitsEnd(final String text, final int from) {
        int end = from;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        return end;
    }
}
