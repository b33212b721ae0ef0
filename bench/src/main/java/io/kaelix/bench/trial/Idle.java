// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

/** What a thread does when there was nothing to receive or no room to send: the same for every system. */
final class Idle {

    /** Tries with nothing to show for, after which a thread lets others have its CPU. */
    private static final int SPINS = 100;

    private Idle() {
    }

    /**
     * Waits a moment.
     *
     * @param shared whether more threads are busy than CPUs are there
     * @param tries in vain so far
     * @return tries in vain, this one among them
     */
    static int idle(final boolean shared, final int tries) {
        if (shared && tries >= SPINS) {
            Thread.yield();
            return tries;
        }
        Thread.onSpinWait();
        return tries + 1;
    }
}
