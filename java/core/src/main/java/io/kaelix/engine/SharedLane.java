// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.lane.StreamSet;

/** A lane of a directory, as one streamer knows it. Under the registry's lock. */
final class SharedLane {

    final int entry;
    final long number;
    /** Whether its publisher is one of this streamer's. */
    final boolean own;
    /** Streams that it has carried, as far as they were learned. */
    final StreamSet used;
    /** How many of its first uses were learned. */
    long uses;
    /** Whether it was resumed by this streamer, and is kept for who wants the oldest until that is closed. */
    boolean kept;
    /** Over its mapped memory; null if this streamer takes no part in it. */
    Channel channel;

    SharedLane(final int entry, final long number, final boolean own, final StreamSet used) {
        this.entry = entry;
        this.number = number;
        this.own = own;
        this.used = used;
    }
}
