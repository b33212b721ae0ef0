// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.TopicPattern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * {@code [bridge.NAME]}: one end of a link with a streamer of another host, over Aeron. It has one direction; both ways are two links.
 * Immutable: each {@code with} makes a changed copy.
 *
 * {@snippet :
 * BridgeConfig east = BridgeConfig.out("east", "aeron:udp?endpoint=10.0.0.2:7100").withPattern(TopicPattern.of("orders.>"));
 * BridgeConfig west = BridgeConfig.in("west", "aeron:udp?endpoint=10.0.0.1:7100");
 * BridgeConfig safe = BridgeConfig.out("safe", "aeron:udp?endpoint=10.0.0.1:7200").recordedIn(Path.of("/var/lib/kaelix/safe"));
 * KaelixConfig config = ConfigLoader.of().with("bridge", List.of(east, west, safe)).load();
 * }
 *
 * <p>Whether a file or code says it, the same rules hold: a value that a file could not have is refused here, too. What code sets to the value
 * that it has without being set counts as not set from the next copy on.
 *
 * <p><b>Threads</b>: any. Nothing is opened here.
 *
 * @param name of letters, digits, '-' and '_', up to 64, for logs and counters
 * @param direction which end this is
 * @param channel Aeron channel of the link: unicast, multi-destination or multicast, see Aeron's documentation of channel URIs. In the mode
 *     archive, at both ends, the one on which the sender's Archive takes requests: its host, and a port of its own
 * @param pattern topics that an {@code out} link carries; {@code >}, all, for {@code in}
 * @param mode what is promised; the same at both ends
 * @param stream number of the first of its Aeron streams, the others follow; the same at both ends
 * @param shards how many Aeron streams there are, over which those of Kaelix are spread by a hash of their topics; the same at both ends
 * @param slow what an {@code out} link does when Aeron takes nothing: messages that were not sent are lost and counted
 *     ({@link SlowSubscriberPolicy#LOSSY}), or publishers wait ({@link SlowSubscriberPolicy#BLOCK}). Unless it is set, lossy in the mode
 *     transport, and block in the mode archive. Of {@code in}, what its mode has
 * @param hops hosts that a message may have come by to be sent by an {@code out} link, the one that published it included; 1: what came by
 *     a bridge is not sent on
 * @param maxFrameLength of an {@code out} link: bytes of a message or part of one that travels in one piece, with its headers; an eighth of a
 *     term of Aeron at the most
 * @param mtu bytes of a packet of a driver of this process, with Aeron's header; 0 for what the channel has, or else Aeron, which is 1,408.
 *     What is longer than the network's takes fragments of IP, or is dropped
 * @param peerTimeout after which without anything of the other end it is reported gone
 * @param driver folder of a media driver that runs already; empty for one of this process
 * @param threading who does the work of a driver of this process
 * @param archiveDirectory folder in which the Archive of an {@code out} link records; else empty
 * @param response channel on which answers and replays come to an {@code in} link, with its own host; port 0 for any; else empty
 * @param stateDirectory folder in which an {@code in} link keeps how far it is; else empty
 * @param retention bytes of the recording of an {@code out} link that are kept for receivers
 */
public record BridgeConfig(String name, Direction direction, String channel, TopicPattern pattern, Mode mode, int stream, int shards,
        SlowSubscriberPolicy slow, int hops, int maxFrameLength, int mtu, Duration peerTimeout, String driver, Threading threading,
        String archiveDirectory, String response, String stateDirectory, long retention) {

    /** Most shards of a link. */
    public static final int MOST_SHARDS = 64;

    private static final int LONGEST_SHOWN = 60;

    /** Which of two ends of a link. */
    public enum Direction {
        /** It sends what is published here. */
        OUT,
        /** It publishes here what comes. */
        IN
    }

    /** What a link promises when one of its ends dies, or what is between them. Their order is known to the other end: it tells its number. */
    public enum Mode {

        /**
         * What is in flight when an end dies, or when the network is cut for longer than Aeron repairs, is lost, and counted by both ends. A
         * receiver begins with what is sent from then on.
         */
        TRANSPORT,

        /**
         * The sender's Archive records before anything is acknowledged to the lanes, and receivers go on behind the last message that they
         * have, through crashes and cuts: once recorded, each message is delivered once to a subscriber that lives.
         */
        ARCHIVE
    }

    /** Who does the work of a media driver of this process. */
    public enum Threading {
        /** {@link #INVOKER} on one or two CPUs, {@link #SHARED} on three or four, else {@link #SHARED_NETWORK}. */
        AUTO,
        /**
         * The bridge's own worker, in its turns: no thread more, and none to hand over to. As {@link #SHARED} where a link of the bridge
         * has the mode archive, whose ends have threads of their own.
         */
        INVOKER,
        /** One thread. */
        SHARED,
        /** Two threads: one for the network, one for all else. */
        SHARED_NETWORK,
        /** Three threads, for sending, for receiving and for the rest, which spin. */
        DEDICATED
    }

    /**
     * Checks all of it, as it is checked in a file.
     *
     * @throws IllegalArgumentException if something is out of range, missing, or does not go with the rest; the message says what
     */
    public BridgeConfig {
        Objects.requireNonNull(name, "name");
        final Map<ConfigKey, Object> values = values(direction, channel, pattern, mode, stream, shards, slow, hops, maxFrameLength, mtu,
                peerTimeout, driver, threading, archiveDirectory, response, stateDirectory, retention);
        values.forEach((key, value) -> good(name, key, value));
        BridgeRules.find(name, values, key -> !BridgeRules.isPreset(key, values), BridgeConfig::refuse);
    }

    /**
     * A link that sends all topics on a channel; all else is what it is without being set.
     *
     * @throws IllegalArgumentException if the name or the channel is not good; the message says what
     */
    public static BridgeConfig out(final String name, final String channel) {
        return ofWritten(name, Map.of(ConfigKey.BRIDGE_DIRECTION, label(Direction.OUT), ConfigKey.BRIDGE_CHANNEL, channel));
    }

    /**
     * A link that takes in what comes on a channel; all else is what it is without being set.
     *
     * @throws IllegalArgumentException if the name or the channel is not good; the message says what
     */
    public static BridgeConfig in(final String name, final String channel) {
        return ofWritten(name, Map.of(ConfigKey.BRIDGE_DIRECTION, label(Direction.IN), ConfigKey.BRIDGE_CHANNEL, channel));
    }

    /**
     * A bridge with these values for keys of {@code [bridge.NAME]}, as a file would have them: texts, whole numbers. All others are what
     * they are without being set.
     *
     * @throws IllegalArgumentException if a key is not known or a value is not good; the message says what
     */
    public static BridgeConfig of(final String name, final Map<String, ?> values) {
        final Map<ConfigKey, Object> written = new EnumMap<>(ConfigKey.class);
        values.forEach((label, value) -> {
            final ConfigKey key = ConfigKey.in(ConfigKey.BRIDGE.label()).get(label);
            if (key == null) {
                throw new IllegalArgumentException(UnknownKey.explain(ConfigKey.BRIDGE.label(), label));
            }
            written.put(key, Written.ofCode(value));
        });
        return ofWritten(name, written);
    }

    private static BridgeConfig ofWritten(final String name, final Map<ConfigKey, Object> written) {
        final Map<ConfigKey, Object> good = new EnumMap<>(ConfigKey.class);
        written.forEach((key, value) -> good.put(key, good(name, key, value)));
        BridgeRules.find(name, good, good::containsKey, BridgeConfig::refuse);
        return of(name, new BridgeRules.Values(good));
    }

    private static Object good(final String name, final ConfigKey key, final Object written) {
        final Object value = key.rule().value(written);
        if (value instanceof ValueRule.Refusal refusal) {
            refuse(key, ConfigKey.BRIDGE.label() + '.' + Shown.plain(name, LONGEST_SHOWN) + '.' + key.label() + " must be " + refusal.text());
        }
        return value;
    }

    private static void refuse(final ConfigKey key, final String text) {
        throw new IllegalArgumentException(text);
    }

    /** Of values that rules were asked about. */
    static BridgeConfig of(final String name, final BridgeRules.Values values) {
        return new BridgeConfig(name,
                Direction.valueOf(values.constant(ConfigKey.BRIDGE_DIRECTION)),
                values.text(ConfigKey.BRIDGE_CHANNEL),
                TopicPattern.of(values.text(ConfigKey.BRIDGE_PATTERN)),
                Mode.valueOf(values.constant(ConfigKey.BRIDGE_MODE)),
                values.whole(ConfigKey.BRIDGE_STREAM),
                values.whole(ConfigKey.BRIDGE_SHARDS),
                SlowSubscriberPolicy.valueOf(values.constant(ConfigKey.BRIDGE_SLOW)),
                values.whole(ConfigKey.BRIDGE_HOPS),
                values.whole(ConfigKey.BRIDGE_MAX_FRAME_LENGTH),
                values.whole(ConfigKey.BRIDGE_MTU),
                Duration.ofMillis(values.number(ConfigKey.BRIDGE_PEER_TIMEOUT_MS)),
                values.text(ConfigKey.BRIDGE_DRIVER),
                Threading.valueOf(values.constant(ConfigKey.BRIDGE_THREADING)),
                values.text(ConfigKey.BRIDGE_ARCHIVE_DIRECTORY),
                values.text(ConfigKey.BRIDGE_RESPONSE),
                values.text(ConfigKey.BRIDGE_STATE_DIRECTORY),
                values.number(ConfigKey.BRIDGE_RETENTION));
    }

    private static Map<ConfigKey, Object> values(final Direction direction, final String channel, final TopicPattern pattern,
            final Mode mode, final int stream, final int shards, final SlowSubscriberPolicy slow, final int hops, final int maxFrameLength,
            final int mtu, final Duration peerTimeout, final String driver, final Threading threading, final String archiveDirectory,
            final String response, final String stateDirectory, final long retention) {
        final Map<ConfigKey, Object> values = new EnumMap<>(ConfigKey.class);
        values.put(ConfigKey.BRIDGE_DIRECTION, label(direction));
        values.put(ConfigKey.BRIDGE_CHANNEL, Objects.requireNonNull(channel, "channel"));
        values.put(ConfigKey.BRIDGE_PATTERN, pattern.text());
        values.put(ConfigKey.BRIDGE_MODE, label(mode));
        values.put(ConfigKey.BRIDGE_STREAM, (long) stream);
        values.put(ConfigKey.BRIDGE_SHARDS, (long) shards);
        values.put(ConfigKey.BRIDGE_SLOW, label(slow));
        values.put(ConfigKey.BRIDGE_HOPS, (long) hops);
        values.put(ConfigKey.BRIDGE_MAX_FRAME_LENGTH, (long) maxFrameLength);
        values.put(ConfigKey.BRIDGE_MTU, (long) mtu);
        values.put(ConfigKey.BRIDGE_PEER_TIMEOUT_MS, TimeUnit.MILLISECONDS.convert(peerTimeout));
        values.put(ConfigKey.BRIDGE_DRIVER, Objects.requireNonNull(driver, "driver"));
        values.put(ConfigKey.BRIDGE_THREADING, label(threading));
        values.put(ConfigKey.BRIDGE_ARCHIVE_DIRECTORY, Objects.requireNonNull(archiveDirectory, "archiveDirectory"));
        values.put(ConfigKey.BRIDGE_RESPONSE, Objects.requireNonNull(response, "response"));
        values.put(ConfigKey.BRIDGE_STATE_DIRECTORY, Objects.requireNonNull(stateDirectory, "stateDirectory"));
        values.put(ConfigKey.BRIDGE_RETENTION, retention);
        return values;
    }

    private static String label(final Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Its values by the keys of {@code [bridge.NAME]}, in their order: a {@link Long} or {@link String} each. What an {@code in} link has
     * nothing to do with is left out.
     */
    public Map<ConfigKey, Object> values() {
        final Map<ConfigKey, Object> values = values(direction, channel, pattern, mode, stream, shards, slow, hops, maxFrameLength, mtu,
                peerTimeout, driver, threading, archiveDirectory, response, stateDirectory, retention);
        if (direction == Direction.IN) {
            values.keySet().removeAll(BridgeRules.OF_SENDERS);
        }
        return values;
    }

    private BridgeConfig with(final ConfigKey key, final Object value) {
        return with(Map.of(key, value));
    }

    /** What was not set, or to what it is anyway, is not set in the copy, so that it can follow what is changed. */
    private BridgeConfig with(final Map<ConfigKey, Object> changed) {
        final Map<ConfigKey, Object> had = values();
        final Map<ConfigKey, Object> written = new EnumMap<>(had);
        written.keySet().removeIf(key -> BridgeRules.isPreset(key, had));
        written.putAll(changed);
        return ofWritten(name, written);
    }

    /**
     * With other topics, of an {@code out} link.
     *
     * @throws IllegalArgumentException if it is another
     */
    public BridgeConfig withPattern(final TopicPattern pattern) {
        return with(ConfigKey.BRIDGE_PATTERN, pattern.text());
    }

    /**
     * With another first stream of Aeron.
     *
     * @throws IllegalArgumentException if it is out of range
     */
    public BridgeConfig withStream(final int stream) {
        return with(ConfigKey.BRIDGE_STREAM, (long) stream);
    }

    /**
     * With so many streams of Aeron, {@value #MOST_SHARDS} at the most.
     *
     * @throws IllegalArgumentException if it is out of range
     */
    public BridgeConfig withShards(final int shards) {
        return with(ConfigKey.BRIDGE_SHARDS, (long) shards);
    }

    /**
     * With another policy for when Aeron takes nothing, of an {@code out} link. It comes behind {@link #recordedIn} where it is
     * {@link SlowSubscriberPolicy#LOSSY}: before, that is what is there anyway.
     *
     * @throws IllegalArgumentException if it is another link, or {@link SlowSubscriberPolicy#DISCONNECT}: a link that was disconnected would
     *     never come back
     */
    public BridgeConfig withSlow(final SlowSubscriberPolicy slow) {
        return with(ConfigKey.BRIDGE_SLOW, label(slow));
    }

    /**
     * With so many hops, of an {@code out} link.
     *
     * @throws IllegalArgumentException if it is another, or out of range
     */
    public BridgeConfig withHops(final int hops) {
        return with(ConfigKey.BRIDGE_HOPS, (long) hops);
    }

    /**
     * With another length of what travels in one piece.
     *
     * @throws IllegalArgumentException if it is out of range
     */
    public BridgeConfig withMaxFrameLength(final int maxFrameLength) {
        return with(ConfigKey.BRIDGE_MAX_FRAME_LENGTH, (long) maxFrameLength);
    }

    /**
     * With packets of another length.
     *
     * @throws IllegalArgumentException if it is out of range, or no multiple of 32, or the driver is not one of this process
     */
    public BridgeConfig withMtu(final int mtu) {
        return with(ConfigKey.BRIDGE_MTU, (long) mtu);
    }

    /**
     * With another time until the other end is reported gone, in whole milliseconds.
     *
     * @throws IllegalArgumentException if it is out of range
     */
    public BridgeConfig withPeerTimeout(final Duration peerTimeout) {
        return with(ConfigKey.BRIDGE_PEER_TIMEOUT_MS, TimeUnit.MILLISECONDS.convert(peerTimeout));
    }

    /**
     * With the media driver that runs in a folder; empty for one of this process.
     *
     * @throws IllegalArgumentException if {@code threading} or {@code mtu} is set: it has its own
     */
    public BridgeConfig withDriver(final String driver) {
        return with(ConfigKey.BRIDGE_DRIVER, driver);
    }

    /**
     * With a driver of this process that works so.
     *
     * @throws IllegalArgumentException if the driver is not one of this process
     */
    public BridgeConfig withThreading(final Threading threading) {
        return with(ConfigKey.BRIDGE_THREADING, label(threading));
    }

    /**
     * With another length of what is kept of a recording; comes behind {@link #recordedIn}.
     *
     * @throws IllegalArgumentException if it is out of range, or nothing is recorded here
     */
    public BridgeConfig withRetention(final long retention) {
        return with(ConfigKey.BRIDGE_RETENTION, retention);
    }

    /**
     * An {@code out} link in the mode archive: what is sent is recorded first, and publishers wait for that, unless {@code slow} is set to lossy.
     * What is recorded survives when this process is killed; when the machine loses its power, what the system had not written to the disk yet
     * is lost.
     *
     * @param folder of the Archive, which is made; on a disk. No two links have the same
     * @throws IllegalArgumentException if it is an {@code in} link
     */
    public BridgeConfig recordedIn(final Path folder) {
        return with(Map.of(ConfigKey.BRIDGE_MODE, label(Mode.ARCHIVE), ConfigKey.BRIDGE_ARCHIVE_DIRECTORY, folder.toString()));
    }

    /**
     * An {@code in} link in the mode archive.
     *
     * @param response channel on which answers and replays come, such as {@code aeron:udp?endpoint=10.0.0.2:0}, with this host's address
     * @param stateDirectory in which it keeps how far it is, which is made; on a disk. No two links have the same
     * @throws IllegalArgumentException if it is an {@code out} link, or the channel is not good
     */
    public BridgeConfig replayedTo(final String response, final Path stateDirectory) {
        return with(Map.of(ConfigKey.BRIDGE_MODE, label(Mode.ARCHIVE), ConfigKey.BRIDGE_RESPONSE, response,
                ConfigKey.BRIDGE_STATE_DIRECTORY, stateDirectory.toString()));
    }
}
