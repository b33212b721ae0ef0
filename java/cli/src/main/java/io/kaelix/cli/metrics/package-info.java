// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * A page of metrics for Prometheus: {@link io.kaelix.cli.metrics.MetricsPage} is the text, {@link io.kaelix.cli.metrics.MetricsServer} what
 * is asked for it.
 */
package io.kaelix.cli.metrics;
