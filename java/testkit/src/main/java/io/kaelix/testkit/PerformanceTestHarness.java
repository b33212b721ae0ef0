// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit;

import io.kaelix.Claim;
import io.kaelix.MemoryStreamer;
import io.kaelix.MessageHandler;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamerConfig;
import io.kaelix.Topic;
import io.kaelix.testkit.load.LoadRun;
import io.kaelix.testkit.load.LoadSettings;
import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * Measures how fast a message handler is under a sustained load: for tests, by users of the library.
 *
 * {@snippet :
 * PerformanceTestHarness harness = PerformanceTestHarness.of(message -> book.apply(message.getLong(0)))
 *         .messagesPerSecond(20_000)
 *         .payloadBytes(64)
 *         .warmUp(Duration.ofMillis(500))
 *         .duration(Duration.ofSeconds(1))
 *         .build();
 * harness.run().assertP99Below(Duration.ofNanos(200_000));
 * }
 *
 * <p><b>The load is open</b>: each message has a time when it is due, set beforehand by the rate alone, and its latency counts from
 * then. When something stalls, all that was due meanwhile is late, and is counted as late; the load does not wait politely until the
 * system is ready again (which is known as coordinated omission, and makes a system look good that is not).
 *
 * <p><b>The clock stops when the handler has returned</b>: the handler is what is tested, its own time is part of the latency, and of that
 * of the messages that wait behind it.
 *
 * <p><b>Threads</b>: {@link #run} starts one for each publisher and one that receives and calls the handler. All of them spin, so the
 * machine should have that many CPUs to spare; where it has not, they yield to one another, and a verdict other than a pass says little.
 * A harness is immutable and may run again; runs at the same time disturb one another.
 *
 * <p><b>Memory</b>: 8 bytes for each measured message.
 */
public final class PerformanceTestHarness {

    private final LoadSettings settings;

    private PerformanceTestHarness(final LoadSettings settings) {
        this.settings = settings;
    }

    /**
     * Begins to describe a test of a handler.
     *
     * @param handler called with each message, on one thread
     */
    public static Builder of(final MessageHandler handler) {
        return new Builder(handler);
    }

    /**
     * Runs the load: looks for a tenth of a second how noisy the machine is, warms up, rests for a tenth of a second, measures. Blocks
     * meanwhile. Publishers, subscriber, threads, and the streamer if it was not given, are closed at the end.
     *
     * @throws RuntimeException what the handler or the payload writer threw, itself; an {@link Error} as well
     * @throws RunTimeoutException if the run does not end in time, because the handler hangs or is too slow for the load
     * @throws IllegalStateException if the streamer is closed by others
     * @throws IllegalArgumentException if the payload is longer than the streamer's messages may be
     * @throws InterruptedException if the calling thread is interrupted; the run is given up
     */
    public LatencyResults run() throws InterruptedException {
        return Evaluation.of(new LoadRun(settings).execute(), settings.duration());
    }

    /** Describes a test; what is not said has the default that is named there. */
    public static final class Builder {

        private static final long MAX_RATE = 10_000_000;
        private static final long MAX_MEASURED = 20_000_000;
        private static final int MAX_PUBLISHERS = 64;
        private static final Duration MAX_TIME = Duration.ofHours(1);

        private final MessageHandler handler;
        private PayloadWriter payload = Builder::writeNumber;
        private int payloadBytes = 64;
        private long messagesPerSecond = 10_000;
        private int publishers = 1;
        private Duration warmUp = Duration.ofSeconds(1);
        private Duration duration = Duration.ofSeconds(2);
        private Duration timeout = Duration.ofSeconds(10);
        private Topic topic = Topic.of("testkit.load");
        private SlowSubscriberPolicy policy = SlowSubscriberPolicy.BLOCK;
        private MemoryStreamer streamer;
        private StreamerConfig config;
        private LongSupplier clock = System::nanoTime;

        private Builder(final MessageHandler handler) {
            this.handler = Objects.requireNonNull(handler, "handler");
        }

        /** Rate of all publishers together, 1 to 10,000,000. Default 10,000. */
        public Builder messagesPerSecond(final long rate) {
            requireRange("messagesPerSecond", rate, 1, MAX_RATE);
            this.messagesPerSecond = rate;
            return this;
        }

        /** Length of each message's payload, at least 0. Default 64. */
        public Builder payloadBytes(final int bytes) {
            requireRange("payloadBytes", bytes, 0, Integer.MAX_VALUE);
            this.payloadBytes = bytes;
            return this;
        }

        /** What the messages hold. Default: the message's number in each 64-bit word, its lowest byte in what is left over. */
        public Builder payload(final PayloadWriter writer) {
            this.payload = Objects.requireNonNull(writer, "writer");
            return this;
        }

        /** How many threads send, each with a publisher: 1 to 64. Default 1. */
        public Builder publishers(final int count) {
            requireRange("publishers", count, 1, MAX_PUBLISHERS);
            this.publishers = count;
            return this;
        }

        /** For how long the load runs before it is measured; may be zero. Default 1 s. */
        public Builder warmUp(final Duration time) {
            this.warmUp = requireTime("warmUp", time);
            return this;
        }

        /** For how long the load is measured. Default 2 s. */
        public Builder duration(final Duration time) {
            this.duration = requireTime("duration", time);
            return this;
        }

        /** How long the run may take beyond its schedule, to work off what has piled up. Default 10 s. */
        public Builder timeout(final Duration time) {
            this.timeout = requireTime("timeout", time);
            return this;
        }

        /** Topic that the load is sent to. Default {@code testkit.load}. */
        public Builder topic(final Topic name) {
            this.topic = Objects.requireNonNull(name, "name");
            return this;
        }

        /** Policy of the subscriber that calls the handler. Default {@link SlowSubscriberPolicy#BLOCK}, which loses nothing. */
        public Builder slowSubscriberPolicy(final SlowSubscriberPolicy slow) {
            this.policy = Objects.requireNonNull(slow, "slow");
            return this;
        }

        /**
         * A streamer to run on, which stays open. What others publish to the topic goes to the handler too, and is not measured. Default:
         * one of its own.
         */
        public Builder streamer(final MemoryStreamer running) {
            this.streamer = Objects.requireNonNull(running, "running");
            return this;
        }

        /** Settings of the harness's own streamer. Default {@link StreamerConfig#defaults}. */
        public Builder streamerConfig(final StreamerConfig settings) {
            this.config = Objects.requireNonNull(settings, "settings");
            return this;
        }

        /**
         * Clock to measure by, in nanoseconds: never goes back, goes on by itself, may be read by several threads. For tests of tests.
         * Default {@link System#nanoTime}.
         */
        public Builder clock(final LongSupplier nanos) {
            this.clock = Objects.requireNonNull(nanos, "nanos");
            return this;
        }

        /**
         * The harness.
         *
         * @throws IllegalArgumentException if the load is empty or too large to be recorded, or there are both a streamer and a config
         */
        public PerformanceTestHarness build() {
            if (streamer != null && config != null) {
                throw new IllegalArgumentException("both a streamer and a streamerConfig are set: a streamer that is given has its own");
            }
            final LoadSettings settings = settings();
            final long measured = settings.measuredMessages();
            if (measured < publishers || measured > MAX_MEASURED) {
                throw new IllegalArgumentException("a duration of " + duration + " at messagesPerSecond " + messagesPerSecond + " makes "
                        + measured + " messages: it must be at least one for each of the " + publishers + " publishers and at most "
                        + MAX_MEASURED);
            }
            if (settings.warmUpMessages() > Integer.MAX_VALUE - MAX_MEASURED) {
                throw new IllegalArgumentException("a warmUp of " + warmUp + " at messagesPerSecond " + messagesPerSecond + " makes "
                        + settings.warmUpMessages() + " messages: at most " + (Integer.MAX_VALUE - MAX_MEASURED) + " can be numbered");
            }
            return new PerformanceTestHarness(settings);
        }

        private LoadSettings settings() {
            return new LoadSettings(handler, payload, payloadBytes, messagesPerSecond, publishers, warmUp, duration, timeout, topic, policy,
                    streamer, config == null ? StreamerConfig.defaults() : config, clock);
        }

        private static void requireRange(final String name, final long value, final long min, final long max) {
            if (value < min || value > max) {
                throw new IllegalArgumentException(name + " must be " + min + " to " + max + ", not " + value);
            }
        }

        private static Duration requireTime(final String name, final Duration time) {
            if (time.isNegative() || time.compareTo(MAX_TIME) > 0) {
                throw new IllegalArgumentException(name + " must be from 0 to 1 hour, not " + time);
            }
            return time;
        }

        private static void writeNumber(final Claim claim, final int number) {
            final int length = claim.length();
            int offset = 0;
            for (; offset <= length - Long.BYTES; offset += Long.BYTES) {
                claim.putLong(offset, number);
            }
            for (; offset < length; offset++) {
                claim.putByte(offset, (byte) number);
            }
        }
    }
}
