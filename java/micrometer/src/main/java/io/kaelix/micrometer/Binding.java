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

    /** Behind the name of what was timed. */
    static final String PERCENTILE = ".percentile";
    /** The same. */
    static final String MAX = ".max";

    private static final System.Logger LOGGER = System.getLogger(KaelixMetrics.class.getName());
    private static final double[] PHIS = {0.5, 0.9, 0.99, 0.999};

    private final MeterRegistry registry;
    private final Tags common;
    private final Runnable refresh;
    private final Map<Series.Key, Registered> meters = new HashMap<>();
    private final Claims claims = new Claims();
    private boolean told;

    /** A series and its meters; none if the registry refused them. */
    private record Registered(Series series, List<Meter> meters) {
    }

    /** @param refresh what a meter calls before it tells its value */
    Binding(final MeterRegistry registry, final Tags common, final Runnable refresh) {
        this.registry = registry;
        this.common = common;
        this.refresh = refresh;
    }

    /**
     * Removes the meters of those that went, then adds those of the new: what came back under its old name has its meters again. Who has
     * the name of another has none until that one goes.
     */
    void align(final Map<Series.Key, Series> present) {
        for (final Iterator<Map.Entry<Series.Key, Registered>> each = meters.entrySet().iterator(); each.hasNext();) {
            final Map.Entry<Series.Key, Registered> entry = each.next();
            if (!present.containsKey(entry.getKey())) {
                entry.getValue().meters.forEach(registry::remove);
                claims.release(entry.getValue().series);
                each.remove();
            }
        }
        present.forEach((key, series) -> {
            if (!meters.containsKey(key)) {
                if (claims.take(series)) {
                    meters.put(key, new Registered(series, register(series)));
                } else {
                    tell(series, "another has its name");
                }
            }
        });
    }

    /** All its meters, or none: a registry may refuse what is like another meter in it, and the others must not suffer for that. */
    private List<Meter> register(final Series series) {
        final List<Meter> found = new ArrayList<>();
        try {
            switch (series.key().kind()) {
                case COUNTER -> found.add(counter(series));
                case GAUGE -> found.add(gauge(series));
                case HISTOGRAM -> histogram(series, found);
            }
            return found;
        } catch (final RuntimeException refused) {
            found.forEach(registry::remove);
            tell(series, refused.toString());
            return List.of();
        }
    }

    private void tell(final Series series, final String reason) {
        if (!told) {
            told = true;
            LOGGER.log(System.Logger.Level.WARNING, "no meter for " + series.key().metric() + " of " + series.key().owner() + ": " + reason
                    + "; it is not told of further ones");
        }
    }

    private Tags tags(final Series series) {
        return common.and(series.tags());
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

    private void histogram(final Series series, final List<Meter> found) {
        final String name = MeterNames.name(series.key().metric());
        final String description = MeterNames.description(series.key().metric());
        final Tags tags = tags(series);
        found.add(FunctionTimer.builder(name, series, this::count, this::value, TimeUnit.SECONDS).tags(tags).description(description)
                .register(registry));
        for (final double phi : PHIS) {
            found.add(TimeGauge.builder(name + PERCENTILE, series, TimeUnit.SECONDS, one -> percentile(one, phi))
                    .strongReference(true).tags(tags).tag("phi", Double.toString(phi)).description(description).register(registry));
        }
        found.add(TimeGauge.builder(name + MAX, series, TimeUnit.SECONDS, one -> percentile(one, 1)).strongReference(true).tags(tags)
                .description(description).register(registry));
    }

    /** Removes them all. */
    void close() {
        align(Map.of());
    }
}
