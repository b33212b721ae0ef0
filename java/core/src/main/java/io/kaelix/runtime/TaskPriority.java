// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import java.util.Arrays;
import java.util.List;

/**
 * How urgent a task is. A worker starts the most urgent that waits with it, but serves the others now and then, so that none waits for
 * ever: see {@link TaskScheduler}.
 *
 * <p>A scheduler that has {@linkplain SchedulerConfig#priorities() fewer levels} than these puts neighbours together: with three, CRITICAL
 * and HIGH are one; with two, NORMAL and BACKGROUND are one as well.
 */
public enum TaskPriority {

    /** Before all others: what a message is waiting for. */
    CRITICAL,

    /** Before what is normal. */
    HIGH,

    /** What does not say otherwise. */
    NORMAL,

    /** When nothing else is to be done, and a little even then. */
    BACKGROUND;

    /** Those that are this level of so many. */
    static List<TaskPriority> ofLevel(final int level, final int levels) {
        return Arrays.stream(values()).filter(priority -> priority.level(levels) == level).toList();
    }

    /** Its level of so many, 0 the most urgent. */
    int level(final int levels) {
        return ordinal() * levels >> 2;
    }
}
