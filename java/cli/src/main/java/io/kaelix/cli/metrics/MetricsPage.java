// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.metrics;

import io.kaelix.micrometer.KaelixMetrics;
import io.kaelix.telemetry.Readings;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Readings in the text format of Prometheus.
 *
 * <p><b>Threads</b>: any; one makes a page at a time, the others wait for it.
 */
public final class MetricsPage {

    /** What the text is, as a header of HTTP has it. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ReentrantLock making = new ReentrantLock();
    private final KaelixMetrics metrics;

    /** @param source takes a reading; {@code null} or an exception from it means that there is no process to read */
    public MetricsPage(final Supplier<Readings> source) {
        metrics = new KaelixMetrics(source);
        metrics.bindTo(registry);
    }

    /** The page, of a reading that is taken now. */
    public String text() {
        making.lock();
        try {
            metrics.refresh();
            return registry.scrape(CONTENT_TYPE);
        } finally {
            making.unlock();
        }
    }
}
