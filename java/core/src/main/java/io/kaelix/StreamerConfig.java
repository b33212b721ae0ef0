// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Settings of a streamer, immutable: start from {@link #defaults()} and change what you need.
 *
 * {@snippet :
 * StreamerConfig config = StreamerConfig.defaults().withLaneCapacity(4 << 20).withPages(PagePreference.TRANSPARENT);
 * }
 *
 * @param laneCapacity bytes in the ring of each publisher: a power of two, 64 KiB to 1 GiB. A message of up to a quarter of it is written
 *     and read in place; a longer one is split, and put together again in memory of its own
 * @param memoryLimit most bytes of native memory that the streamer maps for lanes. Twice {@code laneCapacity} is enough for one lane
 * @param node NUMA node for its memory, or {@link #LOCAL_NODE}
 * @param pages pages to try first
 * @param linger how long a subscriber that has caught up with a lane leaves it alone, while messages keep coming: {@link Duration#ZERO},
 *     not at all, to 1 ms. A reader at the tail takes turns with the writer for one cache line; one that stays away for a moment
 *     finds many messages at once, and both go faster. A message then waits so much longer at most, and so does a
 *     {@code poll} that has nothing else to do; when messages are rare, nothing lingers
 * @param maxMessageLength most bytes of payload in a message, 1 to 1 GiB. Each subscriber takes so much memory for each publisher whose
 *     long message it is in the middle of, within the quarter of {@code memoryLimit} that retained messages have: what never fits there is
 *     not sent, whatever this says. What fits into a quarter of a lane is always sent
 * @param streamExpiry how long a stream is idle before it expires, a millisecond at least; {@link Duration#ZERO}, the default, for never.
 *     See {@link StreamPublisher#EXPIRED}
 * @param workers threads of its own that call handlers and have streams expire, 1 to {@value #MAX_WORKERS}. They run while there is
 *     something to do. Handlers are shared out among them, and each that has handlers takes a reader's place in the lanes that those want.
 *     They are not pinned: for that, {@linkplain MemoryStreamer#launch(StreamerConfig, Workers) launch it with a scheduler}
 * @param handlerBatch most messages that a worker takes for the handlers of one policy before it looks at those of others, and at its own
 *     other work, 1 to 1000000
 * @param latencySamplingBytes of each lane, about one message in so many bytes is timed, from the moment it was sent to that in which each
 *     subscriber comes to it: 0 for none, which is the default, or 1024 to 1 GiB. From 32 KiB on it is a least distance: of a fast
 *     publisher, about one message in five milliseconds is timed. See {@link SubscriberStatus#deliveryLatency}. Each
 *     costs the lane 16 bytes, its publisher one look at the clock, and each subscriber another. Those that are split are not timed
 * @param backpressureEvent a publisher that was refused space for so long, or longer, is told to Java Flight Recorder where that is on;
 *     {@link Duration#ZERO} for none, at most a minute
 * @param slowSubscriber policy of subscribers and handlers that name none: {@link SlowSubscriberPolicy#BLOCK} or
 *     {@link SlowSubscriberPolicy#LOSSY}
 * @param topicPolicies the same for those whose pattern is exactly one of these topics
 * @param directory that the streamer's lanes lie in as files, for other processes of the same user to join:
 *     {@link MemoryStreamer#launch(StreamerConfig)}. Empty, as it is by default, for a streamer that lives in its process alone. Lanes
 *     in a directory do not count for {@code memoryLimit}; their pages are those of the file system, where the thread that opens a
 *     publisher runs, whatever {@code node} and {@code pages} say. Streams there do not expire
 * @param laneDirectory where the files of lanes lie, if that is not in {@code directory}: such as a folder in huge pages (hugetlbfs),
 *     which can hold nothing else. Of who launches; who attaches, or resumes, finds them. Without a {@code directory} it is without effect
 * @param resume whether launching in a {@code directory} whose processes have all died takes over what those left, instead of removing it:
 *     {@link MemoryStreamer#launch(StreamerConfig)}. Without a {@code directory}, and where somebody attaches, it is without effect
 */
public record StreamerConfig(int laneCapacity, long memoryLimit, int node, PagePreference pages, Duration linger, int maxMessageLength,
        Duration streamExpiry, int workers, int handlerBatch, int latencySamplingBytes, Duration backpressureEvent,
        SlowSubscriberPolicy slowSubscriber, Map<Topic, SlowSubscriberPolicy> topicPolicies, Optional<Path> directory,
        Optional<Path> laneDirectory, boolean resume) {

    /** The node that the launching thread runs on. */
    public static final int LOCAL_NODE = -1;

    /** Smallest lane: 64 KiB. */
    public static final int MIN_LANE_CAPACITY = 64 << 10;

    /** Largest lane: 1 GiB. */
    public static final int MAX_LANE_CAPACITY = 1 << 30;

    /** Longest linger: a millisecond. */
    public static final Duration MAX_LINGER = Duration.ofMillis(1);

    /** Longest message that may be allowed: 1 GiB. */
    public static final int LONGEST_MESSAGE = 1 << 30;

    /** Shortest time after which streams expire, but for never: a millisecond. */
    public static final Duration MIN_STREAM_EXPIRY = Duration.ofMillis(1);

    /** Longest: a year of 366 days. */
    public static final Duration MAX_STREAM_EXPIRY = Duration.ofDays(366);

    /** Most workers: 64. */
    public static final int MAX_WORKERS = 64;

    /** Most messages that a worker takes at once: a million. */
    public static final int MAX_HANDLER_BATCH = 1_000_000;

    /** Fewest bytes between two messages that are timed: 1 KiB. */
    public static final int MIN_LATENCY_SAMPLING = 1 << 10;

    /** Most of them: 1 GiB. */
    public static final int MAX_LATENCY_SAMPLING = 1 << 30;

    /** Longest wait for space that may be asked for to be told: a minute. */
    public static final Duration MAX_BACKPRESSURE_EVENT = Duration.ofMinutes(1);

    private static final StreamerConfig DEFAULTS = new StreamerConfig(1 << 20, 4L << 30, LOCAL_NODE, PagePreference.HUGE_2M,
            Duration.ofNanos(1_000), 16 << 20, Duration.ZERO, 1, 256, 0, Duration.ofMillis(1), SlowSubscriberPolicy.BLOCK, Map.of(),
            Optional.empty(), Optional.empty(), false);

    /**
     * @throws IllegalArgumentException if a value is out of its range; the message gives the range
     */
    public StreamerConfig {
        if (Integer.bitCount(laneCapacity) != 1 || laneCapacity < MIN_LANE_CAPACITY || laneCapacity > MAX_LANE_CAPACITY) {
            throw new IllegalArgumentException(
                    "laneCapacity must be a power of two from 65536 to 1073741824 bytes, not " + laneCapacity);
        }
        if (memoryLimit < 2L * laneCapacity) {
            throw new IllegalArgumentException("memoryLimit must hold a lane and its counters, at least "
                    + 2L * laneCapacity + " bytes for this laneCapacity, not " + memoryLimit);
        }
        if (node < LOCAL_NODE) {
            throw new IllegalArgumentException("node must be -1 (local) or a node's number, not " + node);
        }
        Objects.requireNonNull(pages, "pages");
        if (linger.isNegative() || linger.compareTo(MAX_LINGER) > 0) {
            throw new IllegalArgumentException("linger must be from 0 to 1 ms, not " + linger);
        }
        if (maxMessageLength < 1 || maxMessageLength > LONGEST_MESSAGE) {
            throw new IllegalArgumentException("maxMessageLength must be from 1 to 1073741824 bytes, not " + maxMessageLength);
        }
        if (!streamExpiry.isZero() && (streamExpiry.compareTo(MIN_STREAM_EXPIRY) < 0 || streamExpiry.compareTo(MAX_STREAM_EXPIRY) > 0)) {
            throw new IllegalArgumentException("streamExpiry must be 0, for never, or from 1 ms to 366 days, not " + streamExpiry);
        }
        if (workers < 1 || workers > MAX_WORKERS) {
            throw new IllegalArgumentException("workers must be from 1 to " + MAX_WORKERS + ", not " + workers);
        }
        if (handlerBatch < 1 || handlerBatch > MAX_HANDLER_BATCH) {
            throw new IllegalArgumentException("handlerBatch must be from 1 to 1000000 messages, not " + handlerBatch);
        }
        if (latencySamplingBytes != 0 && (latencySamplingBytes < MIN_LATENCY_SAMPLING || latencySamplingBytes > MAX_LATENCY_SAMPLING)) {
            throw new IllegalArgumentException(
                    "latencySamplingBytes must be 0, for none, or from 1024 to 1073741824, not " + latencySamplingBytes);
        }
        if (backpressureEvent.isNegative() || backpressureEvent.compareTo(MAX_BACKPRESSURE_EVENT) > 0) {
            throw new IllegalArgumentException("backpressureEvent must be from 0, for none, to 1 minute, not " + backpressureEvent);
        }
        checkShared("slowSubscriber", slowSubscriber);
        topicPolicies = Map.copyOf(topicPolicies);
        topicPolicies.forEach((topic, policy) -> checkShared("the policy of topic " + topic, policy));
        if (directory.isPresent() && !streamExpiry.isZero()) {
            throw new IllegalArgumentException("streamExpiry must be 0 with a directory, not " + streamExpiry
                    + ": processes that share streams keep their numbers; leave one of the two out");
        }
    }

    /**
     * A directory in memory for streams of this user: {@code /dev/shm/kaelix-USER-NAME}, or, where that cannot be written to, a folder of
     * this name among the temporary files. It is not made before somebody launches a streamer there.
     *
     * @param name of letters, digits, '-' and '_'
     */
    public static Path sharedDirectory(final String name) {
        if (!name.matches("[A-Za-z0-9_-]{1,64}")) {
            throw new IllegalArgumentException("a directory's name has from 1 to 64 letters, digits, '-' and '_', unlike '"
                    + Topic.printable(name) + "'");
        }
        final Path memory = Path.of("/dev/shm");
        final boolean writable = Files.isDirectory(memory) && Files.isWritable(memory);
        return (writable ? memory : Path.of(System.getProperty("java.io.tmpdir")))
                .resolve("kaelix-" + System.getProperty("user.name").replaceAll("[^A-Za-z0-9_-]", "_") + "-" + name);
    }

    private static void checkShared(final String what, final SlowSubscriberPolicy policy) {
        if (Objects.requireNonNull(policy, what) == SlowSubscriberPolicy.DISCONNECT) {
            throw new IllegalArgumentException(what + " must be BLOCK or LOSSY, not DISCONNECT: who may be cut off has to ask for it");
        }
    }

    /**
     * Lanes of 1 MiB, at most 4 GiB in all, on the local node, in 2 MiB pages where they can be had, with a linger of 1 µs, messages of up
     * to 16 MiB, one worker, which takes 256 messages at once; no stream expires, no message is timed, a publisher that waits for space
     * for a millisecond is told to the flight recorder, and who names no policy blocks.
     */
    public static StreamerConfig defaults() {
        return DEFAULTS;
    }

    /** With rings of this many bytes. */
    public StreamerConfig withLaneCapacity(final int bytes) {
        return new StreamerConfig(bytes, memoryLimit, node, pages, linger, maxMessageLength, streamExpiry, workers, handlerBatch,
                latencySamplingBytes, backpressureEvent, slowSubscriber, topicPolicies, directory, laneDirectory, resume);
    }

    /** With at most this many bytes of native memory. */
    public StreamerConfig withMemoryLimit(final long bytes) {
        return new StreamerConfig(laneCapacity, bytes, node, pages, linger, maxMessageLength, streamExpiry, workers, handlerBatch,
                latencySamplingBytes, backpressureEvent, slowSubscriber, topicPolicies, directory, laneDirectory, resume);
    }

    /** With its memory on this NUMA node. */
    public StreamerConfig withNode(final int number) {
        return new StreamerConfig(laneCapacity, memoryLimit, number, pages, linger, maxMessageLength, streamExpiry, workers, handlerBatch,
                latencySamplingBytes, backpressureEvent, slowSubscriber, topicPolicies, directory, laneDirectory, resume);
    }

    /** With these pages tried first. */
    public StreamerConfig withPages(final PagePreference first) {
        return new StreamerConfig(laneCapacity, memoryLimit, node, first, linger, maxMessageLength, streamExpiry, workers, handlerBatch,
                latencySamplingBytes, backpressureEvent, slowSubscriber, topicPolicies, directory, laneDirectory, resume);
    }

    /**
     * With subscribers that leave a lane alone for so long when they have caught up and more keeps coming; a microsecond or two is enough,
     * and {@link Duration#ZERO} turns it off.
     */
    public StreamerConfig withLinger(final Duration atMost) {
        return new StreamerConfig(laneCapacity, memoryLimit, node, pages, atMost, maxMessageLength, streamExpiry, workers, handlerBatch,
                latencySamplingBytes, backpressureEvent, slowSubscriber, topicPolicies, directory, laneDirectory, resume);
    }

    /** With messages of at most so many bytes of payload. */
    public StreamerConfig withMaxMessageLength(final int bytes) {
        return new StreamerConfig(laneCapacity, memoryLimit, node, pages, linger, bytes, streamExpiry, workers, handlerBatch,
                latencySamplingBytes, backpressureEvent, slowSubscriber, topicPolicies, directory, laneDirectory, resume);
    }

    /**
     * With streams that expire when nobody has sent to them or asked for them for so long, and so give their numbers to others: for
     * programs whose topics come and go without end. See {@link StreamPublisher#EXPIRED}. {@link Duration#ZERO} turns it off.
     */
    public StreamerConfig withStreamExpiry(final Duration idle) {
        return new StreamerConfig(laneCapacity, memoryLimit, node, pages, linger, maxMessageLength, idle, workers, handlerBatch,
                latencySamplingBytes, backpressureEvent, slowSubscriber, topicPolicies, directory, laneDirectory, resume);
    }

    /** With so many threads of its own that call handlers. */
    public StreamerConfig withWorkers(final int count) {
        return new StreamerConfig(laneCapacity, memoryLimit, node, pages, linger, maxMessageLength, streamExpiry, count, handlerBatch,
                latencySamplingBytes, backpressureEvent, slowSubscriber, topicPolicies, directory, laneDirectory, resume);
    }

    /** With so many messages that a worker takes for handlers at once. */
    public StreamerConfig withHandlerBatch(final int messages) {
        return new StreamerConfig(laneCapacity, memoryLimit, node, pages, linger, maxMessageLength, streamExpiry, workers, messages,
                latencySamplingBytes, backpressureEvent, slowSubscriber, topicPolicies, directory, laneDirectory, resume);
    }

    /** With one message in about so many bytes of each lane timed; 0 for none. */
    public StreamerConfig withLatencySamplingBytes(final int bytes) {
        return new StreamerConfig(laneCapacity, memoryLimit, node, pages, linger, maxMessageLength, streamExpiry, workers, handlerBatch,
                bytes, backpressureEvent, slowSubscriber, topicPolicies, directory, laneDirectory, resume);
    }

    /** With publishers told to the flight recorder that were refused space for so long; {@link Duration#ZERO} for none. */
    public StreamerConfig withBackpressureEvent(final Duration atLeast) {
        return new StreamerConfig(laneCapacity, memoryLimit, node, pages, linger, maxMessageLength, streamExpiry, workers, handlerBatch,
                latencySamplingBytes, atLeast, slowSubscriber, topicPolicies, directory, laneDirectory, resume);
    }

    /** With this policy of who names none. */
    public StreamerConfig withSlowSubscriber(final SlowSubscriberPolicy policy) {
        return new StreamerConfig(laneCapacity, memoryLimit, node, pages, linger, maxMessageLength, streamExpiry, workers, handlerBatch,
                latencySamplingBytes, backpressureEvent, policy, topicPolicies, directory, laneDirectory, resume);
    }

    /** With these policies of who names none, and whose pattern is exactly one of these topics. */
    public StreamerConfig withTopicPolicies(final Map<Topic, SlowSubscriberPolicy> policies) {
        return new StreamerConfig(laneCapacity, memoryLimit, node, pages, linger, maxMessageLength, streamExpiry, workers, handlerBatch,
                latencySamplingBytes, backpressureEvent, slowSubscriber, policies, directory, laneDirectory, resume);
    }

    /** With its lanes in a directory, for other processes to join: one that does not exist, or in which no process lives any more. */
    public StreamerConfig withDirectory(final Path path) {
        return new StreamerConfig(laneCapacity, memoryLimit, node, pages, linger, maxMessageLength, streamExpiry, workers, handlerBatch,
                latencySamplingBytes, backpressureEvent, slowSubscriber, topicPolicies, Optional.of(path), laneDirectory, resume);
    }

    /** With the files of its lanes in this folder, which is made if there is none, and of this user alone; the rest in the directory. */
    public StreamerConfig withLaneDirectory(final Path path) {
        return new StreamerConfig(laneCapacity, memoryLimit, node, pages, linger, maxMessageLength, streamExpiry, workers, handlerBatch,
                latencySamplingBytes, backpressureEvent, slowSubscriber, topicPolicies, directory, Optional.of(path), resume);
    }

    /** Whether it takes over what processes left in the directory that have all died; by default not. */
    public StreamerConfig withResume(final boolean takesOver) {
        return new StreamerConfig(laneCapacity, memoryLimit, node, pages, linger, maxMessageLength, streamExpiry, workers, handlerBatch,
                latencySamplingBytes, backpressureEvent, slowSubscriber, topicPolicies, directory, laneDirectory, takesOver);
    }
}
