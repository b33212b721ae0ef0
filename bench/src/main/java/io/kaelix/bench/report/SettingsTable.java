// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.report;

import io.kaelix.bench.rig.Results;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** How each system was set up, and what failed: one line per system, version and settings, with the modes that had them. */
final class SettingsTable {

    private SettingsTable() {
    }

    /** What a row says of its system. */
    record Setup(String system, String version, String settings) {
    }

    static void write(final Html html, final Map<Setup, Set<String>> modes) {
        html.element("h3", "Settings").open("div", "class", "scroll").open("table", "class", "settings").open("thead").open("tr");
        for (final String column : List.of("System", "Version", "Modes", "Settings")) {
            html.element("th", column, "scope", "col");
        }
        html.close().close().open("tbody");
        modes.forEach((setup, names) -> html.open("tr").element("th", setup.system(), "scope", "row")
                .element("td", orDash(setup.version())).open("td").trusted(modes(names)).close().element("td", orDash(setup.settings()))
                .close());
        html.close().close().close();
    }

    /** To be filled by {@link #add}. */
    static Map<Setup, Set<String>> empty() {
        return new LinkedHashMap<>();
    }

    static void add(final Map<Setup, Set<String>> modes, final Setup setup, final String mode) {
        modes.computeIfAbsent(setup, key -> new TreeSet<>(new ModeOrder())).add(mode);
    }

    static void failures(final Html html, final Results<?> results) {
        if (results.failures() == null || results.failures().isEmpty()) {
            return;
        }
        html.open("div", "class", "note failed").element("h3", "What failed, and is missing below").open("ul");
        for (final Results.Failure failure : results.failures()) {
            html.open("li").element("strong", failure.label()).text(": " + failure.reason()).close();
        }
        html.close().close();
    }

    /** No line breaks within a mode's name. */
    private static String modes(final Set<String> names) {
        final Html html = new Html();
        names.forEach(name -> html.text(html.toString().isEmpty() ? "" : ", ").element("span", name, "class", "mode"));
        return html.toString();
    }

    private static String orDash(final String text) {
        return text == null || text.isBlank() ? "–" : text;
    }
}
