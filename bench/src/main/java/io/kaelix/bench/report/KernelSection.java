// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.report;

import io.kaelix.bench.rig.KernelTable;
import io.kaelix.bench.rig.Results;
import io.kaelix.bench.rig.Results.Kernel;
import java.util.List;

/** Kernels: a line for each and each size, a column for each instruction set. */
final class KernelSection {

    private final Results<Kernel> results;

    KernelSection(final Results<Kernel> results) {
        this.results = results;
    }

    void write(final Html html) {
        html.open("section", "id", "kernels").element("h2", "Kernels");
        html.element("p", "Billions of values or bytes a second, the median of rounds in which the instruction sets take turns, each in a JVM"
                + " of its own; checks of arguments and the call into C are included. 'java' is the library without its C layer, 'plain Java' the"
                + " fastest loop over arrays (with a branch or without), 'Vector API' the JDK's module in incubation. What is compared with them"
                + " is the instruction set that the library chooses on this CPU, " + results.environment().isa() + ", in the same round."
                + " The goal is of plain Java; where the Vector API was measured, to be as fast is a goal, too.");
        SettingsTable.failures(html, results);
        final KernelTable table = KernelTable.of(results);
        html.open("div", "class", "scroll").open("table").open("thead").open("tr");
        Plot.columns(html, table.titles().subList(0, 1), table.titles().subList(1, table.titles().size()));
        html.close().close().open("tbody");
        for (final List<String> row : table.rows()) {
            html.open("tr").element("th", row.get(0), "scope", "row");
            Plot.numbers(html, row.subList(1, row.size()));
            html.close();
        }
        html.close().close().close().close();
    }
}
