// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.remote.Exchange;
import io.kaelix.bench.rig.RemoteResult.Row;
import io.kaelix.bench.rig.Results.Environment;
import io.kaelix.bench.rig.SchedulerResult.Goal;
import io.kaelix.bench.rig.SchedulerResult.Spread;
import io.kaelix.bench.scheduler.Figure;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Results between processes as tables for people. */
final class RemoteText {

    private static final String NONE = "-";

    private RemoteText() {
    }

    static String of(final RemoteResult result) {
        final Environment on = result.environment();
        final StringBuilder text = new StringBuilder(result.command() + "  at " + result.startedAt() + "\n" + on.cpu() + "; "
                + on.kernel() + "; " + on.jvm() + "; CPUs " + result.cpus() + "; kaelix " + on.kaelix() + "\n\n");
        for (final Exchange mode : Exchange.values()) {
            final List<Row> rows = result.rows().stream().filter(row -> row.mode().equals(mode.label())).toList();
            if (!rows.isEmpty()) {
                text.append(table(mode, rows)).append('\n');
            }
        }
        text.append("medians over ").append(result.rounds()).append(" rounds [lowest - highest of the first figure], each trial in two JVMs "
                + "of its own;\nto and fro: half of a round trip; every word of every message is read\n\n");
        text.append(goals(result.goals()));
        settings(result.rows()).forEach(line -> text.append(line).append('\n'));
        result.failures().forEach(failure -> text.append("FAILED ").append(failure.label()).append(": ").append(failure.reason())
                .append('\n'));
        return text.toString();
    }

    private static TextTable table(final Exchange mode, final List<Row> rows) {
        final List<Figure> figures = mode.figures();
        final List<String> titles = new ArrayList<>(List.of(mode.label() + ", " + mode.payload() + " B", ""));
        figures.forEach(figure -> titles.add(figure.title()));
        titles.add("rounds");
        final TextTable table = new TextTable(2, titles.toArray(String[]::new));
        for (final Row row : rows) {
            final List<String> cells = new ArrayList<>(List.of(row.system(), row.version()));
            figures.forEach(figure -> cells.add(cell(figure, row.figures().get(figure.name()))));
            cells.add(figures.stream().filter(figure -> row.figures().containsKey(figure.name())).findFirst()
                    .map(figure -> range(figure, row.figures().get(figure.name()))).orElse(NONE));
            table.add(cells.toArray(String[]::new));
        }
        return table;
    }

    private static String cell(final Figure figure, final Spread spread) {
        return spread == null ? NONE : figure.print(spread.median());
    }

    private static String range(final Figure figure, final Spread spread) {
        return "[" + figure.print(spread.lowest()) + " - " + figure.print(spread.highest()) + "]";
    }

    private static TextTable goals(final List<Goal> goals) {
        final TextTable table = new TextTable(1, "goal", "measured", "", "meant", "met", "beside");
        for (final Goal goal : goals) {
            table.add(goal.name(), number(goal.measured()), goal.unit(),
                    goal.limit() == null ? NONE : (goal.isBelow() ? "<= " : ">= ") + number(goal.limit()),
                    goal.met() == null ? NONE : goal.met() ? "yes" : "NO", goal.peer() == null ? "" : goal.peer());
        }
        return table;
    }

    private static Set<String> settings(final List<Row> rows) {
        final Set<String> lines = new LinkedHashSet<>();
        lines.add("");
        rows.forEach(row -> lines.add(row.system() + ": " + row.settings()));
        return lines;
    }

    private static String number(final double value) {
        return Math.abs(value) >= 1000 ? String.format(Locale.ROOT, "%,.0f", value) : String.format(Locale.ROOT, "%.4g", value);
    }
}
