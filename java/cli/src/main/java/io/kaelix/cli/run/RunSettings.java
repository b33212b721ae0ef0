// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.run;

import io.kaelix.Topic;
import io.kaelix.cli.console.Endpoint;
import java.time.Duration;

/**
 * What to run, validated.
 *
 * @param topic that is published and subscribed
 * @param publishers how many, each with a thread and a lane
 * @param subscribers how many, each with a thread
 * @param batch most messages that a publisher makes visible together
 * @param laneCapacity bytes in the ring of each publisher
 * @param work what the messages are
 */
public record RunSettings(Topic topic, int publishers, int subscribers, int batch, int laneCapacity, Work work) {

    /** What the messages are. */
    public sealed interface Work {
    }

    /**
     * The lines of a file.
     *
     * @param input where they are
     * @param output where the first subscriber writes what it received, or null for nowhere
     */
    public record Lines(Endpoint input, Endpoint output) implements Work {
    }

    /**
     * Made up, for a time.
     *
     * @param size bytes of payload in each message, at least {@value #MIN_SIZE}
     * @param rate messages a second by all publishers together, at most {@value #MAX_RATE}; 0 for as fast as they can
     * @param duration how long
     * @param streams that the messages are spread over, at most {@value #MAX_STREAMS}; 0 for the one of the topic
     */
    public record Load(int size, long rate, Duration duration, int streams) implements Work {

        /** Smallest message: a word. */
        public static final int MIN_SIZE = Long.BYTES;

        /** Highest rate: one message in a nanosecond. */
        public static final long MAX_RATE = 1_000_000_000;

        /** Most streams. */
        public static final int MAX_STREAMS = 1_000_000;
    }

    /** Streams that the messages are spread over, 0 for the one of the topic. */
    int streams() {
        return work instanceof final Load load ? load.streams() : 0;
    }

    /** Whether there are more busy threads than CPUs, so that one that waits should let another run. */
    boolean isCrowded() {
        return publishers + subscribers > Runtime.getRuntime().availableProcessors();
    }
}
