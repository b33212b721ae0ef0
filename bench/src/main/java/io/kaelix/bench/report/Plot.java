// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.report;

import java.util.List;

/** The place of a plot on the page, with number and caption, and cells of tables. */
final class Plot {

    private Plot() {
    }

    /** The figure that was numbered last; report.js draws into it. Notes may be empty. */
    static void write(final Html html, final Figures figures, final String title, final String reading, final String note) {
        final int number = figures.number();
        html.open("figure", "id", "figure-" + number)
                .element("div", "", "class", "chart", "role", "img", "aria-label", title + " The table below holds the figures.")
                .open("figcaption").element("strong", "Figure " + number + ". " + title).text(" " + reading);
        if (!note.isEmpty()) {
            html.text(" ").element("span", note, "class", "crowded");
        }
        html.close().close();
    }

    /** What to know where more threads were busy than there are CPUs. */
    static String crowded(final int threads, final int cpus) {
        return "† More busy threads than CPUs, up to " + threads + " on " + cpus + ": they share cores. This shows how a system behaves"
                + " then, not how it scales.";
    }

    static void columns(final Html html, final List<String> texts, final List<String> numbers) {
        texts.forEach(name -> html.element("th", name, "scope", "col"));
        numbers.forEach(name -> html.element("th", name, "scope", "col", "class", "number"));
    }

    static void numbers(final Html html, final List<String> cells) {
        cells.forEach(cell -> html.element("td", cell, "class", "number"));
    }
}
