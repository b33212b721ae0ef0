// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import io.kaelix.config.BridgeConfig;
import io.kaelix.telemetry.CounterFile;
import io.kaelix.telemetry.Metric;
import java.util.Optional;
import java.util.function.Supplier;

/** What links of bridges tell. */
final class BridgeSource implements Source {

    private final Supplier<Optional<BridgeProvider.Bridges>> bridges;
    private final CounterTable table;

    BridgeSource(final Supplier<Optional<BridgeProvider.Bridges>> bridges, final CounterFile file) {
        this.bridges = bridges;
        this.table = new CounterTable(file);
    }

    @Override
    public String name() {
        return "bridges";
    }

    @Override
    public void collect() {
        bridges.get().ifPresent(open -> open.links().forEach(this::show));
        table.endRound();
    }

    private void show(final LinkStatus link) {
        final String owner = (link.direction() == BridgeConfig.Direction.OUT ? "out " : "in ") + link.name();
        final CounterTable.Row row = table.row(owner);
        row.set(Metric.BRIDGE_PEERS, link.peers());
        row.set(Metric.BRIDGE_MESSAGES, link.messages());
        row.set(Metric.BRIDGE_BYTES, link.bytes());
        row.set(Metric.BRIDGE_LOST, link.lostMessages());
        row.set(Metric.BRIDGE_DUPLICATES, link.duplicateMessages());
        row.set(Metric.BRIDGE_LOOPED, link.loopedMessages());
        row.set(Metric.BRIDGE_REFUSALS, link.backPressured());
        row.set(Metric.BRIDGE_LAG, link.lag());
        row.set(Metric.BRIDGE_POSITION, link.position());
        row.set(Metric.BRIDGE_RETRANSMITS, link.retransmits());
        if (link.errors() > 0) {
            final String kind = "bridge " + owner;
            table.row(kind).set(Metric.ERRORS, link.errors());
            table.row(kind + ": " + link.lastError()).set(Metric.ERRORS_LAST, link.lastErrorTime());
        }
    }

    @Override
    public void close() {
        table.close();
    }
}
