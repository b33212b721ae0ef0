// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.guide;

import io.kaelix.bench.guide.Guide.Row;
import io.kaelix.bench.rig.Results.Environment;
import java.util.ArrayList;
import java.util.List;

/** The guide for people: where it ran, one line per target, what came to no figures, and what to type to get more. */
final class GuideTable {

    private static final String NONE = "-";
    private static final String GAP = "  ";
    private static final String[] TITLES = {"", "target", "measured", "floor (C)", "best peer", "", "unit", "met", ""};
    /** Columns of figures stand to the right, the others to the left. */
    private static final List<Integer> FIGURES = List.of(1, 2, 3, 4);

    private GuideTable() {
    }

    /** As text, a line at the end. */
    static String of(final Guide guide) {
        final StringBuilder text = new StringBuilder();
        final Environment on = guide.environment();
        text.append("guide  at ").append(guide.startedAt()).append('\n')
                .append(on.cpu()).append(", ").append(on.cpus()).append(" CPUs used; ").append(on.kernel()).append("; ").append(on.jvm())
                .append("; kaelix ").append(on.kaelix()).append(", isa ").append(on.isa()).append(", pages of ").append(on.pageBytes())
                .append(" bytes on node ").append(on.node()).append("\n\n");
        final List<String[]> lines = new ArrayList<>();
        lines.add(TITLES);
        guide.rows().forEach(row -> lines.add(cells(row)));
        align(lines, text);
        text.append("\nmedians over the rounds, messages of 64 B where no size is named; floor and peer: of the same rounds\n")
                .append(Targets.LEFT_OUT).append('\n');
        guide.failures().forEach(failure -> text.append("FAILED ").append(failure.label()).append(": ").append(failure.reason())
                .append('\n'));
        text.append("\nthe same figures with all their columns:\n");
        guide.commands().forEach(command -> text.append(GAP).append(command).append('\n'));
        return text.toString();
    }

    private static String[] cells(final Row row) {
        return new String[] {
            row.name(),
            row.target() == null ? NONE : row.bound().sign() + ' ' + row.unit().print(row.target()),
            figure(row.unit(), row.measured()),
            figure(row.unit(), row.floor()),
            figure(row.unit(), row.peer()),
            row.peerName() == null ? "" : row.peerName(),
            row.unit().shown(),
            row.met() == null ? NONE : row.met() ? "yes" : "NO",
            row.note()};
    }

    private static String figure(final Unit unit, final Double value) {
        return value == null ? NONE : unit.print(value);
    }

    private static void align(final List<String[]> lines, final StringBuilder text) {
        final int[] widths = new int[TITLES.length];
        for (final String[] line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line[i].length());
            }
        }
        for (final String[] line : lines) {
            final StringBuilder aligned = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                final String room = " ".repeat(widths[i] - line[i].length());
                aligned.append(i == 0 ? "" : GAP).append(FIGURES.contains(i) ? room + line[i] : line[i] + room);
            }
            text.append(aligned.toString().stripTrailing()).append('\n');
        }
    }
}
