// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

/** What a link promises when one of its ends dies, or what is between them. */
public enum BridgeMode {

    /**
     * What is in flight when an end dies, or when the network is cut for longer than Aeron repairs, is lost, and counted by both ends. A
     * receiver begins with what is sent from then on.
     */
    TRANSPORT,

    /**
     * The sender's Archive records before anything is acknowledged to the lanes, and receivers go on behind the last message that they have,
     * through crashes and cuts: once recorded, each message is delivered once to a subscriber that lives.
     */
    ARCHIVE
}
