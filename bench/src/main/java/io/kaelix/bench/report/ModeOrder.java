// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.report;

import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The order in which modes are shown: {@code one-by-one}, other plain modes, then each counted kind by its count. */
final class ModeOrder implements Comparator<String> {

    static final String ONE_BY_ONE = "one-by-one";
    static final String BATCH = "batch";
    static final String PUBLISHERS = "publishers";
    static final String SUBSCRIBERS = "subscribers";

    private static final Pattern COUNTED = Pattern.compile("([a-z-]+)-([0-9]{1,9})");
    private static final List<String> KINDS = List.of(BATCH, PUBLISHERS, SUBSCRIBERS);

    @Override
    public int compare(final String one, final String other) {
        return Comparator.comparingInt(ModeOrder::kind).thenComparing(ModeOrder::word).thenComparingInt(ModeOrder::count)
                .compare(one, other);
    }

    /** The count at the end of a mode of this kind, 64 of {@code batch-64}; 0 if it is of another kind. */
    static int count(final String mode, final String kind) {
        return word(mode).equals(kind) ? count(mode) : 0;
    }

    private static int kind(final String mode) {
        return mode.equals(ONE_BY_ONE) ? -2 : KINDS.indexOf(word(mode));
    }

    private static String word(final String mode) {
        final Matcher matcher = COUNTED.matcher(mode);
        return matcher.matches() ? matcher.group(1) : mode;
    }

    private static int count(final String mode) {
        final Matcher matcher = COUNTED.matcher(mode);
        return matcher.matches() ? Integer.parseInt(matcher.group(2)) : 0;
    }
}
