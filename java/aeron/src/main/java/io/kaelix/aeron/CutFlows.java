// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import java.util.ArrayList;
import java.util.List;

/**
 * Flows whose senders are gone without a word: cut off, or killed. They are kept for a while, since one that was cut off goes on where it
 * was, and not longer, since each has a lane. Whoever is not among them any more is closed: what it published is still read.
 *
 * <p>One thread.
 */
final class CutFlows {

    /** Most that are kept: the one that is gone longest makes room. */
    static final int MOST = 16;
    /** How long one is kept. */
    static final long KEPT_NANOS = 60_000_000_000L;

    private record Cut(RemoteFlow flow, long since) {
    }

    /** The one that is gone longest first. */
    private final List<Cut> cuts = new ArrayList<>(MOST);

    /** Keeps one from now on. */
    void add(final RemoteFlow flow, final long now) {
        if (cuts.size() == MOST) {
            cuts.removeFirst().flow().close();
        }
        cuts.add(new Cut(flow, now));
    }

    /** Gives back the one of a number, which is kept no more; null if there is none. */
    RemoteFlow take(final long number) {
        for (int i = 0; i < cuts.size(); i++) {
            if (cuts.get(i).flow().number() == number) {
                return cuts.remove(i).flow();
            }
        }
        return null;
    }

    /** Closes those that were kept long enough, and has the others publish what they still have. */
    void turn(final long now) {
        while (!cuts.isEmpty() && now - cuts.getFirst().since() > KEPT_NANOS) {
            cuts.removeFirst().flow().close();
        }
        // Each turn: no iterator is made.
        for (int i = 0; i < cuts.size(); i++) {
            cuts.get(i).flow().catchUp();
        }
    }

    /** Closes all. */
    void close() {
        cuts.forEach(cut -> cut.flow().close());
        cuts.clear();
    }
}
