// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.top;

import io.kaelix.telemetry.HistogramReading;
import io.kaelix.telemetry.LatencyHistogram;
import io.kaelix.telemetry.Metric;
import io.kaelix.telemetry.Reading;
import io.kaelix.telemetry.Readings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What happened between two readings of the same process.
 *
 * <p>A counter that was not there before counts from 0, and so does one that is behind what it was: another took its place and name.
 */
final class Interval {

    private static final double NANOS_PER_SECOND = 1e9;
    private static final double SILENCE_SECONDS = 1.9;

    private final Readings after;
    private final double seconds;
    private final double latencySeconds;
    private final boolean silent;
    private final Map<Key, Reading> earlier = new HashMap<>();
    private final Map<Key, Reading> values = new HashMap<>();
    private final Map<Key, HistogramReading> earlierHistograms = new HashMap<>();
    private final Map<String, Set<String>> owners = new HashMap<>();

    /** The same reading twice gives an interval that tells no rates. */
    Interval(final Readings before, final Readings after) {
        this(before, after, before);
    }

    /** @param longBefore no later than {@code before}: latencies are of the time since then, because processes show them less often */
    Interval(final Readings before, final Readings after, final Readings longBefore) {
        this.after = after;
        seconds = Math.max(0, nanos(before, after)) / NANOS_PER_SECOND;
        latencySeconds = Math.max(0, nanos(longBefore, after)) / NANOS_PER_SECOND;
        silent = latencySeconds >= SILENCE_SECONDS && sampled(after) != null && sampled(after).equals(sampled(longBefore));
        before.counters().forEach(reading -> earlier.put(new Key(reading.key(), reading.owner()), reading));
        longBefore.histograms().forEach(reading -> earlierHistograms.put(new Key(reading.key(), reading.owner()), reading));
        for (final Reading reading : after.counters()) {
            values.put(new Key(reading.key(), reading.owner()), reading);
            owners.computeIfAbsent(group(reading.key()), group -> new LinkedHashSet<>()).add(reading.owner());
        }
    }

    /** By the clock of the process, if it says when its figures were taken; else by the clock here, of when they were read. */
    private static long nanos(final Readings before, final Readings after) {
        final Long sampledBefore = sampled(before);
        final Long sampledAfter = sampled(after);
        final boolean told = sampledBefore != null && sampledAfter != null && !sampledBefore.equals(sampledAfter);
        return told ? sampledAfter - sampledBefore : after.takenNanos() - before.takenNanos();
    }

    /** Whether the process has shown nothing new for a while: it is stopped, or shows its figures seldom. */
    boolean isSilent() {
        return silent;
    }

    private static Long sampled(final Readings readings) {
        return readings.counters().stream().filter(reading -> reading.key().equals(Metric.PROCESS_SAMPLED.key())).map(Reading::value)
                .findFirst().orElse(null);
    }

    /** The first word of a metric's name. */
    private static String group(final String metric) {
        final int dot = metric.indexOf('.');
        return dot < 0 ? metric : metric.substring(0, dot);
    }

    Readings after() {
        return after;
    }

    double seconds() {
        return seconds;
    }

    /** Length of the time that {@link #latencies} are of. */
    double latencySeconds() {
        return latencySeconds;
    }

    /** Who has a metric whose name begins with this word, in the order of the file. */
    List<String> owners(final String group) {
        return List.copyOf(owners.getOrDefault(group, Set.of()));
    }

    /** Null if the process does not tell it. */
    Long value(final String metric, final String owner) {
        final Reading reading = values.get(new Key(metric, owner));
        return reading == null ? null : reading.value();
    }

    /** Of whoever is the first to tell it; null if nobody does. For what a process has once, whatever its owner is called. */
    Long value(final String metric) {
        return owners(group(metric)).stream().map(owner -> value(metric, owner)).filter(Objects::nonNull).findFirst().orElse(null);
    }

    /** Growth per second; NaN if the process does not tell it, or the interval has no length. */
    double rate(final String metric, final String owner) {
        final Reading reading = values.get(new Key(metric, owner));
        if (reading == null || seconds == 0) {
            return Double.NaN;
        }
        final Reading before = earlier.get(new Key(metric, owner));
        final boolean continued = before != null && before.id() == reading.id() && before.value() <= reading.value();
        return (reading.value() - (continued ? before.value() : 0)) / seconds;
    }

    /** The sum of all owners' rates, NaN if nobody tells it. */
    double totalRate(final String metric) {
        return owners(group(metric)).stream().mapToDouble(owner -> rate(metric, owner)).filter(Double::isFinite)
                .reduce(Double::sum).orElse(Double.NaN);
    }

    /** The sum over all owners, null if nobody tells it. */
    Long total(final String metric) {
        return owners(group(metric)).stream().map(owner -> value(metric, owner)).filter(Objects::nonNull)
                .reduce(Long::sum).orElse(null);
    }

    /** What is counted beside the metrics of the library, in the order of the file. */
    List<Reading> own() {
        return after.counters().stream().filter(reading -> reading.metric().isEmpty()).toList();
    }

    /** What was timed since the reading before, or longer before; all there is if it has no length. In the order of the file. */
    List<HistogramReading> latencies() {
        final List<HistogramReading> found = new ArrayList<>();
        for (final HistogramReading reading : after.histograms()) {
            found.add(new HistogramReading(reading.id(), reading.key(), reading.owner(), since(reading)));
        }
        return found;
    }

    private LatencyHistogram since(final HistogramReading reading) {
        final HistogramReading before = earlierHistograms.get(new Key(reading.key(), reading.owner()));
        final boolean continued = latencySeconds > 0 && before != null && before.id() == reading.id()
                && before.histogram().count() <= reading.histogram().count();
        return continued ? reading.histogram().since(before.histogram()) : reading.histogram();
    }

    private record Key(String metric, String owner) {
    }
}
