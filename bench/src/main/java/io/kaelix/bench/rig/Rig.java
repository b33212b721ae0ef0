// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.scenario.Catalogue.Entry;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What all runs have: where trials run, and what the machine itself can do.
 *
 * @param cpus for the threads under test: producers first
 * @param rounds of each trial
 * @param seconds measured in each
 * @param warmup seconds before
 * @param children runs them
 * @param floors the C program, or null if it is not there
 * @param progress gets a line per trial
 */
record Rig(List<Integer> cpus, int rounds, double seconds, double warmup, Children children, Floors floors, PrintStream progress) {

    /** Beyond the time that a trial is asked to take. */
    private static final double PATIENCE_SECONDS = 30;

    /** The CPUs of a trial: one for each thread as far as they go round. */
    List<Integer> cpusFor(final Entry entry) {
        return cpus.subList(0, Math.min(cpus.size(), entry.publishers() + 1));
    }

    /** How long a trial may take. */
    double timeoutSeconds() {
        return PATIENCE_SECONDS + seconds + warmup;
    }

    /** Takes the floors that are taken once a run. */
    Map<String, Object> floorsOnce(final List<Results.Failure> failures) throws InterruptedException {
        if (floors == null) {
            return Map.of();
        }
        progress.println("floors: handoff, gaps, memcpy, TCP");
        try {
            return floors.once();
        } catch (final TrialFailure e) {
            progress.println("floors: FAILED: " + e.getMessage());
            failures.add(new Results.Failure(Floors.SYSTEM, e.getMessage()));
            return Map.of();
        }
    }

    /** Series by probe; those that failed go to the failures instead. */
    static <T> Map<Probe<T>, List<T>> succeeded(final List<Rounds.Series<T>> all, final List<Results.Failure> failures) {
        final Map<Probe<T>, List<T>> found = new LinkedHashMap<>();
        for (final Rounds.Series<T> series : all) {
            if (series.failed()) {
                failures.add(new Results.Failure(series.probe().label(), series.failure()));
            } else {
                found.put(series.probe(), series.found());
            }
        }
        return found;
    }

    /** Distinct modes of the floor that these entries are compared with, in their order. */
    static List<String> floorModes(final List<Entry> entries) {
        return entries.stream().map(entry -> Floors.modeFor(entry.mode())).distinct().toList();
    }
}
