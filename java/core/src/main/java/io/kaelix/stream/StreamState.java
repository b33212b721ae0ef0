// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stream;

/** Where an id of the {@link StreamTable} is in its life. */
public enum StreamState {

    /** Not in use. What new memory, all zero, says. */
    FREE,

    /** Its name leads to it. */
    ACTIVE,

    /** No name leads to it, and it is not used again before it was recycled: lanes may still hold frames of it. */
    EXPIRED
}
