// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import io.kaelix.memory.NativeMemory;
import io.kaelix.telemetry.FlightEvents;

/**
 * Counts how often the writer of a lane was refused space, where any thread can see it, and tells the flight recorder of waits that were
 * long. A wait begins with the first refusal and ends when space is granted, or given up for; who offers again and again, and does
 * something else in between, waits meanwhile.
 *
 * <p><b>Threads</b>: the writer's. It is asked where space is looked for, sixteen times a turn of the ring, and where there is none.
 */
final class LaneRefusals {

    private final Lane lane;
    private final long counter;
    /** Since when it has waited, if that is to be told; else 0. And how many refusals there were when that began. */
    private long since;
    private long before;

    LaneRefusals(final Lane lane) {
        this.lane = lane;
        this.counter = lane.control() + LaneDescriptor.REFUSALS_OFFSET;
    }

    /** There was no space. */
    void refused() {
        final long refusals = NativeMemory.getLong(counter);
        // SYNC: pairs with Lane.refusals.
        NativeMemory.putLongRelease(counter, refusals + 1);
        if (since == 0 && lane.backpressureEvent() != 0 && FlightEvents.isBackpressureOn()) {
            // Any value but 0, which says that nothing is to be told.
            since = System.nanoTime() | 1;
            before = refusals;
        }
    }

    /** There is space. */
    void granted() {
        if (since != 0) {
            tell(true);
        }
    }

    /** Nobody waits for space any more. */
    void givenUp() {
        if (since != 0) {
            tell(false);
        }
    }

    private void tell(final boolean relieved) {
        final long waited = System.nanoTime() - since;
        since = 0;
        final long atLeast = lane.backpressureEvent();
        if (atLeast != 0 && waited >= atLeast) {
            FlightEvents.backpressure(lane.name(), lane.publisherId(), waited, lane.refusals() - before, relieved);
        }
    }
}
