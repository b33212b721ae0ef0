// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.top;

import java.io.IOException;

/** A terminal that is redrawn in place, on one thread. Closing it leaves it as it was found. */
interface Screen extends AutoCloseable {

    /** Columns, now. */
    int width();

    /** Lines, now. */
    int height();

    /** The next key as {@link Keys} has them. */
    int key(long millis) throws IOException;

    /** Sends a frame, whole. */
    void draw(String frame) throws IOException;

    @Override
    void close() throws IOException;
}
