// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.numa.Affinity;

/**
 * Which worker a task goes to that comes from outside.
 *
 * <p><b>Threads</b>: any. Nothing here changes.
 */
final class Homes {

    private final Worker[] workers;
    private final Parking parking;
    private final boolean pinned;
    private final Affinity affinity = Affinity.ofThisMachine();

    Homes(final Worker[] workers, final Parking parking, final boolean pinned) {
        this.workers = workers;
        this.parking = parking;
        this.pinned = pinned;
    }

    /**
     * The calling thread's worker; if that sleeps, the next that is awake; if all do, the next that does not keep to the caller's own CPU.
     */
    int of(final Thread caller) {
        final int home = ((int) caller.threadId() & Integer.MAX_VALUE) % workers.length;
        if (!parking.isAnyParked()) {
            return home;
        }
        final int awake = next(home, ~parking.parked());
        return awake >= 0 ? awake : elsewhere(home);
    }

    /** The first from there on whose bit is set, in turn; -1 if there is none. */
    private int next(final int from, final long bits) {
        for (int i = 0, at = from; i < workers.length; i++, at = after(at)) {
            if ((bits >>> at & 1) != 0) {
                return at;
            }
        }
        return -1;
    }

    /** The caller goes on, and would keep a worker that is woken from its CPU until its time slice ends. */
    private int elsewhere(final int from) {
        if (!pinned) {
            return from;
        }
        final int cpu = affinity.currentCpu();
        for (int i = 0, at = from; i < workers.length; i++, at = after(at)) {
            if (workers[at].place().cpu() != cpu) {
                return at;
            }
        }
        return from;
    }

    private int after(final int worker) {
        return worker + 1 == workers.length ? 0 : worker + 1;
    }
}
