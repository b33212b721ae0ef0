// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit.load;

import io.kaelix.MemoryStreamer;
import io.kaelix.MessageHandler;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamerConfig;
import io.kaelix.Topic;
import io.kaelix.testkit.PayloadWriter;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What to run; checked before.
 *
 * @param handler the user's
 * @param payload writes each message
 * @param payloadBytes length of each message
 * @param messagesPerSecond of all publishers together
 * @param publishers how many share the load
 * @param warmUp load before the measured one; may be zero
 * @param duration of the measured load
 * @param timeout how long the run may take beyond its schedule
 * @param topic to send to
 * @param policy of the subscriber
 * @param streamer to run on, or null for one of its own
 * @param config of its own streamer
 * @param clock nanoseconds
 */
public record LoadSettings(MessageHandler handler, PayloadWriter payload, int payloadBytes, long messagesPerSecond, int publishers,
        Duration warmUp, Duration duration, Duration timeout, Topic topic, SlowSubscriberPolicy policy, MemoryStreamer streamer,
        StreamerConfig config, LongSupplier clock) {

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /** Messages of the warm-up, all publishers. */
    public long warmUpMessages() {
        return messages(warmUp);
    }

    /** Messages of the measured load, all publishers. */
    public long measuredMessages() {
        return messages(duration);
    }

    private long messages(final Duration time) {
        final long nanos = time.toNanos();
        return nanos / NANOS_PER_SECOND * messagesPerSecond + nanos % NANOS_PER_SECOND * messagesPerSecond / NANOS_PER_SECOND;
    }
}
