// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.telemetry.LatencyHistogram;

/**
 * What 'lately' is: from a moment that lies one to two lengths back, if it is looked at often, and else from the look before the last.
 *
 * <pre>
 *      start                 next                     now
 *   ─────┼─────────────────────┼───────────────────────┼────►
 *        │◄─ one length or more ►│◄─ up to one length ──►│
 * </pre>
 *
 * <p><b>Threads</b>: any, one at a time. Whoever looks into what it keeps holds its lock, or it may be filled anew meanwhile.
 */
final class Window {

    /** One second. */
    static final long NANOS = 1_000_000_000;

    private Totals start;
    private Totals next;
    /** Histograms that are in neither: those of the next move. */
    private LatencyHistogram[] spare;
    /** Those of the move behind the first, which leaves nothing behind: both are the same until then. */
    private final LatencyHistogram[] second;

    Window(final Totals atLaunch) {
        start = atLaunch;
        next = atLaunch;
        spare = Totals.emptyDelays(atLaunch.delays().length);
        second = Totals.emptyDelays(atLaunch.delays().length);
    }

    /** Whether it is time to move on. */
    synchronized boolean isOver(final long now) {
        return now - next.at() >= NANOS;
    }

    /** The newest that is kept. */
    synchronized Totals latest() {
        return next;
    }

    /** Moves on if it is time. */
    synchronized void move(final Totals now) {
        if (isOver(now.at())) {
            spare = start == next ? second : start.delays();
            start = next;
            next = now;
        }
    }

    /** Does what {@link #move(long, WorkerPool)} does once, so that whatever the JVM has to link for it is linked; without effect. */
    synchronized void rehearse(final WorkerPool pool) {
        Totals.of(0, pool, spare);
    }

    /** Moves on if it is time, in the memory of what it has left behind. */
    synchronized void move(final long now, final WorkerPool pool) {
        if (isOver(now)) {
            move(Totals.of(now, pool, spare));
        }
    }

    /** Where it begins. */
    synchronized Totals start() {
        return start;
    }
}
