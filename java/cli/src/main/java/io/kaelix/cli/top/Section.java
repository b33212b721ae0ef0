// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.top;

import java.util.ArrayList;
import java.util.List;

/** A table of a picture: its head and its rows. */
record Section(Line head, List<Line> rows) {

    /** With fewer rows than this a table says nothing, unless it has no more. */
    private static final int LEAST_ROWS = 2;

    /**
     * Sections one below the other in so many lines: each gets some rows, then more in turn, until there is no line left or each has all.
     * What is left out is counted in a last row, and the last sections are left out where there is no room for some rows of each. Where
     * there is more than is needed, an empty line is between them.
     *
     * @param height at least 0; all rows are shown where it is enough for them
     */
    static List<Line> fitted(final List<Section> sections, final int height) {
        final List<Section> shown = sections.subList(0, shown(sections, height));
        final int[] rows = new int[shown.size()];
        int left = height - shown.size();
        boolean given = true;
        while (left > 0 && given) {
            given = false;
            for (int i = 0; i < rows.length && left > 0; i++) {
                if (rows[i] < shown.get(i).rows.size()) {
                    rows[i]++;
                    left--;
                    given = true;
                }
            }
        }
        final boolean airy = left >= shown.size() - 1;
        final List<Line> lines = new ArrayList<>();
        for (int i = 0; i < rows.length; i++) {
            if (airy && i > 0) {
                lines.add(Line.plain(""));
            }
            shown.get(i).addTo(lines, rows[i]);
        }
        return lines.subList(0, Math.min(lines.size(), Math.max(0, height)));
    }

    /** For how many sections, from the first on, there is room; one at least. */
    private static int shown(final List<Section> sections, final int height) {
        int shown = 0;
        int needed = 0;
        while (shown < sections.size() && (shown == 0 || needed <= height)) {
            needed += 1 + Math.min(LEAST_ROWS, sections.get(shown).rows.size());
            shown += needed <= height || shown == 0 ? 1 : 0;
        }
        return shown;
    }

    /** All rows, with an empty line between sections. */
    static List<Line> all(final List<Section> sections) {
        final int lines = sections.stream().mapToInt(section -> section.rows.size() + 2).sum();
        return fitted(sections, lines);
    }

    private void addTo(final List<Line> lines, final int count) {
        lines.add(head);
        if (count == rows.size()) {
            lines.addAll(rows);
        } else if (count > 0) {
            lines.addAll(rows.subList(0, count - 1));
            lines.add(Line.plain("  ... " + (rows.size() - count + 1) + " more"));
        }
    }
}
