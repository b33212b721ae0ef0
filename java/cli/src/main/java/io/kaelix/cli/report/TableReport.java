// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.report;

import io.kaelix.Placement;
import java.util.Locale;

/** A report as lines for people: what it is, the figure, and the figure in units. */
public final class TableReport {

    private static final String LINE = "%-12s %18s  %s";

    private final StringBuilder text = new StringBuilder();

    private TableReport() {
    }

    /** The report's text, lines ended. */
    public static String of(final RunReport report) {
        final TableReport table = new TableReport();
        table.figures(report);
        table.latency(report.latency());
        table.line("lost", Units.grouped(report.verdict().lost()), "");
        table.line("duplicated", Units.grouped(report.verdict().duplicated()), "");
        table.line("reordered", Units.grouped(report.verdict().reordered()), "");
        table.line("content", report.verdict().isClean() ? "as sent" : "differs", "");
        table.placement(report.placement());
        return table.text.toString();
    }

    private void figures(final RunReport report) {
        line("messages", Units.grouped(report.messages()), Units.count(report.messages()) + " from "
                + counted(report.publishers(), "publisher") + " to " + counted(report.subscribers(), "subscriber"));
        if (report.spread() != null) {
            line("streams", Units.grouped(report.spread().reached()), "reached, of " + Units.grouped(report.spread().streams()));
        }
        line("bytes", Units.grouped(report.bytes()), Units.bytes(report.bytes()));
        line("seconds", String.format(Locale.ROOT, "%.3f", report.seconds()), report.interrupted() ? "interrupted" : "");
        line("rate", Units.grouped(Math.round(report.messagesPerSecond())),
                Units.count(report.messagesPerSecond()) + " msg/s, " + Units.bytes(report.bytesPerSecond()) + "/s");
    }

    private void latency(final Latency latency) {
        latencyLine("latency p50", latency == null ? null : latency.p50());
        latencyLine("p99", latency == null ? null : latency.p99());
        latencyLine("p99.9", latency == null ? null : latency.p999());
        latencyLine("max", latency == null ? null : latency.max());
    }

    private void latencyLine(final String name, final Long nanos) {
        line(name, nanos == null ? "-" : Units.grouped(nanos), nanos == null ? "" : Units.nanos(nanos));
    }

    private void placement(final Placement placement) {
        line("node", placement.node() < 0 ? "-" : Integer.toString(placement.node()), "");
        line("page bytes", Units.grouped(placement.pageBytes()), Units.bytes(placement.pageBytes()) + ": " + placement.reason());
        line("platform", placement.platform(), "");
        line("isa", placement.isa(), "");
    }

    private void line(final String name, final String figure, final String remark) {
        text.append(String.format(LINE, name, figure, remark).stripTrailing()).append('\n');
    }

    private static String counted(final int count, final String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
