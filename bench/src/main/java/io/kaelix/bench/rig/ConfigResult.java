// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.config.ConfigOutcome;
import io.kaelix.bench.rig.Results.Environment;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What a run of {@code kaelix bench config} found, as its JSON has it.
 *
 * @param command that gives these figures again
 * @param startedAt ISO 8601, UTC
 * @param environment where it ran
 * @param rounds each in a JVM of its own
 * @param keys in the file
 * @param fileBytes of the file
 * @param times of single reloads in a round
 * @param rows medians over the rounds
 */
record ConfigResult(String command, String startedAt, Environment environment, int rounds, int keys, int fileBytes, int times,
        List<Row> rows) {

    /**
     * One figure.
     *
     * @param key by which JSON is searched
     * @param name for people
     * @param value median over the rounds
     * @param lowest of the rounds
     * @param highest of the rounds
     * @param unit of all three
     * @param goal what it is meant to be below; null where nothing is meant
     * @param met whether the median is; null without a goal
     */
    record Row(String key, String name, double value, double lowest, double highest, String unit, Double goal, Boolean met) {
    }

    /** Of at least one round. */
    static ConfigResult of(final String command, final String startedAt, final Environment environment, final List<ConfigOutcome> found) {
        final ConfigOutcome any = found.get(0);
        return new ConfigResult(command, startedAt, environment, found.size(), any.keys(), any.fileBytes(), any.reload().times(), List.of(
                row("parse", "parse", "us", null, found, ConfigOutcome::parseMicros),
                row("validate", "check, beyond parsing", "us", 100.0, found, ConfigOutcome::validateMicros),
                row("bytesPerConfig", "heap that a configuration keeps", "bytes", 10_000.0, found, ConfigOutcome::bytesPerConfig),
                row("reloadP50", "reload", "us", 1_000.0, found, outcome -> outcome.reload().warm().p50()),
                row("reloadP99", "reload, P99", "us", null, found, outcome -> outcome.reload().warm().p99()),
                row("reloadMax", "reload, longest", "us", null, found, outcome -> outcome.reload().warm().max()),
                row("reloadFirst", "the first reload of a JVM", "us", null, found, outcome -> outcome.reload().first()),
                row("reloadSecond", "the second", "us", null, found, outcome -> outcome.reload().second()),
                row("handOverP50", "the JDK's event of a rename alone", "us", null, found, outcome -> outcome.handOver().p50()),
                row("handOverP99", "the same, P99", "us", null, found, outcome -> outcome.handOver().p99()),
                row("burstReloads", "reloads of " + any.burst().renames() + " renames", "", null, found,
                        outcome -> outcome.burst().reloads()),
                row("burstRenames", "those renames took", "us", null, found, outcome -> outcome.burst().renameMicros()),
                row("burstLastSeen", "the last of them in force after", "us", null, found, outcome -> outcome.burst().lastSeenMicros())));
    }

    private static Row row(final String key, final String name, final String unit, final Double goal, final List<ConfigOutcome> found,
            final ToDoubleFunction<ConfigOutcome> figure) {
        final List<Double> values = found.stream().map(figure::applyAsDouble).sorted().toList();
        final double median = Medians.of(values);
        return new Row(key, name, median, values.getFirst(), values.getLast(), unit, goal, goal == null ? null : median < goal);
    }

    /** For people. */
    String toText() {
        final TextTable table = new TextTable(1, keys + " keys", "median", "", "lowest", "highest", "goal", "met");
        for (final Row row : rows) {
            table.add(row.name(), figure(row.value()), row.unit(), figure(row.lowest()), figure(row.highest()),
                    row.goal() == null ? "" : "< " + figure(row.goal()), row.met() == null ? "" : row.met() ? "yes" : "NO");
        }
        return command + "  at " + startedAt + "\n" + environment.cpu() + "; " + environment.kernel() + "; " + environment.jvm() + "\n\n"
                + table + "over " + rounds + " rounds, each in a JVM of its own; a file of " + fileBytes + " bytes\n"
                + "parse, check: warm; reload: " + times + " a round, behind as many (500 at most) to warm up, from just before the rename\n"
                + "to the snapshot in another thread's sight; the burst: from just before its last rename\n";
    }

    private static String figure(final double value) {
        return String.format(Locale.ROOT, value < 100 ? "%,.1f" : "%,.0f", value);
    }
}
