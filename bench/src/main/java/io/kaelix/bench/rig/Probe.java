// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import java.util.List;

/**
 * A row to be: a system, used in one way, that is measured once a round by a child process.
 *
 * @param system its name
 * @param mode how it is used
 * @param kind what is measured: {@code throughput}, {@code ping-pong}, {@code paced}; how many workers of a scheduler
 * @param payload bytes of each message; 0 where there are none
 * @param publishers threads that send
 * @param subscribers that each receive everything
 * @param version of the system
 * @param trial measures it once
 * @param <T> what one measurement finds
 */
record Probe<T>(String system, String mode, String kind, int payload, int publishers, int subscribers, String version, Trial<T> trial) {

    /** One measurement. */
    @FunctionalInterface
    interface Trial<T> {

        /**
         * Measures.
         *
         * @param round from 1 on
         * @throws TrialFailure if it came to no figures
         */
        T run(int round) throws TrialFailure, InterruptedException;
    }

    /** For progress and complaints. */
    String label() {
        return String.join(" ", payload == 0 ? List.of(system, mode, kind) : List.of(system, mode, kind, payload + " B"));
    }
}
