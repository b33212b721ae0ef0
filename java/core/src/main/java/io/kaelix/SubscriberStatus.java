// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a subscriber, or the reader that all handlers of a policy share, keeps up. A snapshot: lanes are looked at one after the other.
 *
 * <p>Bytes, messages and losses are exact for the moment that each lane is looked at; only in a lane that goes round while it is, messages
 * are counted to within an eighth of it. Time is known by the marks that publishers leave about each sixteenth of a lane, by the wall
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
 */
public record SubscriberStatus(List<TopicPattern> patterns, SlowSubscriberPolicy policy, Optional<String> thread, long lagBytes,
        long lagMessages, Duration lagAtLeast, Duration lagAtMost, Optional<Instant> blockingSince, long lost,
        Optional<Subscriber.Disconnection> disconnection) {
}
