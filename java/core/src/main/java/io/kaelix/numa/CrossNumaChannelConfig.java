// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.numa;

import io.kaelix.PagePreference;
import io.kaelix.StreamerConfig;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/**
 * Settings of a {@link CrossNumaChannel}, immutable: start from {@link #toNode} and change what you need.
 *
 * {@snippet :
 * CrossNumaChannelConfig config = CrossNumaChannelConfig.toNode(1).withBatchSize(256).withMaxDelay(Duration.ofMillis(1));
 * }
 *
 * @param readerNode NUMA node that the reader runs on, where the ring lies; {@link StreamerConfig#LOCAL_NODE} for that of the thread that opens
 *     the channel
 * @param capacity bytes in the ring: a power of two, 64 KiB to 1 GiB. The longest message is a quarter of it
 * @param batchSize messages after which a batch is flushed, at least 1: each by itself
 * @param maxDelay after which a batch is flushed with the next call of the writer, more than 0; {@link #NEVER} saves the look at the clock
 *     that each message costs otherwise
 * @param pages pages to try first
 */
public record CrossNumaChannelConfig(int readerNode, int capacity, int batchSize, Duration maxDelay, PagePreference pages) {

    /** In place of a delay: batches are flushed by count and by call alone. */
    public static final Duration NEVER = ChronoUnit.FOREVER.getDuration();

    /**
     * @throws IllegalArgumentException if a value is out of its range; the message gives the range
     */
    public CrossNumaChannelConfig {
        if (readerNode < StreamerConfig.LOCAL_NODE) {
            throw new IllegalArgumentException("readerNode must be -1 (local) or a node's number, not " + readerNode);
        }
        if (Integer.bitCount(capacity) != 1 || capacity < StreamerConfig.MIN_LANE_CAPACITY || capacity > StreamerConfig.MAX_LANE_CAPACITY) {
            throw new IllegalArgumentException("capacity must be a power of two from 65536 to 1073741824 bytes, not " + capacity);
        }
        if (batchSize < 1) {
            throw new IllegalArgumentException("batchSize must be at least 1, not " + batchSize);
        }
        if (maxDelay.isNegative() || maxDelay.isZero()) {
            throw new IllegalArgumentException("maxDelay must be more than 0, not " + maxDelay + "; a batchSize of 1 flushes each message");
        }
        Objects.requireNonNull(pages, "pages");
    }

    /** A ring of 1 MiB on that node, in 2 MiB pages where they can be had; batches of 64 messages or 50 µs. */
    public static CrossNumaChannelConfig toNode(final int readerNode) {
        return new CrossNumaChannelConfig(readerNode, 1 << 20, 64, Duration.ofNanos(50_000), PagePreference.HUGE_2M);
    }

    /** With a ring of this many bytes. */
    public CrossNumaChannelConfig withCapacity(final int bytes) {
        return new CrossNumaChannelConfig(readerNode, bytes, batchSize, maxDelay, pages);
    }

    /** With batches of this many messages. */
    public CrossNumaChannelConfig withBatchSize(final int messages) {
        return new CrossNumaChannelConfig(readerNode, capacity, messages, maxDelay, pages);
    }

    /** With batches that are flushed when they are so old, or {@link #NEVER} for that reason. */
    public CrossNumaChannelConfig withMaxDelay(final Duration atMost) {
        return new CrossNumaChannelConfig(readerNode, capacity, batchSize, atMost, pages);
    }

    /** With these pages tried first. */
    public CrossNumaChannelConfig withPages(final PagePreference first) {
        return new CrossNumaChannelConfig(readerNode, capacity, batchSize, maxDelay, first);
    }
}
