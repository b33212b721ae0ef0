// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.rig.Results.Environment;
import io.kaelix.bench.rig.SchedulerResult.Goal;
import io.kaelix.bench.rig.SchedulerResult.Row;
import io.kaelix.bench.rig.SchedulerResult.Spread;
import io.kaelix.bench.scheduler.Figure;
import io.kaelix.bench.scheduler.Figures;
import io.kaelix.bench.scheduler.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The scheduler's figures for people: a table per mode, then the goals. */
final class SchedulerText {

    private static final String NONE = "-";

    private SchedulerText() {
    }

    static String of(final SchedulerResult result) {
        final Environment on = result.environment();
        final StringBuilder text = new StringBuilder(result.command() + "  at " + result.startedAt() + "\n" + on.cpu() + "; "
                + on.kernel() + "; " + on.jvm() + "; CPUs " + result.cpus() + "; kaelix " + on.kaelix() + "\n\n");
        for (final Mode mode : Mode.values()) {
            final List<Row> rows = result.rows().stream().filter(row -> row.mode().equals(mode.label())).toList();
            if (!rows.isEmpty()) {
                text.append(table(mode, rows)).append('\n');
            }
        }
        text.append("medians over ").append(result.rounds()).append(" rounds, each trial in a JVM of its own\n")
                .append("paced: a task every 20 us, from the call of schedule and from the intended time to its start; quiet: those that "
                        + "overlap\n  no gap over 10 us that the thread that schedules saw, nor one that the worker saw, where something "
                        + "can look at the\n  clock there while it is idle (kaelix-watched, floor), nor as long a time again behind it\n")
                .append("fan-out, tree: [lowest - highest of the rounds]; late: behind the end of a delay of 1 ms\n\n");
        text.append(goals(result.goals()));
        if (!result.floors().isEmpty()) {
            text.append('\n').append(TextReport.ofFloors(result.floors()));
        }
        result.failures().forEach(failure -> text.append("FAILED ").append(failure.label()).append(": ").append(failure.reason())
                .append('\n'));
        return text.toString();
    }

    private static TextTable table(final Mode mode, final List<Row> rows) {
        final boolean isRate = mode.figures().contains(Figures.TASKS_PER_SECOND);
        final List<String> titles = new ArrayList<>(List.of(mode.label(), "", "workers"));
        mode.figures().forEach(figure -> titles.add(figure.title()));
        if (isRate) {
            titles.add("rounds");
        }
        final TextTable table = new TextTable(2, titles.toArray(String[]::new));
        for (final Row row : rows) {
            final List<String> cells = new ArrayList<>(List.of(row.system(), row.settings(), Integer.toString(row.workers())));
            mode.figures().forEach(figure -> cells.add(cell(figure, row.figures().get(figure.name()))));
            if (isRate) {
                final Spread rate = row.figures().get(Figures.TASKS_PER_SECOND.name());
                cells.add("[" + Figures.TASKS_PER_SECOND.print(rate.lowest()) + " - "
                        + Figures.TASKS_PER_SECOND.print(rate.highest()) + "]");
            }
            table.add(cells.toArray(String[]::new));
        }
        return table;
    }

    private static String cell(final Figure figure, final Spread spread) {
        return spread == null ? NONE : figure.print(spread.median());
    }

    private static TextTable goals(final List<Goal> goals) {
        final TextTable table = new TextTable(1, "goal", "measured", "", "meant", "met", "beside");
        for (final Goal goal : goals) {
            table.add(goal.name(), number(goal.measured()), goal.unit(),
                    goal.limit() == null ? NONE : (goal.isBelow() ? "< " : "> ") + number(goal.limit()),
                    goal.met() == null ? NONE : goal.met() ? "yes" : "NO", goal.peer() == null ? "" : goal.peer());
        }
        return table;
    }

    private static String number(final double value) {
        return Math.abs(value) >= 1000 ? String.format(Locale.ROOT, "%,.0f", value) : String.format(Locale.ROOT, "%.4g", value);
    }
}
