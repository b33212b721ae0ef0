// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import io.kaelix.config.BridgeConfig;
import io.kaelix.telemetry.CounterFile;
import io.kaelix.telemetry.Metric;
import java.util.List;
import java.util.function.Supplier;

/** What links of bridges tell. */
final class BridgeSource implements Source {

    private final Supplier<List<LinkStatus>> links;
    private final CounterTable table;

    BridgeSource(final Supplier<List<LinkStatus>> links, final CounterFile file) {
        this.links = links;
        this.table = new CounterTable(file);
    }

    @Override
    public String name() {
        return "bridges";
    }

    @Override
    public void collect() {
        for (final LinkStatus link : links.get()) {
            final CounterTable.Row row = table.row((link.direction() == BridgeConfig.Direction.OUT ? "out " : "in ") + link.name());
            row.set(Metric.BRIDGE_PEERS, link.peers());
            row.set(Metric.BRIDGE_MESSAGES, link.messages());
            row.set(Metric.BRIDGE_BYTES, link.bytes());
            row.set(Metric.BRIDGE_LOST, link.lostMessages());
            row.set(Metric.BRIDGE_DUPLICATES, link.duplicateMessages());
            row.set(Metric.BRIDGE_LOOPED, link.loopedMessages());
            row.set(Metric.BRIDGE_REFUSALS, link.backPressured());
            row.set(Metric.BRIDGE_LAG, link.lag());
        }
        table.endRound();
    }

    @Override
    public void close() {
        table.close();
    }
}
