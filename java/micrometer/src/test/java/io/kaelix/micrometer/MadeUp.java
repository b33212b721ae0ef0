// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.micrometer;

import io.kaelix.telemetry.HistogramReading;
import io.kaelix.telemetry.LatencyHistogram;
import io.kaelix.telemetry.Metric;
import io.kaelix.telemetry.Reading;
import io.kaelix.telemetry.Readings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** A process whose readings are made by hand, and which counts how often it is read. */
final class MadeUp implements Supplier<Readings> {

    private final List<Reading> counters = new ArrayList<>();
    private final List<HistogramReading> histograms = new ArrayList<>();
    private boolean alive = true;
    private int reads;
    private long id;
    private long pid = 1;

    synchronized MadeUp set(final Metric metric, final String owner, final long value) {
        return set(metric.key(), metric.kind(), metric.unit(), owner, value);
    }

    synchronized MadeUp set(final String key, final Metric.Kind kind, final String unit, final String owner, final long value) {
        for (int i = 0; i < counters.size(); i++) {
            final Reading one = counters.get(i);
            if (one.key().equals(key) && one.owner().equals(owner)) {
                counters.set(i, new Reading(one.id(), key, kind, unit, owner, value));
                return this;
            }
        }
        counters.add(new Reading(++id, key, kind, unit, owner, value));
        return this;
    }

    synchronized MadeUp remove(final String owner) {
        counters.removeIf(one -> one.owner().equals(owner));
        histograms.removeIf(one -> one.owner().equals(owner));
        return this;
    }

    /** All that was timed so far. */
    synchronized MadeUp timed(final Metric metric, final String owner, final LatencyHistogram histogram) {
        final long known = histograms.stream().filter(one -> one.key().equals(metric.key()) && one.owner().equals(owner))
                .mapToLong(HistogramReading::id).findFirst().orElseGet(() -> ++id);
        histograms.removeIf(one -> one.id() == known);
        histograms.add(new HistogramReading(known, metric.key(), owner, histogram.snapshot()));
        return this;
    }

    /** Another of the same key and owner. */
    synchronized MadeUp again(final Metric metric, final String owner, final long value) {
        counters.add(new Reading(++id, metric.key(), metric.kind(), metric.unit(), owner, value));
        return this;
    }

    synchronized MadeUp removeFirst() {
        counters.removeFirst();
        return this;
    }

    /** Of users' own. */
    synchronized MadeUp timed(final String key, final String owner, final LatencyHistogram histogram) {
        histograms.add(new HistogramReading(++id, key, owner, histogram.snapshot()));
        return this;
    }

    /** Ends, and another takes its place, which counts and times nothing yet. */
    synchronized void replace() {
        counters.clear();
        histograms.clear();
        id = 0;
        pid++;
    }

    synchronized void end() {
        alive = false;
    }

    synchronized int reads() {
        return reads;
    }

    @Override
    public synchronized Readings get() {
        reads++;
        return new Readings(pid, "orders", Instant.EPOCH, alive, Instant.EPOCH, 0, counters, histograms);
    }
}
