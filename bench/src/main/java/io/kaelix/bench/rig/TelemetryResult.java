// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.rig.Results.Environment;
import io.kaelix.bench.rig.Results.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a run of {@code kaelix bench telemetry} found, as its JSON has it.
 *
 * @param command that gives these figures again
 * @param startedAt ISO 8601, UTC
 * @param environment where it ran
 * @param cpus of the threads under test
 * @param payload bytes of each message
 * @param rounds each of one trial of each system, in a JVM of its own
 * @param seconds measured in each trial
 * @param warmup seconds before
 * @param method how the differences were judged
 * @param goal what is meant to be
 * @param rows one per mode and comparison
 * @param failures modes that came to no figures, and why
 */
record TelemetryResult(String command, String startedAt, Environment environment, List<Integer> cpus, int payload, int rounds,
        double seconds, double warmup, String method, String goal, List<Row> rows, List<Failure> failures) {

    private static final String METHOD = "median of the rounds' ratios, its 95% interval from their ranks";
    private static final String GOAL = "0 lies within the 95% interval, or telemetry is not the slower one";
    private static final double MILLION = 1e6;

    TelemetryResult(final String command, final String startedAt, final Environment environment, final Rig rig, final int payload,
            final List<Row> rows, final List<Failure> failures) {
        this(command, startedAt, environment, rig.cpus(), payload, rig.rounds(), rig.seconds(), rig.warmup(), METHOD, GOAL,
                List.copyOf(rows), List.copyOf(failures));
    }

    /**
     * One system beside another one. Differences are those of the second, in percent: negative where it is slower.
     *
     * @param mode how both were used
     * @param first system: the one without telemetry
     * @param second system: with it; or the first again, in trials of its own, which tells what the method makes of no difference
     * @param firstPerSecond messages, of each round
     * @param secondPerSecond the same
     * @param differences of each round
     * @param slowerRounds those in which the second was the slower one
     * @param zeroWithin whether these rounds cannot tell the two apart
     * @param met whether the goal is; null where a system is compared with itself
     * @param settings of the second, in one line
     */
    record Row(String mode, String first, String second, double firstMedianPerSecond, double secondMedianPerSecond,
            List<Double> firstPerSecond, List<Double> secondPerSecond, List<Double> differences, double medianDifference,
            double low, double high, int slowerRounds, boolean zeroWithin, Boolean met, String settings) {

        /** Of at least {@value PairedDifference#LEAST_ROUNDS} rounds. */
        static Row of(final String mode, final String first, final String second, final List<Double> firstPerSecond,
                final List<Double> secondPerSecond, final String settings) {
            final PairedDifference difference = PairedDifference.of(firstPerSecond, secondPerSecond);
            return new Row(mode, first, second, Medians.of(firstPerSecond), Medians.of(secondPerSecond), firstPerSecond, secondPerSecond,
                    difference.percents(), difference.median(), difference.low(), difference.high(), difference.less(),
                    difference.isZeroWithin(), first.equals(second) ? null : difference.high() >= 0, settings);
        }

        private String name() {
            return first.equals(second) ? second + " again" : second;
        }
    }

    /** For people. */
    String toText() {
        final StringBuilder text = new StringBuilder(command + "  at " + startedAt + "\n" + environment.cpu() + "; " + environment.kernel()
                + "; " + environment.jvm() + "; CPUs " + cpus + "\n\n");
        if (!rows.isEmpty()) {
            text.append(table());
            text.append("messages of ").append(payload).append(" bytes, M/s: medians of ").append(rounds).append(" rounds, ")
                    .append(seconds).append(" s each behind ").append(warmup).append(" s of warm-up, each in a JVM of its own\n");
            text.append("differences are those within the rounds, negative where the second is slower: ").append(METHOD).append('\n');
            if (rows.stream().anyMatch(row -> row.met() == null)) {
                text.append("'again' is the first system in trials of its own: what the method makes of no difference at all\n");
            }
            text.append("goal: ").append(GOAL).append('\n');
            for (final Row row : rows) {
                text.append('\n').append(row.mode()).append(", ").append(row.name()).append(", round by round in percent:\n  ")
                        .append(row.differences().stream().map(TelemetryResult::signed).collect(Collectors.joining(" "))).append('\n');
                text.append("  these rounds cannot rule out a loss of ").append(signed(Math.max(0, -row.low())).substring(1))
                        .append("%\n  ").append(row.settings()).append('\n');
            }
        }
        for (final Failure failure : failures) {
            text.append("FAILED ").append(failure.label()).append(": ").append(failure.reason()).append('\n');
        }
        return text.toString();
    }

    private TextTable table() {
        final TextTable table = new TextTable(3, "mode", "first", "second", "first M/s", "second M/s", "difference", "95% interval",
                "slower in", "0 within", "goal met");
        for (final Row row : rows) {
            final List<String> cells = new ArrayList<>(List.of(row.mode(), row.first(), row.name()));
            cells.add(millions(row.firstMedianPerSecond()));
            cells.add(millions(row.secondMedianPerSecond()));
            cells.add(signed(row.medianDifference()) + "%");
            cells.add(signed(row.low()) + " to " + signed(row.high()) + "%");
            cells.add(row.slowerRounds() + " of " + row.differences().size());
            cells.add(row.zeroWithin() ? "yes" : "NO");
            cells.add(row.met() == null ? "" : row.met() ? "yes" : "NO");
            table.add(cells.toArray(String[]::new));
        }
        return table;
    }

    private static String millions(final double perSecond) {
        return String.format(Locale.ROOT, "%.2f", perSecond / MILLION);
    }

    private static String signed(final double percent) {
        return String.format(Locale.ROOT, "%+.2f", percent);
    }
}
