// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

/** A streamer that hands out its lanes: see {@link Flows#of}. */
public interface FlowsOwner {

    /** Its lanes, for as long as it is open. */
    Flows flows();
}
