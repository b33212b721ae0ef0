// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import io.kaelix.bench.trial.TrialException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What looks at the messages of a trial and says when there were enough.
 *
 * <p><b>Threads</b>: {@link #await} and {@link #check} any, the rest the one that messages come on.
 */
abstract class Meter {

    private static final double PATIENCE_SECONDS = 20;

    private final CountDownLatch done = new CountDownLatch(1);
    private final double expectedSeconds;
    private volatile String failure;

    Meter(final double expectedSeconds) {
        this.expectedSeconds = expectedSeconds;
    }

    /** Whether there were enough, or one was not what was due. */
    final boolean isDone() {
        return done.getCount() == 0;
    }

    final void finish() {
        done.countDown();
    }

    /** Ends it; {@link #check} will say why. */
    final void fail(final String reason) {
        if (failure == null) {
            failure = reason;
        }
        done.countDown();
    }

    /** For who polls: whether it is over, or took far longer than it should. */
    final boolean isOver(final long startedNanos) {
        if (!isDone() && System.nanoTime() - startedNanos > (expectedSeconds + PATIENCE_SECONDS) * 1e9) {
            fail(missing());
        }
        return isDone();
    }

    /** Waits until it is over. */
    final void await() throws InterruptedException {
        if (!done.await((long) ((expectedSeconds + PATIENCE_SECONDS) * 1e9), TimeUnit.NANOSECONDS)) {
            fail(missing());
        }
    }

    /** What did not come, in one line. */
    abstract String missing();

    /** @throws TrialException if something failed */
    final void check() throws TrialException {
        if (failure != null) {
            throw new TrialException(failure);
        }
    }
}
