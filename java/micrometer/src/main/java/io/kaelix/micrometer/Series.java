// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.micrometer;

import io.kaelix.telemetry.HistogramReading;
import io.kaelix.telemetry.LatencyHistogram;
import io.kaelix.telemetry.Metric;
import io.kaelix.telemetry.Reading;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.TimeUnit;

/**
 * A metric of an owner, and where it stands.
 *
 * <p><b>Threads</b>: one updates at a time, any read.
 */
final class Series {

    /** Percentiles are those of the last 10 s, or since the update before if that was longer ago. */
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final double NANOS_PER_SECOND = 1e9;

    private final Key key;
    private final String unit;
    private final double divisor;
    private final Tags tags;
    private volatile double value = Double.NaN;
    private volatile long count;
    private volatile LatencyHistogram recent = new LatencyHistogram();
    private LatencyHistogram windowStart = new LatencyHistogram();
    private LatencyHistogram nextStart;
    private long nextStartAt;

    /**
     * What it is of: the same as long as it lives.
     *
     * @param process its number among those that were read: ids begin anew in each
     */
    record Key(int process, long id, String metric, String owner, Metric.Kind kind) {
    }

    Series(final Key key, final Reading reading) {
        this.key = key;
        unit = reading.unit();
        divisor = MeterNames.divisor(unit);
        tags = MeterNames.tags(key.metric(), key.owner());
    }

    Series(final Key key, final HistogramReading reading) {
        this.key = key;
        unit = Metric.SUBSCRIBER_DELIVERY.unit();
        divisor = MeterNames.divisor(unit);
        tags = MeterNames.tags(key.metric(), key.owner());
    }

    static Key keyOf(final int process, final Reading reading) {
        return new Key(process, reading.id(), reading.key(), reading.owner(), reading.kind());
    }

    static Key keyOf(final int process, final HistogramReading reading) {
        return new Key(process, reading.id(), reading.key(), reading.owner(), Metric.Kind.HISTOGRAM);
    }

    Key key() {
        return key;
    }

    String unit() {
        return unit;
    }

    /** Who has it. */
    Tags tags() {
        return tags;
    }

    boolean isTimed() {
        return key.kind() == Metric.Kind.HISTOGRAM;
    }

    void update(final long raw) {
        value = raw / divisor;
    }

    /** With all that was timed since the owner came, which stays as it is. */
    void update(final LatencyHistogram timed, final long now) {
        count = timed.count();
        value = timed.mean() * count / divisor;
        recent = timed.since(windowStart);
        if (nextStart == null) {
            nextStart = timed;
            nextStartAt = now;
        } else if (now - nextStartAt >= WINDOW_NANOS) {
            windowStart = nextStart;
            nextStart = timed;
            nextStartAt = now;
        }
    }

    /** In the base unit; of a histogram, the sum. */
    double value() {
        return value;
    }

    /** How many were timed. */
    long count() {
        return count;
    }

    /** In seconds; NaN if nothing was timed of late. */
    double percentile(final double phi) {
        final LatencyHistogram timed = recent;
        return timed.count() == 0 ? Double.NaN : timed.percentile(phi * 100) / NANOS_PER_SECOND;
    }
}
