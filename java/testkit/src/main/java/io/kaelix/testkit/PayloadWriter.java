// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit;

import io.kaelix.Claim;

/**
 * Writes the payload of a message of the load, in place.
 *
 * <p><b>Threads</b>: called by the publishers' threads, by several at the same time if the load has several publishers. Its time
 * is part of the latency: prepare beforehand what is expensive.
 */
@FunctionalInterface
public interface PayloadWriter {

    /**
     * Writes every byte of a claim. Neither commits nor aborts it. An exception ends the run and reaches its caller.
     *
     * @param claim of the length that the harness was given
     * @param number of the message among its publisher's, from 0, the warm-up's included
     */
    void write(Claim claim, int number);
}
