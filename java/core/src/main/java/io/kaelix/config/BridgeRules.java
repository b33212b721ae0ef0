// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import static io.kaelix.config.ConfigKey.BRIDGE_ARCHIVE_DIRECTORY;
import static io.kaelix.config.ConfigKey.BRIDGE_CHANNEL;
import static io.kaelix.config.ConfigKey.BRIDGE_DIRECTION;
import static io.kaelix.config.ConfigKey.BRIDGE_DRIVER;
import static io.kaelix.config.ConfigKey.BRIDGE_HOPS;
import static io.kaelix.config.ConfigKey.BRIDGE_MODE;
import static io.kaelix.config.ConfigKey.BRIDGE_MTU;
import static io.kaelix.config.ConfigKey.BRIDGE_PATTERN;
import static io.kaelix.config.ConfigKey.BRIDGE_RESPONSE;
import static io.kaelix.config.ConfigKey.BRIDGE_RETENTION;
import static io.kaelix.config.ConfigKey.BRIDGE_SLOW;
import static io.kaelix.config.ConfigKey.BRIDGE_STATE_DIRECTORY;
import static io.kaelix.config.ConfigKey.BRIDGE_THREADING;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/** What must be said of a bridge, and what does not go together. */
final class BridgeRules {

    /** Keys that an {@code in} link has nothing to do with. */
    static final Set<ConfigKey> OF_SENDERS = Set.of(BRIDGE_PATTERN, BRIDGE_SLOW, BRIDGE_HOPS, BRIDGE_ARCHIVE_DIRECTORY, BRIDGE_RETENTION);

    private static final List<ConfigKey> OF_RECEIVERS = List.of(BRIDGE_RESPONSE, BRIDGE_STATE_DIRECTORY);
    private static final List<ConfigKey> OF_ARCHIVE = List.of(BRIDGE_ARCHIVE_DIRECTORY, BRIDGE_RESPONSE, BRIDGE_STATE_DIRECTORY,
            BRIDGE_RETENTION);
    private static final List<ConfigKey> OF_OWN_DRIVERS = List.of(BRIDGE_MTU, BRIDGE_THREADING);
    private static final List<ConfigKey> NEEDED_OUT = List.of(BRIDGE_ARCHIVE_DIRECTORY);
    private static final List<ConfigKey> NEEDED_IN = List.of(BRIDGE_RESPONSE, BRIDGE_STATE_DIRECTORY);

    /** Packets and frames of Aeron are whole multiples of it. */
    private static final int FRAME_ALIGNMENT = 32;
    private static final int LONGEST_NAME = 64;

    /** Values of keys; of those that are missing, what they are without being set. */
    record Values(Map<ConfigKey, Object> set) {

        Object value(final ConfigKey key) {
            return set.getOrDefault(key, preset(key, set));
        }

        String text(final ConfigKey key) {
            return (String) value(key);
        }

        long number(final ConfigKey key) {
            return (Long) value(key);
        }

        /** The rule of the key holds it within an int. */
        int whole(final ConfigKey key) {
            return Math.toIntExact(number(key));
        }

        /** The name of the constant that a choice stands for. */
        String constant(final ConfigKey key) {
            return text(key).toUpperCase(Locale.ROOT);
        }
    }

    private final String name;
    private final Values values;
    private final Predicate<ConfigKey> isSet;
    private final BiConsumer<ConfigKey, String> problem;

    private BridgeRules(final String name, final Map<ConfigKey, Object> values, final Predicate<ConfigKey> isSet,
            final BiConsumer<ConfigKey, String> problem) {
        this.name = name;
        this.values = new Values(values);
        this.isSet = isSet;
        this.problem = problem;
    }

    /** What a key is without being set; null for what must be. */
    static Object preset(final ConfigKey key, final Map<ConfigKey, Object> values) {
        if (key == BRIDGE_SLOW) {
            return "archive".equals(values.get(BRIDGE_MODE)) ? "block" : "lossy";
        }
        return key.defaultValue();
    }

    /** Whether a value is what the key is without being set. */
    static boolean isPreset(final ConfigKey key, final Map<ConfigKey, Object> values) {
        return values.get(key).equals(preset(key, values));
    }

    /**
     * Tells of all that is wrong.
     *
     * @param values that are good by themselves
     * @param isSet whether somebody has set a key, well or not
     * @param problem is told of the key, or of null where the bridge itself is at fault, and what is wrong
     */
    static void find(final String name, final Map<ConfigKey, Object> values, final Predicate<ConfigKey> isSet,
            final BiConsumer<ConfigKey, String> problem) {
        if (!name.matches("[A-Za-z0-9_-]{1," + LONGEST_NAME + "}")) {
            problem.accept(null, "the name of a bridge is up to " + LONGEST_NAME + " letters, digits, '-' and '_', not "
                    + Shown.quoted(name));
            return;
        }
        final BridgeRules rules = new BridgeRules(name, values, isSet, problem);
        rules.needs(BRIDGE_DIRECTION, "\"out\" to send, or \"in\" to receive");
        rules.needs(BRIDGE_CHANNEL, "the Aeron channel of the link, as \"aeron:udp?endpoint=10.0.0.5:7100\"");
        rules.modeAndDirection();
        rules.packets();
        rules.driver();
    }

    private void needs(final ConfigKey key, final String what) {
        if (!isSet.test(key)) {
            problem.accept(null, "bridge." + name + " needs " + key.label() + ", " + what);
        }
    }

    /** Nothing is concluded from what is wrong by itself. */
    private boolean isKnown(final ConfigKey key) {
        return !isSet.test(key) || values.set().containsKey(key);
    }

    private void modeAndDirection() {
        if (!isKnown(BRIDGE_MODE) || !isKnown(BRIDGE_DIRECTION) || values.value(BRIDGE_DIRECTION) == null) {
            return;
        }
        final boolean sends = values.text(BRIDGE_DIRECTION).equals("out");
        final boolean records = values.text(BRIDGE_MODE).equals("archive");
        for (final ConfigKey key : ConfigKey.in(ConfigKey.BRIDGE.label()).values()) {
            if (!isSet.test(key) || !isKnown(key)) {
                continue;
            }
            if (!records && OF_ARCHIVE.contains(key)) {
                refuse(key, "is for the mode archive: set mode = \"archive\" too, or leave it out");
            } else if (!sends && OF_SENDERS.contains(key)) {
                refuse(key, "is for links with direction = \"out\": it is said at the other end; leave it out here");
            } else if (sends && OF_RECEIVERS.contains(key)) {
                refuse(key, "is for links with direction = \"in\": it is said at the other end; leave it out here");
            }
        }
        for (final ConfigKey key : !records ? List.<ConfigKey>of() : sends ? NEEDED_OUT : NEEDED_IN) {
            if (!isSet.test(key) || isKnown(key) && values.text(key).isEmpty()) {
                problem.accept(isSet.test(key) ? key : BRIDGE_MODE, "bridge." + name + " with mode = \"archive\" and direction = \""
                        + values.text(BRIDGE_DIRECTION) + "\" needs " + key.label() + ", " + what(key));
            }
        }
    }

    private static String what(final ConfigKey key) {
        return switch (key) {
            case BRIDGE_ARCHIVE_DIRECTORY -> "the folder of the Archive that records";
            case BRIDGE_RESPONSE -> "the channel on which its answers come, as \"aeron:udp?endpoint=OWN_HOST:0\"";
            default -> "the folder in which it keeps how far it is";
        };
    }

    private void packets() {
        if (isSet.test(BRIDGE_MTU) && isKnown(BRIDGE_MTU) && values.number(BRIDGE_MTU) % FRAME_ALIGNMENT != 0) {
            refuse(BRIDGE_MTU, "does not do: it must be a multiple of " + FRAME_ALIGNMENT + ", as "
                    + values.number(BRIDGE_MTU) / FRAME_ALIGNMENT * FRAME_ALIGNMENT);
        }
    }

    private void driver() {
        if (!isKnown(BRIDGE_DRIVER) || values.text(BRIDGE_DRIVER).isEmpty()) {
            return;
        }
        for (final ConfigKey key : OF_OWN_DRIVERS) {
            if (isSet.test(key) && isKnown(key) && !values.value(key).equals(key.defaultValue())) {
                refuse(key, "is for a driver of this process, and driver names another one, which has its own; leave one of the two out");
            }
        }
    }

    private void refuse(final ConfigKey key, final String text) {
        problem.accept(key, "bridge." + name + '.' + key.label() + " = " + new Setting(key, values.value(key), Origin.PRESET).text() + ' '
                + text);
    }
}
