// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.memory.Padded;

/** What thieves, and those who schedule from outside, read of {@link WorkerQueues}, and nobody writes. */
abstract class SharedQueues extends Padded {

    final int levels;
    final TaskInbox[] inboxes;
    final TaskDeque[] deques;

    SharedQueues(final int levels, final int queueCapacity, final int forkCapacity) {
        this.levels = levels;
        inboxes = new TaskInbox[levels];
        deques = new TaskDeque[levels];
        for (int level = 0; level < levels; level++) {
            inboxes[level] = new TaskInbox(queueCapacity);
            deques[level] = new TaskDeque(forkCapacity);
        }
    }

    /** Offers a task from outside; what {@link TaskInbox#offer} answers. */
    int offer(final Runnable task, final int level, final long now) {
        return inboxes[level].offer(task, now);
    }
}
