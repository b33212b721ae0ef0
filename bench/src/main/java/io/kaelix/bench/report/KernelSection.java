// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.report;

import io.kaelix.bench.rig.Results;
import io.kaelix.bench.rig.Results.Kernel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Kernels: a line for each, a column for each instruction set. */
final class KernelSection {

    private static final double BILLION = 1e9;

    private final Results<Kernel> results;

    KernelSection(final Results<Kernel> results) {
        this.results = results;
    }

    void write(final Html html) {
        html.open("section", "id", "kernels").element("h2", "Kernels");
        html.element("p", "Billions of values or bytes a second, the median of rounds in which the instruction sets take turns, each in a JVM"
                + " of its own; checks of arguments and the call into C are included. In brackets: times the fastest loop of plain Java over"
                + " arrays in the same rounds (with a branch or without). 'java' is the library without its C layer.");
        SettingsTable.failures(html, results);
        final Set<String> systems = new LinkedHashSet<>();
        final Set<String> modes = new LinkedHashSet<>();
        for (final Kernel row : results.rows()) {
            systems.add(row.system());
            modes.add(row.mode());
        }
        html.open("div", "class", "scroll").open("table").open("thead").open("tr");
        Plot.columns(html, List.of("Kernel"), List.copyOf(titles(systems)));
        html.close().close().open("tbody");
        for (final String mode : modes) {
            html.open("tr").element("th", mode, "scope", "row");
            final List<String> cells = new ArrayList<>();
            results.rows().stream().filter(row -> row.mode().equals(mode)).findFirst()
                    .ifPresent(row -> cells.add(row.payload() + " " + row.unit()));
            for (final String system : systems) {
                cells.add(results.rows().stream().filter(row -> row.mode().equals(mode) && row.system().equals(system)).findFirst()
                        .map(KernelSection::cell).orElse("–"));
            }
            Plot.numbers(html, cells);
            html.close();
        }
        html.close().close().close().close();
    }

    private static List<String> titles(final Set<String> systems) {
        final List<String> titles = new ArrayList<>(List.of("a call"));
        titles.addAll(systems);
        return titles;
    }

    private static String cell(final Kernel row) {
        return String.format(Locale.ROOT, "%.2f (%.1f×)", row.medianPerSecond() / BILLION, row.ofLoop());
    }
}
