// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What was found wrong so far. So many are kept at most; those beyond are counted. */
final class Problems {

    static final int MOST = 100;

    private final List<ConfigProblem> kept = new ArrayList<>();
    private int count;

    void add(final ConfigProblem problem) {
        if (count++ < MOST) {
            kept.add(problem);
        }
    }

    void add(final Origin origin, final String key, final String text) {
        final boolean isFile = origin.layer() == Origin.Layer.FILE;
        add(new ConfigProblem(isFile ? origin.source() : origin.where(), origin.line(), origin.column(), key, text));
    }

    /** Those of others, also those that they only counted. */
    void addAll(final Problems others) {
        others.kept.forEach(this::add);
        count += others.count - others.kept.size();
    }

    /** Whether no more are kept. */
    boolean isFull() {
        return count >= MOST;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** All that were kept, those of the file in the order of its lines, and how many were not. */
    List<ConfigProblem> list() {
        final List<ConfigProblem> all = new ArrayList<>(kept);
        all.sort(Comparator.comparingInt((ConfigProblem problem) -> problem.line() > 0 ? problem.line() : Integer.MAX_VALUE)
                .thenComparingInt(ConfigProblem::column));
        if (count > MOST) {
            all.add(new ConfigProblem(kept.getLast().where(), 0, 0, "", "there are " + (count - MOST)
                    + " more problems: correct these first"));
        }
        return all;
    }
}
