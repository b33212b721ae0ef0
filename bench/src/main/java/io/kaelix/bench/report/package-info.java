// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * The report of a run as one page that needs no network, with the raw figures beside it. {@link io.kaelix.bench.report.HtmlReport} is
 * the door.
 *
 * <pre>
 *   throughput.json  latency.json  *.hgrm          what was measured
 *          │              │          │
 *          ▼              ▼          ▼
 *   ThroughputSection  LatencySection ── tables ──► HTML, readable without scripts
 *          │              │
 *          └── Figures ───┴── JSON in the page ──► report.js, drawn by ECharts
 * </pre>
 *
 * <p>Names, settings and figures come from outside: all text goes through {@link io.kaelix.bench.report.Html}, which escapes it, the
 * figures' JSON holds no {@code <}, and the page's content security policy lets only the scripts run whose hashes it names.
 */
package io.kaelix.bench.report;
