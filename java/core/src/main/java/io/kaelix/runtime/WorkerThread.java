// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

/** The thread of a worker, by which the scheduler knows that a task is scheduled by another one of its own. */
final class WorkerThread extends Thread {

    final Worker worker;

    WorkerThread(final Worker worker, final String name) {
        // No inheritable thread-locals: what the launching thread happens to hold is not the tasks' business, and would be kept for ever.
        super(null, worker, name, 0, false);
        this.worker = worker;
        setDaemon(true);
    }
}
