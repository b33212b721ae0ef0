// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import io.kaelix.SlowSubscriberPolicy;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A value and where it came from.
 *
 * @param key that it is of
 * @param value of the key's {@link ConfigKey.Type}
 * @param origin that won
 */
public record Setting(ConfigKey key, Object value, Origin origin) {

    /** Nothing of it may be null. */
    public Setting {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(origin, "origin");
    }

    /** The value as a file would have it: {@code 10}, {@code "1MiB"}, {@code true}. */
    public String text() {
        return switch (value) {
            case Long bytes when key.type() == ConfigKey.Type.SIZE -> bytes < 1024 || bytes % 1024 != 0
                    ? bytes.toString() : '"' + ByteSize.text(bytes) + '"';
            case String text -> literal(text);
            case List<?> texts when key.type() == ConfigKey.Type.TEXTS -> texts.stream().map(text -> literal((String) text))
                    .collect(Collectors.joining(", ", "[", "]"));
            case List<?> bridges when key.type() == ConfigKey.Type.BRIDGES -> bridges.stream().map(BridgeConfig.class::cast)
                    .map(Setting::bridge).collect(Collectors.joining(", ", "{", "}"));
            case List<?> topics -> topics.stream().map(TopicConfig.class::cast).map(Setting::topic)
                    .collect(Collectors.joining(", ", "[", "]"));
            default -> value.toString();
        };
    }

    private static String topic(final TopicConfig topic) {
        return "{name = " + literal(topic.name().name()) + ", partitions = " + topic.partitions()
                + topic.slowSubscriber().map(policy -> ", slow_subscriber = " + literal(label(policy))).orElse("") + '}';
    }

    private static String bridge(final BridgeConfig bridge) {
        return bridge.values().entrySet().stream().filter(entry -> !entry.getValue().equals(entry.getKey().defaultValue()))
                .map(entry -> entry.getKey().label() + " = " + new Setting(entry.getKey(), entry.getValue(), Origin.PRESET).text())
                .collect(Collectors.joining(", ", bridge.name() + " = {", "}"));
    }

    private static String label(final SlowSubscriberPolicy policy) {
        return policy.name().toLowerCase(Locale.ROOT);
    }

    private static String literal(final String text) {
        final StringBuilder literal = new StringBuilder(text.length() + 2).append('"');
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                literal.append('\\').append((char) c);
            } else if (Shown.isPrintable(c)) {
                literal.appendCodePoint(c);
            } else {
                // Marks that turn the direction of writing, say: a terminal would show another text than is set.
                literal.append(String.format(Locale.ROOT, "\\U%08X", c));
            }
        });
        return literal.append('"').toString();
    }
}
