// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.CpuSet;
import io.kaelix.numa.Affinity;
import io.kaelix.numa.Pinned;
import io.kaelix.numa.PlacementPlan.WorkerPlace;
import io.kaelix.telemetry.FlightEvents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a worker's thread runs, until that ends.
 *
 * @param reason in one line: where it runs, and why there
 * @param pinned what closing it undoes, or null
 * @param systemThread its number, as the operating system has it, or {@link #UNKNOWN}
 */
record Placed(String reason, Pinned pinned, long systemThread) implements AutoCloseable {

    static final long UNKNOWN = -1;

    static final Placed NOT_STARTED = new Placed("not started", null, UNKNOWN);

    /** Pins the calling worker's thread, if that is wished. */
    static Placed asConfigured(final WorkerPool pool, final WorkerPlace place) {
        if (!pool.config().pinned()) {
            pool.letRoam();
            return new Placed("not pinned, as configured", null, numberOfThread());
        }
        final Pinned pinned = Affinity.ofThisMachine().pin(CpuSet.of(place.cpu()));
        if (!pinned.isAsAsked()) {
            FlightEvents.placementFallback(Thread.currentThread().getName(), "CPU " + place.cpu(), "CPUs " + Affinity.ofThisMachine().cpus(),
                    pinned.reason());
        }
        return new Placed(pinned.isAsAsked() ? pinned.reason() + ": " + place.reason() : pinned.reason(), pinned,
                numberOfThread());
    }

    /** Of the calling thread, by the one link in the file system that is about that. */
    private static long numberOfThread() {
        try {
            return Long.parseLong(Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName().toString());
        } catch (final IOException | RuntimeException absent) {
            // No proc file system, or not the one that is known here.
            return UNKNOWN;
        }
    }

    @Override
    public void close() {
        if (pinned != null) {
            pinned.close();
        }
    }
}
