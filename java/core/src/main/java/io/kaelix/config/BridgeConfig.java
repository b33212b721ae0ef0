// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.TopicPattern;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * {@code [bridge.NAME]}: one end of a link with a streamer of another host, over Aeron. It has one direction; both ways are two links.
 *
 * {@snippet :
 * BridgeConfig bridge = BridgeConfig.of("berlin", Map.of(
 *         "direction", "out",
 *         "channel", "aeron:udp?endpoint=10.0.0.5:7100",
 *         "pattern", "orders.>"));
 * KaelixConfig config = ConfigLoader.of().with("bridge", List.of(bridge)).load();
 * }
 *
 * @param name of letters, digits, '-' and '_', for logs and counters
 * @param direction which end this is
 * @param channel Aeron channel of the link; in the mode archive the one on which the sender's Archive takes requests
 * @param pattern topics that an {@code out} link carries; {@code >} for {@code in}
 * @param mode whether what is sent is recorded
 * @param stream number of the first of its Aeron streams, the others follow
 * @param shards how many Aeron streams there are
 * @param slow what an {@code out} link does that cannot keep up: {@link SlowSubscriberPolicy#LOSSY} or {@link SlowSubscriberPolicy#BLOCK};
 *     of {@code in}, what its mode has
 * @param hops hosts that a message may have come by to be sent by an {@code out} link, the one that published it included
 * @param maxFrameLength bytes of a message or part of one, with its headers
 * @param mtu bytes of a packet; 0 for what the channel or the driver has
 * @param peerTimeout after which without anything of the other end it is reported gone
 * @param driver folder of a media driver that runs already; empty for one of this process
 * @param threading threads of the driver of this process
 * @param archiveDirectory folder of the Archive of an {@code out} link; else empty
 * @param response channel on which answers and replays come to an {@code in} link; else empty
 * @param stateDirectory folder in which an {@code in} link keeps how far it is; else empty
 * @param retention bytes of the recording that are kept
 */
public record BridgeConfig(String name, Direction direction, String channel, TopicPattern pattern, Mode mode, int stream, int shards,
        SlowSubscriberPolicy slow, int hops, int maxFrameLength, int mtu, Duration peerTimeout, String driver, Threading threading,
        String archiveDirectory, String response, String stateDirectory, long retention) {

    /** Which of two ends of a link. */
    public enum Direction {
        /** It sends what is published here. */
        OUT,
        /** It publishes here what comes. */
        IN
    }

    /** What becomes of what is on its way. */
    public enum Mode {
        /** When an end dies it is lost, and counted. */
        TRANSPORT,
        /** Aeron's Archive records it where it is sent, and receivers go on where they were. */
        ARCHIVE
    }

    /** Threads of a media driver of this process. */
    public enum Threading {
        /** By the number of CPUs. */
        AUTO,
        /** None of its own. */
        INVOKER,
        /** One. */
        SHARED,
        /** Two: for the network, and for the rest. */
        SHARED_NETWORK,
        /** Three: for sending, for receiving, and for the rest. */
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
        values.forEach((key, value) -> {
            if (key.rule().value(value) instanceof ValueRule.Refusal refusal) {
                throw new IllegalArgumentException(key.path() + " must be " + refusal.text());
            }
        });
        BridgeRules.find(name, values, key -> !values.get(key).equals(BridgeRules.preset(key, values)), (key, text) -> {
            throw new IllegalArgumentException(text);
        });
    }

    /**
     * A bridge with these values for keys of {@code [bridge.NAME]}, as a file would have them: texts, whole numbers. All others are what
     * they are without being set.
     *
     * @throws IllegalArgumentException if a key is not known or a value is not good; the message says what
     */
    public static BridgeConfig of(final String name, final Map<String, ?> values) {
        final Map<ConfigKey, Object> good = new EnumMap<>(ConfigKey.class);
        values.forEach((label, written) -> {
            final ConfigKey key = ConfigKey.in(ConfigKey.BRIDGE.label()).get(label);
            if (key == null) {
                throw new IllegalArgumentException(UnknownKey.explain(ConfigKey.BRIDGE.label(), label));
            }
            final Object value = key.rule().value(Written.ofCode(written));
            if (value instanceof ValueRule.Refusal refusal) {
                throw new IllegalArgumentException(key.path() + " must be " + refusal.text());
            }
            good.put(key, value);
        });
        BridgeRules.find(name, good, good::containsKey, (key, text) -> {
            throw new IllegalArgumentException(text);
        });
        return of(name, new BridgeRules.Values(good));
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
        values.put(ConfigKey.BRIDGE_PEER_TIMEOUT_MS, peerTimeout.toMillis());
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
}
