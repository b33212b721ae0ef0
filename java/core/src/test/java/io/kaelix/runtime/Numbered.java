// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

/** A task that can be told from all others. Queues run nothing. */
record Numbered(int number) implements Runnable {

    @Override
    public void run() {
        throw new AssertionError("task " + number + " was run by a queue");
    }
}
