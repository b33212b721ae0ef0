// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import java.util.ArrayList;
import java.util.List;

/** Rows of text in columns as wide as they need to be: names to the left, figures to the right. */
final class TextTable {

    private static final String GAP = "  ";

    private final int names;
    private final List<String[]> rows = new ArrayList<>();

    /**
     * @param names how many of the first columns are names
     * @param titles of all columns
     */
    TextTable(final int names, final String... titles) {
        this.names = names;
        rows.add(titles);
    }

    /** Adds a row with as many cells as there are titles. */
    void add(final String... cells) {
        if (cells.length != rows.get(0).length) {
            throw new IllegalArgumentException(cells.length + " cells in a table of " + rows.get(0).length + " columns");
        }
        rows.add(cells);
    }

    @Override
    public String toString() {
        final int[] widths = new int[rows.get(0).length];
        for (final String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        final StringBuilder text = new StringBuilder();
        for (final String[] row : rows) {
            final StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                final String room = " ".repeat(widths[i] - row[i].length());
                line.append(i == 0 ? "" : GAP).append(i < names ? row[i] + room : room + row[i]);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
