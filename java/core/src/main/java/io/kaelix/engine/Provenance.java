// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.net.Flows;

/**
 * Where the messages of a lane come from.
 *
 * @param origin {@linkplain Flows#instance instance} that they were published at; 0 for this one
 * @param hops hosts that have passed them on until they came here
 */
record Provenance(long origin, int hops) {

    /** They were published here. */
    static final Provenance HERE = new Provenance(0, 0);

    Provenance {
        if (hops < 0 || hops > Flows.MAX_HOPS) {
            throw new IllegalArgumentException("from 0 to " + Flows.MAX_HOPS + " hops, not " + hops);
        }
    }
}
