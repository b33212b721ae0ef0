// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.report;

import io.kaelix.bench.rig.Results;
import io.kaelix.bench.rig.Results.Latency;
import io.kaelix.bench.rig.Results.Percentiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Latency: for ping-pong and for each paced load and payload, the plot by percentile and the table. */
final class LatencySection {

    private static final int THREADS = 2;
    private static final int PERCENTILES = 6;

    private final Results<Latency> results;
    private final Path dir;
    private final Figures figures;

    LatencySection(final Results<Latency> results, final Path dir, final Figures figures) {
        this.results = results;
        this.dir = dir;
        this.figures = figures;
    }

    /**
     * The file of a row's distribution, null if the row names none.
     *
     * @throws IOException if the row names what is no plain file name, or the file is not there
     */
    static Path distribution(final Path dir, final Latency row) throws IOException {
        final String name = row.histogram();
        if (name == null) {
            return null;
        }
        final String who = "which the latency row " + row.system() + " " + row.mode() + " " + row.variant() + " " + row.payload()
                + " bytes names";
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._+-]*")) {
            throw new IOException("\"" + name + "\", " + who + ", is no plain file name; it has to be a file in " + dir);
        }
        final Path file = dir.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + ", " + who + ", is not there; run 'kaelix bench latency --report " + dir + "' again");
        }
        return file;
    }

    void write(final Html html) throws IOException {
        html.open("section", "id", "latency").element("h2", "Latency");
        html.element("p", "Time on the way, one way. Ping-pong: half of the round trip of one message at a time. Paced: from the time at"
                + " which the message was to be sent, so that a stall counts for every message it delayed. Table and points: medians over"
                + " the rounds; lines: all rounds added up.");
        SettingsTable.failures(html, results);
        final Map<Load, List<Latency>> loads = results.rows().stream()
                .collect(Collectors.groupingBy(Load::of, TreeMap::new, Collectors.toList()));
        for (final Map.Entry<Load, List<Latency>> load : loads.entrySet()) {
            load(html, load.getKey(), load.getValue());
        }
        final Map<SettingsTable.Setup, Set<String>> settings = SettingsTable.empty();
        for (final Latency row : results.rows()) {
            SettingsTable.add(settings, new SettingsTable.Setup(row.system(), row.version(), row.settings()), row.variant());
        }
        SettingsTable.write(html, settings);
        html.close();
    }

    /** What all systems of a plot had to do. */
    private record Load(String mode, long ratePerSecond, int payload) implements Comparable<Load> {

        static Load of(final Latency row) {
            return new Load(row.mode(), row.ratePerSecond(), row.payload());
        }

        @Override
        public int compareTo(final Load other) {
            return Comparator.comparingLong(Load::ratePerSecond).thenComparing(Load::mode).thenComparingInt(Load::payload)
                    .compare(this, other);
        }

        String title() {
            final String name = mode.substring(0, 1).toUpperCase(Locale.ROOT) + mode.substring(1);
            return name + (ratePerSecond > 0 ? " at " + Quantity.perSecond(ratePerSecond) : "") + ", " + payload + "-byte messages";
        }

        String id() {
            return "latency-" + mode + "-" + ratePerSecond + "-" + payload;
        }
    }

    private void load(final Html html, final Load load, final List<Latency> rows) throws IOException {
        html.element("h3", load.title(), "id", load.id());
        final Map<String, List<Latency>> systems = rows.stream().collect(Collectors.groupingBy(Latency::system));
        final List<Figures.Curve> curves = new ArrayList<>();
        final List<String> undrawn = new ArrayList<>();
        boolean quiet = false;
        for (final Latency row : rows) {
            final Path file = distribution(dir, row);
            final String name = systems.get(row.system()).size() > 1 ? row.system() + " " + row.variant() : row.system();
            if (file == null) {
                undrawn.add(name);
                continue;
            }
            quiet |= row.quiet() != null;
            curves.add(new Figures.Curve(row.system(), name, systems.get(row.system()).indexOf(row), PercentileFile.read(file),
                    points(row.quiet())));
        }
        if (!curves.isEmpty()) {
            figures.add(new Figures.Curves(figures.nextId(), curves));
            Plot.write(html, figures, load.title() + ": latency by percentile.", "Towards the right, ever rarer messages: at 99.9% stands"
                    + " what one in a thousand exceeds." + (quiet ? " Hollow points, set side by side: quiet messages alone." : "")
                    + (undrawn.isEmpty() ? "" : " Without a distribution, and not drawn: " + String.join(", ", undrawn) + "."),
                    THREADS > results.environment().cpus() ? Plot.crowded(THREADS, results.environment().cpus()) : "");
        }
        table(html, rows);
        if (quiet) {
            html.element("p", "Quiet: messages that overlap no pause of more than 10 µs of the machine itself, as either thread saw it"
                    + " while it had nothing else to do, nor as long a time again behind it, in which what came due meanwhile is worked off."
                    + " A pause of the JVM as a whole counts as one too. The difference between all and quiet is what such pauses add.", "class", "reading");
        }
    }

    private static List<double[]> points(final Percentiles quiet) {
        if (quiet == null) {
            return List.of();
        }
        final List<double[]> points = new ArrayList<>();
        final double[] nanos = {quiet.p50(), quiet.p90(), quiet.p99(), quiet.p999(), quiet.p9999()};
        final double[] at = {2, 10, 100, 1000, 10_000};
        for (int i = 0; i < at.length; i++) {
            if (nanos[i] > 0) {
                points.add(new double[] {at[i], nanos[i]});
            }
        }
        return points;
    }

    private static void table(final Html html, final List<Latency> rows) {
        html.open("div", "class", "scroll").open("table").open("thead").open("tr");
        Plot.columns(html, List.of("System", "Variant", "Messages"), List.of("50%", "90%", "99%", "99.9%", "99.99%", "Max",
                "50% × floor", "Heap, B/msg"));
        html.element("th", "Distribution", "scope", "col").close().close().open("tbody");
        final Comparator<Latency> order = Comparator.comparing((Latency row) -> row.system().equals(ThroughputSection.FLOOR))
                .thenComparingLong(row -> row.all().p50());
        for (final Latency row : rows.stream().sorted(order).toList()) {
            final boolean floor = row.system().equals(ThroughputSection.FLOOR);
            html.open("tr", "class", floor ? "first floor" : "first").element("th", row.system(), "scope", "row")
                    .element("td", row.variant()).element("td", "all");
            percentiles(html, row.all());
            Plot.numbers(html, List.of(floor ? "–" : Quantity.times(row.ofFloor()),
                    floor ? "–" : Quantity.digits(row.allocatedPerMessage())));
            if (row.histogram() == null) {
                html.element("td", "–");
            } else {
                html.open("td").element("a", ".hgrm", "href", row.histogram(), "title", row.histogram()).close();
            }
            html.close();
            if (row.quiet() != null) {
                html.open("tr", "class", floor ? "floor" : "quiet").element("td", "").element("td", "")
                        .element("td", row.quietFraction() > 0 ? "quiet, " + Quantity.percent(row.quietFraction()) : "quiet, none");
                if (row.quietFraction() > 0) {
                    percentiles(html, row.quiet());
                } else {
                    Plot.numbers(html, Collections.nCopies(PERCENTILES, "–"));
                }
                html.element("td", "").element("td", "").element("td", "").close();
            }
        }
        html.close().close().close();
    }

    private static void percentiles(final Html html, final Percentiles found) {
        Plot.numbers(html, List.of(Quantity.nanos(found.p50()), Quantity.nanos(found.p90()), Quantity.nanos(found.p99()),
                Quantity.nanos(found.p999()), Quantity.nanos(found.p9999()), Quantity.nanos(found.max())));
    }
}
