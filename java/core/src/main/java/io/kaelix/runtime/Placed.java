// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.CpuSet;
import io.kaelix.numa.Affinity;
import io.kaelix.numa.Pinned;
import io.kaelix.numa.PlacementPlan.WorkerPlace;

/** Where a worker's thread runs, until that ends. */
record Placed(String reason, Pinned pinned) implements AutoCloseable {

    /** Pins the calling worker's thread, if that is wished. */
    static Placed asConfigured(final WorkerPool pool, final WorkerPlace place) {
        if (!pool.config().pinned()) {
            pool.letRoam();
            return new Placed("not pinned, as configured", null);
        }
        final Pinned pinned = Affinity.ofThisMachine().pin(CpuSet.of(place.cpu()));
        return new Placed(pinned.isAsAsked() ? pinned.reason() + ": " + place.reason() : pinned.reason(), pinned);
    }

    @Override
    public void close() {
        if (pinned != null) {
            pinned.close();
        }
    }
}
