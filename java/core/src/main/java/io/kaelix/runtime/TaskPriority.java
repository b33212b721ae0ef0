// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

/**
 * How urgent a task is compared to the others of its scheduler: among tasks that could run now, those of an earlier constant go first.
 *
 * <p>It is no priority of the operating system, and no task is interrupted for another: one that is running runs on to its end.
 */
public enum TaskPriority {
    /** Something is late already while this waits: a control message, the end of a lease. Keep these few and short. */
    CRITICAL,
    /** Somebody waits for it. */
    HIGH,
    /** Work as it comes. The one to take when in doubt. */
    NORMAL,
    /** Nobody waits for it: clearing up, statistics. */
    BACKGROUND
}
