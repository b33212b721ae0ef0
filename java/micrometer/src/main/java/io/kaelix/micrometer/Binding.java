// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The meters of one registry: those of owners that are there.
 *
 * <p><b>Threads</b>: one at a time.
 */
final class Binding {

    private static final double[] PHIS = {0.5, 0.9, 0.99, 0.999};

    private final MeterRegistry registry;
    private final Tags common;
    private final Runnable refresh;
    private final Map<Series.Key, List<Meter>> meters = new HashMap<>();

    /** @param refresh what a meter calls before it tells its value */
    Binding(final MeterRegistry registry, final Tags common, final Runnable refresh) {
        this.registry = registry;
        this.common = common;
        this.refresh = refresh;
    }

    /** Removes the meters of those that went, then adds those of the new: what came back under its old name has its meters again. */
    void align(final Map<Series.Key, Series> present) {
        for (final Iterator<Map.Entry<Series.Key, List<Meter>>> each = meters.entrySet().iterator(); each.hasNext();) {
            final Map.Entry<Series.Key, List<Meter>> entry = each.next();
            if (!present.containsKey(entry.getKey())) {
                entry.getValue().forEach(registry::remove);
                each.remove();
            }
        }
        present.forEach((key, series) -> meters.computeIfAbsent(key, absent -> register(series)));
    }

    private List<Meter> register(final Series series) {
        return switch (series.key().kind()) {
            case COUNTER -> List.of(counter(series));
            case GAUGE -> List.of(gauge(series));
            case HISTOGRAM -> histogram(series);
        };
    }

    private Tags tags(final Series series) {
        return common.and(MeterNames.tags(series.key().metric(), series.key().owner()));
    }

    private Meter counter(final Series series) {
        return FunctionCounter.builder(MeterNames.name(series.key().metric()), series, this::value).tags(tags(series))
                .baseUnit(MeterNames.baseUnit(series.unit())).description(MeterNames.description(series.key().metric()))
                .register(registry);
    }

    private Meter gauge(final Series series) {
        return Gauge.builder(MeterNames.name(series.key().metric()), series, this::value).strongReference(true).tags(tags(series))
                .baseUnit(MeterNames.baseUnit(series.unit())).description(MeterNames.description(series.key().metric()))
                .register(registry);
    }

    private double value(final Series series) {
        refresh.run();
        return series.value();
    }

    private long count(final Series series) {
        refresh.run();
        return series.count();
    }

    private double percentile(final Series series, final double phi) {
        refresh.run();
        return series.percentile(phi);
    }

    private List<Meter> histogram(final Series series) {
        final String name = MeterNames.name(series.key().metric());
        final String description = MeterNames.description(series.key().metric());
        final Tags tags = tags(series);
        final List<Meter> found = new ArrayList<>();
        found.add(FunctionTimer.builder(name, series, this::count, this::value, TimeUnit.SECONDS).tags(tags).description(description)
                .register(registry));
        for (final double phi : PHIS) {
            found.add(TimeGauge.builder(name + ".percentile", series, TimeUnit.SECONDS, one -> percentile(one, phi))
                    .strongReference(true).tags(tags).tag("phi", Double.toString(phi)).description(description).register(registry));
        }
        found.add(TimeGauge.builder(name + ".max", series, TimeUnit.SECONDS, one -> percentile(one, 1)).strongReference(true).tags(tags)
                .description(description).register(registry));
        return found;
    }

    /** Removes them all. */
    void close() {
        align(Map.of());
    }
}
