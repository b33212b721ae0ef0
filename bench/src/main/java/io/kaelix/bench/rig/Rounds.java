// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

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

    /**
     * @param summary of one measurement, for progress
     * @param progress gets a line per trial, and what failed children said
     */
    Rounds(final List<Probe<T>> probes, final int rounds, final Function<T, String> summary, final PrintStream progress) {
        this.probes = List.copyOf(probes);
        this.rounds = rounds;
        this.summary = summary;
        this.progress = progress;
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
            final int first = (round - 1) * probes.size() / rounds;
            for (int n = 0; n < probes.size(); n++) {
                final int i = (first + n) % probes.size();
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
