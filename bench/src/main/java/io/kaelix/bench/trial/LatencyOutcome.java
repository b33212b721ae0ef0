// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

/**
 * What a latency trial found. Histograms of nanoseconds, one way, as {@link EncodedHistogram} writes them.
 *
 * @param all every measured message
 * @param quiet those that overlap no gap which either thread saw, nor its shadow; null for ping-pong
 * @param sent messages, warm-up included
 * @param gapsProducer gaps that the producer saw, warm-up included; 0 for ping-pong
 * @param gapsConsumer gaps that the consumer saw
 * @param allocatedPerMessage bytes of heap that both threads allocated per message, in the measured part
 * @param settings of the system
 */
public record LatencyOutcome(String all, String quiet, long sent, int gapsProducer, int gapsConsumer, double allocatedPerMessage,
        String settings) {
}
