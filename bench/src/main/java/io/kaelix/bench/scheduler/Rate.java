// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scheduler;

import io.kaelix.bench.trial.Tally;
import io.kaelix.bench.trial.TrialException;

/**
 * How fast something is that counts itself.
 *
 * @param bytesEach of heap, of all threads
 */
record Rate(double perSecond, double bytesEach) {

    private static final long LOOK_MILLIS = 10;
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    /**
     * Watches it for the time that the request has, after the warm-up; for longer if nothing has happened by then, as on a machine that
     * is busy elsewhere.
     */
    static Rate of(final Tally tally, final SchedulerRequest request) throws TrialException, InterruptedException {
        Thread.sleep(Math.round(request.warmup() * 1e3));
        final long bytesBefore = Usage.allocatedBytes();
        final long countBefore = tally.read();
        final long before = System.nanoTime();
        Thread.sleep(Math.max(1, Math.round(request.seconds() * 1e3)));
        while (tally.read() == countBefore && System.nanoTime() - before < PATIENCE_NANOS) {
            Thread.sleep(LOOK_MILLIS);
        }
        final long count = tally.read() - countBefore;
        final long nanos = System.nanoTime() - before;
        final long bytes = Usage.allocatedBytes() - bytesBefore;
        if (count <= 0) {
            throw new TrialException("nothing was run in " + nanos / 1_000_000_000 + " s");
        }
        return new Rate(count * 1e9 / nanos, Math.max(0, bytes) / (double) count);
    }

    /** The same of the parts of what was counted. */
    Rate times(final int parts) {
        return new Rate(perSecond * parts, bytesEach / parts);
    }
}
