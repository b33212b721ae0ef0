// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.report;

import io.kaelix.bench.rig.Results;
import io.kaelix.bench.rig.Results.Throughput;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/** Throughput: per payload the bars, what grows with threads and batches, and the table; then what grows with the payload. */
final class ThroughputSection {

    static final String FLOOR = "floor";

    private static final String CROWDED = "\u202f†";

    private final Results<Throughput> results;
    private final Figures figures;

    ThroughputSection(final Results<Throughput> results, final Figures figures) {
        this.results = results;
        this.figures = figures;
    }

    void write(final Html html) {
        html.open("section", "id", "throughput").element("h2", "Throughput");
        html.element("p", "Messages a second as the consumer received and checked them; with several subscribers, as each of them did."
                + " M/s is a million messages a second. Rounds of all systems are interleaved, each trial in a JVM of its own.");
        SettingsTable.failures(html, results);
        final Map<Integer, List<Throughput>> payloads = results.rows().stream()
                .collect(Collectors.groupingBy(Throughput::payload, TreeMap::new, Collectors.toList()));
        payloads.forEach((payload, rows) -> payload(html, payload, rows));
        byPayload(html);
        final Map<SettingsTable.Setup, Set<String>> settings = SettingsTable.empty();
        for (final Throughput row : results.rows()) {
            SettingsTable.add(settings, new SettingsTable.Setup(row.system(), row.version(), row.settings()), row.mode());
        }
        SettingsTable.write(html, settings);
        html.close();
    }

    private void payload(final Html html, final int payload, final List<Throughput> rows) {
        html.element("h3", payload + "-byte messages", "id", "throughput-" + payload);
        bars(html, rows.stream().filter(ThroughputSection::paired).toList(), payload, "one publisher, one subscriber");
        bars(html, rows.stream().filter(row -> !paired(row)).toList(), payload, "several publishers or subscribers");
        html.open("div", "class", "columns");
        lines(html, rows, payload, ModeOrder.BATCH, "messages in a batch", 10, row -> ModeOrder.count(row.mode(), ModeOrder.BATCH));
        lines(html, rows, payload, ModeOrder.PUBLISHERS, "publishers", 2,
                row -> row.subscribers() == 1 && row.publishers() > 1 ? row.publishers() : 0);
        lines(html, rows, payload, ModeOrder.SUBSCRIBERS, "subscribers", 0,
                row -> row.publishers() == 1 && row.subscribers() > 1 ? row.subscribers() : 0);
        html.close();
        table(html, rows);
    }

    private void bars(final Html html, final List<Throughput> rows, final int payload, final String what) {
        final Map<String, List<Throughput>> modes = rows.stream()
                .collect(Collectors.groupingBy(Throughput::mode, () -> new TreeMap<>(new ModeOrder()), Collectors.toList()));
        final List<Figures.Group> groups = new ArrayList<>();
        modes.forEach((mode, all) -> groups.add(new Figures.Group(mode,
                all.stream().filter(row -> row.system().equals(FLOOR)).mapToDouble(Throughput::medianPerSecond).findFirst().orElse(0),
                all.stream().filter(row -> !row.system().equals(FLOOR))
                        .sorted(Comparator.comparingDouble(Throughput::medianPerSecond).reversed()).map(this::bar).toList())));
        groups.removeIf(group -> group.bars().isEmpty());
        if (groups.isEmpty()) {
            return;
        }
        figures.add(new Figures.Bars(figures.nextId(), groups));
        final String floors = groups.stream().filter(group -> group.floor() > 0).map(Figures.Group::name).collect(Collectors.joining(", "));
        Plot.write(html, figures, "Throughput of " + payload + "-byte messages, " + what + ".",
                "Bars: median over " + rounds(rows) + "; whiskers: slowest to fastest round."
                        + (floors.isEmpty() ? "" : " Dashed lines: a C ring of Kaelix's protocol in the same rounds (" + floors + ")."),
                crowdedNote(rows));
    }

    private Figures.Bar bar(final Throughput row) {
        final String label = Quantity.millions(row.medianPerSecond())
                + (row.ofFloor() > 0 ? "  " + Quantity.times(row.ofFloor()) + " floor" : "")
                + (row.lostFraction() > 0 ? "  " + Quantity.percent(row.lostFraction()) + " lost" : "");
        return new Figures.Bar(row.system(), name(row), row.medianPerSecond(), row.minPerSecond(), row.maxPerSecond(), label,
                row.perSecond());
    }

    /** Lines over what {@code count} tells, from the rows for which it is not 0 and the same systems' one-by-one rows as 1. */
    private void lines(final Html html, final List<Throughput> rows, final int payload, final String kind, final String x,
            final int base, final ToIntFunction<Throughput> count) {
        final Predicate<Throughput> first = row -> paired(row) && row.mode().equals(ModeOrder.ONE_BY_ONE);
        final List<Throughput> shown = rows.stream().filter(row -> first.test(row) || count.applyAsInt(row) > 0).toList();
        final Set<String> growing = shown.stream().filter(row -> count.applyAsInt(row) > 0).map(Throughput::system)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        draw(html, shown.stream().filter(row -> growing.contains(row.system())).toList(), x, base, false,
                row -> first.test(row) ? 1 : count.applyAsInt(row),
                "By " + kind + ", " + payload + "-byte messages" + (base == 0 ? "; one thread polls for all subscribers" : "") + ".");
    }

    private void byPayload(final Html html) {
        final Map<String, List<Throughput>> modes = results.rows().stream().filter(ThroughputSection::paired)
                .collect(Collectors.groupingBy(Throughput::mode, () -> new TreeMap<>(new ModeOrder()), Collectors.toList()));
        // A line alone compares nothing; its figures stand in the tables.
        modes.values().removeIf(rows -> rows.stream().map(Throughput::payload).distinct().count() < 2
                || rows.stream().map(Throughput::system).filter(system -> !system.equals(FLOOR)).distinct().count() < 2);
        if (modes.isEmpty()) {
            return;
        }
        html.element("h3", "By payload", "id", "throughput-by-payload").open("div", "class", "columns");
        modes.forEach((mode, rows) -> draw(html, rows, "bytes of payload", 2, true, Throughput::payload,
                "By payload, " + mode + "; both axes logarithmic."));
        html.close();
    }

    private void draw(final Html html, final List<Throughput> rows, final String x, final int base, final boolean wide,
            final ToIntFunction<Throughput> at, final String caption) {
        final Map<String, List<Figures.Point>> points = new LinkedHashMap<>();
        // A logarithm has no place for nothing.
        rows.stream().filter(row -> !wide || row.medianPerSecond() > 0).sorted(Comparator.comparingInt(at))
                .forEach(row -> points.computeIfAbsent(row.system(), key -> new ArrayList<>()).add(new Figures.Point(at.applyAsInt(row),
                        row.medianPerSecond(), row.minPerSecond(), row.maxPerSecond(), name(row))));
        points.values().removeIf(line -> line.size() < 2);
        if (points.isEmpty()) {
            return;
        }
        figures.add(new Figures.Lines(figures.nextId(), x, base, wide,
                points.entrySet().stream().map(line -> new Figures.Line(line.getKey(), line.getValue())).toList()));
        Plot.write(html, figures, caption, "Medians; whiskers: slowest to fastest round.", crowdedNote(rows));
    }

    private void table(final Html html, final List<Throughput> rows) {
        html.open("div", "class", "scroll").open("table").open("thead").open("tr");
        Plot.columns(html, List.of("Mode", "System"), List.of("Pub.", "Sub.", "Median, M/s", "Min", "Max", "× floor", "Lost", "Heap, B/msg",
                "Rounds, M/s"));
        html.close().close().open("tbody");
        final Comparator<Throughput> order = Comparator.comparing(Throughput::mode, new ModeOrder())
                .thenComparing(row -> row.system().equals(FLOOR)).thenComparing(Comparator.comparingDouble(Throughput::medianPerSecond)
                        .reversed());
        String mode = "";
        for (final Throughput row : rows.stream().sorted(order).toList()) {
            final boolean same = row.mode().equals(mode);
            mode = row.mode();
            final boolean floor = row.system().equals(FLOOR);
            html.open("tr", "class", (same ? "" : "first ") + (floor ? "floor" : "")).element("td", same ? "" : mode)
                    .element("th", name(row), "scope", "row");
            Plot.numbers(html, List.of(Integer.toString(row.publishers()), Integer.toString(row.subscribers()),
                    Quantity.column(row.medianPerSecond()), Quantity.column(row.minPerSecond()), Quantity.column(row.maxPerSecond()),
                    floor ? "–" : Quantity.times(row.ofFloor()), Quantity.percent(row.lostFraction()),
                    floor ? "–" : Quantity.digits(row.allocatedPerMessage()),
                    row.perSecond().stream().map(Quantity::column).collect(Collectors.joining("  "))));
            html.close();
        }
        html.close().close().close();
    }

    private static boolean paired(final Throughput row) {
        return row.publishers() == 1 && row.subscribers() == 1;
    }

    private boolean crowded(final Throughput row) {
        return row.publishers() + 1 > results.environment().cpus();
    }

    private String name(final Throughput row) {
        return crowded(row) ? row.system() + CROWDED : row.system();
    }

    private String crowdedNote(final List<Throughput> rows) {
        final int publishers = rows.stream().filter(this::crowded).mapToInt(Throughput::publishers).max().orElse(0);
        return publishers == 0 ? "" : Plot.crowded(publishers + 1, results.environment().cpus());
    }

    private static String rounds(final List<Throughput> rows) {
        final List<Integer> counts = rows.stream().map(row -> row.perSecond().size()).distinct().sorted().toList();
        return counts.size() == 1 ? counts.getFirst() + (counts.getFirst() == 1 ? " round" : " rounds")
                : counts.getFirst() + " to " + counts.getLast() + " rounds";
    }
}
