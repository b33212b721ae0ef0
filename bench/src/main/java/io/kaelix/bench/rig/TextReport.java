// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.rig.Results.Environment;
import io.kaelix.bench.rig.Results.Latency;
import io.kaelix.bench.rig.Results.Percentiles;
import io.kaelix.bench.rig.Results.Row;
import io.kaelix.bench.rig.Results.Throughput;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Results as text for people: the environment, the figures, and below what was set. */
final class TextReport {

    private static final double MILLION = 1e6;
    private static final String NONE = "-";
    private static final String SHARES = "*";

    private final StringBuilder text = new StringBuilder();

    private TextReport() {
    }

    /** The throughput of every row. */
    static String ofThroughput(final Results<Throughput> results) {
        final TextReport report = new TextReport();
        report.head(results);
        final int cpus = results.environment().cpus();
        final TextTable table = new TextTable(2, "system", "mode", "payload", "M msg/s", "min", "max", "x floor", "lost", "B/msg", "");
        boolean shares = false;
        for (final Throughput row : results.rows()) {
            final boolean busier = row.publishers() + 1 > cpus;
            shares |= busier;
            table.add(row.system(), row.mode(), row.payload() + " B", millions(row.medianPerSecond()), millions(row.minPerSecond()),
                    millions(row.maxPerSecond()), ratio(row.ofFloor()), percent(row.lostFraction()), bytes(row.allocatedPerMessage()),
                    busier ? SHARES : "");
        }
        report.text.append(table);
        if (shares) {
            report.text.append(SHARES + " more busy threads than CPUs: they share cores\n");
        }
        report.tail(results, row -> row.version() + " (" + row.settings() + ")", Throughput::mode);
        return report.text.toString();
    }

    /** The latency of every row. */
    static String ofLatency(final Results<Latency> results) {
        final TextReport report = new TextReport();
        report.head(results);
        final TextTable table = new TextTable(4, "system", "mode", "", "", "payload", "p50 ns", "p90", "p99", "p99.9", "p99.99", "max",
                "x floor", "B/msg");
        for (final Latency row : results.rows()) {
            final String mode = row.ratePerSecond() > 0 ? row.mode() + " " + row.ratePerSecond() + "/s" : row.mode();
            report.line(table, row, mode, "all", row.all(), ratio(row.ofFloor()), bytes(row.allocatedPerMessage()));
            if (row.quiet() != null) {
                report.line(table, row, mode, "quiet " + percent(row.quietFraction()), row.quiet(), "", "");
            }
        }
        report.text.append(table);
        report.text.append("one way, medians over the rounds; quiet: messages that overlap no gap of the machine over 10 us,\nnor as long a time again behind it, in which what came due is worked off\n");
        report.tail(results, row -> row.version() + " (" + row.settings() + ")", Latency::variant);
        return report.text.toString();
    }

    /** What the machine itself can do. */
    static String ofFloors(final Map<String, Object> floors) {
        final TextTable table = new TextTable(1, "floor", "");
        floors.forEach((name, value) -> table.add(name, number(value)));
        return table.toString();
    }

    private void line(final TextTable table, final Latency row, final String mode, final String which, final Percentiles found,
            final String ofFloor, final String allocated) {
        table.add(row.system(), mode, row.variant(), which, row.payload() + " B", grouped(found.p50()), grouped(found.p90()),
                grouped(found.p99()), grouped(found.p999()), grouped(found.p9999()), grouped(found.max()), ofFloor, allocated);
    }

    private void head(final Results<?> results) {
        final Environment on = results.environment();
        text.append(results.command()).append("  at ").append(results.startedAt()).append('\n')
                .append(on.cpu()).append(", ").append(on.cpus()).append(" CPUs used; ").append(on.kernel()).append("; ").append(on.jvm())
                .append("; kaelix ").append(on.kaelix()).append(", isa ").append(on.isa()).append(", pages of ").append(on.pageBytes())
                .append(" bytes on node ").append(on.node()).append("\n\n");
    }

    private <R extends Row> void tail(final Results<R> results, final Function<R, String> settings, final Function<R, String> mode) {
        text.append('\n');
        final Map<String, String> modes = new LinkedHashMap<>();
        results.rows().forEach(row -> modes.merge(row.system() + " " + settings.apply(row), mode.apply(row),
                (known, more) -> List.of(known.split(", ")).contains(more) ? known : known + ", " + more));
        modes.forEach((system, used) -> text.append(system).append(": ").append(used).append('\n'));
        if (!results.floors().isEmpty()) {
            text.append('\n').append(ofFloors(results.floors()));
        }
        results.failures().forEach(failure -> text.append("FAILED ").append(failure.label()).append(": ").append(failure.reason())
                .append('\n'));
    }

    private static String number(final Object value) {
        return switch (value) {
            case Double real when Math.abs(real) < 1000 -> String.format(Locale.ROOT, "%.4g", real);
            case Double real -> grouped(Math.round(real));
            case Long whole -> grouped(whole);
            default -> value.toString();
        };
    }

    private static String grouped(final long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String millions(final double perSecond) {
        return String.format(Locale.ROOT, "%.2f", perSecond / MILLION);
    }

    private static String ratio(final double ofFloor) {
        return ofFloor == 0 ? NONE : String.format(Locale.ROOT, "%.2f", ofFloor);
    }

    private static String percent(final double fraction) {
        return fraction == 0 ? NONE : String.format(Locale.ROOT, "%.1f%%", fraction * 100);
    }

    /** Less than this is what the JVM's own housekeeping in the threads comes to. */
    private static String bytes(final double allocatedPerMessage) {
        return allocatedPerMessage < 0.005 ? "0" : String.format(Locale.ROOT, "%.2f", allocatedPerMessage);
    }
}
