// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.micrometer;

import io.kaelix.telemetry.HistogramReading;
import io.kaelix.telemetry.Metric;
import io.kaelix.telemetry.Reading;
import io.kaelix.telemetry.Readings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Binds what Kaelix counts and times to a registry of Micrometer, and through it to Prometheus, OpenTelemetry and whatever else has one.
 *
 * <p><b>Meters</b>: {@code kaelix.} and the name of the {@linkplain io.kaelix.telemetry.Metric metric} with dots, in base units (bytes,
 * seconds, ratios), tagged with who has it: {@code kaelix.subscriber.lag.bytes{subscriber="orders.**", number="2"}}. What was timed is a
 * timer of count and total time, and gauges of the last 10 s or more: {@code .percentile} with the tag {@code phi} (0.5, 0.9, 0.99,
 * 0.999), and {@code .max}; both are NaN when nothing was timed. {@code kaelix.up} is 1 while readings come from a living process, else 0,
 * and then it is alone.
 *
 * <p><b>Counters of users' own</b> are tagged with their {@code owner}; one that has the name of a metric of the library begins with
 * {@code kaelix.own.}. Of two owners of the same name, one has meters, and the other when that one is gone; so has of two metrics that
 * registries take for one ({@code a.b} and {@code a_b}) the first.
 *
 * <p><b>One reading for a scrape</b>: all meters tell of the same reading, taken when the first of them is asked and the last reading is
 * more than a second old, or by {@link #refresh}. Reading disturbs none of the threads that count.
 *
 * <p><b>Owners come and go</b>: when a reading shows a new subscriber, say, its meters are registered by a thread of their own, since
 * registries do not expect it in the middle of a scrape, and so appear from the next scrape on; those of one that is gone are removed.
 * {@link #refresh} does it at once.
 *
 * <p><b>Threads</b>: any. Meters and {@code refresh} may wait for a reading that is under way, for microseconds.
 *
 * {@snippet :
 * MeterRegistry registry = new SimpleMeterRegistry();
 * CounterReader reader = CounterReader.open(file.path());
 * new KaelixMetrics(reader::snapshot).bindTo(registry);
 * }
 */
public final class KaelixMetrics implements MeterBinder, AutoCloseable {

    private static final long MAX_AGE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Supplier<Readings> source;
    private final Tags common;
    private final LongSupplier nanoTime;
    private final Executor registrar;
    private final List<Binding> bindings = new CopyOnWriteArrayList<>();
    /** Held for a reading, and never while a registry is called, which may hold locks of its own and ask a meter. */
    private final ReentrantLock reading = new ReentrantLock();
    /** Held while meters are registered. */
    private final ReentrantLock registering = new ReentrantLock();
    /** Of the process that was read last, and how many there were. */
    private long pid;
    private Instant started;
    private int process;
    /** Replaced, never changed. */
    private volatile Map<Series.Key, Series> present = Map.of();
    private volatile boolean up;
    private volatile boolean closed;
    private volatile boolean everRead;
    private volatile long readAt;

    /**
     * Without tags but those that tell whose a value is.
     *
     * @param source takes a reading; {@code null} or an exception from it means that there is no process to read
     */
    public KaelixMetrics(final Supplier<Readings> source) {
        this(source, Tags.empty());
    }

    /**
     * With further tags on each meter.
     *
     * @param source takes a reading; {@code null} or an exception from it means that there is no process to read
     */
    public KaelixMetrics(final Supplier<Readings> source, final Iterable<Tag> tags) {
        this(source, tags, System::nanoTime, task -> Thread.ofVirtual().name("kaelix-metrics").start(task));
    }

    KaelixMetrics(final Supplier<Readings> source, final Iterable<Tag> tags, final LongSupplier nanoTime, final Executor registrar) {
        this.source = Objects.requireNonNull(source, "source");
        this.common = Tags.of(tags);
        this.nanoTime = nanoTime;
        this.registrar = registrar;
    }

    /** Registers meters for all owners that there are, and from now on for those that come. */
    @Override
    public void bindTo(final MeterRegistry registry) {
        // Also what keeps this object, which no one else may hold, as long as the registry lives.
        Gauge.builder(MeterNames.UP, this, KaelixMetrics::isUp).strongReference(true).tags(common)
                .description("1 while readings come from a living process").register(registry);
        bindings.add(new Binding(registry, common, this::freshen));
        refresh();
    }

    private double isUp() {
        freshen();
        return up ? 1 : 0;
    }

    /**
     * Takes a reading, and registers and removes meters for the owners that came and went. Not needed; who has a moment before each scrape
     * to do it has no scrape that misses one.
     */
    public void refresh() {
        reading.lock();
        try {
            read();
        } finally {
            reading.unlock();
        }
        align();
    }

    /** Removes all meters but {@code kaelix.up}, which stays 0. Again is without effect. */
    @Override
    public void close() {
        closed = true;
        refresh();
    }

    private void freshen() {
        if (everRead && nanoTime.getAsLong() - readAt < MAX_AGE_NANOS) {
            return;
        }
        final boolean changed;
        reading.lock();
        try {
            final boolean isOld = !everRead || nanoTime.getAsLong() - readAt >= MAX_AGE_NANOS;
            changed = isOld && read();
        } finally {
            reading.unlock();
        }
        if (changed) {
            registrar.execute(this::align);
        }
    }

    private void align() {
        registering.lock();
        try {
            bindings.forEach(binding -> binding.align(present));
        } finally {
            registering.unlock();
        }
    }

    /** Whether there are others than before. */
    private boolean read() {
        final Readings found = closed ? null : taken();
        up = found != null && found.alive();
        final long now = nanoTime.getAsLong();
        final Map<Series.Key, Series> before = present;
        final Map<Series.Key, Series> after = new LinkedHashMap<>();
        if (up) {
            if (found.pid() != pid || !found.started().equals(started)) {
                process++;
                pid = found.pid();
                started = found.started();
            }
            for (final Reading one : found.counters()) {
                if (one.metric().equals(Optional.of(Metric.ERRORS_LAST))) {
                    // Texts without number: a time series for each would never end.
                    continue;
                }
                final Series.Key key = Series.keyOf(process, one);
                final Series series = before.get(key);
                final Series updated = series == null ? new Series(key, one) : series;
                updated.update(one.value());
                after.put(updated.key(), updated);
            }
            for (final HistogramReading one : found.histograms()) {
                final Series.Key key = Series.keyOf(process, one);
                final Series series = before.get(key);
                final Series updated = series == null ? new Series(key, one) : series;
                updated.update(one.histogram(), now);
                after.put(updated.key(), updated);
            }
        }
        present = after;
        readAt = now;
        everRead = true;
        return !before.keySet().equals(after.keySet());
    }

    private Readings taken() {
        try {
            return source.get();
        } catch (final RuntimeException gone) {
            // A scrape must not fail because the process did: kaelix.up says so.
            return null;
        }
    }
}
