// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

/**
 * What 'lately' is: from a moment that lies one to two lengths back, if it is looked at often, and else from the look before the last.
 *
 * <pre>
 *      start                 next                     now
 *   ─────┼─────────────────────┼───────────────────────┼────►
 *        │◄─ one length or more ►│◄─ up to one length ──►│
 * </pre>
 *
 * <p><b>Threads</b>: any, one at a time.
 */
final class Window {

    /** One second. */
    static final long NANOS = 1_000_000_000;

    private Totals start;
    private Totals next;

    Window(final Totals atLaunch) {
        start = atLaunch;
        next = atLaunch;
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
            start = next;
            next = now;
        }
    }

    /** Where it begins. */
    synchronized Totals start() {
        return start;
    }
}
