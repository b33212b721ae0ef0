// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.report;

import io.kaelix.Placement;
import io.kaelix.cli.verify.Verdict;

/**
 * What a run came to.
 *
 * @param messages that were published, by all publishers
 * @param bytes of payload in them
 * @param publishers how many
 * @param subscribers how many
 * @param seconds from the first message sent to the last one received
 * @param latency of the messages that carried a time, or null if none did
 * @param spread of the messages over streams, or null if there was one topic
 * @param verdict on what arrived
 * @param placement of the memory
 * @param interrupted whether it was ended early
 */
public record RunReport(long messages, long bytes, int publishers, int subscribers, double seconds, Latency latency, Spread spread,
        Verdict verdict, Placement placement, boolean interrupted) {

    /**
     * Over how many streams the messages were.
     *
     * @param streams that there were
     * @param reached that every subscriber got a message of
     */
    public record Spread(int streams, int reached) {
    }

    /** Messages published a second; 0 if it took no time. */
    public double messagesPerSecond() {
        return seconds > 0 ? messages / seconds : 0;
    }

    /** Bytes of payload a second; 0 if it took no time. */
    public double bytesPerSecond() {
        return seconds > 0 ? bytes / seconds : 0;
    }
}
