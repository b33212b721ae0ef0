// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit;

import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * How latencies are spread. Values are never understated, and overstated by a thousandth at most; from an hour on, all are an hour.
 *
 * <p><b>Threads</b>: immutable once it is in a {@link LatencyResults}.
 */
public final class LatencyDistribution {

    private static final long MAX_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final int DIGITS = 3;
    private static final int HUNDRED = 100;
    private static final double NANOS_PER_MICRO = 1e3;

    private final Histogram histogram = new Histogram(MAX_NANOS, DIGITS);

    LatencyDistribution() {
    }

    void record(final long nanos) {
        histogram.recordValue(Math.clamp(nanos, 0, MAX_NANOS));
    }

    /** How many messages it has. */
    public long count() {
        return histogram.getTotalCount();
    }

    /**
     * The latency that a share of the messages did not exceed.
     *
     * @param percentile above 0, at most 100
     * @throws IllegalStateException if it has no messages
     */
    public Duration percentile(final double percentile) {
        requireMessages();
        return Duration.ofNanos(histogram.getValueAtPercentile(percentile));
    }

    /** Half of the messages took no longer. */
    public Duration p50() {
        return percentile(50);
    }

    /** All but one in ten. */
    public Duration p90() {
        return percentile(90);
    }

    /** All but one in a hundred. */
    public Duration p99() {
        return percentile(99);
    }

    /** All but one in a thousand. */
    public Duration p999() {
        return percentile(99.9);
    }

    /** All but one in ten thousand. */
    public Duration p9999() {
        return percentile(99.99);
    }

    /** The longest. */
    public Duration max() {
        requireMessages();
        return Duration.ofNanos(histogram.getMaxValue());
    }

    private void requireMessages() {
        if (count() == 0) {
            throw new IllegalStateException("there are no messages in this distribution: ask for count() first");
        }
    }

    /** How many are not below a limit. */
    long countNotBelow(final Duration limit) {
        final long lowest = histogram.lowestEquivalentValue(Math.min(limit.toNanos(), MAX_NANOS));
        return count() - (lowest == 0 ? 0 : histogram.getCountBetweenValues(0, lowest - 1));
    }

    /** How many may be slower than the percentile, exactly. */
    long countAbove(final double percentile) {
        final BigDecimal count = BigDecimal.valueOf(count());
        return count() - BigDecimal.valueOf(percentile).multiply(count)
                .divide(BigDecimal.valueOf(HUNDRED), 0, RoundingMode.CEILING).longValueExact();
    }

    /**
     * Writes it as a percentile distribution, which the plotters of HdrHistogram read; values in microseconds.
     *
     * @param file usually with the ending {@code .hgrm}; overwritten
     */
    public void writeHgrm(final Path file) throws IOException {
        try (PrintStream out = new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
            histogram.outputPercentileDistribution(out, NANOS_PER_MICRO);
            if (out.checkError()) {
                throw new IOException("the distribution could not be written to " + file + ": see whether the disk is full");
            }
        }
    }

    /** One line: the percentiles that matter, and the count. */
    @Override
    public String toString() {
        if (count() == 0) {
            return "no messages";
        }
        return String.format(Locale.ROOT, "p50 %-9s p90 %-9s p99 %-9s p99.9 %-9s p99.99 %-9s max %-9s of %d", Durations.text(p50()),
                Durations.text(p90()), Durations.text(p99()), Durations.text(p999()), Durations.text(p9999()),
                Durations.text(max()), count());
    }
}
