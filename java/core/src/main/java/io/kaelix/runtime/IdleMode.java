// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

/** What a worker does that finds no task. */
public enum IdleMode {

    /**
     * Spins for a moment, then lets others have the CPU between its looks, then sleeps until it is woken. How long it stays awake follows
     * from the {@linkplain SchedulerConfig#targetLatency() target latency} and from how often tasks come: see {@link SchedulerConfig}.
     */
    ADAPTIVE,

    /** Never sleeps, and never leaves its CPU: the lowest latency, and a core for each worker, whether there is anything to do or not. */
    BUSY_SPIN,

    /** Sleeps at once: least CPU time, and a wake-up, some 50 µs, before each task that finds it idle. */
    PARK
}
