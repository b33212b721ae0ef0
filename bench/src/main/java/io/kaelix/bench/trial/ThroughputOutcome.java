// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

/**
 * What a throughput trial found.
 *
 * @param perSecond messages a second, as each subscriber received them
 * @param lostFraction of what was sent, warm-up included; 0 where nothing may be lost
 * @param allocatedPerMessage bytes of heap that producers and consumer allocated per message received, in the measured part
 * @param settings of the system
 */
public record ThroughputOutcome(double perSecond, double lostFraction, double allocatedPerMessage, String settings) {
}
