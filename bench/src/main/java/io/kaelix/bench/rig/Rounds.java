// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntBinaryOperator;

/**
 * Runs probes in rounds: all of them once, then all of them again, each round from another one on. What drifts on the machine meets every
 * system alike.
 *
 * @param <T> what one measurement finds
 */
final class Rounds<T> {

    private final List<Probe<T>> probes;
    private final int rounds;
    private final Function<T, String> summary;
    private final PrintStream progress;
    /** Of a round, from 1 on, and a place in it, from 0 on: which probe's turn it is. */
    private final IntBinaryOperator order;

    /**
     * @param summary of one measurement, for progress
     * @param progress gets a line per trial, and what failed children said
     */
    Rounds(final List<Probe<T>> probes, final int rounds, final Function<T, String> summary, final PrintStream progress) {
        this(probes, rounds, summary, progress,
                (round, place) -> ((round - 1) * probes.size() / rounds + place) % probes.size());
    }

    private Rounds(final List<Probe<T>> probes, final int rounds, final Function<T, String> summary, final PrintStream progress,
            final IntBinaryOperator order) {
        this.probes = List.copyOf(probes);
        this.rounds = rounds;
        this.summary = summary;
        this.progress = progress;
        this.order = order;
    }

    /**
     * For probes that are compared with each other: groups of them stay together, and each second round runs a group backwards, from
     * another one of it on each time: A B, B A, B A, A B, …. What drifts steadily meets all of a group alike, and so does what it
     * means to be the first.
     *
     * @param group how many probes there are in each
     */
    static <T> Rounds<T> mirrored(final List<Probe<T>> probes, final int group, final int rounds, final Function<T, String> summary,
            final PrintStream progress) {
        return new Rounds<>(probes, rounds, summary, progress, (round, place) -> {
            final int within = place % group;
            final int there = round % 2 == 1 ? within : group - 1 - within;
            return place - within + (there + (round - 1) / 2) % group;
        });
    }

    /**
     * What came of one probe.
     *
     * @param probe that it came of
     * @param found one per round; of the rounds before it failed, if it did
     * @param failure in one line, or null
     */
    record Series<T>(Probe<T> probe, List<T> found, String failure) {

        boolean failed() {
            return failure != null;
        }
    }

    /** Runs them all. A probe that fails is not run again, the others are. */
    List<Series<T>> run() throws InterruptedException {
        final List<List<T>> found = new ArrayList<>();
        final String[] failures = new String[probes.size()];
        probes.forEach(probe -> found.add(new ArrayList<>()));
        final int trials = rounds * probes.size();
        for (int round = 1; round <= rounds; round++) {
            for (int n = 0; n < probes.size(); n++) {
                final int i = order.applyAsInt(round, n);
                if (failures[i] != null) {
                    continue;
                }
                final String line = "[" + ((round - 1) * probes.size() + n + 1) + "/" + trials + "] round " + round + " "
                        + probes.get(i).label();
                try {
                    final T one = probes.get(i).trial().run(round);
                    found.get(i).add(one);
                    progress.println(line + ": " + summary.apply(one));
                } catch (final TrialFailure e) {
                    failures[i] = "round " + round + ": " + e.getMessage();
                    progress.println(line + ": FAILED: " + e.getMessage());
                    e.output().lines().forEach(said -> progress.println("    " + said));
                }
            }
        }
        final List<Series<T>> all = new ArrayList<>();
        for (int i = 0; i < probes.size(); i++) {
            all.add(new Series<>(probes.get(i), List.copyOf(found.get(i)), failures[i]));
        }
        return all;
    }
}
