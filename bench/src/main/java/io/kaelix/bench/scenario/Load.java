// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scenario;

/**
 * What a system is asked to carry.
 *
 * @param payload bytes of each message, a multiple of 8
 * @param publishers threads that send
 * @param subscribers that each receive every message, all on one thread
 */
public record Load(int payload, int publishers, int subscribers) {

    /** Checks what a command line may get wrong. */
    public Load {
        if (payload < Long.BYTES || payload % Long.BYTES != 0) {
            throw new IllegalArgumentException("a payload is a whole number of 8-byte words, not " + payload + " bytes");
        }
        if (publishers < 1 || subscribers < 1) {
            throw new IllegalArgumentException("at least one publisher and one subscriber");
        }
    }

    /** One thread to one thread. */
    public static Load of(final int payload) {
        return new Load(payload, 1, 1);
    }

    /** Words of each message. */
    public int words() {
        return payload / Long.BYTES;
    }
}
