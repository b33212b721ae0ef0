// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import io.kaelix.telemetry.CounterFile;
import io.kaelix.telemetry.Metric;

/** What became of changes of the configuration's file. */
final class ReloadSource implements Source {

    private static final String CONFIG = "config";

    private final Kaelix kaelix;
    private final CounterTable table;

    ReloadSource(final Kaelix kaelix, final CounterFile file) {
        this.kaelix = kaelix;
        this.table = new CounterTable(file);
    }

    @Override
    public String name() {
        return "configuration";
    }

    @Override
    public void collect() {
        final CounterTable.Row row = table.row(CONFIG);
        row.set(Metric.CONFIG_RELOADS, kaelix.reloads());
        row.set(Metric.CONFIG_REFUSED, kaelix.refusedReloads());
        row.set(Metric.CONFIG_RELOAD_TIME, kaelix.reloadTime().toNanos());
        table.endRound();
    }

    @Override
    public void close() {
        table.close();
    }
}
