// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.pipe;

import java.time.Duration;

/**
 * For how long an exchange that was cut off is waited for.
 *
 * <p><b>Threads</b>: one.
 */
final class Patience {

    private final long limit;
    private long cutSince;
    private boolean cut;

    /** @param limit longest time to wait */
    Patience(final Duration limit) {
        this.limit = limit.toNanos();
    }

    /**
     * Notes the state at a time.
     *
     * @return whether it has lasted too long
     */
    boolean isOver(final Exchange.State state, final long nanoTime) {
        if (state != Exchange.State.CUT) {
            cut = false;
            return state == Exchange.State.ENDED;
        }
        if (!cut) {
            cut = true;
            cutSince = nanoTime;
        }
        return nanoTime - cutSince >= limit;
    }
}
