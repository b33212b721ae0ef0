// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.TopicPattern;

/** How the topics of two patterns lie to each other. */
final class Covering {

    private static final String ANY = "*";
    private static final String REST = ">";

    private Covering() {
    }

    /** Whether every topic of the inner pattern is one of the outer. */
    static boolean covers(final TopicPattern outer, final TopicPattern inner) {
        final String[] out = outer.text().split("\\.", -1);
        final String[] in = inner.text().split("\\.", -1);
        for (int i = 0; i < out.length; i++) {
            if (i >= in.length) {
                return false;
            }
            if (out[i].equals(REST)) {
                return true;
            }
            // A rest has topics that are longer than anything without one.
            if (in[i].equals(REST) || !out[i].equals(ANY) && !out[i].equals(in[i])) {
                return false;
            }
        }
        return in.length == out.length;
    }

    /** Whether some topic is one of both. */
    static boolean overlap(final TopicPattern one, final TopicPattern other) {
        final String[] left = one.text().split("\\.", -1);
        final String[] right = other.text().split("\\.", -1);
        final int both = Math.min(left.length, right.length);
        for (int i = 0; i < both; i++) {
            if (left[i].equals(REST) || right[i].equals(REST)) {
                return true;
            }
            if (!left[i].equals(ANY) && !right[i].equals(ANY) && !left[i].equals(right[i])) {
                return false;
            }
        }
        return left.length == right.length;
    }
}
