// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.rig.SchedulerResult.Goal;
import io.kaelix.bench.rig.SchedulerResult.Row;
import io.kaelix.bench.rig.SchedulerResult.Spread;
import io.kaelix.bench.scheduler.Figure;
import io.kaelix.bench.scheduler.Figures;
import io.kaelix.bench.scheduler.Mode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Judges what was found of the library's scheduler: by itself, beside the hand-off of a line, and beside the best of the JDK's, which is
 * chosen for each figure by its median and then compared round by round.
 */
final class SchedulerGoals {

    static final String KAELIX = "kaelix";
    static final String WATCHED = "kaelix-watched";
    static final String FLOOR = "floor";
    static final String HAND_OFF = "floor-handoff";

    private static final String FORK_JOIN = "fork-join";
    private static final String NANOS = "ns";
    private static final String TIMES = "x";
    private static final double LEAST_QUIET = 0.5;
    private static final double HAND_OFFS = 2;
    private static final double HAND_OFF_EXTRA_NANOS = 100;

    private final List<Row> rows;
    private final List<Goal> goals = new ArrayList<>();

    private SchedulerGoals(final List<Row> rows) {
        this.rows = rows;
    }

    /** Those that these rows have the figures for. */
    static List<Goal> of(final List<Row> rows) {
        final SchedulerGoals judged = new SchedulerGoals(rows);
        judged.judge();
        return judged.goals;
    }

    private void judge() {
        addBesideHandOff();
        addTimesLess("startP50OfJdk", "schedule to start, p50: the JDK's best beside it", Mode.PACED, Figures.CALL_P50, 5.0);
        addQuiet();
        addOwn("startP99All", "schedule to start, p99, all tasks", Mode.PACED, Figures.CALL_P99, true, null, NANOS);
        addTimesLess("startP99OfJdk", "schedule to start, p99 of all: the JDK's best beside it", Mode.PACED, Figures.CALL_P99, 3.0);
        addOwn("switchNanos", "from a task to the next", Mode.SWITCH, Figures.SWITCH_NANOS, true, 100.0, NANOS);
        addTimesLess("switchOfJdk", "from a task to the next: the JDK's best beside it", Mode.SWITCH, Figures.SWITCH_NANOS, null);
        for (final Mode mode : List.of(Mode.FAN_OUT, Mode.TREE)) {
            for (final int workers : mode.workers()) {
                addTimesForkJoin(mode, workers);
            }
        }
        addOwn("utilisation", "workers' time in tasks of 10 us", Mode.SATURATION, Figures.UTILISATION, false, 0.98, "fraction");
        addBytes();
        addOwn("idleCpu", "CPU of idle workers, of a core", Mode.WAKE, Figures.IDLE_CPU, true, 0.02, "fraction");
        addOwn("wakeP50", "waking a worker, p50", Mode.WAKE, Figures.WAKE_P50, true, null, NANOS);
        addTimesLess("wakeOfJdk", "waking a worker, p50: the JDK's best beside it", Mode.WAKE, Figures.WAKE_P50, null);
        addOwn("lateP99", "a task delayed by 1 ms is late, p99", Mode.DELAYED, Figures.LATE_P99, true, null, NANOS);
        addTimesLess("lateOfJdk", "a delayed task is late, p50: the JDK's best beside it", Mode.DELAYED, Figures.LATE_P50, null);
    }

    private void addBesideHandOff() {
        final Spread own = spread(KAELIX, Mode.PACED, 1, Figures.CALL_P50);
        final Spread line = spread(HAND_OFF, Mode.PACED, 1, Figures.CALL_P50);
        if (own != null && line != null) {
            final Spread bound = Spread.of(line.rounds().stream().map(nanos -> HAND_OFFS * nanos + HAND_OFF_EXTRA_NANOS).toList());
            add("startP50OfHandOff", "schedule to start, p50, of 2 line hand-offs + 100 ns", ratio(own, bound), true, 1.0, TIMES, HAND_OFF);
        }
    }

    /**
     * Of the one whose worker looks for gaps: without that, those of the worker's CPU are in it. Where most tasks overlap one, the rest says
     * nothing, and is not judged.
     */
    private void addQuiet() {
        final Spread watched = spread(WATCHED, Mode.PACED, 1, Figures.QUIET_P99);
        if (watched != null) {
            final Spread part = spread(WATCHED, Mode.PACED, 1, Figures.QUIET_FRACTION);
            final boolean isFew = part != null && part.median() < LEAST_QUIET;
            add("startP99Quiet", "schedule to start, p99, tasks that overlap no gap" + (isFew ? ": too few to judge" : ""), watched.median(),
                    true, isFew ? null : 10_000.0, NANOS, null);
        }
    }

    private void addOwn(final String key, final String name, final Mode mode, final Figure figure, final boolean isBelow,
            final Double limit, final String unit) {
        final Spread own = spread(KAELIX, mode, mode.workers().get(0), figure);
        if (own != null) {
            add(key, name, own.median(), isBelow, limit, unit, null);
        }
    }

    /** How many times the JDK's best takes of what the library does. */
    private void addTimesLess(final String key, final String name, final Mode mode, final Figure figure, final Double limit) {
        final int workers = mode.workers().get(0);
        final Spread own = spread(KAELIX, mode, workers, figure);
        final Row best = best(mode, workers, figure, row -> isOfJdk(row.system()), Comparator.naturalOrder());
        if (own != null && best != null) {
            add(key, name, ratio(best.figures().get(figure.name()), own), false, limit, TIMES, best.system());
        }
    }

    private void addTimesForkJoin(final Mode mode, final int workers) {
        final Figure figure = Figures.TASKS_PER_SECOND;
        final Spread own = spread(KAELIX, mode, workers, figure);
        final Row best = best(mode, workers, figure, row -> row.system().startsWith(FORK_JOIN), Comparator.reverseOrder());
        if (own != null && best != null) {
            add(mode.label() + workers + "OfForkJoin", mode.label() + ", workers: " + workers + ", tasks a second of fork-join's best",
                    ratio(own, best.figures().get(figure.name())), false, 2.0, TIMES, best.system());
        }
    }

    /** The most of the modes whose tasks are used again. */
    private void addBytes() {
        final double most = rows.stream()
                .filter(row -> row.system().equals(KAELIX) && !row.mode().equals(Mode.TREE.label()))
                .map(row -> row.figures().get(Figures.BYTES.name()))
                .filter(spread -> spread != null)
                .mapToDouble(Spread::median).max().orElse(Double.NaN);
        if (!Double.isNaN(most)) {
            add("bytesPerTask", "heap allocated per task that is used again, the most of all modes", most, true, 0.01, "B", null);
        }
    }

    private void add(final String key, final String name, final double measured, final boolean isBelow, final Double limit,
            final String unit, final String peer) {
        goals.add(new Goal(key, name, measured, isBelow, limit, unit, peer,
                limit == null ? null : isBelow ? measured < limit : measured > limit));
    }

    private Row best(final Mode mode, final int workers, final Figure figure, final Predicate<Row> of, final Comparator<Double> order) {
        return rows.stream()
                .filter(row -> row.mode().equals(mode.label()) && row.workers() == workers && of.test(row))
                .filter(row -> row.figures().containsKey(figure.name()))
                .min(Comparator.comparing(row -> row.figures().get(figure.name()).median(), order))
                .orElse(null);
    }

    private static boolean isOfJdk(final String system) {
        return !system.startsWith(KAELIX) && !system.startsWith(FLOOR);
    }

    private Spread spread(final String system, final Mode mode, final int workers, final Figure figure) {
        return rows.stream()
                .filter(row -> row.system().equals(system) && row.mode().equals(mode.label()) && row.workers() == workers)
                .map(row -> row.figures().get(figure.name()))
                .filter(spread -> spread != null)
                .findFirst().orElse(null);
    }

    /** Median of the ratios within each round that both have. */
    private static double ratio(final Spread one, final Spread other) {
        final int rounds = Math.min(one.rounds().size(), other.rounds().size());
        return Medians.of(IntStream.range(0, rounds).mapToObj(round -> one.rounds().get(round) / other.rounds().get(round)).toList());
    }
}
