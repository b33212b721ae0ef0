// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How a subscriber, or the reader that all handlers of a policy share, keeps up. A snapshot: lanes are looked at one after the other.
 *
 * <p>Bytes, messages and losses are exact for the moment that each lane is looked at; only in a lane that goes round while it is, or of more
 * than 4 MiB, which would take too long to count, messages are told to within an eighth of it. Time is known by the marks that publishers leave about each sixteenth of a lane, by the wall
 * clock: two bounds.
 *
 * @param patterns of the topics that it receives; of a shared reader, those of all handlers
 * @param policy what happens when it is slow
 * @param thread name of the thread that polls it, once one has
 * @param lagBytes sent and not received yet, in all lanes
 * @param lagMessages the same in messages; of publishers of many topics, of all of them
 * @param lagAtLeast the oldest message that it has not received is at least this old
 * @param lagAtMost and at most this old
 * @param blockingSince if a publisher was refused space for its sake that it has not made yet: since when, the longest of all its lanes
 * @param lost messages that it will not receive, as {@link Subscriber#lost}
 * @param disconnection how it was cut off, if it was
 * @param number that no other subscriber or shared reader of the streamer has, or had
 * @param received messages that it has read since it started, in all its lanes, those of other topics and those that were passed over
 *     included. As exact as {@code lagMessages}
 * @param deliveryLatency from when a message was sent to when this came to it, of those that were
 *     {@linkplain StreamerConfig#latencySamplingBytes timed}. Sent is when it was committed, or offered, not when its claim was made; in a
 *     batch, when it was added to that. Of a lane that carries topics which this does not want, messages of those count as well. A live
 *     view
 * @param handlerTime how long handlers took, one message of each turn of the worker while messages are timed; of a shared reader alone,
 *     all handlers of that message together. Empty for others. A live view
 */
public record SubscriberStatus(List<TopicPattern> patterns, SlowSubscriberPolicy policy, Optional<String> thread, long lagBytes,
        long lagMessages, Duration lagAtLeast, Duration lagAtMost, Optional<Instant> blockingSince, long lost,
        Optional<Subscriber.Disconnection> disconnection, long number, long received, Latencies deliveryLatency, Latencies handlerTime) {

    /** Its patterns and number, as in {@code orders.*#3}: a name for reports. Handlers that come and go change it, but for the number. */
    public String owner() {
        return patterns.stream().map(TopicPattern::text).collect(Collectors.joining(",")) + "#" + number;
    }
}
