// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import io.kaelix.config.Origin.Layer;
import java.util.List;
import java.util.Locale;

/**
 * A configuration that is being put together: for each key the value of the highest layer so far. What a layer says wrongly is a problem,
 * and the key is left as it was, and marked, so that nothing else is concluded from it.
 */
final class Draft {

    private static final ConfigKey[] KEYS = ConfigKey.values();

    /** Shared by all configurations: most settings are seldom changed. */
    private static final Setting[] PRESETS = new Setting[KEYS.length];

    static {
        for (final ConfigKey key : ConfigKey.settings()) {
            PRESETS[key.ordinal()] = new Setting(key, key.defaultValue(), Origin.PRESET);
        }
    }

    private final Setting[] settings = PRESETS.clone();
    private final boolean[] refused = new boolean[KEYS.length];
    private final Problems problems;

    Draft(final Problems problems) {
        this.problems = problems;
    }

    Problems problems() {
        return problems;
    }

    /** Takes what a layer says, unless the rule of the key refuses it. Layers come in their order. */
    void take(final ConfigKey key, final Object written, final Origin origin) {
        put(key, key.rule().value(written), origin);
    }

    /** The same of a text that stands for a value. */
    void parse(final ConfigKey key, final String text, final Origin origin) {
        put(key, key.rule().parse(text), origin);
    }

    /** Takes what another configuration has. */
    void keep(final Setting setting) {
        settings[setting.key().ordinal()] = setting;
    }

    private void put(final ConfigKey key, final Object value, final Origin origin) {
        if (value instanceof ValueRule.Refusal refusal) {
            refuse(key, origin, key.path() + " must be " + refusal.text());
            return;
        }
        settings[key.ordinal()] = new Setting(key, value, origin);
    }

    /** Reports what is wrong with a key. */
    void refuse(final ConfigKey key, final Origin origin, final String text) {
        refused[key.ordinal()] = true;
        problems.add(origin, key.path(), text);
    }

    /** Whether the key has a value that may be compared with others. */
    boolean isGood(final ConfigKey key) {
        return !refused[key.ordinal()];
    }

    /** Whether anything but the default sets the key. */
    boolean isSet(final ConfigKey key) {
        return setting(key).origin().layer() != Layer.DEFAULT;
    }

    Setting setting(final ConfigKey key) {
        return settings[key.ordinal()];
    }

    private Object value(final ConfigKey key) {
        return settings[key.ordinal()].value();
    }

    long number(final ConfigKey key) {
        return (Long) value(key);
    }

    /** The rule of the key holds it within an int. */
    int whole(final ConfigKey key) {
        return Math.toIntExact(number(key));
    }

    boolean truth(final ConfigKey key) {
        return (Boolean) value(key);
    }

    String text(final ConfigKey key) {
        return (String) value(key);
    }

    /** The name of the constant that a choice stands for. */
    String constant(final ConfigKey key) {
        return text(key).replace('-', '_').toUpperCase(Locale.ROOT);
    }

    List<TopicConfig> topics() {
        return ((List<?>) value(ConfigKey.STREAMS_TOPIC)).stream().map(TopicConfig.class::cast).toList();
    }

    List<BridgeConfig> bridges() {
        return ((List<?>) value(ConfigKey.BRIDGE)).stream().map(BridgeConfig.class::cast).toList();
    }

    List<String> texts(final ConfigKey key) {
        return ((List<?>) value(key)).stream().map(String.class::cast).toList();
    }

    Setting[] settings() {
        return settings.clone();
    }
}
