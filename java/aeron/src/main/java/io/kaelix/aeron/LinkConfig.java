// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.TopicPattern;
import java.time.Duration;
import java.util.Objects;

/**
 * One direction of a bridge: what is sent on a channel of Aeron, or that what comes there is taken in. Immutable: each {@code with} makes a
 * changed copy. Traffic both ways takes two links.
 *
 * {@snippet :
 * LinkConfig east = LinkConfig.out("east", "aeron:udp?endpoint=10.0.0.2:7100").withPattern(TopicPattern.of("orders.>"));
 * LinkConfig west = LinkConfig.in("west", "aeron:udp?endpoint=10.0.0.1:7100");
 * }
 *
 * @param name for reports: letters, digits, '-' and '_'
 * @param direction out of this streamer, or into it
 * @param channel of Aeron: unicast, multi-destination or multicast; see Aeron's documentation of channel URIs
 * @param stream number of the first stream of Aeron that is used on it, of {@code shards}; {@value #DEFAULT_STREAM} by default
 * @param shards streams of Aeron that those of Kaelix are spread over, by a hash of their topics; the same at both ends; 1 by default
 * @param mode what is promised; {@link BridgeMode#TRANSPORT} by default
 * @param pattern of an out link: topics that are sent; all by default
 * @param slow of an out link: whether a publisher waits when Aeron takes nothing ({@link SlowSubscriberPolicy#BLOCK}), or messages that
 *     were not sent are lost and counted ({@link SlowSubscriberPolicy#LOSSY}, the default)
 * @param hops of an out link: most hosts that a message passes, this link's receiver included; 1, the default: what came by a bridge is
 *     not sent on
 * @param maxFrameLength of an out link: bytes of a message that travel in one piece; 64 KiB by default
 * @param peerTimeout after so long without a sign of the other end it is reported gone; 5 s by default
 */
public record LinkConfig(String name, Direction direction, String channel, int stream, int shards, BridgeMode mode, TopicPattern pattern,
        SlowSubscriberPolicy slow, int hops, int maxFrameLength, Duration peerTimeout) {

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
    }

    private static void checkRange(final String name, final String what, final int value, final int least, final int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("link " + name + ": " + what + " must be from " + least + " to " + most + ", not " + value);
        }
    }

    private static LinkConfig of(final String name, final Direction direction, final String channel) {
        return new LinkConfig(name, direction, channel, DEFAULT_STREAM, 1, BridgeMode.TRANSPORT, TopicPattern.of(">"),
                SlowSubscriberPolicy.LOSSY, 1, DEFAULT_FRAME_LENGTH, DEFAULT_TIMEOUT);
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
        return new LinkConfig(name, direction, channel, stream, shards, mode, pattern, slow, hops, maxFrameLength, peerTimeout);
    }

    /** With so many shards. */
    public LinkConfig withShards(final int shards) {
        return new LinkConfig(name, direction, channel, stream, shards, mode, pattern, slow, hops, maxFrameLength, peerTimeout);
    }

    /** With another mode. */
    public LinkConfig withMode(final BridgeMode mode) {
        return new LinkConfig(name, direction, channel, stream, shards, mode, pattern, slow, hops, maxFrameLength, peerTimeout);
    }

    /** With other topics. */
    public LinkConfig withPattern(final TopicPattern pattern) {
        return new LinkConfig(name, direction, channel, stream, shards, mode, pattern, slow, hops, maxFrameLength, peerTimeout);
    }

    /** With another policy for when Aeron takes nothing. */
    public LinkConfig withSlow(final SlowSubscriberPolicy slow) {
        return new LinkConfig(name, direction, channel, stream, shards, mode, pattern, slow, hops, maxFrameLength, peerTimeout);
    }

    /** With so many hops. */
    public LinkConfig withHops(final int hops) {
        return new LinkConfig(name, direction, channel, stream, shards, mode, pattern, slow, hops, maxFrameLength, peerTimeout);
    }

    /** With another length of what travels in one piece. */
    public LinkConfig withMaxFrameLength(final int maxFrameLength) {
        return new LinkConfig(name, direction, channel, stream, shards, mode, pattern, slow, hops, maxFrameLength, peerTimeout);
    }

    /** With another time until the other end is reported gone. */
    public LinkConfig withPeerTimeout(final Duration peerTimeout) {
        return new LinkConfig(name, direction, channel, stream, shards, mode, pattern, slow, hops, maxFrameLength, peerTimeout);
    }
}
