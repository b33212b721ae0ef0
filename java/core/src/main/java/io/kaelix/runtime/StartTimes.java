// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

/** How long tasks waited with a worker until they were started, by level, and how long its wake-ups took. */
final class StartTimes {

    StartTimes(final int levels) {
    }

    /** A task was started. */
    void record(final int level, final long nanos) {
    }

    /** It was woken, and runs. */
    void recordWake(final long nanos) {
    }
}
