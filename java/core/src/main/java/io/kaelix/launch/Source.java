// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

/** Something that tells figures, which a {@link Collector} copies. Asked by its thread alone. */
interface Source extends AutoCloseable {

    /** What it is, for logs. */
    String name();

    /** Copies what it tells at this moment. */
    void collect();

    /** Takes what it has shown back. */
    @Override
    void close();
}
