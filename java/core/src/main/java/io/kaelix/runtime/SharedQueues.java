// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.memory.Padded;

/** What thieves, and those who schedule from outside, read of {@link WorkerQueues}, and nobody writes. */
abstract class SharedQueues extends Padded {

    // Two references, which leave no hole behind them: the JVM would put the first int of a subclass into it, ahead of the padding.
    final TaskInbox[] inboxes;
    final TaskDeque[] deques;

    SharedQueues(final int levels, final int queueCapacity, final int forkCapacity) {
        inboxes = new TaskInbox[levels];
        deques = new TaskDeque[levels];
        for (int level = 0; level < levels; level++) {
            inboxes[level] = new TaskInbox(queueCapacity);
            deques[level] = new TaskDeque(forkCapacity);
        }
    }

    /** Whether the next task of this level has its time taken: {@link TaskInbox#isNextTimed}. */
    boolean isNextTimed(final int level) {
        return inboxes[level].isNextTimed();
    }

    /** Offers a task from outside; what {@link TaskInbox#offer} answers. */
    int offer(final Runnable task, final int level, final long now) {
        return inboxes[level].offer(task, now);
    }
}
