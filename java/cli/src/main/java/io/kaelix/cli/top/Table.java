// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.top;

import java.util.ArrayList;
import java.util.List;

/** Rows of a name and figures, the figures right-aligned below their titles; the name takes what is left of the width. */
final class Table {

    private static final int MIN_NAME = 22;
    private static final int MAX_NAME = 60;

    private final int width;
    private final int nameWidth;
    private final List<Column> shown = new ArrayList<>();
    private final List<Integer> places = new ArrayList<>();
    private final String title;
    private final List<Line> rows = new ArrayList<>();
    private int named;

    /** A figure of each row: what is above it, and so many characters. */
    record Column(String title, int width) {
    }

    /** Columns from the first on, as many as there is room for. */
    Table(final int width, final String title, final Column... columns) {
        this.width = width;
        this.title = title;
        int left = width - MIN_NAME;
        for (int i = 0; i < columns.length && left > columns[i].width; i++) {
            left -= columns[i].width + 1;
            shown.add(columns[i]);
            places.add(i);
        }
        nameWidth = Math.min(MAX_NAME, MIN_NAME + Math.max(0, left));
    }

    /** A row with a figure for each column, shown or not. */
    void row(final boolean warning, final String name, final String... figures) {
        final StringBuilder line = new StringBuilder(Line.foreign("  " + name, nameWidth));
        for (int i = 0; i < shown.size(); i++) {
            append(line, figures[places.get(i)], shown.get(i).width);
        }
        named++;
        rows.add(new Line(line.toString(), warning ? Line.Style.WARNING : Line.Style.PLAIN));
    }

    /** What is to be read below a row, as much as there is room for. */
    void note(final boolean warning, final String text) {
        rows.add(new Line("    " + Line.clean(text), warning ? Line.Style.WARNING : Line.Style.PLAIN).upTo(width));
    }

    private static void append(final StringBuilder line, final String figure, final int width) {
        line.append(" ".repeat(Math.max(1, width + 1 - figure.length()))).append(figure);
    }

    Section section() {
        final StringBuilder line = new StringBuilder(Line.foreign(title + " " + named, nameWidth));
        for (final Column column : shown) {
            append(line, column.title, column.width);
        }
        return new Section(new Line(line.toString(), Line.Style.TITLE), List.copyOf(rows));
    }
}
