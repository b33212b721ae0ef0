// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.TopicPattern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * One direction of a bridge: what is sent on a channel of Aeron, or that what comes there is taken in. Immutable: each {@code with} makes a
 * changed copy. Traffic both ways takes two links.
 *
 * {@snippet :
 * LinkConfig east = LinkConfig.out("east", "aeron:udp?endpoint=10.0.0.2:7100").withPattern(TopicPattern.of("orders.>"));
 * LinkConfig west = LinkConfig.in("west", "aeron:udp?endpoint=10.0.0.1:7100");
 * LinkConfig safe = LinkConfig.out("safe", "aeron:udp?endpoint=10.0.0.1:7200").recordedIn(Path.of("/var/lib/kaelix/safe"));
 * }
 *
 * @param name for reports: letters, digits, '-' and '_'
 * @param direction out of this streamer, or into it
 * @param channel of Aeron: unicast, multi-destination or multicast; see Aeron's documentation of channel URIs. In archive mode, at both
 *     ends, the one on which the sender's Archive takes requests: its host, and a port of its own
 * @param stream number of the first stream of Aeron that is used on it, of {@code shards}; {@value #DEFAULT_STREAM} by default
 * @param shards streams of Aeron that those of Kaelix are spread over, by a hash of their topics; the same at both ends; 1 by default
 * @param mode what is promised; {@link BridgeMode#TRANSPORT} by default
 * @param pattern of an out link: topics that are sent; all by default
 * @param slow of an out link: whether a publisher waits when Aeron takes nothing ({@link SlowSubscriberPolicy#BLOCK}), or messages that
 *     were not sent are lost and counted ({@link SlowSubscriberPolicy#LOSSY}, the default)
 * @param hops of an out link: most hosts that a message passes, this link's receiver included; 1, the default: what came by a bridge is
 *     not sent on
 * @param maxFrameLength of an out link: bytes of a message that travel in one piece, an eighth of a term of Aeron at the most; 64 KiB by default
 * @param peerTimeout after so long without a sign of the other end it is reported gone; 5 s by default
 * @param folder in archive mode: of an out link, where the Archive records; of an in link, where it keeps how far it is. Else null
 * @param retention in archive mode, of an out link: bytes of recording that are kept for receivers; 1 GiB by default
 * @param response in archive mode, of an in link: channel on which answers and replays come to this host; port 0 for any. Else null
 */
public record LinkConfig(String name, Direction direction, String channel, int stream, int shards, BridgeMode mode, TopicPattern pattern,
        SlowSubscriberPolicy slow, int hops, int maxFrameLength, Duration peerTimeout, Path folder, long retention, String response) {

    /** Number of the first stream of Aeron. */
    public static final int DEFAULT_STREAM = 7100;
    /** Most shards. */
    public static final int MOST_SHARDS = 64;
    /** Most hops. */
    public static final int MOST_HOPS = 15;
    /** Least length of a frame. */
    public static final int MIN_FRAME_LENGTH = 1 << 10;
    /** Greatest length of a frame. */
    public static final int MAX_FRAME_LENGTH = 16 << 20;

    private static final int DEFAULT_FRAME_LENGTH = 64 << 10;
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration MIN_TIMEOUT = Duration.ofMillis(100);
    private static final long DEFAULT_RETENTION = 1L << 30;
    private static final long MIN_RETENTION = 1L << 20;

    /** Which way messages go. */
    public enum Direction {
        /** From this streamer. */
        OUT,
        /** Into this streamer. */
        IN
    }

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if one is out of range; the message gives the range
     */
    public LinkConfig {
        Objects.requireNonNull(direction, "direction");
        Objects.requireNonNull(mode, "mode");
        Objects.requireNonNull(pattern, "pattern");
        if (!name.matches("[A-Za-z0-9_-]{1,64}")) {
            throw new IllegalArgumentException("a link's name is 1 to 64 letters, digits, - and _, not '" + name + "'");
        }
        if (!channel.startsWith("aeron:")) {
            throw new IllegalArgumentException("link " + name + ": a channel of Aeron begins with 'aeron:', such as"
                    + " aeron:udp?endpoint=127.0.0.1:7100; it is '" + channel + "'");
        }
        if (slow == SlowSubscriberPolicy.DISCONNECT) {
            throw new IllegalArgumentException("link " + name + ": slow is BLOCK or LOSSY: a link that was disconnected would never"
                    + " come back");
        }
        checkRange(name, "shards", shards, 1, MOST_SHARDS);
        checkRange(name, "hops", hops, 1, MOST_HOPS);
        checkRange(name, "maxFrameLength", maxFrameLength, MIN_FRAME_LENGTH, MAX_FRAME_LENGTH);
        if (peerTimeout.compareTo(MIN_TIMEOUT) < 0 || peerTimeout.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("link " + name + ": peerTimeout must be from 100 ms to a day, not " + peerTimeout);
        }
        if (mode == BridgeMode.ARCHIVE && folder == null) {
            throw new IllegalArgumentException("link " + name + ": mode archive needs a folder: " + (direction == Direction.OUT
                    ? "give it recordedIn(folder)" : "give it replayedTo(response, folder)"));
        }
        if (mode == BridgeMode.ARCHIVE && direction == Direction.IN && (response == null || !response.startsWith("aeron:"))) {
            throw new IllegalArgumentException("link " + name + ": the channel for answers begins with 'aeron:', such as"
                    + " aeron:udp?endpoint=10.0.0.2:0, with this host's address; it is '" + response + "'");
        }
        if (retention < MIN_RETENTION) {
            throw new IllegalArgumentException("link " + name + ": retention must be at least " + MIN_RETENTION + " bytes, not " + retention);
        }
    }

    private static void checkRange(final String name, final String what, final int value, final int least, final int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("link " + name + ": " + what + " must be from " + least + " to " + most + ", not " + value);
        }
    }

    private static LinkConfig of(final String name, final Direction direction, final String channel) {
        return new LinkConfig(name, direction, channel, DEFAULT_STREAM, 1, BridgeMode.TRANSPORT, TopicPattern.of(">"),
                SlowSubscriberPolicy.LOSSY, 1, DEFAULT_FRAME_LENGTH, DEFAULT_TIMEOUT, null, DEFAULT_RETENTION, null);
    }

    /** A link that sends all topics on a channel, with all else as above. */
    public static LinkConfig out(final String name, final String channel) {
        return of(name, Direction.OUT, channel);
    }

    /** A link that takes in what comes on a channel, with all else as above. */
    public static LinkConfig in(final String name, final String channel) {
        return of(name, Direction.IN, channel);
    }

    /** With another first stream. */
    public LinkConfig withStream(final int stream) {
        return new LinkConfig(name, direction, channel, stream, shards, mode, pattern, slow, hops, maxFrameLength, peerTimeout,
                folder, retention, response);
    }

    /** With so many shards. */
    public LinkConfig withShards(final int shards) {
        return new LinkConfig(name, direction, channel, stream, shards, mode, pattern, slow, hops, maxFrameLength, peerTimeout,
                folder, retention, response);
    }

    /**
     * An out link in archive mode: what is sent is recorded first, and publishers wait for that. What is recorded survives when this process
     * is killed; when the machine loses its power, what the system had not written to the disk yet is lost.
     *
     * @param folder of the Archive, which is made; on a disk. No two links have the same
     */
    public LinkConfig recordedIn(final Path folder) {
        return new LinkConfig(name, direction, channel, stream, shards, BridgeMode.ARCHIVE, pattern, SlowSubscriberPolicy.BLOCK, hops,
                maxFrameLength, peerTimeout, folder, retention, response);
    }

    /**
     * An in link in archive mode.
     *
     * @param response channel on which answers and replays come, such as {@code aeron:udp?endpoint=10.0.0.2:0}, with this host's address
     * @param folder in which it keeps how far it is, which is made; on a disk. No two links have the same
     */
    public LinkConfig replayedTo(final String response, final Path folder) {
        return new LinkConfig(name, direction, channel, stream, shards, BridgeMode.ARCHIVE, pattern, slow, hops, maxFrameLength, peerTimeout,
                folder, retention, response);
    }

    /** With another length of what is kept of a recording. */
    public LinkConfig withRetention(final long retention) {
        return new LinkConfig(name, direction, channel, stream, shards, mode, pattern, slow, hops, maxFrameLength, peerTimeout,
                folder, retention, response);
    }

    /** With other topics. */
    public LinkConfig withPattern(final TopicPattern pattern) {
        return new LinkConfig(name, direction, channel, stream, shards, mode, pattern, slow, hops, maxFrameLength, peerTimeout,
                folder, retention, response);
    }

    /** With another policy for when Aeron takes nothing. */
    public LinkConfig withSlow(final SlowSubscriberPolicy slow) {
        return new LinkConfig(name, direction, channel, stream, shards, mode, pattern, slow, hops, maxFrameLength, peerTimeout,
                folder, retention, response);
    }

    /** With so many hops. */
    public LinkConfig withHops(final int hops) {
        return new LinkConfig(name, direction, channel, stream, shards, mode, pattern, slow, hops, maxFrameLength, peerTimeout,
                folder, retention, response);
    }

    /** With another length of what travels in one piece. */
    public LinkConfig withMaxFrameLength(final int maxFrameLength) {
        return new LinkConfig(name, direction, channel, stream, shards, mode, pattern, slow, hops, maxFrameLength, peerTimeout,
                folder, retention, response);
    }

    /** With another time until the other end is reported gone. */
    public LinkConfig withPeerTimeout(final Duration peerTimeout) {
        return new LinkConfig(name, direction, channel, stream, shards, mode, pattern, slow, hops, maxFrameLength, peerTimeout,
                folder, retention, response);
    }
}
