// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import io.kaelix.numa.Pinned;

/** Where a worker's thread runs, until that ends. */
record Placed(String reason, Pinned pinned) implements AutoCloseable {

    @Override
    public void close() {
        if (pinned != null) {
            pinned.close();
        }
    }
}
